"""What the tills pushed against what stands in Exact's books, to the cent and day by day.

Per VAT rate, per means of payment, and per account: sales, VAT, tips, deposits, vouchers, customers, cash movements
and differences. Read from the closing files and from the simulator's own bookkeeping; nothing of the product's code
takes part. The accounts below are the demo customers': what `PUT /parameters` does not say is the French default.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

Closing: TypeAlias = Mapping[str, Any]
Amounts: TypeAlias = dict[str, dict[str, Decimal]]  # by name, by business date

WALK_IN = ("411000", "0000002")
DRAWER = "530000"
MEANS = {
    "cash": DRAWER,
    "card": "511500",
    "cheque": "511200",
    "meal_voucher": "511800",
    "gift_card": "467500",
    "credit_note": "419800",
    "deposit_used": "419100",
    "transfer": "511000",
    "platform": "467000",
}
RECEIPTS = {"tip": "426100", "deposit": "419100", "voucher": "467500"}
MOVEMENTS = {
    "float_in": "580000",
    "bank_deposit": "580000",
    "expense": "607000",
    "withdrawal": "108000",
    "other": "471000",
}
DEDUCTIBLE_VAT = "445660"
TOO_MUCH, MISSING = "758000", "658000"


def compare(week: Path, books: Mapping[str, Any]) -> Decimal:
    """Print both sides in one table and return the sum of all differences without their signs."""
    pushed, found = pushed_amounts(week), book_amounts(week, books)
    print(f"\n  {'':<34}{'pushed':>14}{'in Exact':>14}{'difference':>12}")
    total = Decimal()
    for name in sorted({*pushed, *found}):
        mine, theirs = pushed[name], found[name]
        # Day by day, so that a cent too much on Monday and one missing on Tuesday are two cents.
        difference = sum((abs(theirs[day] - mine[day]) for day in {*mine, *theirs}), Decimal())
        total += difference
        print(f"  {name:<34}{sum(mine.values()):>14.2f}{sum(theirs.values()):>14.2f}{difference:>12.2f}")
    balance = Decimal(books["trial_balance"]["difference"])
    print(f"  {'trial balance':<34}{'':>14}{balance:>14.2f}")
    return total + abs(balance)


def pushed_amounts(week: Path) -> Amounts:
    """What the closings say and accounting makes of it. Debits of accounts are positive. Training is not booked."""
    amounts = _amounts()
    for folder in sorted(week.iterdir()):
        slots = {slot["slot"]: slot for slot in _json(folder / "parameters.json")["vat"]}
        for closing in _closings(folder):
            day = closing["business_date"]
            for name, amount in (*_rates_and_means(closing), *_on_accounts(closing, slots)):
                amounts[name][day] += amount
    return amounts


def book_amounts(week: Path, books: Mapping[str, Any]) -> Amounts:
    """The same from Exact's lines: VAT codes give the rates, line descriptions the means."""
    rates, labels = _rates(week), _means_labels(week)
    amounts = _amounts()
    for entry in books["entries"]:
        for line in entry["lines"]:
            day, credit = entry["date"], Decimal(line["credit"]) - Decimal(line["debit"])
            account, party = line["account_code"], line["third_party_code"]
            amounts[_account(account, party)][day] -= credit
            if entry["kind"] == "sales" and line["vat_code"]:
                what = "VAT" if account.startswith("4457") else "net"
                amounts[f"{what} {rates[line['vat_code']]} %"][day] += credit
            elif entry["kind"] != "sales" and (account, party) == WALK_IN:
                _, _, label = line["description"].partition(" ")
                if label in labels:
                    amounts[f"means {label}"][day] += credit
    return amounts


def _rates_and_means(closing: Closing) -> Iterator[tuple[str, Decimal]]:
    for line, sign in _list_sold(closing):
        yield f"net {line['rate']} %", sign * Decimal(line["net"])
        if Decimal(line["tax"]):
            yield f"VAT {line['rate']} %", sign * Decimal(line["tax"])
    for payment in _paid(closing):
        yield f"means {payment['label']}", Decimal(payment["amount"])


def _on_accounts(closing: Closing, slots: Mapping[int, Mapping[str, str]]) -> Iterator[tuple[str, Decimal]]:
    """Debits (+) and credits (-) of every account that the closing's two entries touch."""
    walk_in = _account(*WALK_IN)
    for line, sign in _list_sold(closing):
        slot = slots[line["vat"]]
        yield walk_in, sign * Decimal(line["gross"])
        yield _account(slot["sales_account"]), -sign * Decimal(line["net"])
        yield _account(slot["vat_account"]), -sign * Decimal(line["tax"])
    for payment in _paid(closing):
        amount = Decimal(payment["amount"])
        yield walk_in, -amount
        yield _paid_on(payment), amount
    for receipt in closing.get("other_receipts", []):
        amount = Decimal(receipt["amount"])
        yield walk_in, amount
        yield _find_account_of_receipt(receipt, amount), -amount
    yield from _in_the_drawer(closing.get("cash"))


def _in_the_drawer(cash: Mapping[str, Any] | None) -> Iterator[tuple[str, Decimal]]:
    """Movements, each against its account, and what was counted too much or too little."""
    if cash is None:
        return
    for movement in cash.get("movements", []):
        amount, tax = Decimal(movement["amount"]), Decimal(movement.get("tax") or 0)
        yield _account(DRAWER), amount
        yield _account(MOVEMENTS[movement["kind"]]), tax - amount
        if tax:
            yield _account(DEDUCTIBLE_VAT), -tax
    difference = Decimal(cash["counted"]) - Decimal(cash["expected"])
    if difference:
        yield _account(DRAWER), difference
        yield _account(TOO_MUCH if difference > 0 else MISSING), -difference


def _list_sold(closing: Closing) -> Iterator[tuple[Mapping[str, Any], int]]:
    """Every sales line with the sign it counts with: what was offered is taken out again."""
    yield from ((line, 1) for line in closing["sales"])
    for payment in closing["payments"]:
        if payment["kind"] == "offered":
            yield from ((line, -1) for line in payment.get("sales", []))


def _paid(closing: Closing) -> Iterator[Mapping[str, Any]]:
    return (payment for payment in closing["payments"] if payment["kind"] != "offered")


def _paid_on(payment: Mapping[str, Any]) -> str:
    if payment["kind"] == "on_account":
        return _account(WALK_IN[0], payment["account"])
    return _account(MEANS[payment["kind"]])


def _find_account_of_receipt(receipt: Mapping[str, Any], amount: Decimal) -> str:
    match receipt["kind"]:
        case "settlement":
            return _account(WALK_IN[0], receipt["account"])
        case "rounding":
            return _account(TOO_MUCH if amount > 0 else MISSING)
    return _account(RECEIPTS[receipt["kind"]])


def _account(code: str, party: str | None = None) -> str:
    """An account's name in the table: customers apart by who owes."""
    return f"account {code} {party}" if code == WALK_IN[0] else f"account {code}"


def _amounts() -> Amounts:
    return defaultdict(lambda: defaultdict(Decimal))


def _json(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text())
    return document


def _closings(folder: Path) -> Iterator[Closing]:
    """A till's closings that are booked."""
    documents = (_json(path) for path in sorted(folder.glob("closings/*.json")))
    return (document for document in documents if not document.get("training"))


def _rates(week: Path) -> dict[str, str]:
    """VAT code → rate, as the tills' parameters say."""
    parameters: Iterable[dict[str, Any]] = (_json(path) for path in week.glob("*/parameters.json"))
    return {slot["vat_code"]: slot["rate"] for document in parameters for slot in document["vat"]}


def _means_labels(week: Path) -> set[str]:
    closings = (closing for folder in week.iterdir() for closing in _closings(folder))
    return {payment["label"] for closing in closings for payment in closing["payments"]}
