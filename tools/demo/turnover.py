"""A shop's closings, one a day for as long as it has been pushing: drawn by chance, always the same, adding up."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar

from simulators.clyo_till.week.agenda import PARIS
from simulators.clyo_till.week.closing import FLOAT, SOFTWARE
from simulators.clyo_till.week.dice import Dice
from simulators.clyo_till.week.menu import RATES
from simulators.clyo_till.week.ticket import CASH, CENT, Amounts
from tools.demo.cast import Shop

Document: TypeAlias = dict[str, Any]
Part = TypeVar("Part")

FIRST_NUMBER, FIRST_TICKET = 412, 58_001
BEFORE = Decimal("240318.45")
# How far a day is from what the weekday brings, in parts of a hundred.
SWING = 18


def closings_of_shop(shop: Shop, today: date) -> Iterator[Document]:
    """Its closings of all days until yesterday that it was open on. Yesterday it was, whatever weekday that is."""
    number, ticket, perpetual = FIRST_NUMBER, FIRST_TICKET, BEFORE
    for day in _open_days(shop, today):
        # Drawn by how long ago it was, so that the same story is told on any day.
        dice = Dice(f"{shop.code} {(today - day).days}")
        gross = _takings(dice, shop, day)
        count = max(int(gross / shop.trade.ticket), 1)
        payments = _payments(dice, shop, gross)
        yield {
            "kind": "general",
            "scope": "",
            "number": number,
            "business_date": day.isoformat(),
            "opened_at": datetime.combine(day, shop.trade.opens, PARIS).isoformat(),
            "closed_at": datetime.combine(day, shop.trade.closes, PARIS).isoformat(),
            "currency": "EUR",
            "training": False,
            "software": SOFTWARE,
            "sales": _sales(dice, shop, gross),
            "other_receipts": [],
            "payments": payments,
            "tickets": [
                {"station": "1", "first": ticket, "last": ticket + count - 1, "count": count, "cancelled": 0},
            ],
            "cash": _drawer(payments),
            "totals": {
                "gross": str(gross),
                "perpetual_before": str(perpetual),
                "perpetual_after": str(perpetual + gross),
            },
        }
        number, ticket, perpetual = number + 1, ticket + count, perpetual + gross


def _open_days(shop: Shop, today: date) -> list[date]:
    yesterday = today - timedelta(days=1)
    rests_on = shop.rests_on if shop.rests_on != yesterday.isoweekday() else shop.rests_on % 7 + 1
    days = [today - timedelta(days=ago) for ago in range(shop.days, 0, -1)]
    return [day for day in days if day.isoweekday() != rests_on]


def _takings(dice: Dice, shop: Shop, day: date) -> Decimal:
    usual = Decimal(shop.takes * shop.trade.week[day.weekday()]) / 100
    return (usual * dice.between(100 - SWING, 100 + SWING) / 100 + Decimal(dice.between(0, 99)) / 100).quantize(CENT)


def _sales(dice: Dice, shop: Shop, gross: Decimal) -> list[Document]:
    lines = []
    for family, sold in _share_out(dice, gross, shop.trade.sells):
        rate = RATES[family.slot]
        amounts = Amounts.of_gross(sold, rate)
        lines.append(
            {
                "vat": family.slot,
                "rate": str(rate),
                "net": str(amounts.net),
                "tax": str(amounts.tax),
                "gross": str(sold),
                "kind": "sale",
                "family": family.name,
                "nature": family.nature,
            }
        )
    return lines


def _payments(dice: Dice, shop: Shop, gross: Decimal) -> list[Document]:
    return [
        {
            "means": means.code,
            "label": means.label,
            "kind": means.kind,
            "amount": str(amount),
            "count": max(int(amount / shop.trade.ticket), 1),
        }
        for means, amount in _share_out(dice, gross, shop.trade.paid_by)
    ]


def _share_out(dice: Dice, amount: Decimal, parts: Sequence[tuple[Part, int]]) -> Iterator[tuple[Part, Decimal]]:
    """An amount in parts, each a little off its share; the first takes what is left over."""
    first, *others = parts
    rest = [(part, (amount * share * dice.between(80, 120) / 10_000).quantize(CENT)) for part, share in others]
    yield first[0], amount - sum((taken for _, taken in rest), Decimal())
    yield from rest


def _drawer(payments: Sequence[Document]) -> Document:
    """Counted right each evening; all but the float goes to the bank."""
    cash = sum((Decimal(it["amount"]) for it in payments if it["means"] == CASH.code), Decimal())
    return {
        "float_open": str(FLOAT),
        "movements": [],
        "expected": str(FLOAT + cash),
        "counted": str(FLOAT + cash),
        "banked": str(cash),
        "float_left": str(FLOAT),
    }
