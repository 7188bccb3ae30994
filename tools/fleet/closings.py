"""Closings of one till, one after the other, all different, all adding up; the same seed gives the same ones."""

import itertools
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

Document: TypeAlias = dict[str, Any]

SLOTS = {1: ("20.00", "VN", "707000", "445711"), 2: ("10.00", "VR", "706000", "445712")}
PARAMETERS: Document = {
    "vat": [
        {"slot": slot, "rate": rate, "sales_account": account, "vat_code": code, "vat_account": vat_account}
        for slot, (rate, code, account, vat_account) in SLOTS.items()
    ],
    "customer_account": "411000",
    "third_party": "0000002",
    "journals": {"sales": "70", "receipts": "30", "cash": "CA"},
}
MEANS = (("ESP", "Espèces", "cash"), ("CB", "Carte bancaire", "card"), ("TR", "Titres-restaurant", "meal_voucher"))
TIP = "Pourboires"
TICKETS = 40
CENT = Decimal("0.01")
FIRST_LUNCH = datetime(2026, 1, 2, 15, 0, tzinfo=ZoneInfo("Europe/Paris"))
DINNER_LATER = timedelta(hours=8)


def closings(seed: str, *, first: int) -> Iterator[Document]:
    """The closings of one till from number `first` on: lunch and dinner, day after day from 2 January 2026."""
    dice = random.Random(seed)  # noqa: S311 - a repeatable run, no secret
    perpetual = _cents(dice, 10_000, 9_000_000)
    for service in itertools.count():
        sales = [_sale(dice, slot) for slot in SLOTS if slot == 1 or dice.random() < 0.8]
        gross = sum((Decimal(sale["gross"]) for sale in sales), Decimal())
        tip = _cents(dice, 100, 4_000) if dice.random() < 0.3 else Decimal()
        yield {
            **_heading(first + service, service),
            "sales": sales,
            "other_receipts": [{"kind": "tip", "amount": str(tip), "label": TIP}] if tip else [],
            "payments": _payments(dice, gross + tip),
            "totals": {
                "gross": str(gross),
                "perpetual_before": str(perpetual),
                "perpetual_after": str(perpetual + gross),
            },
        }
        perpetual += gross


def _heading(number: int, service: int) -> Document:
    closed_at = FIRST_LUNCH + timedelta(days=service // 2) + DINNER_LATER * (service % 2)
    first_ticket = 1 + TICKETS * service
    return {
        "kind": "general",
        "scope": "",
        "number": number,
        "business_date": closed_at.date().isoformat(),
        "opened_at": (closed_at - timedelta(hours=4)).isoformat(),
        "closed_at": closed_at.isoformat(),
        "currency": "EUR",
        "training": False,
        "software": {"name": "Clyo", "version": "5.12.9"},
        # A station's tickets are the till's own: two tills of one shop never print the same number.
        "tickets": [
            {
                "station": str(number // 1_000_000),
                "first": first_ticket,
                "last": first_ticket + TICKETS - 1,
                "count": TICKETS,
                "cancelled": 0,
            }
        ],
    }


def _sale(dice: random.Random, slot: int) -> Document:
    """The VAT is a sum of tickets: a cent or two beside net times rate, as a till's is."""
    rate = SLOTS[slot][0]
    net = _cents(dice, 5_000, 150_000)
    tax = (net * Decimal(rate) / 100).quantize(CENT) + dice.randint(-2, 2) * CENT
    return {"vat": slot, "rate": rate, "net": str(net), "tax": str(tax), "gross": str(net + tax), "kind": "sale"}


def _payments(dice: random.Random, due: Decimal) -> list[Document]:
    payments = []
    for code, label, kind in MEANS:
        last = code == MEANS[-1][0]
        amount = due if last else (due * dice.randint(5, 60) / 100).quantize(CENT)
        due -= amount
        payments.append({"means": code, "label": label, "kind": kind, "amount": str(amount), "count": 10})
    return payments


def _cents(dice: random.Random, lowest: int, highest: int) -> Decimal:
    return (Decimal(dice.randint(lowest, highest)) / 100).quantize(CENT)
