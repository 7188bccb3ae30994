"""XIMPORT.TXT of Ciel Compta and Sage 50 (France): 142 characters a line, no header, CRLF."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from ledger.files.chart import FileThirdParty
from ledger.files.journal_lines import JournalLine
from ledger.files.labels import fit
from ledger.files.layout import LINE_END, Layout, Limits, whole_cents, year_month_day
from ledger.money import ZERO, comma_text, money_text


class CielCharset(StrEnum):
    """ASCII is what every version reads; writers in use differ on the rest."""

    ASCII = "ascii"
    CP850 = "cp850"
    WINDOWS = "cp1252"


class DecimalSign(StrEnum):
    """Versions differ on it; the point is the commoner reading."""

    POINT = "."
    COMMA = ","


@dataclass(frozen=True, kw_only=True)
class Ciel(Layout):
    """Ciel has no sub-ledger: a third party is an account of its own, 411CAISSE."""

    name: ClassVar[str] = "ciel"
    limits: ClassVar[Limits] = Limits(journal=2, account=11, document=12, amount=13, movements=99_999)
    for_import: ClassVar[bool] = True

    decimal_sign: DecimalSign = DecimalSign.POINT
    encoding: CielCharset = CielCharset.ASCII

    @property
    def charset(self) -> str:
        return self.encoding.value

    def line(self, line: JournalLine) -> str:
        debit = line.debit != ZERO
        amount = line.debit if debit else line.credit
        amount_text = money_text(amount) if self.decimal_sign is DecimalSign.POINT else comma_text(amount)
        account = self.account_in_file(line.account, line.third_party)
        name = line.account_name if account == line.account else line.third_party.name
        return "".join(
            (
                f"{line.heading.movement:>5}",
                f"{line.heading.journal.code:<2}",
                year_month_day(line.heading.entry_date),
                " " * 8,  # due date: a closing is paid
                f"{line.heading.document:<12}",
                f"{account:<11}",
                f"{fit(self.label(line), 25):<25}",
                f"{amount_text:>13}",
                "D" if debit else "C",
                " " * 12,  # pointing
                " " * 6,  # analytic code
                f"{fit(self.text(name), 34):<34}",
                "O",  # in euros
                "2003",  # version of the format
                LINE_END,
            )
        )

    def moved_in(self, lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            amount = whole_cents(line[71:84].lstrip())
            yield f"{line[35:46].rstrip()} {amount if line[84] == 'D' else -amount}"

    def file_name(self, first: date | None, last: date | None) -> str:
        return "XIMPORT.TXT"

    def account_in_file(self, account: str, third_party: FileThirdParty) -> str:
        """Return 411CAISSE for the third party CAISSE on 411000, unless the chart gives it another account.

        Only accounts of class 4 are third parties'; a bank's code beside 511500 is left out.
        """
        if not third_party.code or not account.startswith("4"):
            return account
        return third_party.account or account[:3] + third_party.code
