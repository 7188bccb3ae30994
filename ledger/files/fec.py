"""FEC, fichier des écritures comptables: the 18 columns of art. A47 A-1 LPF, tab, ISO 8859-15, CRLF."""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache
from typing import ClassVar, Self

from ledger.files.booked import BookedClosing
from ledger.files.chart import FileJournal, FileThirdParty
from ledger.files.journal_lines import OPEN_NUMBER, OPEN_VALIDATION, JournalLine
from ledger.files.layout import LINE_END, Layout, Limits, whole_cents, year_month_day
from ledger.money import comma_text
from ledger.problem import Problem

COLUMNS = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)
# Where the columns that are read again stand in a line.
JOURNAL, JOURNAL_NAME, NUMBER, DAY, ACCOUNT, LABEL, DEBIT, CREDIT, VALIDATED = map(
    COLUMNS.index,
    (
        "JournalCode",
        "JournalLib",
        "EcritureNum",
        "EcritureDate",
        "CompteNum",
        "EcritureLib",
        "Debit",
        "Credit",
        "ValidDate",
    ),
)

_SIREN = re.compile(r"\d{9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """An exercice: from its first to its last day, both in it."""

    first: date
    last: date

    @classmethod
    def holding(cls, day: date, *, last_month: int = 12) -> Self:
        """Return the year of twelve months around a day that ends with ``last_month``."""
        year = day.year if day.month <= last_month else day.year + 1
        last = date(year, last_month, calendar.monthrange(year, last_month)[1])
        first = date(year, 1, 1) if last_month == 12 else date(year - 1, last_month + 1, 1)
        return cls(first=first, last=last)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, kw_only=True)
class Fec(Layout):
    """The FEC of one legal entity and one fiscal year, or a part of it to be imported.

    ``draft`` leaves ValidDate empty, for packages that take a partial FEC into their brouillard and validate it
    themselves; a FEC for the tax office needs the date.
    """

    name: ClassVar[str] = "fec"
    limits: ClassVar[Limits] = Limits()
    for_import: ClassVar[bool] = False
    charset_name: ClassVar[str] = "iso8859_15"

    siren: str
    year: FiscalYear
    draft: bool = False

    @property
    def charset(self) -> str:
        return self.charset_name

    def head(self) -> str:
        return "\t".join(COLUMNS) + LINE_END

    def line(self, line: JournalLine) -> str:
        heading = line.heading
        return (
            f"{self._journal_cells(heading.journal)}\t{OPEN_NUMBER}\t{year_month_day(heading.entry_date)}\t"
            f"{self._account_cells(line.account, line.account_name, line.third_party)}\t"
            f"{self.text(heading.reference)}\t{year_month_day(heading.document_date)}\t{self.label(line)}\t"
            f"{comma_text(line.debit)}\t{comma_text(line.credit)}\t{self._last_cells}{LINE_END}"
        )

    def moved_in(self, lines: Iterator[str]) -> Iterator[str]:
        next(lines, None)  # the names of the columns
        for line in lines:
            cells = line.split("\t", CREDIT + 1)
            yield f"{cells[ACCOUNT]} {whole_cents(cells[DEBIT]) - whole_cents(cells[CREDIT])}"

    # Texts that repeat on every line of a year are put together once.
    @cached_property
    def _journal_cells(self) -> Callable[[FileJournal], str]:
        """JournalCode, JournalLib."""
        return cache(lambda journal: f"{journal.code}\t{self.text(journal.name) or journal.code}")

    @cached_property
    def _account_cells(self) -> Callable[[str, str, FileThirdParty], str]:
        """CompteNum, CompteLib, CompAuxNum, CompAuxLib."""
        return lru_cache(maxsize=4_096)(self._account_and_third_party)

    def _account_and_third_party(self, account: str, name: str, third_party: FileThirdParty) -> str:
        return "\t".join((account, self.text(name), third_party.code, self.text(third_party.name) or third_party.code))

    @cached_property
    def _last_cells(self) -> str:
        """EcritureLet, DateLet, ValidDate, Montantdevise, Idevise."""
        return "\t".join(("", "", "" if self.draft else OPEN_VALIDATION, "", ""))

    def file_name(self, first: date | None, last: date | None) -> str:
        return f"{self.siren}FEC{year_month_day(self.year.last)}.txt"

    def setting_problems(self) -> Iterator[Problem]:
        """Refuse a SIREN that is none: the file is named after it."""
        if not _SIREN.fullmatch(self.siren):
            yield Problem(code="file_siren_invalid", facts={"setting": "siren", "siren": self.siren})

    def closing_problems(self, closing: BookedClosing) -> Iterator[Problem]:
        """Refuse the books of another company, and entries of another fiscal year."""
        if closing.siren != self.siren:
            facts = {"setting": "siren", "siren": self.siren, "other": closing.siren}
            yield Problem(code="file_of_two_companies", facts=facts)
        for entry in closing.entries:
            yield from self.day_problems(entry.date)

    def day_problems(self, day: date) -> Iterator[Problem]:
        """Refuse an entry of another fiscal year: it has a sequence of its own."""
        if day not in self.year:
            facts = {
                "setting": "fiscal_year",
                "date": day.isoformat(),
                "first": self.year.first.isoformat(),
                "last": self.year.last.isoformat(),
            }
            yield Problem(code="file_outside_fiscal_year", facts=facts)
