"""What an export would do, shown before it is asked for."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import chain, islice

from django.db.models import QuerySet

from exports.coverage.days import MissedDay, missed_days
from exports.coverage.missing import Missing, missing_before
from exports.models import ClosingState, StoredClosing
from exports.way.states import FROM_BEFORE_START
from exports.words.problems import sentence
from ledger.files.bridge import Bridge, BridgeTally
from ledger.files.check import check_file
from ledger.files.layout import Layout
from ledger.files.takings import MeansReceived, RateTotal, TakingsTally, negated_takings
from on_demand.closings import closings_in
from on_demand.freeze import ReadClosing, Reader, walk_ins_of
from on_demand.models import OnDemandClosingState, OnDemandExport
from on_demand.options import layout_of
from on_demand.outcome import WAITING
from on_demand.report import LeftOut
from on_demand.stuck import why_stuck
from tenants.models import Establishment

CHECKED_MAX = 1500
SHOWN_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an export would do. `checked` of the `closings` were booked and checked: all, unless there are very many.

    `waiting` are those that an export to Exact leaves, as their establishments are not linked. `held` are also those
    that failed; an export to Exact looks at them again, so they are among `to_do` there.

    `missed` are the days on which a closing was expected and did not come.

    `rates` and `means` are those of the booked entries of what was checked and is taken, as the report and the control
    sheet will say them; `bridge` leads to their turnover from what the tills say of all that was checked.
    """

    closings: int
    exported: int
    bridge: Bridge
    to_do: int
    waiting: int
    held: list[LeftOut]
    held_count: int
    archived: int
    earlier: int
    missing: list[Missing]
    missed: list[MissedDay]
    rates: tuple[RateTotal, ...]
    means: tuple[MeansReceived, ...]
    problems: list[str]
    blocked: bool
    checked: int
    checked_until: date | None

    @property
    def turnover(self) -> Decimal:
        """What is booked, VAT included."""
        return self.bridge.booked


def preview(export: OnDemandExport) -> Preview:
    """Look at the range of an export that is not asked for yet. Changes nothing."""
    rows = closings_in(export)
    states = Counter(rows.order_by().values_list("state", flat=True))
    layout = None if export.to_exact else layout_of(export, walk_ins=walk_ins_of(export))
    archived = states[ClosingState.ARCHIVED]
    if layout is not None:
        archived -= rows.filter(FROM_BEFORE_START).count()
    looked = _read_closings(export, layout)
    takings = takings_in(looked)
    held, problems, blocked = _look_at_exact(rows, states) if layout is None else _look_at_file(layout, looked)
    held_count = states[ClosingState.HELD] + states[ClosingState.FAILED] if export.to_exact else len(held)
    earlier = sum(read.earlier is not None for read in looked)
    waiting = states[ClosingState.WAITING] if export.to_exact else 0
    left_by_file = held_count + (0 if export.again else earlier)
    left = waiting + states[ClosingState.EXPORTED] if export.to_exact else left_by_file
    return Preview(
        closings=sum(states.values()),
        exported=states[ClosingState.EXPORTED],
        bridge=bridge_to(takings, looked),
        to_do=sum(states.values()) - archived - left,
        waiting=waiting,
        held=held[:SHOWN_MAX],
        held_count=held_count,
        archived=archived,
        earlier=earlier,
        missing=missing_before(rows),
        missed=missed_days(_list_shops(export), export.first_date, export.last_date),
        rates=takings.rates(),
        means=takings.means(),
        problems=problems,
        blocked=blocked,
        checked=len(looked),
        checked_until=looked[-1].stored.business_date if looked else None,
    )


def _list_shops(export: OnDemandExport) -> list[int]:
    """The establishments of an export, by their keys: one, several, or all of its customer's."""
    if export.establishment_id is not None:
        return [export.establishment_id]
    if export.some_shops:
        return [it.pk for it in export.some_shops]
    return [*Establishment.objects.filter(tenant=export.tenant_id).values_list("pk", flat=True)]


Looked = tuple[list[LeftOut], list[str], bool]


def takings_in(looked: Iterable[ReadClosing]) -> TakingsTally:
    """The sums of closings as an export takes them: entries booked now, and their entries in delivered FECs."""
    takings = TakingsTally()
    for read in looked:
        takings.add_all(read.closing.entries if read.closing else ())
        for validated in read.validated:
            takings.add_document(validated.entry.takings)
        for undone in read.undone:
            takings.add_document(negated_takings(undone.entry.takings))
    return takings


def bridge_to(takings: TakingsTally, looked: Iterable[ReadClosing]) -> Bridge:
    """The bridge from what the tills say of closings to what is booked of them."""
    tally = BridgeTally()
    for read in looked:
        if read.closing is not None:
            tally.take(read.closing.told)
        if read.left_for is not None:
            tally.leave(read.told.gross, read.left_for)
    return tally.bridge(takings)


def _read_closings(export: OnDemandExport, layout: Layout | None) -> list[ReadClosing]:
    """The closings, booked as the export will take them; of very many the first."""
    looked = islice(chain.from_iterable(Reader(export, layout).pages()), CHECKED_MAX)
    return [_leave_waiting(read) if export.to_exact else read for read in looked]


def _leave_waiting(read: ReadClosing) -> ReadClosing:
    """Leave out of an export to Exact the closings that wait for an activation; a file takes them."""
    waits = read.stored.state == ClosingState.WAITING
    return replace(read, closing=None, waits=True) if waits else read


def _look_at_exact(rows: QuerySet[StoredClosing], states: Mapping[str, int]) -> Looked:
    """What failed or is held; that some wait for an activation, and whether nothing but that is in the range."""
    wanted = rows.filter(state__in=[ClosingState.HELD, ClosingState.FAILED]).select_related("establishment")
    stuck = [*wanted.defer("document").order_by("business_date", "closed_at")[:SHOWN_MAX]]
    why = why_stuck(stuck)
    held = [LeftOut(closing=it, state=it.state, reasons=why[it.pk]) for it in stuck]
    problems = [sentence(WAITING.to_document())] if states[ClosingState.WAITING] else []
    return held, problems, not {*states} - {ClosingState.WAITING, ClosingState.ARCHIVED}


def _look_at_file(layout: Layout, looked: list[ReadClosing]) -> Looked:
    closings = tuple(read.closing for read in looked if read.closing is not None)
    found = check_file(closings, layout)
    held = [
        LeftOut(
            closing=read.stored,
            state=read.stored.state,
            reasons=[sentence(it.to_document()) for it in read.problems],
        )
        for read in looked
        if read.state == OnDemandClosingState.HELD
    ]
    blocked = not closings or any(problem.blocking for problem in found)
    return held, [sentence(problem.to_document()) for problem in found], blocked
