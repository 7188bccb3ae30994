"""Numbers that a sequence of closings says exist and that never arrived."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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


def missing_before(closings: QuerySet[StoredClosing]) -> list[Missing]:
    """What is missing before these closings: the gaps noted when they came, less what has come since."""
    rows = closings.filter(problems__contains=[{"code": "number_gap"}]).annotate(scope=KT("document__scope"))
    rows = rows.defer("document").select_related("till", "establishment").order_by("till_id", "kind", "number")
    found: dict[Missing, None] = {}
    for export in rows:
        for problem in export.problems:
            if problem["code"] == "number_gap":
                first, last = int(problem["facts"]["first"]), int(problem["facts"]["last"])
                found |= dict.fromkeys(_still_missing(export, export.scope or "", first, last))
    return [*found]


def _still_missing(export: StoredClosing, scope: str, first: int, last: int) -> Iterator[Missing]:
    came = StoredClosing.objects.filter(till_id=export.till_id, kind=export.kind, document__scope=scope)
    numbers = came.filter(number__gte=first, number__lte=last).order_by("number").values_list("number", flat=True)
    for start, end in _holes(first, last, numbers):
        yield Missing(
            till_id=export.till_id,
            establishment=export.establishment.code,
            till=export.till.name,
            kind=export.kind,
            scope=scope,
            first=start,
            last=end,
        )


def _holes(first: int, last: int, numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """1 to 9 without 3 and 4: (1, 2), (5, 9)."""
    start = first
    for number in numbers:
        if number > start:
            yield start, number - 1
        start = number + 1
    if start <= last:
        yield start, last
