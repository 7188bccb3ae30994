"""From what the tills say was sold to what is booked, step by step, and on to what came in by all means of payment.

Preview, report, mail, control sheet and check all take it from here, so that two sums under one title explain each
other: 49 729.75 sold less 29.00 offered are 49 700.75 booked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from ledger.closing import Closing
from ledger.files.takings import TakingsTally
from ledger.money import ZERO, cents, money_text, total


class Step(StrEnum):
    """Why what is booked is not what was sold. `OTHER` is what none of the others explains."""

    OFFERED = "offered"  # sales that were given away: they leave turnover and VAT
    ELSEWHERE = "elsewhere"  # booked with another closing that covers the same tickets
    HELD = "held"
    WAITING = "waiting"  # its establishment does not export yet
    MOVING = "moving"  # its entries are made, and not in Exact yet
    REFUSED = "refused"  # Exact said no
    SET_ASIDE = "set_aside"  # a person said that it is not booked, and nothing is in its place
    EARLIER = "earlier"  # in an earlier file for import
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a till says was sold in a closing, VAT included; what of it was offered, and what others are booked for.

    `set_aside`: by a person's word none of it is booked, and no other closing is in its place.
    """

    gross: Decimal = ZERO
    offered: Decimal = ZERO
    elsewhere: Decimal = ZERO
    set_aside: bool = False

    @classmethod
    def of(cls, gross: Decimal, offered: Decimal, *, booked: Closing | None = None, set_aside: bool = False) -> Self:
        """Of a closing's sums; `booked` is the part of it that is booked, where others cover the rest."""
        elsewhere = ZERO if booked is None else (gross - offered) - (booked.turnover - booked.offered)
        return cls(gross=gross, offered=offered, elsewhere=elsewhere, set_aside=set_aside)


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeStep:
    """One step, with the sign it has on the way: offered items are -29.00."""

    step: Step
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """Money that is no sale: tips of 25.00, in the till's own word, else by the account it is booked on."""

    label: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """`tills` and all `steps` are `booked`; `booked`, all `receipts` and what `unpaid` is short of are `received`."""

    tills: Decimal
    steps: tuple[BridgeStep, ...]
    booked: Decimal
    receipts: tuple[Received, ...]
    received: Decimal

    @property
    def unpaid(self) -> Decimal:
        """What came in beyond sales and other receipts: 0.00 once all entries of the closings stand."""
        return self.received - self.booked - total(it.amount for it in self.receipts)

    @property
    def explained(self) -> bool:
        """Whether every cent between tills and books has its step."""
        return all(it.step is not Step.OTHER for it in self.steps)

    def to_document(self) -> dict[str, Any]:
        """JSON-ready: `from_document` reads it back."""
        return {
            "tills": money_text(self.tills),
            "steps": [[it.step.value, money_text(it.amount)] for it in self.steps],
            "booked": money_text(self.booked),
            "receipts": [[it.label, money_text(it.amount)] for it in self.receipts],
            "received": money_text(self.received),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read back what `to_document` wrote."""
        return cls(
            tills=cents(document["tills"]),
            steps=tuple(BridgeStep(step=Step(step), amount=cents(amount)) for step, amount in document["steps"]),
            booked=cents(document["booked"]),
            receipts=tuple(Received(label=label, amount=cents(amount)) for label, amount in document["receipts"]),
            received=cents(document["received"]),
        )


class BridgeTally:
    """Adds closings up, one after the other: those that are booked, and those that are left for a reason."""

    def __init__(self) -> None:
        self.tills = ZERO
        self._taken_off = dict.fromkeys(Step, ZERO)

    def take(self, told: Told) -> None:
        """Count a closing whose entries are booked. Of one that is set aside they are booked and undone: it is left."""
        if told.set_aside:
            self.leave(told.gross, Step.SET_ASIDE)
            return
        self.tills += told.gross
        self._taken_off[Step.OFFERED] += told.offered
        self._taken_off[Step.ELSEWHERE] += told.elsewhere

    def leave(self, gross: Decimal, why: Step) -> None:
        """Count a closing that was sold and is not booked."""
        self.tills += gross
        self._taken_off[why] += gross

    def steps(self, booked: Decimal) -> tuple[BridgeStep, ...]:
        """What leads from the tills' turnover to `booked`, the booked one. Nothing of 0.00."""
        taken_off = dict(self._taken_off)
        taken_off[Step.OTHER] = self.tills - total(taken_off.values()) - booked
        return tuple(BridgeStep(step=step, amount=-amount) for step, amount in taken_off.items() if amount != ZERO)

    def bridge(self, takings: TakingsTally) -> Bridge:
        """The whole way to what the entries in `takings` hold."""
        return Bridge(
            tills=self.tills,
            steps=self.steps(takings.turnover),
            booked=takings.turnover,
            receipts=tuple(Received(label=label, amount=amount) for label, amount in takings.receipts()),
            received=total(it.amount for it in takings.means()),
        )
