"""Booked closings: what goes into a file."""

from dataclasses import dataclass
from datetime import date

from ledger.entry import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedClosing:
    """A closing and the entries that `ledger.book` made of it.

    ``number`` is the till's own; ``scope`` tells two sequences of one establishment apart (a station, a second till),
    and is empty where there is one. ``siren`` is the legal entity whose books these are.
    """

    establishment: str
    siren: str
    number: int
    business_date: date
    entries: tuple[Entry, ...]
    scope: str = ""

    @property
    def document(self) -> str:
        """The document number that fits everywhere: Z1042."""
        return f"Z{self.number}"

    @property
    def reference(self) -> str:
        """What leads from the books to the printed Z: Z-PARIS01-1042, or Z-PARIS01-2-1042 for station 2."""
        return "-".join(part for part in ("Z", self.establishment, self.scope, str(self.number)) if part)
