"""What Exact's ledger holds of our entries, and where that is not what was posted."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from exact.models import BookLine
from ledger.entry import Entry, LineRole
from ledger.money import ZERO, money_text

VAT = "VAT"
DATE = "date"
ENTRIES = "entries"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference: `what` is an account, or "VAT" as a whole, the "date", or the count of "entries"."""

    what: str
    meant: str
    found: str

    def to_document(self) -> dict[str, Any]:
        return {"what": self.what, "meant": self.meant, "found": self.found}


def differences(entry: Entry, lines: Collection[BookLine], *, vat_accounts: Collection[str]) -> list[Difference]:
    """Where an entry of Exact's ledger differs from what was posted, per account to the cent, and in its date.

    VAT is compared as one sum: the accounts it goes to are chosen by Exact's VAT codes. `vat_accounts` are the
    division's accounts of that type.
    """
    meant, found = _by_account(entry), _found(entry, lines, vat_accounts)
    different = [
        Difference(what=what, meant=money_text(meant[what]), found=money_text(found[what]))
        for what in sorted({*meant, *found})
        if meant[what] != found[what]
    ]
    days = {line.date for line in lines} - {entry.date}
    if days:
        shown = ", ".join(sorted(day.isoformat() for day in days))
        different.append(Difference(what=DATE, meant=entry.date.isoformat(), found=shown))
    return different


def _by_account(entry: Entry) -> defaultdict[str, Decimal]:
    sums: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for line in entry.lines:
        sums[VAT if line.role is LineRole.VAT else line.account] += line.amount
    return sums


def _found(entry: Entry, lines: Iterable[BookLine], vat_accounts: Collection[str]) -> defaultdict[str, Decimal]:
    of_vat = {*vat_accounts, *(line.account for line in entry.lines if line.role is LineRole.VAT)}
    of_vat -= {line.account for line in entry.lines if line.role is not LineRole.VAT}
    sums: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        sums[VAT if line.account in of_vat else line.account] += line.amount
    return sums
