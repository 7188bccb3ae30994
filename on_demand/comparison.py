"""Proven, entry by entry: what was posted of a run's closings against what Exact's books hold of each of them.

Equal sums prove nothing: of two equal days one may be gone and the other doubled. So every entry is held against its
own lines, read back just before, and all that is not as it was posted is named.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from django.db.models import QuerySet
from django.utils import timezone

from exact.api.errors import ExactError
from exact.books.reconcile import accounts_of_vat, look_at, reconcile
from exact.books.standing import found_by_account, meant_by_account
from exact.lane.states import IN_EXACT, OVER
from exact.models import BookLine, Division, Posting, PostingState
from exports.models import StoredClosing
from ledger.entry import Entry
from ledger.money import ZERO, money_text
from on_demand.closings import PAGE
from on_demand.models import ARRIVED, OnDemandClosing, OnDemandClosingState, OnDemandExport
from postgres.rows import among

log = structlog.get_logger()

NAMED_MAX = 500
TAKEN_BACK = "taken_back"  # beside the kinds of `exact.models.FindingKind`


@dataclass(slots=True)
class Compared:
    """What a comparison has seen so far."""

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


def compare(run: OnDemandExport) -> dict[str, Any] | None:
    """Read Exact's books and compare every entry that was posted of the run's closings. None when there is none.

    `equal` is said only of what was read just now: when Exact does not answer, `trouble` says why, and the rest is of
    the last reading.
    """
    closing_ids = [*_list_looked_at(run)]
    divisions = _divisions(run, closing_ids)
    if not divisions:
        return None
    trouble = _read_books(divisions.values())
    compared = Compared()
    vat_accounts = {division.pk: accounts_of_vat(division) for division in divisions.values()}
    for start in range(0, len(closing_ids), PAGE):
        _compare_page(compared, closing_ids[start : start + PAGE], vat_accounts)
    return {
        "rows": compared.rows(),
        "equal": not trouble and not compared.differing,
        "closings": len(compared.closings),
        "entries": compared.entries,
        "differing": compared.differing,
        "differences": compared.named,
        "not_in_exact": _select_arrived(run).filter(in_exact=False).count(),
        "trouble": trouble,
        "read_at": timezone.now().isoformat(),
    }


def _select_arrived(run: OnDemandExport) -> QuerySet[OnDemandClosing]:
    return OnDemandClosing.objects.filter(run=run, state__in=ARRIVED, earlier=None)


def _list_looked_at(run: OnDemandExport) -> Iterator[UUID]:
    """Of a file, what is in it; of a run to Exact, whatever of its range may stand there."""
    rows = OnDemandClosing.objects.filter(run=run).order_by("place")
    if not run.to_exact:
        rows = rows.filter(state=OnDemandClosingState.TAKEN)
    return rows.values_list("export_id", flat=True).iterator()


def _divisions(run: OnDemandExport, closing_ids: Sequence[UUID]) -> dict[int, Division]:
    postings = Posting.objects.filter(tenant_id=run.tenant_id, state__in=IN_EXACT)
    postings = postings.filter(among("closing_id", closing_ids))
    found = {*postings.order_by().values_list("division_id", flat=True).distinct()}
    rows = Division.objects.filter(pk__in=found, tenant_id=run.tenant_id)
    return {it.pk: it for it in rows.select_related("app", "connection")}


def _read_books(divisions: Collection[Division]) -> str:
    for division in divisions:
        try:
            reconcile(division)
        except ExactError as error:
            log.warning("comparison_stopped", division=division.code, why=type(error).__name__)
            return type(error).__name__
    return ""


def _compare_page(compared: Compared, closing_ids: Sequence[UUID], vat_accounts: Mapping[int, Collection[str]]) -> None:
    rows = Posting.objects.filter(state__in=[*IN_EXACT, *OVER])
    rows = rows.filter(among("closing_id", closing_ids))
    postings = [*rows.order_by("turn")]
    lines: defaultdict[UUID, list[BookLine]] = defaultdict(list)
    for line in BookLine.objects.filter(among("posting_id", [it.pk for it in postings])):
        lines[line.posting_id].append(line)
    different = []
    for posting in postings:
        seen = _compare_posting(compared, posting, lines[posting.pk], vat_accounts.get(posting.division_id, ()))
        if seen is not None:
            different.append((posting, *seen))
    compared.named += _name_differences(different[: max(0, NAMED_MAX - len(compared.named))])
    compared.differing += len(different)


def _compare_posting(
    compared: Compared, posting: Posting, lines: list[BookLine], vat_accounts: Collection[str]
) -> tuple[str, list[dict[str, Any]]] | None:
    """What is wrong with one posting's entry in Exact; None when it is there, once, as it was posted."""
    entry = Entry.from_document(posting.entry)
    for what, amount in found_by_account(entry, lines, vat_accounts=vat_accounts).items():
        compared.theirs[what] += amount
    for what, amount in _sum_meant(posting, entry, lines).items():
        compared.ours[what] += amount
    over = posting.state in OVER
    if not over:
        compared.closings.add(posting.closing_id)
        compared.entries += 1
    seen = look_at(posting, lines, vat_accounts)
    return None if seen is None else (TAKEN_BACK if over else str(seen.kind), seen.details)


def _sum_meant(posting: Posting, entry: Entry, lines: list[BookLine]) -> Mapping[str, Decimal]:
    """What a posting means to be in Exact: nothing once it was withdrawn; reversed, it stays beside its reversal.

    The lines of a reversed one are read again only when something happens to them: unread they count for nothing.
    """
    if posting.state == PostingState.WITHDRAWN or (posting.state == PostingState.REVERSED and not lines):
        return {}
    return meant_by_account(entry)


def _name_differences(different: Sequence[tuple[Posting, str, list[dict[str, Any]]]]) -> Iterator[dict[str, Any]]:
    """Each difference with its closing and entry, as the report and the API say it."""
    exports = StoredClosing.objects.filter(pk__in=[posting.closing_id for posting, *_ in different])
    closings = exports.select_related("establishment").defer("document").in_bulk()
    for posting, kind, details in different:
        export = closings[posting.closing_id]
        yield {
            "closing": str(export.pk),
            "number": export.number,
            "establishment": export.establishment.code,
            "business_date": export.business_date.isoformat(),
            "entry": posting.reference,
            "entry_kind": posting.entry_kind,
            "journal": posting.journal,
            "exact_number": posting.whole_number,
            "kind": kind,
            "details": details,
        }
