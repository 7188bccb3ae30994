"""A closing that does not balance, booked with its gap: balanced, VAT untouched, the rest as without a gap."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ledger.book import book, walk_in_balance
from ledger.check import check_bookable
from ledger.closing import Closing, OtherReceipt, Payment
from ledger.entry import Entry, LineRole
from ledger.gap import GAP_CODES, gap_of
from ledger.kinds import PaymentKind, ReceiptKind
from ledger.money import ZERO, total
from ledger.plan import BookingPlan
from ledger.supplement import supplement
from tests.ledger.given import LABEL, document, pay, sale
from tests.ledger.strategies import closings, complete_plans, money
from tests.tier import examples

thoroughly = examples(60)


@st.composite
def gaping(draw: st.DrawFn) -> Closing:
    """A closing that adds up, and then a payment more or less, or a gross that is not net and VAT."""
    closing = draw(closings())
    more = draw(money())
    paid = Payment(means="ESP", label="Espèces", kind=PaymentKind.CASH, amount=more)
    sales = closing.sales
    if sales and draw(st.booleans()):
        sales = (replace(sales[0], gross=sales[0].gross + draw(money(-500, 500))), *sales[1:])
    return replace(closing, payments=(*closing.payments, paid), sales=sales)


def of(entries: Iterable[Entry], *roles: LineRole) -> Decimal:
    return total(line.amount for entry in entries for line in entry.lines if line.role in roles)


@thoroughly
@given(gaping(), complete_plans())
def test_gap__balances_and_leaves_the_walk_in_customer_at_zero(closing: Closing, plan: BookingPlan) -> None:
    booking = book(closing, plan, label=LABEL, gap_on_suspense=True)
    held = [it for it in booking.problems if it.blocking]
    if held or closing.training:
        assert not booking.entries
        assert not {it.code for it in held} & GAP_CODES
        return
    assert of(booking.entries, LineRole.SUSPENSE) == -gap_of(closing)
    balance = walk_in_balance(booking.entries, customer_account=plan.customer_account, third_party=plan.third_party)
    assert balance == ZERO
    assert all(total(line.amount for line in entry.lines) == ZERO for entry in booking.entries)
    lines = [line for entry in booking.entries for line in entry.lines if line.role is LineRole.SUSPENSE]
    assert {line.account for line in lines} <= {plan.suspense_account}
    assert len(lines) <= 1


@thoroughly
@given(gaping(), complete_plans())
def test_gap__touches_no_vat_no_sale_and_no_means(closing: Closing, plan: BookingPlan) -> None:
    booking = book(closing, plan, label=LABEL, gap_on_suspense=True)
    if not booking.entries:
        return
    taken_out = [sale for it in closing.payments if it.takes_sales_out for sale in it.sales]
    tax = total(it.tax for it in closing.sales) - total(it.tax for it in taken_out)
    net = total(it.net for it in closing.sales) - total(it.net for it in taken_out)
    assert of(booking.entries, LineRole.VAT) == -tax
    assert of(booking.entries, LineRole.SALES) == -net
    paid = total(it.amount for it in closing.payments if not it.takes_sales_out)
    by_means = [line for entry in booking.entries for line in entry.lines if line.means]
    assert total(line.amount for line in by_means if line.role is LineRole.CUSTOMER) == -paid


@thoroughly
@given(closings(), complete_plans())
def test_no_gap__books_what_it_books_without_the_word(closing: Closing, plan: BookingPlan) -> None:
    assert book(closing, plan, label=LABEL, gap_on_suspense=True) == book(closing, plan, label=LABEL)


@thoroughly
@given(gaping(), complete_plans(), st.data())
def test_rest__beside_what_stands_is_never_doubled(closing: Closing, plan: BookingPlan, data: st.DataObject) -> None:
    tip = OtherReceipt(kind=ReceiptKind.TIP, amount=Decimal("5.00"), label="Pourboires")
    tipped = replace(closing, other_receipts=(*closing.other_receipts, tip))
    whole = book(tipped, plan, label=LABEL, gap_on_suspense=True).entries
    if not whole:
        return
    standing = data.draw(st.lists(st.sampled_from(whole), unique_by=id, max_size=len(whole)))
    left = supplement(tipped, plan, standing, label=LABEL, gap_on_suspense=True)
    if [it for it in left.problems if it.code == "standing_otherwise"]:
        assert not left.entries
        assert _means_in_two_of(whole), "a part that is booked in one entry stands whole or not at all"
        return
    assert of([*standing, *left.entries], LineRole.SUSPENSE) == of(whole, LineRole.SUSPENSE)


def _means_in_two_of(entries: Iterable[Entry]) -> set[str]:
    """Means that the till sent as of two kinds or of two customers' accounts: their parts are in two entries."""
    named = [means for entry in entries for means in {line.means for line in entry.lines if line.means}]
    return {means for means in named if named.count(means) > 1}


def test_without_the_word__it_is_held() -> None:
    odd = Closing.from_document(document(sales=[sale(2, "100.00", "10.00")], payments=[pay("ESP", "90.00")]))
    assert {it.code for it in check_bookable(odd)} == {"receipts_identity"}
    assert gap_of(odd) == Decimal("-20.00")
