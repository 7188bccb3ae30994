"""Numbers that a sequence of closings says exist and that never arrived.

They are missed until they come, or a person says that they were never made (`exports.way.never_made`). A closing that
was set aside says of no number that it exists, unless one with a higher number says so too.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.fields.json import KT

from exports.models import StoredClosing
from exports.models.called import call_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Closings `first` to `last` of one till's sequence, missed before closing `number`, whose id is `before`."""

    till_id: int
    establishment: str
    till: str
    kind: str
    scope: str
    first: int
    last: int
    before: UUID = field(compare=False)
    number: int = field(compare=False)

    @property
    def name(self) -> str:
        """ "Z 440", "Z 436 – 899"."""
        return call_number(self.first, self.last)

    @property
    def count(self) -> int:
        """How many numbers that is."""
        return self.last - self.first + 1


# Which of the numbers in each gap are missed no longer, by the gap's place, as spans: what came, what a person said was
# never made (of any version of the closing before which they are missed), and all of a gap that only closings tell that
# were set aside. One round trip for any number of gaps.
ACCOUNTED_FOR = """
WITH gap AS (
    SELECT * FROM unnest(%(tills)s::bigint[], %(kinds)s::text[], %(scopes)s::text[], %(firsts)s::bigint[],
        %(lasts)s::bigint[], %(befores)s::uuid[], %(numbers)s::bigint[])
        WITH ORDINALITY AS gap (till, kind, scope, first, last, before, number, place)
)
SELECT gap.place, came.number AS first, came.number AS last FROM gap
JOIN exports_storedclosing AS came ON came.till_id = gap.till AND came.kind = gap.kind
    AND came.number BETWEEN gap.first AND gap.last AND came.document ->> 'scope' = gap.scope
UNION ALL SELECT gap.place, said.first, said.last FROM gap
JOIN exports_storedclosing AS told ON told.till_id = gap.till AND told.kind = gap.kind
    AND told.number = gap.number AND told.document ->> 'scope' = gap.scope
JOIN exports_nevermade AS said ON said.closing_id = told.id AND said.ended_at IS NULL
UNION ALL SELECT gap.place, gap.first, gap.last FROM gap
WHERE EXISTS (SELECT FROM exports_setaside AS aside WHERE aside.closing_id = gap.before AND aside.ended_at IS NULL)
    AND NOT EXISTS (
        SELECT FROM exports_storedclosing AS later WHERE later.till_id = gap.till AND later.kind = gap.kind
            AND later.number > gap.number AND later.document ->> 'scope' = gap.scope AND NOT EXISTS (
                SELECT FROM exports_setaside AS aside WHERE aside.closing_id = later.id AND aside.ended_at IS NULL))
ORDER BY 1, 2
"""


def missing_before(closings: QuerySet[StoredClosing]) -> list[Missing]:
    """What is missing before these closings: the gaps noted when they came, less what is accounted for since.

    Two queries, however many closings.
    """
    rows = closings.filter(problems__contains=[{"code": "number_gap"}]).annotate(scope=KT("document__scope"))
    rows = (
        rows.defer("document")
        .select_related("till", "establishment")
        .order_by("till_id", "kind", "number", "-created_at")
    )
    noted = [
        Missing(
            till_id=closing.till_id,
            establishment=closing.establishment.code,
            till=closing.till.name,
            kind=closing.kind,
            scope=closing.scope or "",
            first=int(problem["facts"]["first"]),
            last=int(problem["facts"]["last"]),
            before=closing.pk,
            number=closing.number,
        )
        for closing in rows
        for problem in closing.problems
        if problem["code"] == "number_gap"
    ]
    settled = _read_accounted_for(noted) if noted else {}
    still = (
        replace(gap, first=first, last=last)
        for place, gap in enumerate(noted, 1)
        for first, last in _holes(gap.first, gap.last, settled.get(place, []))
    )
    return [*dict.fromkeys(still)]


def _read_accounted_for(gaps: list[Missing]) -> dict[int, list[tuple[int, int]]]:
    asked: dict[str, Any] = {
        "tills": [it.till_id for it in gaps],
        "kinds": [it.kind for it in gaps],
        "scopes": [it.scope for it in gaps],
        "firsts": [it.first for it in gaps],
        "lasts": [it.last for it in gaps],
        "befores": [it.before for it in gaps],
        "numbers": [it.number for it in gaps],
    }
    found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    with connection.cursor() as sql:
        sql.execute(ACCOUNTED_FOR, asked)
        for place, first, last in sql.fetchall():
            found[place].append((first, last))
    return found


def _holes(first: int, last: int, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """1 to 9 without 3 to 4: (1, 2), (5, 9). The spans in the order of their first numbers."""
    start = first
    for begin, end in spans:
        if begin > start:
            yield start, min(begin - 1, last)
        start = max(start, end + 1)
    if start <= last:
        yield start, last
