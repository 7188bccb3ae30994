"""A closing written as the document it could have been read from."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ledger.closing import CashCount, Closing, Payment, Sale
from ledger.money import money_text


def document_of(closing: Closing) -> dict[str, Any]:
    """Return the JSON-ready document that `Closing.from_document` reads back to an equal closing."""
    return {
        "kind": closing.kind.value,
        "scope": closing.scope,
        "number": closing.number,
        "business_date": closing.business_date.isoformat(),
        "opened_at": closing.opened_at.isoformat(),
        "closed_at": closing.closed_at.isoformat(),
        "currency": closing.currency,
        "training": closing.training,
        "sales": [_sale(it) for it in closing.sales],
        "other_receipts": [
            {"kind": it.kind.value, "amount": money_text(it.amount), "label": it.label, "account": it.account}
            for it in closing.other_receipts
        ],
        "payments": [_payment(it) for it in closing.payments],
        "cash": _cash(closing.cash) if closing.cash else None,
        "totals": _amounts(closing.totals, "gross", "perpetual_before", "perpetual_after") if closing.totals else None,
        "tickets": [
            {"station": it.station, "first": it.first, "last": it.last, "count": it.count, "cancelled": it.cancelled}
            for it in closing.tickets
        ],
    }


def _sale(sale: Sale) -> dict[str, Any]:
    words = {"kind": sale.kind.value, "family": sale.family, "nature": sale.nature}
    return {"vat": sale.slot, "rate": money_text(sale.rate), **_amounts(sale, "net", "tax", "gross"), **words}


def _payment(payment: Payment) -> dict[str, Any]:
    return {
        "means": payment.means,
        "label": payment.label,
        "kind": payment.kind.value,
        "amount": money_text(payment.amount),
        "count": payment.count,
        "account": payment.account,
        "sales": [_sale(it) for it in payment.sales],
    }


def _cash(cash: CashCount) -> dict[str, Any]:
    movements = [{"kind": it.kind.value, "label": it.label, **_amounts(it, "amount", "tax")} for it in cash.movements]
    sums = _amounts(cash, "float_open", "expected", "counted", "banked", "float_left")
    return {"movements": movements, **sums}


def _amounts(of: object, *names: str) -> Mapping[str, str | None]:
    amounts: dict[str, Decimal | None] = {name: getattr(of, name) for name in names}
    return {name: None if amount is None else money_text(amount) for name, amount in amounts.items()}
