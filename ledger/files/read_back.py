"""A written file read back from its bytes, each entry held against what was booked: line by line, account and amount.

What reads here knows the format, not the writer. Amounts are whole cents, a credit is negative. What a line moves is
held as text ("411000 140000"), an entry as such lines: a year of them is set aside, read again and compared.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from ledger.entry import Entry
from ledger.files.ciel import Ciel
from ledger.files.fec import Fec
from ledger.files.layout import Layout
from ledger.files.sage import Sage
from ledger.files.sage_text import SageColumn, SageText

Moved = tuple[str, int]  # an account as the file writes it, and what moves on it
_BLOCK = 39  # of a Sage file: `#MECG` and its fields, before the blank line
_CREDIT = "1"


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
    written = _reader_of(layout)(iter(lines))
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


def _reader_of(layout: Layout) -> Callable[[Iterator[str]], Iterator[str]]:
    if isinstance(layout, Fec):
        return _read_fec
    if isinstance(layout, Ciel):
        return _read_ciel
    if isinstance(layout, Sage):
        return _read_sage
    assert isinstance(layout, SageText), f"nobody reads {layout.name}"
    columns, separator, headings = layout.columns, layout.separator.value, layout.headings
    return lambda lines: _read_sage_text(lines, columns, separator, headings=headings)


def _read_fec(lines: Iterator[str]) -> Iterator[str]:
    next(lines, None)  # the names of the columns
    for line in lines:
        cells = line.split("\t", 13)
        yield f"{cells[4]} {int(cells[11].replace(',', '')) - int(cells[12].replace(',', ''))}"


def _read_ciel(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        amount = _cents(line[71:84].lstrip())
        yield f"{line[35:46].rstrip()} {amount if line[84] == 'D' else -amount}"


def _read_sage(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if line == "#MECG":
            block = [line, *islice(lines, _BLOCK - 1)]
            amount = _cents(block[18])
            yield f"{block[7]} {-amount if block[17] == _CREDIT else amount}"


def _read_sage_text(
    lines: Iterator[str], columns: tuple[SageColumn, ...], separator: str, *, headings: bool
) -> Iterator[str]:
    account, debit, credit = map(columns.index, (SageColumn.ACCOUNT, SageColumn.DEBIT, SageColumn.CREDIT))
    if headings:
        next(lines, None)
    for line in lines:
        cells = line.split(separator)
        yield f"{cells[account]} {_cents(cells[debit]) - _cents(cells[credit])}"


def _cents(text: str) -> int:
    """1442,20 and 1442.20 are 144220; blank is nothing."""
    return int(text.replace(",", "").replace(".", "")) if text else 0
