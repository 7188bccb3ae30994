"""An entry that a delivered FEC holds: under its number it never changes. It is read from its own lines of text.

What is wrong with it is set right beside it, under new numbers: its reversal, and the entry that is right.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from ledger.files.chart import FileJournal
from ledger.files.fec import ACCOUNT, CREDIT, DAY, DEBIT, JOURNAL, JOURNAL_NAME, LABEL, NUMBER, VALIDATED
from ledger.files.journal_lines import OPEN_NUMBER, OPEN_VALIDATION
from ledger.files.layout import LINE_END, whole_cents, year_month_day
from ledger.files.read_back import Moved
from ledger.files.takings import negated_takings


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
        return FileJournal(code=self._rows[0][JOURNAL], name=self._rows[0][JOURNAL_NAME])

    @property
    def day(self) -> date:
        """EcritureDate."""
        return date.fromisoformat(self._rows[0][DAY])

    @cached_property
    def moved(self) -> list[Moved]:
        """What its lines move, in whole cents; a credit is negative."""
        return [(row[ACCOUNT], whole_cents(row[DEBIT]) - whole_cents(row[CREDIT])) for row in self._rows]

    def as_draft(self, draft: bool, *, validated_on: date) -> str:
        """Its text with the validation date that it has, or without any in a draft."""
        wanted = "" if draft else year_month_day(validated_on)
        if self._rows[0][VALIDATED] == wanted:
            return self.text
        return _text([*row[:VALIDATED], wanted, *row[VALIDATED + 1 :]] for row in self._rows)

    def reversal(self, day: date, *, draft: bool) -> "ValidatedEntry":
        """The entry that undoes it on a day, its number and validation still open: "Extourne VE000001 Z1042 …"."""
        validated = "" if draft else OPEN_VALIDATION
        rows = []
        for row in self._rows:
            turned = [*row]
            turned[LABEL] = f"Extourne {row[NUMBER]} {row[LABEL]}"
            turned[NUMBER], turned[DAY], turned[VALIDATED] = OPEN_NUMBER, year_month_day(day), validated
            turned[DEBIT], turned[CREDIT] = row[CREDIT], row[DEBIT]
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
