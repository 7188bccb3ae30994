"""Booked closings: what goes into a file."""

import hashlib
from dataclasses import dataclass
from datetime import date
from string import ascii_uppercase

from ledger.entry import Entry
from ledger.files.bridge import Told

NOTHING_TOLD = Told()
# The shortest document field there is (Ciel's); Sage's has one character more.
DOCUMENT_MAX = 12
_LETTERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedClosing:
    """A closing and the entries that `ledger.book` made of it.

    ``number`` is the till's own; ``scope`` tells two sequences of one establishment apart (a station, a second till),
    and is empty where there is one. ``shop`` tells establishments apart in a file of several, where a document has no
    room for their codes. ``siren`` is the legal entity whose books these are. ``told`` is what the till says of it.
    """

    establishment: str
    siren: str
    number: int
    business_date: date
    entries: tuple[Entry, ...]
    scope: str = ""
    shop: str = ""
    told: Told = NOTHING_TOLD

    @property
    def document(self) -> str:
        """The document number that fits everywhere: Z1042, Z2-1042 for a second till, ZB-1042 for shop B.

        Where a station's name is too long for it, three letters made of it tell it apart: Z1042-FLX. The same closing
        has the same document in every file.
        """
        apart = self.shop + self.scope
        document = f"Z{apart}-{self.number}" if apart else f"Z{self.number}"
        if apart and (len(document) > DOCUMENT_MAX or not _is_plain(apart)):
            return f"Z{self.number}-{_letters_of(apart)}"
        return document

    @property
    def reference(self) -> str:
        """What leads from the books to the printed Z: Z-PARIS01-1042, or Z-PARIS01-2-1042 for station 2."""
        return "-".join(part for part in ("Z", self.establishment, self.scope, str(self.number)) if part)


def _is_plain(text: str) -> bool:
    return text.isascii() and text.replace("-", "").isalnum()


def _letters_of(text: str) -> str:
    """Letters only: no such document reads like one of another sequence."""
    return "".join(ascii_uppercase[byte % 26] for byte in hashlib.sha256(text.encode()).digest()[:_LETTERS])
