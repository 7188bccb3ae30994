"""The closings of an export's range, in the order of their days, read a page at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.db.models.fields.json import KT

from exact.lane.states import IN_EXACT, OVER
from exact.models import IN_TURN, Posting, PostingState
from exports.models import ClosingState, StoredClosing
from exports.way.decide import NOTHING_TO_BOOK, TRAINING
from exports.way.prepare import ALONG_AN_ESTABLISHMENT
from exports.way.states import FROM_BEFORE_START, MAY_COME_BACK, is_before_start
from ledger.entry import Entry
from ledger.problem import Problem
from on_demand.models import ARRIVED, OnDemandClosing, OnDemandExport, OnDemandState
from postgres.rows import after, among
from tenants.models import Establishment

PAGE = 500
LATE = Problem(code="run_late", blocking=False)
# Exact has the entry: as it was meant, otherwise, or until it is taken out.
BOOKED = (*IN_EXACT, PostingState.REMOVING)
NOT_TAKEN = (PostingState.REFUSED, PostingState.SOUGHT)
# The columns that an export reads of each closing, and no more: it may be a year of closings.
READ = (
    "tenant_id",
    "establishment_id",
    "till_id",
    "kind",
    "number",
    "business_date",
    "closed_at",
    "gross",
    "offered",
    "state",
    "found",
    "problems",
    "accepted_problems",
)


@dataclass(frozen=True, slots=True)
class StandingEntries:
    """A closing's entries in Exact, or on their way; `booked`: those in Exact; `complete` when none was refused."""

    entries: tuple[Entry, ...] = ()
    booked: tuple[Entry, ...] = ()
    complete: bool = False
    in_exact: bool = False


def closings_in(export: OnDemandExport) -> QuerySet[StoredClosing]:
    """Every closing of an export's range; of a monthly export also those that came after the file of their days."""
    return closings_of_its_shops(export).filter(_of_its_days(export))


def closings_of_its_shops(export: OnDemandExport) -> QuerySet[StoredClosing]:
    """The closings of all days of the establishments that an export is of."""
    rows = StoredClosing.objects.filter(tenant_id=export.tenant_id)
    if export.some_shops:
        return rows.filter(establishment__in=export.some_shops)
    return rows.filter(establishment_id=export.establishment_id) if export.establishment_id else rows


def _of_its_days(export: OnDemandExport) -> Q:
    of_days = Q(business_date__gte=export.first_date, business_date__lte=export.last_date)
    if export.late_since is not None:
        late = late_closings(
            export.tenant_id,
            export.establishment_id,
            export.late_since,
            export.first_date,
            came_until=export.asked_at,
            but=export,
        )
        of_days |= Q(pk__in=late.values("pk"))
    return of_days


def late_closings(
    tenant_id: int,
    shop_id: int | None,
    since: date,
    before: date,
    *,
    came_until: datetime,
    but: OnDemandExport | None = None,
) -> QuerySet[StoredClosing]:
    """Closings of these days that no monthly file holds, of a shop or of a customer, `but` left out of account."""
    rows = StoredClosing.objects.filter(tenant_id=tenant_id, business_date__gte=since, business_date__lt=before)
    if shop_id is not None:
        rows = rows.filter(establishment_id=shop_id)
    monthly = OnDemandClosing.objects.filter(
        closing=OuterRef("pk"),
        state__in=ARRIVED,
        export__late_since__isnull=False,
        export__state=OnDemandState.DONE,
    )
    rows = rows.filter(~Exists(monthly.exclude(export=but) if but else monthly), created_at__lte=came_until)
    return rows.filter(~Q(state=ClosingState.ARCHIVED) | FROM_BEFORE_START)


def to_mend_in(rows: QuerySet[StoredClosing]) -> QuerySet[StoredClosing]:
    """Closings among these that are not booked until a person, or an activation, lets them, in their order."""
    left = rows.filter(state__in=[ClosingState.HELD, ClosingState.FAILED, ClosingState.WAITING])
    return left.select_related("establishment").defer("document").order_by("business_date", "closed_at", "id")


def pages(export: OnDemandExport, *, also: Collection[UUID] = ()) -> Iterator[Sequence[StoredClosing]]:
    """Yield the range's closings without their documents, and those of its establishments with the ids `also`.

    `scope` is the till's own. No page is read twice.
    """
    shops = Establishment.objects.filter(tenant_id=export.tenant_id).select_related(*ALONG_AN_ESTABLISHMENT).in_bulk()
    rows = (
        closings_of_its_shops(export)
        .filter(_of_its_days(export) | Q(pk__in=also))
        .only(*READ)
        .annotate(scope=KT("document__scope"), training=KT("document__training"))
        .order_by("business_date", "closed_at", "id")
    )
    page = [*rows[:PAGE]]
    while page:
        for closing in page:
            closing.establishment = shops[closing.establishment_id]
        yield page
        last = page[-1]
        beyond = after(business_date=last.business_date, closed_at=last.closed_at, id=last.pk)
        page = [*rows.filter(beyond)[:PAGE]]


def with_documents(page: Sequence[StoredClosing]) -> None:
    """Read the documents of closings of one page, and what is booked of those that others cover in part."""
    rows = StoredClosing.objects.filter(among("id", [it.pk for it in page]))
    documents = dict(rows.values_list("pk", "document"))
    for closing in page:
        closing.document = documents[closing.pk]
    prefetch_related_objects(page, "remainder")


def standing_entries(page: Sequence[StoredClosing]) -> dict[UUID, StandingEntries]:
    """The entries that count of each closing of a page: none that was withdrawn or reversed, and no reversal."""
    postings = Posting.objects.filter(reverses=None).exclude(state__in=OVER)
    postings = postings.filter(among("closing_id", [it.pk for it in page]))
    found: defaultdict[UUID, list[tuple[str, Entry]]] = defaultdict(list)
    for closing_id, state, entry in postings.order_by(*IN_TURN).values_list("closing_id", "state", "entry"):
        found[closing_id].append((state, Entry.from_document(entry)))
    return {
        closing_id: StandingEntries(
            entries=tuple(entry for state, entry in rows if state not in NOT_TAKEN),
            booked=tuple(entry for state, entry in rows if state in BOOKED),
            complete=all(state not in NOT_TAKEN for state, _ in rows),
            in_exact=all(state in IN_EXACT for state, _ in rows),
        )
        for closing_id, rows in found.items()
    }


def is_given_up(closing: StoredClosing) -> bool:
    """Whether no entry of it should be in any book: it is archived, and not only for being before Exact's first day.

    Entries of it in an earlier file are reversed.
    """
    return closing.state == ClosingState.ARCHIVED and not is_before_start(closing)


def why_archived(closing: StoredClosing) -> list[Problem]:
    """Why an archived closing is in no book: it is a training, others tell its sales, or it is empty."""
    assert closing.state == ClosingState.ARCHIVED
    notes = [Problem.from_document(it) for it in closing.problems if it["code"] in MAY_COME_BACK]
    if notes:
        return notes
    return [TRAINING if getattr(closing, "training", "") == "true" else NOTHING_TO_BOOK]
