"""Numbers that a sequence of closings says exist and that never arrived."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.fields.json import KT

from exports.models import StoredClosing


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Closings `first` to `last` of one till's sequence."""

    till_id: int
    establishment: str
    till: str
    kind: str
    scope: str
    first: int
    last: int


# Which of the numbers in each gap have come, by the gap's place: one round trip for any number of gaps.
CAME = """
SELECT gap.place, closing.number
FROM unnest(%(tills)s::bigint[], %(kinds)s::text[], %(scopes)s::text[], %(firsts)s::bigint[], %(lasts)s::bigint[])
    WITH ORDINALITY AS gap (till, kind, scope, first, last, place)
JOIN exports_storedclosing AS closing ON closing.till_id = gap.till AND closing.kind = gap.kind
    AND closing.number BETWEEN gap.first AND gap.last AND closing.document ->> 'scope' = gap.scope
ORDER BY gap.place, closing.number
"""


def missing_before(closings: QuerySet[StoredClosing]) -> list[Missing]:
    """What is missing before these closings: the gaps noted when they came, less what has come since.

    Two queries, however many closings.
    """
    rows = closings.filter(problems__contains=[{"code": "number_gap"}]).annotate(scope=KT("document__scope"))
    rows = rows.defer("document").select_related("till", "establishment").order_by("till_id", "kind", "number")
    noted = [
        Missing(
            till_id=closing.till_id,
            establishment=closing.establishment.code,
            till=closing.till.name,
            kind=closing.kind,
            scope=closing.scope or "",
            first=int(problem["facts"]["first"]),
            last=int(problem["facts"]["last"]),
        )
        for closing in rows
        for problem in closing.problems
        if problem["code"] == "number_gap"
    ]
    came = _read_what_came(noted) if noted else {}
    still = (
        replace(gap, first=first, last=last)
        for place, gap in enumerate(noted, 1)
        for first, last in _holes(gap.first, gap.last, came.get(place, []))
    )
    return [*dict.fromkeys(still)]


def _read_what_came(gaps: list[Missing]) -> dict[int, list[int]]:
    asked: dict[str, Any] = {
        "tills": [it.till_id for it in gaps],
        "kinds": [it.kind for it in gaps],
        "scopes": [it.scope for it in gaps],
        "firsts": [it.first for it in gaps],
        "lasts": [it.last for it in gaps],
    }
    came: defaultdict[int, list[int]] = defaultdict(list)
    with connection.cursor() as sql:
        sql.execute(CAME, asked)
        for place, number in sql.fetchall():
            came[place].append(number)
    return came


def _holes(first: int, last: int, numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """1 to 9 without 3 and 4: (1, 2), (5, 9)."""
    start = first
    for number in numbers:
        if number > start:
            yield start, number - 1
        start = number + 1
    if start <= last:
        yield start, last
