"""What the tills pushed against what stands in Exact's books: per VAT rate and per means of payment, to the cent.

Read from the closing files and from the simulator's own bookkeeping; nothing of the product's code takes part.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

WALK_IN = ("411000", "0000002")


def compare(week: Path, books: Mapping[str, Any]) -> Decimal:
    """Print both sides in one table and return the sum of all differences without their signs."""
    pushed, found = pushed_sums(week), book_sums(week, books)
    print(f"\n  {'':<34}{'pushed':>14}{'in Exact':>14}{'difference':>12}")
    total = Decimal()
    for key in sorted({*pushed, *found}):
        difference = found[key] - pushed[key]
        total += abs(difference)
        print(f"  {key:<34}{pushed[key]:>14.2f}{found[key]:>14.2f}{difference:>12.2f}")
    balance = Decimal(books["trial_balance"]["difference"])
    print(f"  {'trial balance':<34}{'':>14}{balance:>14.2f}")
    return total + abs(balance)


def pushed_sums(week: Path) -> dict[str, Decimal]:
    """The closings' own figures: net and VAT per rate, amount per means. Training is not booked."""
    sums = _Sums()
    for closing in _closings(week):
        for line in closing["sales"]:
            _add_sale(sums, line, 1)
        for payment in closing["payments"]:
            if payment["kind"] == "offered":
                for line in payment.get("sales", []):
                    _add_sale(sums, line, -1)
            else:
                sums.add(f"means {payment['label']}", Decimal(payment["amount"]))
    return sums.amounts


def book_sums(week: Path, books: Mapping[str, Any]) -> dict[str, Decimal]:
    """The same figures from Exact's lines: VAT codes give the rates, line descriptions the means."""
    rates, labels = _rates(week), _means_labels(week)
    sums = _Sums()
    for entry in books["entries"]:
        for line in entry["lines"]:
            amount = Decimal(line["credit"]) - Decimal(line["debit"])
            if entry["kind"] == "sales":
                if line["vat_code"]:
                    what = "VAT" if line["account_code"].startswith("4457") else "net"
                    sums.add(f"{what} {rates[line['vat_code']]} %", amount)
            elif (line["account_code"], line["third_party_code"]) == WALK_IN:
                _, _, label = line["description"].partition(" ")
                if label in labels:
                    sums.add(f"means {label}", amount)
    return sums.amounts


class _Sums:
    """Amounts by name; a name that was never added to is zero."""

    def __init__(self) -> None:
        self.amounts: dict[str, Decimal] = _Zeroes()

    def add(self, name: str, amount: Decimal) -> None:
        self.amounts[name] += amount


class _Zeroes(dict[str, Decimal]):
    def __missing__(self, key: str) -> Decimal:
        return Decimal("0.00")


def _add_sale(sums: _Sums, line: Mapping[str, Any], sign: int) -> None:
    sums.add(f"net {line['rate']} %", sign * Decimal(line["net"]))
    if Decimal(line["tax"]):
        sums.add(f"VAT {line['rate']} %", sign * Decimal(line["tax"]))


def _closings(week: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(week.glob("*/closings/*.json")):
        closing: dict[str, Any] = json.loads(path.read_text())
        if not closing.get("training"):
            yield closing


def _rates(week: Path) -> dict[str, str]:
    """VAT code → rate, as the tills' parameters say."""
    parameters: Iterable[dict[str, Any]] = (json.loads(path.read_text()) for path in week.glob("*/parameters.json"))
    return {slot["vat_code"]: slot["rate"] for document in parameters for slot in document["vat"]}


def _means_labels(week: Path) -> set[str]:
    return {payment["label"] for closing in _closings(week) for payment in closing["payments"]}
