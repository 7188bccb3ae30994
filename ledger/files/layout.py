"""What every file format says of itself: how it writes a line, and what it can hold."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache, partial
from typing import ClassVar

from ledger.files.booked import BookedClosing
from ledger.files.chart import Chart, FileThirdParty
from ledger.files.journal_lines import JournalLine
from ledger.files.labels import clean
from ledger.problem import Problem

LINE_END = "\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many characters fit; None where the format sets no limit. ``amount`` counts the decimals and their sign."""

    journal: int | None = None
    account: int | None = None
    third_party: int | None = None
    document: int | None = None
    amount: int | None = None
    movements: int | None = None


@dataclass(frozen=True, kw_only=True)
class Layout(ABC):
    """One file format with its settings. Subclasses write lines; `ledger.files.check` keeps what does not fit away.

    ``charset`` is a Python codec of one byte per character.
    """

    name: ClassVar[str]
    limits: ClassVar[Limits]
    # Packages take such a file in once and add it to their books: what one has held, the next leaves out.
    for_import: ClassVar[bool]

    chart: Chart = field(default_factory=Chart)

    @property
    @abstractmethod
    def charset(self) -> str:
        """The codec the file is written in."""

    @abstractmethod
    def line(self, line: JournalLine) -> str:
        """Return one line of a journal, line end included."""

    @abstractmethod
    def file_name(self, first: date | None, last: date | None) -> str:
        """Return the file's name; the dates are the first and last entry's, None in an empty file."""

    @abstractmethod
    def moved_in(self, lines: Iterator[str]) -> Iterator[str]:
        """Read a file's lines, without their ends: what each line of an entry moves, in cents, as "411000 140000".

        It knows the format, not how this layout writes it, so that the one proves the other. A credit is negative.
        """

    def head(self) -> str:
        """Return what stands before the first line."""
        return ""

    def tail(self) -> str:
        """Return what stands after the last line."""
        return ""

    def account_in_file(self, account: str, third_party: FileThirdParty) -> str:
        """Return the account a line is written on; formats without a sub-ledger put the third party into it."""
        return account

    def setting_problems(self) -> Iterator[Problem]:
        """Yield what is wrong with this format's own settings, whatever the closings."""
        yield from ()

    def closing_problems(self, closing: BookedClosing) -> Iterator[Problem]:
        """Yield what this format alone refuses in a closing."""
        yield from ()

    def day_problems(self, day: date) -> Iterator[Problem]:
        """Yield why an entry of a day has no place in this file."""
        yield from ()

    @cached_property
    def text(self) -> Callable[[str], str]:
        """Makes text such that this format can hold it, not yet cut; what a year of lines repeats is cleaned once."""
        return lru_cache(maxsize=2_048)(partial(clean, charset=self.charset))

    def label(self, line: JournalLine) -> str:
        """Return "Z1042 PARIS01 14/03 Espèces", not yet cut."""
        label, detail = self.text(line.heading.label) or self.text(line.heading.document), self.text(line.detail)
        return f"{label} {detail}" if detail else label


def whole_cents(text: str) -> int:
    """Return 144220 for 1442,20 and for 1442.20; nothing for a blank."""
    return int(text.replace(",", "").replace(".", "")) if text else 0


def period_name(prefix: str, first: date | None, last: date | None) -> str:
    """Return "SAGE100-20260301-20260331.txt"; an empty file has no dates."""
    days = [year_month_day(day) for day in (first, last) if day]
    return "-".join([prefix, *days]) + ".txt"


@lru_cache(maxsize=1_024)
def year_month_day(day: date) -> str:
    """Return 20260314 for 14 March 2026."""
    return f"{day:%Y%m%d}"


@lru_cache(maxsize=1_024)
def day_month_year(day: date) -> str:
    """Return 140326 for 14 March 2026, as Sage wants it."""
    return f"{day:%d%m%y}"
