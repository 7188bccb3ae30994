"""One amount as the tills, the entries and Exact have it, and whether the three explain each other."""

from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum, auto

from ledger.money import ZERO


class Standing(StrEnum):
    """How an amount stands, the worst first."""

    DIFFERS = auto()  # Exact, or what is booked, is not what it should be
    WAITS = auto()  # something is not booked yet, or not read back yet
    UNREAD = auto()  # Exact was never read
    EXPLAINED = auto()  # not the same, and rightly so: items offered, sales booked with another closing
    AGREES = auto()


@dataclass(slots=True)
class Cell:
    """An amount from its four sides.

    `expected` is what is to be booked now of what the tills say; `entries` is what is booked; `unread` is the part of
    it that Exact was not asked about yet; `exact` is what it holds. Of what the tills say, `offered` was given away,
    `left` waits for a person or an activation, and `aside` is what a person said is not booked.
    """

    tills: Decimal = ZERO
    expected: Decimal = ZERO
    entries: Decimal = ZERO
    unread: Decimal = ZERO
    exact: Decimal = ZERO
    offered: Decimal = ZERO
    left: Decimal = ZERO
    aside: Decimal = ZERO

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
        """By how much Exact differs from what was posted and read back."""
        return self.exact + self.unread - self.entries

    @property
    def elsewhere(self) -> Decimal:
        """What the tills say and other closings are booked for."""
        return self.tills - self.offered - self.left - self.aside - self.expected

    def difference(self, *, read: bool) -> Decimal:
        """How far Exact, or where it was never read the entries, is from the tills."""
        return (self.exact if read else self.entries) - self.tills

    def standing(self, *, read: bool) -> Standing:
        """How the amount stands; `read` is whether Exact was ever read."""
        if self.entries != self.expected or (read and self.otherwise != ZERO):
            return Standing.DIFFERS
        if not read:
            return Standing.UNREAD
        if self.unread != ZERO or self.left != ZERO:
            return Standing.WAITS
        return Standing.AGREES if self.exact == self.tills else Standing.EXPLAINED
