"""What an export would do, shown before it is asked for."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
from ledger.files.takings import MeansReceived, RateTotal, TakingsTally, negated_takings
from on_demand.closings import PAGE, closings_in, pages
from on_demand.exact_sums import ExactSums
from on_demand.freeze import ReadClosing, Reader, walk_ins_of
from on_demand.models import OnDemandClosingState, OnDemandExport
from on_demand.options import layout_of
from on_demand.outcome import WAITING
from on_demand.report import LeftOut, words_on_left
from on_demand.stuck import why_stuck
from tenants.models import Establishment

CHECKED_MAX = 1500
SHOWN_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an export would do. `checked` of the `closings` were booked and checked: all, unless there are very many.

    `waiting` are those that an export to Exact leaves, as their establishments are not linked. It looks at those that
    are held, or `failed`, again: they are among `to_do` there, and in no sum before they go.

    `missed` are the days on which a closing was expected and did not come.

    `rates` and `means` are those of the entries that are taken, or are in Exact, as the report and the control sheet
    will say them; `bridge` leads to their turnover from what the tills say of all that was checked.
    """

    closings: int
    exported: int
    bridge: Bridge
    to_do: int
    waiting: int = 0
    held: list[LeftOut]
    held_count: int
    failed: Sequence[LeftOut] = ()
    failed_count: int = 0
    archived: int
    earlier: int = 0
    missing: list[Missing]
    missed: list[MissedDay]
    rates: tuple[RateTotal, ...]
    means: tuple[MeansReceived, ...]
    problems: list[str]
    blocked: bool
    checked: int
    checked_until: date | None

    @property
    def held_word(self) -> str:
        """What the closings in `held` are, in a word."""
        return words_on_left({it.state for it in self.held})[0]

    @property
    def held_heading(self) -> str:
        """What the list of them is called."""
        return words_on_left({it.state for it in self.held})[1]

    @property
    def turnover(self) -> Decimal:
        """What is booked, VAT included."""
        return self.bridge.booked


def preview(export: OnDemandExport) -> Preview:
    """Look at the range of an export that is not asked for yet. Changes nothing."""
    rows = closings_in(export)
    states = Counter(rows.order_by().values_list("state", flat=True))
    return _look_at_exact(export, rows, states) if export.to_exact else _look_at_file(export, rows, states)


def list_shops(export: OnDemandExport) -> list[int]:
    """The establishments of an export, by their keys: one, several, or all of its customer's."""
    if export.establishment_id is not None:
        return [export.establishment_id]
    if export.some_shops:
        return [it.pk for it in export.some_shops]
    return [*Establishment.objects.filter(tenant=export.tenant_id).values_list("pk", flat=True)]


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


def _look_at_exact(export: OnDemandExport, rows: QuerySet[StoredClosing], states: Counter[str]) -> Preview:
    """Add up what is in Exact and what the lanes will send; name what a person must mend before it can go."""
    sums, looked = ExactSums(with_moving=True), [*islice(chain.from_iterable(pages(export)), CHECKED_MAX)]
    for start in range(0, len(looked), PAGE):
        sums.add(looked[start : start + PAGE])
    waiting, archived = states[ClosingState.WAITING], states[ClosingState.ARCHIVED]
    total = states.total()
    return Preview(
        closings=total,
        exported=states[ClosingState.EXPORTED],
        bridge=sums.bridge(),
        to_do=total - archived - waiting - states[ClosingState.EXPORTED],
        waiting=waiting,
        held=_list_stuck(rows, ClosingState.HELD),
        held_count=states[ClosingState.HELD],
        failed=_list_stuck(rows, ClosingState.FAILED),
        failed_count=states[ClosingState.FAILED],
        archived=archived,
        missing=missing_before(rows),
        missed=missed_days(list_shops(export), export.first_date, export.last_date),
        rates=sums.takings.rates(),
        means=sums.takings.means(),
        problems=[sentence(WAITING.to_document())] if waiting else [],
        blocked=not {*states} - {ClosingState.WAITING, ClosingState.ARCHIVED},
        checked=len(looked),
        checked_until=looked[-1].business_date if looked else None,
    )


def _list_stuck(rows: QuerySet[StoredClosing], state: ClosingState) -> list[LeftOut]:
    """The first closings in a state that waits for a person, each with why."""
    found = rows.filter(state=state).select_related("establishment").defer("document")
    stuck = [*found.order_by("business_date", "closed_at")[:SHOWN_MAX]]
    why = why_stuck(stuck)
    return [LeftOut(closing=it, state=it.state, reasons=why[it.pk]) for it in stuck]


def _look_at_file(export: OnDemandExport, rows: QuerySet[StoredClosing], states: Counter[str]) -> Preview:
    """Book the closings as the file will take them (of very many the first), and check what goes into it."""
    layout = layout_of(export, walk_ins=walk_ins_of(export))
    looked = [*islice(chain.from_iterable(Reader(export, layout).pages()), CHECKED_MAX)]
    closings = tuple(read.closing for read in looked if read.closing is not None)
    found = check_file(closings, layout)
    takings, held = takings_in(looked), _list_held(looked)
    archived = states[ClosingState.ARCHIVED] - rows.filter(FROM_BEFORE_START).count()
    earlier = sum(read.earlier is not None for read in looked)
    return Preview(
        closings=states.total(),
        exported=states[ClosingState.EXPORTED],
        bridge=bridge_to(takings, looked),
        to_do=states.total() - archived - len(held) - (0 if export.again else earlier),
        held=held[:SHOWN_MAX],
        held_count=len(held),
        archived=archived,
        earlier=earlier,
        missing=missing_before(rows),
        missed=missed_days(list_shops(export), export.first_date, export.last_date),
        rates=takings.rates(),
        means=takings.means(),
        problems=[sentence(problem.to_document()) for problem in found],
        blocked=not closings or any(problem.blocking for problem in found),
        checked=len(looked),
        checked_until=looked[-1].stored.business_date if looked else None,
    )


def _list_held(looked: Iterable[ReadClosing]) -> list[LeftOut]:
    held = (read for read in looked if read.state == OnDemandClosingState.HELD)
    return [
        LeftOut(
            closing=it.stored, state=it.stored.state, reasons=[sentence(said.to_document()) for said in it.problems]
        )
        for it in held
    ]
