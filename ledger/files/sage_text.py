"""Sage 100, "format paramétrable": columns in a text file, laid out as the user's own import model in Sage says."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from ledger.files.journal_lines import JournalLine
from ledger.files.labels import fit
from ledger.files.layout import LINE_END, Layout, Limits, day_month_year, period_name, whole_cents
from ledger.files.sage import SageLabelWidth
from ledger.money import ZERO, comma_text


class SageColumn(StrEnum):
    """The columns there are; each value is the heading in the file's first line."""

    JOURNAL = "Code journal"
    DATE = "Date de piece"
    DOCUMENT = "N piece"
    ACCOUNT = "N compte general"
    THIRD_PARTY = "N compte tiers"
    LABEL = "Libelle ecriture"
    DEBIT = "Montant debit"
    CREDIT = "Montant credit"
    DUE_DATE = "Date echeance"
    REFERENCE = "Reference piece"


class Separator(StrEnum):
    """What stands between two columns; no cleaned text holds either."""

    SEMICOLON = ";"
    TAB = "\t"


class SageTextCharset(StrEnum):
    """What Sage on Windows reads, and what it read under DOS."""

    WINDOWS = "cp1252"
    CP850 = "cp850"
    LATIN_9 = "iso8859_15"


def _amount_or_empty(amount: Decimal) -> str:
    return comma_text(amount) if amount != ZERO else ""


_CELLS: Mapping[SageColumn, Callable[[JournalLine], str]] = {
    SageColumn.JOURNAL: lambda line: line.heading.journal.code,
    SageColumn.DATE: lambda line: day_month_year(line.heading.entry_date),
    SageColumn.DOCUMENT: lambda line: line.heading.document,
    SageColumn.ACCOUNT: lambda line: line.account,
    SageColumn.THIRD_PARTY: lambda line: line.third_party.code,
    SageColumn.DEBIT: lambda line: _amount_or_empty(line.debit),
    SageColumn.CREDIT: lambda line: _amount_or_empty(line.credit),
    SageColumn.DUE_DATE: lambda line: "",
    SageColumn.REFERENCE: lambda line: line.heading.document,
}


@dataclass(frozen=True, kw_only=True)
class SageText(Layout):
    """A default layout, and the means to follow another: which columns, in which order, with or without headings."""

    name: ClassVar[str] = "sage_text"
    limits: ClassVar[Limits] = Limits(journal=6, account=13, third_party=17, document=13, amount=14)
    for_import: ClassVar[bool] = True

    columns: tuple[SageColumn, ...] = tuple(SageColumn)
    separator: Separator = Separator.SEMICOLON
    headings: bool = True
    label_width: SageLabelWidth = SageLabelWidth.OLD
    encoding: SageTextCharset = SageTextCharset.WINDOWS

    def __post_init__(self) -> None:
        missing = {SageColumn.JOURNAL, SageColumn.DATE, SageColumn.ACCOUNT, SageColumn.DEBIT, SageColumn.CREDIT}
        missing -= set(self.columns)
        if missing:
            raise ValueError(f"an entry can't be read back without {', '.join(sorted(missing))}")

    @property
    def charset(self) -> str:
        return self.encoding.value

    def head(self) -> str:
        return self.separator.join(self.columns) + LINE_END if self.headings else ""

    def line(self, line: JournalLine) -> str:
        cells = (
            fit(self.label(line), self.label_width) if column is SageColumn.LABEL else _CELLS[column](line)
            for column in self.columns
        )
        return self.separator.join(cells) + LINE_END

    def moved_in(self, lines: Iterator[str]) -> Iterator[str]:
        account, debit, credit = map(self.columns.index, (SageColumn.ACCOUNT, SageColumn.DEBIT, SageColumn.CREDIT))
        separator = self.separator.value
        if self.headings:
            next(lines, None)
        for line in lines:
            cells = line.split(separator)
            yield f"{cells[account]} {whole_cents(cells[debit]) - whole_cents(cells[credit])}"

    def file_name(self, first: date | None, last: date | None) -> str:
        return period_name("SAGE100-TEXTE", first, last)
