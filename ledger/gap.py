"""The gap of a closing whose payments are not what was sold and taken, and where it goes when a person says so.

A suspense account (PCG 471) holds what nobody can explain yet: the accountant looks into it and clears it. Everything
else is booked as the till told it. Of what was sold net and VAT are booked, never the gross, so that no VAT is touched:
a line on which net and VAT are not the gross is part of the gap.
"""

from collections.abc import Iterator
from decimal import Decimal

from ledger.closing import Closing
from ledger.entry import Line, LineRole
from ledger.money import ZERO, total
from ledger.plan import BookingPlan

# What then no longer keeps a closing from being booked (`ledger.check.check_bookable`).
GAP_CODES = frozenset({"sale_total", "receipts_identity"})
# French books are read in French, as the till's own labels are.
GAP_LABEL = "Écart du Z à justifier"


def gap_of(closing: Closing) -> Decimal:
    """Return what was paid beyond what was sold and taken: 1425.00 paid of 1400.00 and 20.00 is 5.00.

    Less than that is negative: money that is missing.
    """
    paid = total(payment.amount for payment in closing.payments if not payment.takes_sales_out)
    sold = total(sale.net + sale.tax for sale in closing.sales)
    offered = total(sale.net + sale.tax for it in closing.payments if it.takes_sales_out for sale in it.sales)
    return paid - (sold - offered) - total(receipt.amount for receipt in closing.other_receipts)


def gap_lines(gap: Decimal, plan: BookingPlan) -> Iterator[Line]:
    """Give the walk-in customer back to zero: 5.00 too much is 411000 +5.00 and 471000 -5.00."""
    if gap == ZERO:
        return
    yield Line(
        account=plan.customer_account,
        third_party=plan.third_party,
        amount=gap,
        role=LineRole.CUSTOMER,
        label=GAP_LABEL,
    )
    yield Line(account=plan.suspense_account, amount=-gap, role=LineRole.SUSPENSE, label=GAP_LABEL)
