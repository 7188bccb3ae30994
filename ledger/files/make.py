"""A file in the making: closings go by once, are checked, counted and put into text; then the text is written."""

import hashlib
from collections.abc import Callable, Iterable
from decimal import Decimal

from ledger.files.booked import BookedClosing
from ledger.files.bridge import Step
from ledger.files.check import FileChecker
from ledger.files.control_sheet import ControlSheet, ControlTally
from ledger.files.journal_lines import OPEN_NUMBER, OPEN_VALIDATION, lines_of
from ledger.files.layout import Layout, year_month_day
from ledger.files.numbering import EntryNumber, GivenNumber
from ledger.files.validated import ValidatedEntry
from ledger.problem import Problem

# An entry as text: its kind, its own journal, the journal's code in the file, its lines.
DraftedEntry = tuple[str, str, str, str]


class Draft:
    """Every closing of a file, one after the other: what stands in the way, what it adds up to, and its text.

    Numbers and validation dates stay open in the text: they are given, and filled in by
    `completed`, once everything was checked. Memory does not grow with the number of closings.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._checker = FileChecker(layout)
        self._tally = ControlTally(layout.chart)

    def add(self, closing: BookedClosing, validated: Iterable[ValidatedEntry] = ()) -> list[DraftedEntry]:
        """Take a closing in; the order of the closings is that of the movements. Returns its entries as text.

        `validated` are entries of it that stand in the file as earlier ones hold them, beside its own.
        """
        layout, chart = self.layout, self.layout.chart
        self._checker.look_at(closing)
        drafted = [
            (
                entry.kind.value,
                entry.journal,
                chart.journal(entry.journal, entry.kind).code,
                "".join(map(layout.line, lines_of(closing, entry, chart, movement))),
            )
            for movement, entry in enumerate(closing.entries, start=self._tally.entries + 1)
        ]
        self._tally.add(closing)
        for entry in validated:
            self._checker.look_at_validated(closing, entry.day)
            self._tally.add_validated(entry)
        return drafted

    def leave(self, gross: Decimal, why: Step) -> None:
        """Count a closing that was sold and is not in the file, so that the sheet says so."""
        self._tally.leave(gross, why)

    def problems(self) -> list[Problem]:
        """All that was found so far; one that blocks means that nothing may be written."""
        return self._checker.problems()

    def sheet(self, *, size: int, sha256: str) -> ControlSheet:
        """The control sheet, for the file the text became."""
        name = self.layout.file_name(self._tally.first_date, self._tally.last_date)
        sheet = self._tally.sheet(format=self.layout.name, file_name=name, size=size, sha256=sha256)
        assert sheet.debit == sheet.credit, "entries balance, so the file does"
        return sheet


def completed(text: str, given: GivenNumber) -> str:
    """An entry's text with its number and the day on which it became final."""
    return text.replace(OPEN_NUMBER, str(given.number)).replace(OPEN_VALIDATION, year_month_day(given.day))


class FileWriter:
    """Writes the head, entries in the order of their numbers, and the tail, in the layout's charset; counts and hashes.

    ``write`` takes a piece at a time: ``BytesIO().write``, an open file's.
    """

    def __init__(self, layout: Layout, write: Callable[[bytes], object]) -> None:
        self._layout, self._write = layout, write
        self._charset = layout.charset
        self._digest, self._size = hashlib.sha256(), 0
        self._reached: dict[str, int] = {}
        self._put(layout.head())

    @property
    def size(self) -> int:
        """How many bytes were written."""
        return self._size

    def write_entry(self, text: str, number: EntryNumber | None = None) -> None:
        """Write one entry that is complete; `number` is the one it shows, if it shows one."""
        if number is not None:
            assert number.sequence > self._reached.get(number.journal, 0), f"{number} stands after a later one"
            self._reached[number.journal] = number.sequence
        self._put(text)

    def end(self, draft: Draft) -> ControlSheet:
        """Write the tail, and return the control sheet of what was written."""
        self._put(self._layout.tail())
        return draft.sheet(size=self._size, sha256=self._digest.hexdigest())

    def _put(self, text: str) -> None:
        piece = text.encode(self._charset)
        self._digest.update(piece)
        self._size += len(piece)
        self._write(piece)
