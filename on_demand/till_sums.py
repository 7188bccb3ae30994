"""The tills' sums of closings, and the reasons why less is booked: the steps of the bridge from tills to books."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import prefetch_related_objects

from exports.coverage.aside import left_of_asides
from exports.models import ClosingState, SetAside, StoredClosing
from ledger.closing import Closing
from ledger.files.booked import NOTHING_TOLD
from ledger.files.bridge import BridgeTally, Step, Told
from ledger.money import BOOKS, ZERO
from on_demand.closings import is_given_up
from postgres.rows import among

# The step of a closing of which no entry of sales is booked, by its state.
STEPS = {
    ClosingState.HELD: Step.HELD,
    ClosingState.WAITING: Step.WAITING,
    ClosingState.READY: Step.MOVING,
    ClosingState.EXPORTING: Step.MOVING,
    ClosingState.FAILED: Step.REFUSED,
}


def told_of(page: Sequence[StoredClosing]) -> dict[UUID, Told]:
    """The till's sums of each closing: the turnover, the part that is booked with other closings, the part set aside.

    Of a closing that is set aside, only what no other closing tells: that one counts in its place.
    """
    prefetch_related_objects(page, "remainder")
    parts = ((it.pk, getattr(it, "remainder", None)) for it in page)
    booked = {pk: Closing.from_document(part.document) for pk, part in parts if part is not None}
    left = left_of_asides(SetAside.objects.filter(among("closing_id", [it.pk for it in page])))
    told = {it.pk: Told.of(it.gross, it.offered, booked=booked.get(it.pk)) for it in page if it.pk not in left}
    return told | {pk: Told.of(gross, ZERO, set_aside=gross != ZERO) for pk, gross in left.items()}


def told_of_undone(closing: StoredClosing, told: Told) -> Told:
    """The sums of a closing with entries in a FEC: nothing if they are reversed and others count in its place.

    For every other closing, `told` as it is.
    """
    return NOTHING_TOLD if is_given_up(closing) and not is_counted(closing, told) else told


def is_counted(closing: StoredClosing, told: Told) -> bool:
    """Whether a closing counts in the sums. An archived one does not: it is in no book, or others tell its sales.

    One that was set aside does: it was sold all the same, unless another closing counts in its place.
    """
    return (closing.state != ClosingState.ARCHIVED or told.set_aside) and closing.currency == BOOKS


def is_left(closing: StoredClosing, told: Told, *, sold: bool) -> Step | None:
    """Why a closing's sales are not booked; None when they are (`sold`) or are about to be."""
    if told.set_aside:
        return Step.SET_ASIDE
    return None if sold else STEPS.get(ClosingState(closing.state))


def add_to_bridge(tally: BridgeTally, closing: StoredClosing, told: Told, *, sold: bool) -> None:
    """Add a closing to the bridge. `sold`: whether the entry of its sales is in Exact, or on its way there."""
    if not is_counted(closing, told):
        return
    step = is_left(closing, told, sold=sold)
    if step is None:
        tally.take(told)
    else:
        tally.leave(told.gross, step)
