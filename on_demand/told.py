"""What the tills say of closings, and why what is booked of one may be less: the steps of the bridge to the books."""

from collections.abc import Sequence
from uuid import UUID

from exports.coverage.freed import TOLD_BY_ANOTHER, left_of_aside
from exports.models import ClosingState, SetAside, StoredClosing
from exports.models.coverage import Remainder
from ledger.closing import Closing
from ledger.files.booked import NOTHING_TOLD
from ledger.files.bridge import BridgeTally, Step, Told
from ledger.money import BOOKS, ZERO
from on_demand.closings import is_given_up
from postgres.rows import among

# Why nothing of a closing in such a state is booked; in every other state its entries are made.
STEPS = {
    ClosingState.HELD: Step.HELD,
    ClosingState.WAITING: Step.WAITING,
    ClosingState.FAILED: Step.REFUSED,
}


def told_of(page: Sequence[StoredClosing]) -> dict[UUID, Told]:
    """What the till says of each closing; of one that others cover in part what those are booked for; what is aside.

    Of what is set aside only what no other closing tells by now: that one counts in its place.
    """
    ids = [it.pk for it in page]
    rows = Remainder.objects.filter(among("closing_id", ids)).values_list("closing_id", "document")
    booked = {closing_id: Closing.from_document(document) for closing_id, document in rows}
    asides = SetAside.objects.filter(among("closing_id", ids), ended_at=None, instead=None).select_related("closing")
    left = {
        it.closing_id: left_of_aside(it.closing) if it.told_too else it.closing.gross
        for it in asides.annotate(told_too=TOLD_BY_ANOTHER)
    }
    told = {it.pk: Told.of(it.gross, it.offered, booked=booked.get(it.pk)) for it in page if it.pk not in left}
    return told | {pk: Told.of(gross, ZERO, set_aside=gross != ZERO) for pk, gross in left.items()}


def told_of_undone(closing: StoredClosing, told: Told) -> Told:
    """What counts of a closing that a FEC holds and, once it is given up, undoes: nothing if others are in its place.

    Of every other closing, `told` as it is.
    """
    return NOTHING_TOLD if is_given_up(closing) and not is_counted(closing, told) else told


def is_counted(closing: StoredClosing, told: Told) -> bool:
    """Whether a closing counts in the sums: one that is archived is in no book, or others stand for it.

    What a person set aside was sold all the same, unless another closing is in its place.
    """
    return (closing.state != ClosingState.ARCHIVED or told.set_aside) and closing.currency == BOOKS


def is_left(closing: StoredClosing, told: Told, *, sold: bool) -> Step | None:
    """Why a closing's sales are not booked; None when they are (`sold`: their entry stands) or are about to be."""
    if told.set_aside:
        return Step.SET_ASIDE
    return None if sold else STEPS.get(ClosingState(closing.state))


def add_to_bridge(tally: BridgeTally, closing: StoredClosing, told: Told, *, sold: bool) -> None:
    """Count a closing; `sold` is whether the entry of its sales stands in Exact, or is on its way there."""
    if not is_counted(closing, told):
        return
    step = is_left(closing, told, sold=sold)
    if step is None:
        tally.take(told)
    else:
        tally.leave(told.gross, step)
