"""What Exact's ledger holds of an entry, and where that differs from what was posted. Works on values only."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from exact.models import BookLine
from ledger.entry import Entry, EntryKind, LineRole
from ledger.money import ZERO, money_text

VAT = "VAT"
DATE = "date"
ENTRIES = "entries"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference: `what` is an account, "VAT" as a whole, "VAT VN" of a code, the "date", or the "entries"."""

    what: str
    meant: str
    found: str

    def to_document(self) -> dict[str, Any]:
        """JSON-ready, as `Finding.details` keeps it."""
        return {"what": self.what, "meant": self.meant, "found": self.found}


def differences(entry: Entry, lines: Collection[BookLine], *, vat_accounts: Collection[str]) -> list[Difference]:
    """Where an entry of Exact's ledger differs from what was posted, per account to the cent, and in its date.

    VAT is compared as one sum, and where that is right by code: the accounts it goes to are chosen by Exact's VAT
    codes. `vat_accounts` are the division's accounts of that type.
    """
    of_vat = _vat_accounts(entry, vat_accounts)
    different = _different(meant_by_account(entry), _sum_found(lines, of_vat))
    if not any(it.what == VAT for it in different):
        different += _different_codes(entry, [line for line in lines if line.account in of_vat])
    days = {line.date for line in lines} - {entry.date}
    if days:
        shown = ", ".join(sorted(day.isoformat() for day in days))
        different.append(Difference(what=DATE, meant=entry.date.isoformat(), found=shown))
    return different


def left_over(lines: Iterable[BookLine]) -> list[Difference]:
    """The differences of an entry that should not be there: all that it adds to each account."""
    return _different({}, _sum_found(lines, ()))


def found_by_account(
    entry: Entry, lines: Iterable[BookLine], *, vat_accounts: Collection[str]
) -> defaultdict[str, Decimal]:
    """What an entry's lines of Exact's ledger move on each account, VAT as one sum."""
    return _sum_found(lines, _vat_accounts(entry, vat_accounts))


def meant_by_account(entry: Entry) -> defaultdict[str, Decimal]:
    """What an entry is to move on each account, VAT as one sum."""
    sums: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for line in entry.lines:
        sums[VAT if line.role is LineRole.VAT else line.account] += line.amount
    return sums


def _vat_accounts(entry: Entry, of_division: Collection[str]) -> set[str]:
    ours = {line.account for line in entry.lines if line.role is LineRole.VAT}
    return {*of_division, *ours} - {line.account for line in entry.lines if line.role is not LineRole.VAT}


def _sum_found(lines: Iterable[BookLine], of_vat: Collection[str]) -> defaultdict[str, Decimal]:
    sums: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        sums[VAT if line.account in of_vat else line.account] += line.amount
    return sums


def _different_codes(entry: Entry, vat_lines: Collection[BookLine]) -> list[Difference]:
    """The amounts that differ by VAT code. None if a line was read at a time when codes were not stored yet."""
    meant: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    found: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    if entry.kind is not EntryKind.SALES or not all(line.vat_code for line in vat_lines):
        return []
    for line in entry.lines:
        if line.role is LineRole.SALES:
            meant[f"{VAT} {line.vat_code}"] += line.vat or ZERO
    for booked in vat_lines:
        found[f"{VAT} {booked.vat_code}"] += booked.amount
    return _different(meant, found)


def _different(meant: Mapping[str, Decimal], found: Mapping[str, Decimal]) -> list[Difference]:
    return [
        Difference(what=what, meant=money_text(meant.get(what, ZERO)), found=money_text(found.get(what, ZERO)))
        for what in sorted({*meant, *found})
        if meant.get(what, ZERO) != found.get(what, ZERO)
    ]
