"""What the tills say of closings, and why what is booked of one may be less: the steps of the bridge to the books."""

from collections.abc import Sequence
from uuid import UUID

from exports.models import ClosingState, StoredClosing
from exports.models.coverage import Remainder
from ledger.closing import Closing
from ledger.entry import EntryKind
from ledger.files.bridge import BridgeTally, Step, Told
from ledger.money import BOOKS
from on_demand.closings import StandingEntries
from postgres.rows import among

NOTHING_STANDS = StandingEntries()
# Why nothing of a closing in such a state is booked; in every other state its entries are made.
STEPS = {
    ClosingState.HELD: Step.HELD,
    ClosingState.WAITING: Step.WAITING,
    ClosingState.FAILED: Step.REFUSED,
}


def told_of(page: Sequence[StoredClosing]) -> dict[UUID, Told]:
    """What the till says of each closing, and of one that others cover in part, what those are booked for."""
    rows = Remainder.objects.filter(among("closing_id", [it.pk for it in page])).values_list("closing_id", "document")
    booked = {closing_id: Closing.from_document(document) for closing_id, document in rows}
    return {it.pk: Told.of(it.gross, it.offered, booked=booked.get(it.pk)) for it in page}


def add_to_bridge(tally: BridgeTally, export: StoredClosing, told: Told, standing: StandingEntries) -> None:
    """Count a closing by what stands of it in Exact, or is on its way there. What others stand for counts with them."""
    if export.state == ClosingState.ARCHIVED or export.currency != BOOKS:
        return
    sold = any(entry.kind is EntryKind.SALES for entry in standing.entries)
    step = STEPS.get(ClosingState(export.state))
    if sold or step is None:
        tally.take(told)
    else:
        tally.leave(told.gross, step)
