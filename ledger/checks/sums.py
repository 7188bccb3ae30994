"""Do a closing's own sums hold?"""

from collections.abc import Iterator

from ledger.closing import Closing
from ledger.kinds import SaleKind
from ledger.money import ZERO, total
from ledger.problem import Problem


def sale_total(closing: Closing) -> Iterator[Problem]:
    """On each line net + tax = gross: 1000.00 + 100.00 is not 1100.01."""
    for pointer, sale in closing.located_sales():
        expected = sale.net + sale.tax
        if expected != sale.gross:
            facts = {
                "net": closing.money(sale.net),
                "tax": closing.money(sale.tax),
                "expected": closing.money(expected),
                "found": closing.money(sale.gross),
            }
            yield Problem(code="sale_total", pointer=f"{pointer}/gross", facts=facts)


def sale_sign(closing: Closing) -> Iterator[Problem]:
    """A refund has no positive amount. A sale may be negative: a discount or an acompte taken off."""
    for pointer, sale in closing.located_sales():
        amounts = {"gross": sale.gross, "net": sale.net, "tax": sale.tax}
        positive = [name for name, amount in amounts.items() if amount > ZERO]
        if sale.kind is SaleKind.REFUND and positive:
            facts = {"found": closing.money(amounts[positive[0]])}
            yield Problem(code="sale_sign", pointer=f"{pointer}/{positive[0]}", facts=facts)


def receipts_identity(closing: Closing) -> Iterator[Problem]:
    """What was sold and taken is what was paid: 1400.00 + 25.00 = 1425.00."""
    taken = total(receipt.amount for receipt in closing.other_receipts)
    paid = total(payment.amount for payment in closing.payments)
    due = closing.turnover + taken
    if due != paid:
        facts = {
            "sales": closing.money(closing.turnover),
            "other_receipts": closing.money(taken),
            "expected": closing.money(due),
            "found": closing.money(paid),
            "difference": closing.money(paid - due),
        }
        yield Problem(code="receipts_identity", facts=facts)


def turnover_total(closing: Closing) -> Iterator[Problem]:
    """The till's own total is the sum of its sales lines."""
    if closing.totals and closing.totals.gross != closing.turnover:
        facts = {"expected": closing.money(closing.turnover), "found": closing.money(closing.totals.gross)}
        yield Problem(code="turnover_total", pointer="/totals/gross", facts=facts)


def perpetual_total(closing: Closing) -> Iterator[Problem]:
    """904211.10 before and 1400.00 make 905611.10 after. Training does not add to the perpetual total."""
    totals = closing.totals
    if closing.training or not totals or totals.perpetual_before is None or totals.perpetual_after is None:
        return
    expected = totals.perpetual_before + totals.gross
    if totals.perpetual_after != expected:
        facts = {
            "before": closing.money(totals.perpetual_before),
            "gross": closing.money(totals.gross),
            "expected": closing.money(expected),
            "found": closing.money(totals.perpetual_after),
        }
        yield Problem(code="perpetual_total", pointer="/totals/perpetual_after", facts=facts)
