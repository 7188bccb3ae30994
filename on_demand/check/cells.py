"""One amount by the tills, by the entries and by Exact, and whether the differences between them are explained."""

from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum, auto

from ledger.money import ZERO


class Agreement(StrEnum):
    """The verdict on an amount, the worst first."""

    DIFFERS = auto()  # Exact, or what is booked, is not what it should be
    WAITS = auto()  # something is not booked yet, or not read back yet
    UNREAD = auto()  # Exact was never read
    EXPLAINED = auto()  # different for a good reason: items offered, sales booked with another closing
    AGREES = auto()


@dataclass(slots=True)
class Cell:
    """An amount from its four sides.

    `expected`: the part of the tills' amount that is to be booked now; `entries`: what is booked; `unread`: the part of
    that which was not read back from Exact yet; `exact`: what Exact holds. Of the tills' amount, `offered` was given
    away, `left` waits for a person or an activation, and `aside` is of closings that were set aside.
    `accepted`: by how much Exact differs from what was posted where a person accepted that.
    """

    tills: Decimal = ZERO
    expected: Decimal = ZERO
    entries: Decimal = ZERO
    unread: Decimal = ZERO
    exact: Decimal = ZERO
    offered: Decimal = ZERO
    left: Decimal = ZERO
    aside: Decimal = ZERO
    accepted: Decimal = ZERO

    def add(self, other: "Cell") -> None:
        """Add another amount of the same thing."""
        for side in fields(self):
            self.put(side.name, getattr(other, side.name))

    def put(self, side: str, amount: Decimal) -> None:
        """Add an amount on one side, by its name."""
        setattr(self, side, getattr(self, side) + amount)

    @property
    def empty(self) -> bool:
        """Whether there is nothing on any side."""
        return self.tills == self.entries == self.exact == self.expected == ZERO

    @property
    def otherwise(self) -> Decimal:
        """By how much Exact differs from what was posted and read back, beyond what a person accepted."""
        return self.exact + self.unread - self.entries - self.accepted

    @property
    def elsewhere(self) -> Decimal:
        """The part of the tills' amount that is booked with other closings."""
        return self.tills - self.offered - self.left - self.aside - self.expected

    def agreement(self, *, read: bool) -> Agreement:
        """The verdict on the amount; `read`: whether Exact was ever read."""
        if self.entries != self.expected or (read and self.otherwise != ZERO):
            return Agreement.DIFFERS
        if not read:
            return Agreement.UNREAD
        if self.unread != ZERO or self.left != ZERO:
            return Agreement.WAITS
        return Agreement.AGREES if self.exact == self.tills else Agreement.EXPLAINED
