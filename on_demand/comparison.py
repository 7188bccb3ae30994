"""Comparing each posted entry of an export's closings with Exact's books.

Equal sums prove nothing: of two equal days one may be missing and the other doubled. So each entry is compared with its
own lines, read back just before, and each one that is not as it was posted is named.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from django.db.models import QuerySet
from django.utils import timezone

from exact.api.errors import ExactError
from exact.books.reconcile import reconcile
from exact.lane.states import IN_EXACT
from exact.models import Division, Posting
from exports.models import StoredClosing
from ledger.money import ZERO, money_text
from on_demand.closings import PAGE
from on_demand.in_exact import ReadPosting, books_of, read_postings
from on_demand.models import ARRIVED, OnDemandClosing, OnDemandClosingState, OnDemandExport
from postgres.rows import among

log = structlog.get_logger()

NAMED_MAX = 500
TAKEN_BACK = "taken_back"  # a further kind, besides those of `exact.models.FindingKind`


@dataclass(slots=True)
class Compared:
    """The results of a comparison so far."""

    closings: set[UUID] = field(default_factory=set)
    entries: int = 0
    differing: int = 0
    named: list[dict[str, Any]] = field(default_factory=list)
    ours: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    theirs: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))

    def rows(self) -> list[dict[str, str]]:
        """Both sums of each account; VAT is one, because Exact's VAT codes choose its accounts."""
        return [
            {
                "what": what,
                "ours": money_text(self.ours[what]),
                "exact": money_text(self.theirs[what]),
                "difference": money_text(self.theirs[what] - self.ours[what]),
            }
            for what in sorted({*self.ours, *self.theirs})
            if self.ours[what] or self.theirs[what]
        ]


def compare(export: OnDemandExport) -> dict[str, Any] | None:
    """Read Exact's books and compare every entry that was posted of the export's closings. None when there is none.

    `equal` is set only if the books were read just now. If Exact does not answer, `trouble` says why, and the figures
    are of the last reading, at `last_read_at` (of several companies the oldest; None when one was never read).
    """
    closing_ids = [*_list_looked_at(export)]
    divisions = _divisions(export, closing_ids)
    if not divisions:
        return None
    trouble = _read_books(divisions)
    compared = Compared()
    books = books_of([export.tenant_id], closing_ids)
    for start in range(0, len(closing_ids), PAGE):
        of_page = closing_ids[start : start + PAGE]
        _compare_page(compared, read_postings(of_page, books, all_read=not trouble))
    return {
        "rows": compared.rows(),
        "equal": not trouble and not compared.differing,
        "closings": len(compared.closings),
        "entries": compared.entries,
        "differing": compared.differing,
        "differences": compared.named,
        "not_in_exact": _select_arrived(export).filter(in_exact=False).count(),
        "trouble": trouble,
        "last_read_at": _find_last_reading(divisions),
        "read_at": timezone.now().isoformat(),
    }


def _select_arrived(export: OnDemandExport) -> QuerySet[OnDemandClosing]:
    return OnDemandClosing.objects.filter(export=export, state__in=ARRIVED, earlier=None)


def _list_looked_at(export: OnDemandExport) -> Iterator[UUID]:
    """The closings to compare: of a file those in it; of an export to Exact all of its range that may be there."""
    rows = OnDemandClosing.objects.filter(export=export).order_by("place")
    if not export.to_exact:
        rows = rows.filter(state=OnDemandClosingState.TAKEN)
    return rows.values_list("closing_id", flat=True).iterator()


def _divisions(export: OnDemandExport, closing_ids: Sequence[UUID]) -> list[Division]:
    postings = Posting.objects.filter(tenant_id=export.tenant_id, state__in=IN_EXACT)
    postings = postings.filter(among("closing_id", closing_ids))
    found = {*postings.order_by().values_list("division_id", flat=True).distinct()}
    rows = Division.objects.filter(pk__in=found, tenant_id=export.tenant_id)
    return [*rows.select_related("app", "connection")]


def _read_books(divisions: Collection[Division]) -> str:
    for division in divisions:
        try:
            reconcile(division)
        except ExactError as error:
            log.warning("comparison_stopped", division=division.code, why=type(error).__name__)
            return type(error).__name__
    return ""


def _find_last_reading(divisions: Collection[Division]) -> str | None:
    read = Division.objects.filter(pk__in=[it.pk for it in divisions]).values_list("reconciled_at", flat=True)
    moments = [*read]
    return None if None in moments else min(it for it in moments if it is not None).isoformat()


def _compare_page(compared: Compared, page: Iterable[ReadPosting]) -> None:
    different = []
    for it in page:
        if it.unread:
            continue
        for what, amount in it.found.items():
            compared.theirs[what] += amount
        for what, amount in it.meant.items():
            compared.ours[what] += amount
        if not it.over and it.posting.reverses_id is None:
            compared.closings.add(it.posting.closing_id)
            compared.entries += 1
        if it.seen is not None:
            kind = TAKEN_BACK if it.over else str(it.seen.kind)
            different.append((it.posting, kind, it.seen.details))
    compared.named += _name_differences(different[: max(0, NAMED_MAX - len(compared.named))])
    compared.differing += len(different)


def _name_differences(different: Sequence[tuple[Posting, str, list[dict[str, Any]]]]) -> Iterator[dict[str, Any]]:
    """Each difference with its closing and entry, as the report and the API say it."""
    rows = StoredClosing.objects.filter(pk__in=[posting.closing_id for posting, *_ in different])
    closings = rows.select_related("establishment").defer("document").in_bulk()
    for posting, kind, details in different:
        closing = closings[posting.closing_id]
        yield {
            "closing": str(closing.pk),
            "number": closing.number,
            "establishment": closing.establishment.code,
            "business_date": closing.business_date.isoformat(),
            "entry": posting.reference,
            "entry_kind": posting.entry_kind,
            "journal": posting.journal,
            "exact_number": posting.whole_number,
            "kind": kind,
            "details": details,
        }
