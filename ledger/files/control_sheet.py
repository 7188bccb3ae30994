"""The control sheet that goes with each file: what an accountant compares before and after importing it."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.entry import Entry
from ledger.files.booked import BookedClosing
from ledger.files.bridge import Bridge, BridgeTally, Step
from ledger.files.chart import Chart, FileJournal
from ledger.files.takings import MeansReceived, RateTotal, TakingsTally
from ledger.files.totals import AccountTally, AccountTotal
from ledger.files.validated import ValidatedEntry
from ledger.money import ZERO, comma_text, total

STEPS = {
    Step.OFFERED: "Offerts",
    Step.ELSEWHERE: "Comptabilisé avec une autre clôture",
    Step.HELD: "Clôtures retenues",
    Step.WAITING: "Clôtures en attente d’activation",
    Step.MOVING: "Clôtures en route vers Exact",
    Step.REFUSED: "Écritures refusées par Exact",
    Step.SET_ASIDE: "Clôtures écartées",
    Step.EARLIER: "Dans un fichier précédent",
    Step.OTHER: "Écart non expliqué",
}
# A spreadsheet takes a cell that starts so for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(slots=True)
class EstablishmentTotal:
    """The closings of one establishment: how many, from which number to which."""

    establishment: str
    closings: int
    first_number: int
    last_number: int


@dataclass(slots=True)
class JournalTotal:
    """What one journal of the file holds; its debit is its credit."""

    journal: str
    name: str
    entries: int = 0
    lines: int = 0
    debit: Decimal = ZERO
    credit: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlSheet:
    """Everything on the sheet, ready for a CSV file or a printable page."""

    format: str
    file_name: str
    size: int
    sha256: str
    first_date: date | None
    last_date: date | None
    closings: int
    entries: int
    lines: int
    debit: Decimal
    credit: Decimal
    establishments: tuple[EstablishmentTotal, ...]
    journals: tuple[JournalTotal, ...]
    rates: tuple[RateTotal, ...]
    means: tuple[MeansReceived, ...]
    accounts: tuple[AccountTotal, ...]
    bridge: Bridge

    def to_csv(self) -> bytes:
        """Return the sheet as CSV: UTF-8 with BOM, semicolons, decimal commas, in French, as Excel opens it."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
        writer.writerows([_cell(value) for value in row] for row in self._rows())
        return out.getvalue().encode("utf-8-sig")

    def _rows(self) -> Iterator[tuple[object, ...]]:
        yield from self._head_rows()
        yield "Établissement", "Clôtures", "Première", "Dernière"
        yield from ((it.establishment, it.closings, it.first_number, it.last_number) for it in self.establishments)
        yield ()
        yield "Journal", "Intitulé", "Écritures", "Lignes", "Débit", "Crédit"
        yield from ((it.journal, it.name, it.entries, it.lines, it.debit, it.credit) for it in self.journals)
        yield ()
        yield "Taux de TVA", "HT", "TVA", "TTC"
        yield from ((it.rate, it.net, it.vat, it.gross) for it in self.rates)
        yield ()
        yield "Règlement", "Libellé", "Montant"
        yield from ((it.means, it.label, it.amount) for it in self.means)
        yield ()
        yield from self._bridge_rows()
        yield ()
        yield "Compte", "Débit", "Crédit", "Solde"
        yield from ((it.account, it.debit, it.credit, it.balance) for it in self.accounts)

    def _bridge_rows(self) -> Iterator[tuple[object, ...]]:
        yield "Des caisses aux écritures", "Montant"
        yield "CA des caisses", self.bridge.tills
        yield from ((STEPS[it.step], it.amount) for it in self.bridge.steps)
        yield "CA comptabilisé", self.bridge.booked
        yield from ((it.label, it.amount) for it in self.bridge.receipts)
        if self.bridge.unpaid != ZERO:
            yield "Encaissements sans vente dans ce fichier", self.bridge.unpaid
        yield "Total encaissé", self.bridge.received

    def _head_rows(self) -> Iterator[tuple[object, ...]]:
        yield "Fichier", self.file_name
        yield "Format", self.format
        yield "Octets", self.size
        yield "SHA-256", self.sha256
        yield "Première date", self.first_date
        yield "Dernière date", self.last_date
        yield "Clôtures", self.closings
        yield "Écritures", self.entries
        yield "Lignes", self.lines
        yield "Total débit", self.debit
        yield "Total crédit", self.credit
        yield "Écart", self.debit - self.credit
        yield ()


class ControlTally:
    """Counts closings, one after the other, while they are written."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        self._establishments: dict[str, EstablishmentTotal] = {}
        self._journals: dict[str, JournalTotal] = {}
        self._takings = TakingsTally()
        self._bridge = BridgeTally()
        self._accounts = AccountTally()
        self.first_date: date | None = None
        self.last_date: date | None = None
        self.entries = 0

    def add(self, closing: BookedClosing) -> None:
        """Count a closing and its entries."""
        number = closing.number
        shop = self._establishments.setdefault(
            closing.establishment, EstablishmentTotal(closing.establishment, 0, number, number)
        )
        shop.closings += 1
        shop.first_number = min(shop.first_number, number)
        shop.last_number = max(shop.last_number, number)
        self._bridge.take(closing.told)
        for entry in closing.entries:
            self._add_entry(entry)

    def leave(self, gross: Decimal, why: Step) -> None:
        """Count a closing that was sold and is not in the file."""
        self._bridge.leave(gross, why)

    def add_validated(self, entry: ValidatedEntry) -> None:
        """Count an entry of a closing that stands in the file as an earlier one holds it."""
        moved = [(account, Decimal(amount).scaleb(-2)) for account, amount in entry.moved]
        for account, amount in moved:
            self._accounts.add_moved(account, max(amount, ZERO), max(-amount, ZERO))
        debit = total(amount for _account, amount in moved if amount > ZERO)
        self._count(entry.day, entry.journal, lines=len(moved), debit=debit)
        self._takings.add_document(entry.takings)

    def sheet(self, *, format: str, file_name: str, size: int, sha256: str) -> ControlSheet:
        """Return the sheet of what was counted, for the file it became."""
        journals = tuple(self._journals[code] for code in sorted(self._journals))
        return ControlSheet(
            format=format,
            file_name=file_name,
            size=size,
            sha256=sha256,
            first_date=self.first_date,
            last_date=self.last_date,
            closings=sum(it.closings for it in self._establishments.values()),
            entries=self.entries,
            lines=sum(it.lines for it in journals),
            debit=total(it.debit for it in journals),
            credit=total(it.credit for it in journals),
            establishments=tuple(self._establishments[code] for code in sorted(self._establishments)),
            journals=journals,
            rates=self._takings.rates(),
            means=self._takings.means(),
            accounts=self._accounts.totals(),
            bridge=self._bridge.bridge(self._takings),
        )

    def _add_entry(self, entry: Entry) -> None:
        debit = total(line.amount for line in entry.lines if line.amount > ZERO)
        journal = self._chart.journal(entry.journal, entry.kind)
        self._count(entry.date, journal, lines=len(entry.lines), debit=debit)
        self._accounts.add(entry)
        self._takings.add(entry)

    def _count(self, day: date, named: FileJournal, *, lines: int, debit: Decimal) -> None:
        """An entry balances, or it does not exist: its debit is its credit."""
        self.entries += 1
        self.first_date = min(self.first_date or day, day)
        self.last_date = max(self.last_date or day, day)
        journal = self._journals.setdefault(named.code, JournalTotal(named.code, named.name))
        journal.entries += 1
        journal.lines += lines
        journal.debit += debit
        journal.credit += debit


def _cell(value: object) -> str:
    """Write a number as French spreadsheets read it, and keep text from being taken for a formula."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return comma_text(value)
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
