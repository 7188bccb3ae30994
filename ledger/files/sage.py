"""Sage 100, "format Sage": one field per line in blocks `#MECG`, CP850, CRLF.

The number of lines of a block belongs to the version in the head, so one version is written: 31.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from itertools import islice
from typing import ClassVar

from ledger.files.journal_lines import JournalLine
from ledger.files.labels import fit
from ledger.files.layout import LINE_END, Layout, Limits, day_month_year, period_name, whole_cents
from ledger.money import ZERO, comma_text

_NO_PARITY, _NO_AMOUNT = "0,000000", "0,00"
_DEBIT, _CREDIT = "0", "1"
_BLOCK = 39  # `#MECG` and its fields, before the blank line


class SageLabelWidth(IntEnum):
    """Older versions of Sage 100 hold 35 characters of a label, newer ones 69."""

    OLD = 35
    NEW = 69


@dataclass(frozen=True, kw_only=True)
class Sage(Layout):
    """Sage 100 keeps the third party apart from the general account."""

    name: ClassVar[str] = "sage"
    limits: ClassVar[Limits] = Limits(journal=6, account=13, third_party=17, document=13, amount=14)
    for_import: ClassVar[bool] = True

    label_width: SageLabelWidth = SageLabelWidth.OLD

    @property
    def charset(self) -> str:
        return "cp850"

    def head(self) -> str:
        return LINE_END.join(("#FLG 000", "#VER 31", "#DEV EUR", ""))

    def tail(self) -> str:
        return f"#FIN{LINE_END}"

    def line(self, line: JournalLine) -> str:
        debit = line.debit != ZERO
        block = (
            "#MECG",
            line.heading.journal.code,
            day_month_year(line.heading.document_date),
            day_month_year(line.heading.entry_date),
            line.heading.document,
            "",  # invoice
            "",  # treasury document
            line.account,
            "",  # counterpart, general
            line.third_party.code,
            "",  # counterpart, third party
            fit(self.label(line), self.label_width),
            "0",  # payment number
            "",  # due date
            _NO_PARITY,
            _NO_AMOUNT,  # quantity
            "0",  # currency of the books
            _DEBIT if debit else _CREDIT,
            comma_text(line.debit if debit else line.credit),
            "",  # matching
            "",  # pointing
            "",  # matching, quantity
            "0",  # reminders
            "0",  # opening type
            "0",  # revision
            "",  # amount in currency
            "",  # tax code
            "0",  # norm
            "0",  # origin
            "0",  # penalties
            "",  # penalty date
            "",  # reminder date
            "",  # reconciliation date
            line.heading.document,  # reference
            "0",  # payment status
            _NO_AMOUNT,  # paid
            "",  # operation date
            "",  # closing date
            "0",  # reconciliation export
            "",  # the blank line between blocks
            "",
        )
        return LINE_END.join(block)

    def moved_in(self, lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            if line == "#MECG":
                block = [line, *islice(lines, _BLOCK - 1)]
                amount = whole_cents(block[18])
                yield f"{block[7]} {-amount if block[17] == _CREDIT else amount}"

    def file_name(self, first: date | None, last: date | None) -> str:
        return period_name("SAGE100", first, last)
