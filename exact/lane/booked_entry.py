"""What Exact booked for an entry that was sent: the lines of its ledger compared with ours, by account and VAT code.

The lines in the entry's own answer only repeat what was sent; those of the ledger are what was booked (rules.md §5.2).
A debit is positive.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from exact.api.client import ExactClient
from exact.api.errors import Unavailable
from exact.entries.payloads import expected_amount, sent_lines
from exact.lane.postings import FoundEntry, to_cents
from ledger.entry import Entry, EntryKind
from ledger.money import ZERO, money_text
from ledger.problem import Problem

COLUMNS = "GLAccountCode,AmountDC,VATCode"


class NotShown(Unavailable):
    """Exact has the entry, but its ledger shows no line of it yet: it cannot be compared with the posting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One line of Exact's ledger; -250.00 is a credit. `vat_code` is on the lines with VAT and on the VAT's own."""

    account: str
    amount: Decimal
    vat_code: str


def sums_prove(entry: Entry, found: FoundEntry) -> bool:
    """Whether the sums of Exact's answer prove that it booked what was sent, with the right signs.

    They prove nothing for an entry whose sum is 0.00: with every sign turned it would be 0.00 too.
    """
    return found.amount is not None and expected_amount(entry) != ZERO and not found.differences(entry)


def compare(client: ExactClient, entry: Entry, found: FoundEntry) -> list[Problem]:
    """The differences between Exact's entry and the posting, in its sums and line by line.

    Raises `NotShown`, where sums prove nothing and there are no lines to see yet, and any other `ExactError`.
    """
    rows = client.rows(
        "financialtransaction/TransactionLines", select=COLUMNS, filter=f"EntryID eq guid'{found.entry_id}'"
    )
    lines = [_line(row) for row in rows]
    if not lines and not sums_prove(entry, found):
        raise NotShown(f"no line is shown of entry {found.entry_number}")
    return [*found.differences(entry), *(differences(entry, lines) if lines else [])]


def differences(entry: Entry, lines: Iterable[LedgerLine]) -> list[Problem]:
    """The differences between sent and booked by account; for a sale, VAT by code and not by account."""
    sums = _Sums(entry, lines)
    return [
        *_different("line_differs_in_exact", "account", sums.meant, sums.booked),
        *_different("vat_line_differs_in_exact", "vat_code", sums.meant_vat, sums.booked_vat),
    ]


class _Sums:
    """What was meant and what is booked, by account and, for a sale, by VAT code.

    For a sale only the accounts of its lines count: Exact chooses the accounts of VAT and of the customer's debt.
    """

    def __init__(self, entry: Entry, lines: Iterable[LedgerLine]) -> None:
        self.meant, self.meant_vat = defaultdict[str, Decimal](Decimal), defaultdict[str, Decimal](Decimal)
        self.booked, self.booked_vat = defaultdict[str, Decimal](Decimal), defaultdict[str, Decimal](Decimal)
        is_sale = entry.kind is EntryKind.SALES
        for line in sent_lines(entry) if is_sale else entry.lines:
            self.meant[line.account] += line.amount
            self.meant_vat[line.vat_code] += line.vat or ZERO
        for booked in lines:
            if booked.account in self.meant or not is_sale:
                self.booked[booked.account] += booked.amount
            elif booked.vat_code:
                self.booked_vat[booked.vat_code] += booked.amount


def _different(code: str, name: str, meant: Mapping[str, Decimal], booked: Mapping[str, Decimal]) -> Iterator[Problem]:
    for key in sorted({*meant, *booked}):
        expected, found = meant.get(key, ZERO), booked.get(key, ZERO)
        if expected != found:
            yield Problem(code=code, facts={name: key, "expected": money_text(expected), "found": money_text(found)})


def _line(row: dict[str, Any]) -> LedgerLine:
    return LedgerLine(
        account=(row["GLAccountCode"] or "").strip(),
        amount=to_cents(row["AmountDC"]),
        vat_code=(row["VATCode"] or "").strip(),
    )
