"""Is the till's VAT believable, and are the sales of offered items what they are said to be?"""

from collections.abc import Iterator
from decimal import Decimal

from ledger.closing import Closing
from ledger.kinds import SaleKind
from ledger.money import ZERO, money_text, total
from ledger.problem import Problem

_PER_TICKET = Decimal("0.01")
_AT_LEAST = Decimal("0.05")


def vat_tolerance(closing: Closing) -> Iterator[Problem]:
    """Warn of VAT too far from net x rate for rounding to explain it: three tickets explain 0.03, so 0.05.

    A till rounds (or cuts) on each ticket, so 122 tickets may differ by 1.22; its VAT is booked all the same.
    Without ticket ranges the payments are counted instead.
    """
    tolerance = max(_AT_LEAST, _PER_TICKET * _tickets(closing))
    for i, sale in enumerate(closing.sales):
        expected = sale.net * sale.rate / 100
        if abs(sale.tax - expected) > tolerance:
            facts = {
                "slot": str(sale.slot),
                "rate": money_text(sale.rate),
                "net": closing.money(sale.net),
                "expected": closing.money(expected),
                "found": closing.money(sale.tax),
                "tolerance": closing.money(tolerance),
            }
            yield Problem(code="vat_tolerance", pointer=f"/sales/{i}/tax", facts=facts, blocking=False)


def offered_amount(closing: Closing) -> Iterator[Problem]:
    """The sales an offered payment names are worth its amount: 16.36 + 1.64 for 18.00."""
    for i, payment in enumerate(closing.payments):
        named = total(sale.gross for sale in payment.sales)
        if payment.takes_sales_out and named != payment.amount:
            facts = {"expected": closing.money(payment.amount), "found": closing.money(named)}
            yield Problem(code="offered_vat", pointer=f"/payments/{i}/sales", facts=facts)


def offered_within_sales(closing: Closing) -> Iterator[Problem]:
    """What was offered is part of what was sold, in each slot and rate: 18.00 cannot be offered out of sales of 15.00.

    Amounts of the other sign, as discounts are among sales, do not make the sold part smaller.
    """
    first_of_side: dict[tuple[int, Decimal, SaleKind], str] = {}
    for i, payment in enumerate(closing.payments):
        for j, sale in enumerate(payment.sales if payment.takes_sales_out else ()):
            first_of_side.setdefault((sale.slot, sale.rate, sale.kind), f"/payments/{i}/sales/{j}")
    for side, pointer in first_of_side.items():
        yield from _find_offered_beyond(closing, side, pointer)


def _find_offered_beyond(closing: Closing, side: tuple[int, Decimal, SaleKind], pointer: str) -> Iterator[Problem]:
    kind = side[2]
    sign = -1 if kind is SaleKind.REFUND else 1
    given = (sale for payment in closing.payments if payment.takes_sales_out for sale in payment.sales)
    offered = [sale for sale in given if (sale.slot, sale.rate, sale.kind) == side]
    sold = [sale for sale in closing.sales if (sale.slot, sale.rate, sale.kind) == side]
    for field, part, amounts in (
        ("gross", total(sale.gross for sale in offered), [sale.gross for sale in sold]),
        ("tax", total(sale.tax for sale in offered), [sale.tax for sale in sold]),
    ):
        whole = total(amount for amount in amounts if sign * amount > ZERO)
        if sign * part > sign * whole:
            facts = {"expected": closing.money(whole), "found": closing.money(part)}
            yield Problem(code="offered_vat", pointer=f"{pointer}/{field}", facts=facts)


def _tickets(closing: Closing) -> int:
    if closing.tickets:
        return sum(tickets.count for tickets in closing.tickets)
    return sum(payment.count or 0 for payment in closing.payments)
