"""The bridge from the tills' turnover to the booked one, as people read it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exports.words.money import euros
from ledger.files.bridge import Bridge, Step
from ledger.money import ZERO

STEP_WORDS = {
    Step.OFFERED: gettext_lazy("Items offered"),
    Step.ELSEWHERE: gettext_lazy("Booked with another closing"),
    Step.HELD: gettext_lazy("Closings held"),
    Step.WAITING: gettext_lazy("Closings waiting for activation"),
    Step.MOVING: gettext_lazy("Closings on their way to Exact"),
    Step.REFUSED: gettext_lazy("Entries refused by Exact"),
    Step.SET_ASIDE: gettext_lazy("Closings set aside"),
    Step.EARLIER: gettext_lazy("In an earlier file"),
    Step.OTHER: gettext_lazy("Difference without an explanation"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeRow:
    """One row: words, amount, whether it is a sum, and whether somebody must look at it."""

    label: str
    amount: str
    is_sum: bool = False
    alarming: bool = False


def bridge_rows(bridge: Bridge) -> Iterator[BridgeRow]:
    """Turnover of the tills, what leads to the booked one, and on to all that came in."""
    yield BridgeRow(label=_("Turnover of the tills"), amount=euros(bridge.tills), is_sum=True)
    for it in bridge.steps:
        yield BridgeRow(
            label=str(STEP_WORDS[it.step]), amount=euros(it.amount), alarming=it.step in (Step.OTHER, Step.REFUSED)
        )
    yield BridgeRow(label=_("Turnover booked"), amount=euros(bridge.booked), is_sum=True)
    if not bridge.receipts and bridge.unpaid == ZERO:
        return
    for receipt in bridge.receipts:
        yield BridgeRow(label=receipt.label, amount=euros(receipt.amount))
    if bridge.unpaid != ZERO:
        yield BridgeRow(label=_("Receipts whose sale is not among these entries"), amount=euros(bridge.unpaid))
    yield BridgeRow(label=_("Received by all means of payment"), amount=euros(bridge.received), is_sum=True)
