"""A written file read back from its bytes, each entry held against what was booked: line by line, account and amount.

Each layout reads its format itself (`Layout.moved_in`). Amounts are whole cents, a credit is negative. What a line
moves is held as text ("411000 140000"), an entry as such lines: a year of them is set aside, read again and compared.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from ledger.entry import Entry
from ledger.files.layout import Layout

Moved = tuple[str, int]  # an account as the file writes it, and what moves on it


class FileDiffers(Exception):
    """A file's bytes do not hold what was booked: `place` is the entry's in the file, from 1."""

    def __init__(self, place: int, meant: str, found: str) -> None:
        super().__init__(f"entry {place}: {meant!r} was booked, {found!r} was written")
        self.place = place


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBack:
    """How much of a file was read back and held against what was booked: all of it, or `FileDiffers` was raised."""

    entries: int
    lines: int


def moved_by(entry: Entry, layout: Layout) -> list[Moved]:
    """What each line of an entry is to move in a file: 411CAISSE +142000, 707000 -125000."""
    third_party = layout.chart.third_party
    return [
        (layout.account_in_file(line.account, third_party(line.third_party)), int(line.amount.scaleb(2)))
        for line in entry.lines
    ]


def as_meant(moved: Iterable[Moved]) -> str:
    """An entry as it is compared."""
    return "\n".join([f"{account} {amount}" for account, amount in moved])


def read_back(lines: Iterable[str], layout: Layout, meant: Iterable[str]) -> ReadBack:
    """Hold a file's physical lines, without their ends, against the entries it should have (`as_meant`), in its order.

    Raises `FileDiffers` at the first entry that is not there as it was booked, or that nobody booked.
    """
    written = layout.moved_in(iter(lines))
    entries = counted = 0
    for entries, entry in enumerate(meant, start=1):
        length = entry.count("\n") + 1
        found = "\n".join(islice(written, length))
        if found != entry:
            raise FileDiffers(entries, entry, found)
        counted += length
    beyond = next(written, "")
    if beyond:
        raise FileDiffers(entries + 1, "", beyond)
    return ReadBack(entries=entries, lines=counted)
