"""What somebody else's FEC tells of the books so far: its accounts, how they were used, and of which VAT rate.

A FEC is what French law makes every package write (art. A47 A-1 LPF): columns by their names, tab or "|" between
them, UTF-8 or the Windows encoding, Debit and Credit or Montant and Sens.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from ledger.files.fec import COLUMNS
from ledger.money import ZERO, percent, rates_named, total

LINES_MAX = 400_000
SALES, SALES_REDUCED, VAT_COLLECTED, CUSTOMERS = "70", "709", "4457", "411"
# The rates of metropolitan France in force (CGI 278, 278-0 bis, 279, 281 quater and following).
RATES = tuple(map(percent, ("20.00", "10.00", "5.50", "2.10")))
NEEDED = ("journalcode", "ecriturenum", "ecrituredate", "comptenum", "comptelib")
AMOUNTS = (("debit", "credit"), ("montant", "sens"))
CREDIT_SIGNS = frozenset({"c", "-1"})

_NAMES = {name.lower(): name for name in COLUMNS} | {"montant": "Montant", "sens": "Sens"}
_AMOUNT = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,2}0*)?").fullmatch


class NotReadable(ValueError):
    """The text is no FEC; `code` says why, `facts` where: "row", "column", "found"."""

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code, facts)
        self.code, self.facts = code, facts


@dataclass(slots=True, kw_only=True)
class AccountUsed:
    """An account as a FEC has it: its number and name there, on how many lines, and their sums in euro."""

    number: str
    name: str = ""
    lines: int = 0
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    rates: Counter[Decimal] = field(default_factory=Counter)
    """VAT rates in percent, each with how many entries' amounts speak for it."""

    @property
    def moved(self) -> Decimal:
        """The larger of its two sums."""
        return max(self.debit, self.credit)

    @property
    def rate(self) -> Decimal | None:
        """The one rate that name and amounts say; None when they say none, or not the same."""
        named = rates_named(self.name)
        measured = {rate for rate, _count in self.rates.most_common(1)}
        told = named or measured
        agree = len(told) == 1 and (not measured or not named or measured == named)
        return next(iter(told)) if agree else None


@dataclass(slots=True, kw_only=True)
class JournalUsed:
    """A journal as a FEC has it: its code and name, and how many of its entries sell something."""

    code: str
    name: str = ""
    sales: int = 0


@dataclass(slots=True, kw_only=True)
class BooksTold:
    """All that is taken from a FEC. `owing` counts the entries in which a customer account faces sales."""

    first: date
    last: date
    lines: int = 0
    accounts: dict[str, AccountUsed] = field(default_factory=dict)
    journals: dict[str, JournalUsed] = field(default_factory=dict)
    owing: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Line:
    """One line; `amount` is a debit, negative a credit."""

    journal: tuple[str, str]
    entry: str
    day: date
    account: tuple[str, str]
    amount: Decimal


def read_foreign_fec(content: bytes) -> BooksTold:
    """Read a FEC. Raises `NotReadable` with the row, the column and the text that are none."""
    lines = _decode(content).splitlines()
    if not any(lines):
        raise NotReadable("fec_empty")
    told: BooksTold | None = None
    rows = _read_rows(lines)
    for _entry, found in groupby(rows, key=lambda line: (line.journal[0], line.entry, line.day)):
        entry = [*found]
        told = told or BooksTold(first=entry[0].day, last=entry[0].day)
        _add_entry(told, entry)
    if told is None:
        raise NotReadable("fec_empty")
    return told


def _decode(content: bytes) -> str:
    """ISO 8859-15, which the law names, differs from Windows' encoding in eight characters that no account needs."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _read_rows(lines: Sequence[str]) -> Iterator[_Line]:
    head = next(at for at, line in enumerate(lines) if line)
    separator = max("\t|", key=lines[head].count)
    columns = {_strip(name).lower(): at for at, name in enumerate(lines[head].split(separator))}
    missing = [name for name in NEEDED if name not in columns]
    sides = next((names for names in AMOUNTS if all(name in columns for name in names)), None)
    if missing or sides is None:
        raise NotReadable("fec_columns", column=", ".join(map(_NAMES.__getitem__, missing)) or "Debit, Credit")
    for row, line in enumerate(lines[head + 1 :], head + 2):
        if row > LINES_MAX:
            raise NotReadable("fec_too_long", row=str(LINES_MAX))
        if line.strip():
            yield _read_row(row, line.split(separator), columns, sides)


def _read_row(row: int, cells: Sequence[str], columns: Mapping[str, int], sides: tuple[str, str]) -> _Line:
    def cell(name: str) -> str:
        at = columns.get(name)
        if at is None:
            return ""
        if at >= len(cells):
            raise NotReadable("fec_cell", row=str(row), column=_NAMES[name], found="")
        return _strip(cells[at])

    number = cell("comptenum")
    if not number[:2].isdecimal():
        raise NotReadable("fec_cell", row=str(row), column="CompteNum", found=number)
    return _Line(
        journal=(cell("journalcode"), cell("journallib")),
        entry=cell("ecriturenum"),
        day=_read_day(row, cell("ecrituredate")),
        account=(number, cell("comptelib")),
        amount=_read_amount(row, sides, cell(sides[0]), cell(sides[1])),
    )


def _strip(text: str) -> str:
    return text.strip().strip('"').strip()


def _read_day(row: int, text: str) -> date:
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise NotReadable("fec_cell", row=str(row), column="EcritureDate", found=text) from None


def _read_amount(row: int, sides: tuple[str, str], one: str, other: str) -> Decimal:
    first = _read_number(row, sides[0], one)
    if sides == AMOUNTS[0]:
        return first - _read_number(row, sides[1], other)
    return -first if other.lower() in CREDIT_SIGNS else first


def _read_number(row: int, column: str, text: str) -> Decimal:
    compact = text.replace(" ", "").replace("\u00a0", "")
    if not compact:
        return ZERO
    if not _AMOUNT(compact):
        raise NotReadable("fec_cell", row=str(row), column=_NAMES[column], found=text)
    return Decimal(compact.replace(",", ".")) + ZERO


def _add_entry(told: BooksTold, entry: Sequence[_Line]) -> None:
    day = entry[0].day
    told.first, told.last = min(told.first, day), max(told.last, day)
    told.lines += len(entry)
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for line in entry:
        number, name = line.account
        account = told.accounts.setdefault(number, AccountUsed(number=number))
        account.name, account.lines = name or account.name, account.lines + 1
        if line.amount > 0:
            account.debit += line.amount
        else:
            account.credit -= line.amount
        sums[number] -= line.amount
    code, name = entry[0].journal
    journal = told.journals.setdefault(code, JournalUsed(code=code))
    journal.name = name or journal.name
    if any(_is_sale(number) for number in sums):
        journal.sales += 1
        told.owing.update(number for number in sums if number.startswith(CUSTOMERS) and sums[number] < 0)
        _measure_rates(told, sums)


def _is_sale(number: str) -> bool:
    return number.startswith(SALES) and not number.startswith(SALES_REDUCED)


def _measure_rates(told: BooksTold, sums: Mapping[str, Decimal]) -> None:
    """Which VAT account holds the VAT of which sales account: where of all rates one alone fits the amounts.

    A day's VAT was rounded once, or once a ticket: two cents in each hundred euro are let pass, and one at least.
    """
    vats = {number: amount for number, amount in sums.items() if number.startswith(VAT_COLLECTED) and amount > 0}
    for number, net in sums.items():
        if not _is_sale(number) or net <= 0:
            continue
        near = max(net / 5000, Decimal("0.01"))
        fits = [(rate, vat) for rate in RATES for vat, amount in vats.items() if abs(net * rate / 100 - amount) <= near]
        if len(fits) == 1:
            rate, vat = fits[0]
            told.accounts[number].rates[rate] += 1
            told.accounts[vat].rates[rate] += 1


def turnover(told: BooksTold) -> Decimal:
    """The sales a FEC holds without VAT, in euro, rebates (709) taken off."""
    return total(it.credit - it.debit for it in told.accounts.values() if it.number.startswith(SALES))
