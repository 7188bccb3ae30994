"""What was sold per VAT rate and what came in per means of payment, added up from booked entries.

Preview, report, file and control sheet all take it from here, so that they cannot say different sums.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ledger.entry import Entry, Line, LineRole
from ledger.money import ZERO, cents, money_text, percent, total


@dataclass(slots=True)
class RateTotal:
    """Sales of one VAT rate, refunds taken off."""

    rate: Decimal
    net: Decimal = ZERO
    vat: Decimal = ZERO

    @property
    def gross(self) -> Decimal:
        """Net and VAT."""
        return self.net + self.vat


@dataclass(slots=True)
class MeansReceived:
    """What came in by one means of payment, as the till counted it."""

    means: str
    label: str
    amount: Decimal = ZERO


class TakingsTally:
    """Adds entries up, one after the other. Items offered have left their sales before an entry was booked."""

    def __init__(self) -> None:
        self._rates: dict[Decimal, RateTotal] = {}
        self._means: dict[str, MeansReceived] = {}
        self._receipts: dict[str, Decimal] = {}

    def add(self, entry: Entry) -> None:
        """Count an entry's lines."""
        for line in entry.lines:
            self._add_line(line)

    def add_all(self, entries: Iterable[Entry]) -> None:
        """Count several entries."""
        for entry in entries:
            self.add(entry)

    def add_document(self, document: Mapping[str, Any]) -> None:
        """Count what `document` wrote of entries before."""
        for rate, net, vat in document["rates"]:
            sold = self._rates.setdefault(percent(rate), RateTotal(percent(rate)))
            sold.net += cents(net)
            sold.vat += cents(vat)
        for code, label, amount in document["means"]:
            self._means.setdefault(code, MeansReceived(code, label)).amount += cents(amount)
        for label, amount in document["receipts"]:
            self._receipts[label] = self._receipts.get(label, ZERO) + cents(amount)

    def document(self) -> dict[str, Any]:
        """What was counted, JSON-ready: `add_document` reads it back."""
        return {
            "rates": [[money_text(it.rate), money_text(it.net), money_text(it.vat)] for it in self._rates.values()],
            "means": [[it.means, it.label, money_text(it.amount)] for it in self._means.values()],
            "receipts": [[label, money_text(amount)] for label, amount in self._receipts.items()],
        }

    def rates(self) -> tuple[RateTotal, ...]:
        """Sales per VAT rate so far, the highest rate first."""
        return tuple(self._rates[rate] for rate in sorted(self._rates, reverse=True))

    def means(self) -> tuple[MeansReceived, ...]:
        """What came in so far, by the till's code of the means."""
        return tuple(self._means[means] for means in sorted(self._means))

    def receipts(self) -> tuple[tuple[str, Decimal], ...]:
        """What came in beside sales (tips, deposits, settlements): the till's word, else the account, and how much."""
        return tuple((label, amount) for label, amount in sorted(self._receipts.items()) if amount != ZERO)

    @property
    def turnover(self) -> Decimal:
        """All sales, VAT included."""
        return total(rate.gross for rate in self._rates.values())

    def _add_line(self, line: Line) -> None:
        if line.role is LineRole.CUSTOMER and line.means:
            # The walk-in customer pays: a credit for him is what came in.
            means = self._means.setdefault(line.means, MeansReceived(line.means, line.label))
            means.amount -= line.amount
        elif line.role in (LineRole.RECEIPT, LineRole.SUSPENSE):
            name = line.label or line.account
            self._receipts[name] = self._receipts.get(name, ZERO) - line.amount
        elif line.vat_rate is not None:
            rate = self._rates.setdefault(line.vat_rate, RateTotal(line.vat_rate))
            if line.role is LineRole.VAT:
                rate.vat -= line.amount
            else:
                rate.net -= line.amount


def sold_in(document: Mapping[str, Any]) -> dict[str, Decimal]:
    """What an entry's document sells, per account and VAT included, a credit positive: without reading all of it.

    Together it is the turnover that a tally of the entry has.
    """
    sums: dict[str, Decimal] = {}
    for line in document["lines"]:
        if line["vat_rate"] is not None:
            sums[line["account"]] = sums.get(line["account"], ZERO) - Decimal(line["amount"])
    return sums


def takings_of(entry: Entry) -> dict[str, Any]:
    """What one entry adds to sales and means, JSON-ready: as a tally of it alone writes it."""
    tally = TakingsTally()
    tally.add(entry)
    return tally.document()


def negated_takings(document: Mapping[str, Any]) -> dict[str, Any]:
    """What undoing an entry takes off again."""
    return {
        "rates": [[rate, _negate(net), _negate(vat)] for rate, net, vat in document["rates"]],
        "means": [[code, label, _negate(amount)] for code, label, amount in document["means"]],
        "receipts": [[label, _negate(amount)] for label, amount in document["receipts"]],
    }


def _negate(amount: str) -> str:
    return money_text(cents(-cents(amount)))
