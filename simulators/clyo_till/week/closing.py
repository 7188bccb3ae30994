"""From tickets to the closing a till sends: sums of tickets, the drawer's count, the chain of totals."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from . import menu
from .agenda import DINNER, MONDAY, Establishment, Service, agenda_of
from .menu import RATES, Family
from .service import play
from .ticket import CASH, CENT, ZERO, Amounts, Means, Payment, Receipt, Ticket, split

Document: TypeAlias = dict[str, Any]

SOFTWARE = {"name": "Clyo", "version": "5.12.9"}
FLOAT = Decimal("150.00")
SMALLEST_NOTE = Decimal(5)
_FAMILIES = (menu.KITCHEN, menu.COFFEE, menu.BAR, menu.GROCERY, menu.PRESS, menu.PACKAGING)


@dataclass(slots=True)
class Till:
    """What a till carries from one closing to the next."""

    number: int
    perpetual: Decimal
    drawer: Decimal
    next_ticket: dict[str, int]


def closings_of(establishment: Establishment, first: date = MONDAY) -> Iterator[Document]:
    """The closings of one bistro's till in the week that begins on `first`, as it would push them, in order."""
    stations = [station for station, _ in establishment.stations]
    till = Till(
        number=establishment.first_number,
        perpetual=establishment.perpetual,
        drawer=establishment.drawer,
        next_ticket=dict(zip(stations, establishment.first_tickets, strict=True)),
    )
    for service in agenda_of(establishment, first):
        printed = play(establishment, service)
        closing = _heading(till, service) | _takings([ticket for tickets in printed.values() for ticket in tickets])
        if not service.training:
            closing |= _proofs(till, service, printed)
        yield closing
        till.number += 1


def _heading(till: Till, service: Service) -> Document:
    return {
        "kind": "general",
        "scope": "",
        "number": till.number,
        "business_date": service.business_date.isoformat(),
        "opened_at": service.opened_at.isoformat(),
        "closed_at": service.closed_at.isoformat(),
        "currency": "EUR",
        "training": service.training,
        "software": SOFTWARE,
    }


def _takings(tickets: list[Ticket]) -> Document:
    return {
        "sales": [*_sales(tickets, refund=False), *_sales(tickets, refund=True)],
        "other_receipts": _receipts(receipt for ticket in tickets for receipt in ticket.receipts),
        "payments": _payments(payment for ticket in tickets for payment in ticket.payments),
    }


def _proofs(till: Till, service: Service, printed: Mapping[str, list[Ticket]]) -> Document:
    """What shows that nothing is missing; training has none of it and leaves the till as it was."""
    tickets = [ticket for tickets in printed.values() for ticket in tickets]
    return {
        "tickets": _ranges(till, printed),
        "cash": _count(till, service, tickets),
        "totals": _totals(till, sum((ticket.turnover for ticket in tickets), ZERO)),
    }


def _sales(tickets: Iterable[Ticket], *, refund: bool) -> Iterator[Document]:
    sums: dict[Family, Amounts] = {}
    for ticket in tickets:
        if ticket.refund is refund:
            for family, amounts in ticket.sales().items():
                sums[family] = sums.get(family, Amounts()) + amounts
    kind = "refund" if refund else "sale"
    yield from (_sales_line(family, sums[family], kind) for family in _FAMILIES if family in sums)


def _sales_line(family: Family, amounts: Amounts, kind: str) -> Document:
    return {
        "vat": family.slot,
        "rate": str(RATES[family.slot]),
        "net": str(amounts.net),
        "tax": str(amounts.tax),
        "gross": str(amounts.gross),
        "kind": kind,
        "family": family.name,
        "nature": family.nature,
    }


def _receipts(receipts: Iterable[Receipt]) -> list[Document]:
    sums: dict[tuple[str, str, str], Decimal] = {}
    for receipt in receipts:
        key = (receipt.kind, receipt.label, receipt.account)
        sums[key] = sums.get(key, ZERO) + receipt.amount
    return [
        {"kind": kind, "amount": str(amount), "label": label} | _account(account)
        for (kind, label, account), amount in sorted(sums.items())
    ]


def _payments(payments: Iterable[Payment]) -> list[Document]:
    groups: dict[tuple[Means, str], list[Payment]] = {}
    for payment in payments:
        groups.setdefault((payment.means, payment.account), []).append(payment)
    ordered = sorted(groups.items(), key=lambda group: (group[0][0].code, group[0][1]))
    return [_payment_line(means, account, group) for (means, account), group in ordered]


def _payment_line(means: Means, account: str, payments: list[Payment]) -> Document:
    line = {
        "means": means.code,
        "label": means.label,
        "kind": means.kind,
        "amount": str(sum((payment.amount for payment in payments), ZERO)),
        "count": len(payments),
    }
    offered = [article for payment in payments for article in payment.articles]
    if offered:
        line["sales"] = [_sales_line(family, amounts, "sale") for family, amounts in split(offered).items()]
    return line | _account(account)


def _account(account: str) -> Document:
    return {"account": account} if account else {}


def _ranges(till: Till, printed: Mapping[str, list[Ticket]]) -> list[Document]:
    ranges = []
    for station, tickets in sorted(printed.items()):
        first = till.next_ticket[station]
        till.next_ticket[station] += len(tickets)
        ranges.append(
            {
                "station": station,
                "first": first,
                "last": first + len(tickets) - 1,
                "count": len(tickets),
                "cancelled": sum(ticket.cancelled for ticket in tickets),
            }
        )
    return ranges


def _count(till: Till, service: Service, tickets: list[Ticket]) -> Document:
    """Count the drawer; after dinner the notes above the float go to the safe for the bank."""
    paid = sum((it.amount for ticket in tickets for it in ticket.payments if it.means is CASH), ZERO)
    moved = sum((movement.amount for movement in service.movements), ZERO)
    float_open, expected = till.drawer, till.drawer + paid + moved
    counted = expected + service.miscounted
    banked = _whole_notes(counted - FLOAT) if service.meal == DINNER and tickets else ZERO
    till.drawer = counted - banked
    return {
        "float_open": str(float_open),
        "movements": [
            {"kind": movement.kind, "amount": str(movement.amount), "label": movement.label}
            for movement in service.movements
        ],
        "expected": str(expected),
        "counted": str(counted),
        "banked": str(banked),
        "float_left": str(till.drawer),
    }


def _whole_notes(cash: Decimal) -> Decimal:
    return (max(cash, ZERO) // SMALLEST_NOTE * SMALLEST_NOTE).quantize(CENT)


def _totals(till: Till, gross: Decimal) -> Document:
    before = till.perpetual
    till.perpetual += gross
    return {"gross": str(gross), "perpetual_before": str(before), "perpetual_after": str(till.perpetual)}
