"""An entry that a delivered FEC holds: under its number it never changes. It is read from its own lines of text.

What is wrong with it is set right beside it, under new numbers: its reversal, and the entry that is right.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from ledger.files.chart import FileJournal
from ledger.files.journal_lines import OPEN_NUMBER, OPEN_VALIDATION
from ledger.files.layout import LINE_END, year_month_day
from ledger.files.read_back import Moved
from ledger.files.takings import negated_takings

# Columns of a FEC (`ledger.files.fec.COLUMNS`).
_JOURNAL, _JOURNAL_NAME, _NUMBER, _DAY, _ACCOUNT, _LABEL, _DEBIT, _CREDIT, _VALIDATED = 0, 1, 2, 3, 4, 10, 11, 12, 15


@dataclass(frozen=True)
class ValidatedEntry:
    """An entry as the file holds it. ``takings`` is what it adds to sales and means (`TakingsTally.document`)."""

    text: str
    takings: dict[str, Any]

    @cached_property
    def _rows(self) -> list[list[str]]:
        return [line.split("\t") for line in self.text.removesuffix(LINE_END).split(LINE_END)]

    @property
    def journal(self) -> FileJournal:
        """The journal as the file named it then."""
        return FileJournal(code=self._rows[0][_JOURNAL], name=self._rows[0][_JOURNAL_NAME])

    @property
    def day(self) -> date:
        """EcritureDate."""
        return date.fromisoformat(self._rows[0][_DAY])

    @cached_property
    def moved(self) -> list[Moved]:
        """What its lines move, in whole cents; a credit is negative."""
        return [(row[_ACCOUNT], _cents(row[_DEBIT]) - _cents(row[_CREDIT])) for row in self._rows]

    def as_draft(self, draft: bool, *, validated_on: date) -> str:
        """Its text with the validation date that it has, or without any in a draft."""
        wanted = "" if draft else year_month_day(validated_on)
        if self._rows[0][_VALIDATED] == wanted:
            return self.text
        return _text([*row[:_VALIDATED], wanted, *row[_VALIDATED + 1 :]] for row in self._rows)

    def reversal(self, day: date, *, draft: bool) -> "ValidatedEntry":
        """The entry that undoes it on a day, its number and validation still open: "Extourne VE000001 Z1042 …"."""
        validated = "" if draft else OPEN_VALIDATION
        rows = []
        for row in self._rows:
            turned = [*row]
            turned[_LABEL] = f"Extourne {row[_NUMBER]} {row[_LABEL]}"
            turned[_NUMBER], turned[_DAY], turned[_VALIDATED] = OPEN_NUMBER, year_month_day(day), validated
            turned[_DEBIT], turned[_CREDIT] = row[_CREDIT], row[_DEBIT]
            rows.append(turned)
        return ValidatedEntry(_text(rows), negated_takings(self.takings))


def in_force(entries: Sequence[Sequence[Moved]]) -> list[int]:
    """The places of entries that count, in order: one that undoes an earlier one takes that one out, and itself."""
    left: list[int] = []
    for place, entry in enumerate(entries):
        undone = sorted((account, -amount) for account, amount in entry)
        for other in left:
            if sorted(entries[other]) == undone:
                left.remove(other)
                break
        else:
            left.append(place)
    return left


def _text(rows: Any) -> str:
    lines: Iterator[str] = ("\t".join(row) + LINE_END for row in rows)
    return "".join(lines)


def _cents(text: str) -> int:
    return int(text.replace(",", ""))
