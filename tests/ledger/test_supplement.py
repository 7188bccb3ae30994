"""What is booked of a closing of which some entries stand: right with them, or refused; never doubled, never short."""

import os
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from hypothesis import event, given
from hypothesis import strategies as st

from ledger.book import book
from ledger.closing import Closing
from ledger.entry import Entry, EntryKind, LineRole
from ledger.kinds import PaymentKind
from ledger.money import ZERO
from ledger.plan import DEFAULT_MEANS_BY_KIND, BookingPlan, MeansPlan, SlotPlan
from ledger.supplement import supplement, walk_in_balances
from tests.ledger.given import LABEL
from tests.ledger.strategies import any_plans, closings, complete_plans
from tests.ledger.test_booking_properties import happened, sums
from tests.tier import examples

EXAMPLES = int(os.environ.get("SUPPLEMENT_EXAMPLES", "60"))
thoroughly = examples(EXAMPLES)


def assert_right(closing: Closing, entries: Iterable[Entry]) -> None:
    """Against the closing itself: nothing here knows a plan."""
    books = [*entries]
    lines = [(entry, line) for entry in books for line in entry.lines]
    assert not any(walk_in_balances(books).values())
    assert sums(
        ((line.vat_slot, line.role), -line.amount) for _, line in lines if line.role in (LineRole.SALES, LineRole.VAT)
    ) == sums(
        pair
        for sale in happened(closing)
        for pair in (((sale.slot, LineRole.SALES), sale.net), ((sale.slot, LineRole.VAT), sale.tax))
    )
    assert sums(
        (line.means, -line.amount) for _, line in lines if line.role is LineRole.CUSTOMER and line.means
    ) == sums((it.means, it.amount) for it in closing.payments if it.kind is not PaymentKind.OFFERED)
    assert sums((line.label, -line.amount) for _, line in lines if line.role is LineRole.RECEIPT) == sums(
        (it.label, it.amount) for it in closing.other_receipts
    )
    counted = closing.cash.difference if closing.cash else ZERO
    assert sum((-line.amount for _, line in lines if line.role is LineRole.DIFFERENCE), ZERO) == counted


def other_customers(plan: BookingPlan) -> st.SearchStrategy[BookingPlan]:
    return st.sampled_from(("411000", "411100")).map(lambda account: replace(plan, customer_account=account))


@thoroughly
@given(st.data(), closings(), st.lists(complete_plans().flatmap(other_customers), min_size=2, max_size=3))
def test_standing_and_new__are_right_together_or_refused(
    data: st.DataObject, closing: Closing, plans: list[BookingPlan]
) -> None:
    """Each plan in turn books what the ones before left open, and only some of it comes to stand."""
    standing: list[Entry] = []
    for plan in plans:
        made = supplement(closing, plan, standing, label=LABEL)
        blocking = [problem for problem in made.problems if problem.blocking]
        if blocking:
            assert made.entries == ()
            event(f"refused: {blocking[0].code}")
            return
        event("nothing new" if standing and not made.entries else "new entries")
        assert_right(closing, [*standing, *made.entries])
        standing += data.draw(st.lists(st.sampled_from(made.entries), unique_by=id) if made.entries else st.just([]))


@thoroughly
@given(closings(), complete_plans(), any_plans())
def test_any_plan__never_makes_what_stands_again(closing: Closing, first: BookingPlan, then: BookingPlan) -> None:
    standing = book(closing, first, label=LABEL).entries
    made = supplement(closing, then, standing, label=LABEL)
    assert made.entries == ()


@thoroughly
@given(closings(), complete_plans())
def test_without_anything_standing__it_is_the_whole_booking(closing: Closing, plan: BookingPlan) -> None:
    assert supplement(closing, plan, (), label=LABEL) == book(closing, plan, label=LABEL)


@thoroughly
@given(st.data(), closings(), complete_plans())
def test_doubled__is_refused(data: st.DataObject, closing: Closing, plan: BookingPlan) -> None:
    entries = book(closing, plan, label=LABEL).entries
    amounts = [entry for entry in entries if any(line.role is not LineRole.JOURNAL for line in entry.lines)]
    if not amounts:
        return
    twice = data.draw(st.sampled_from(amounts))
    made = supplement(closing, plan, [*entries, twice], label=LABEL)
    assert made.entries == ()
    nets_to_nothing = not any(sums((line.role, line.amount) for line in twice.lines).values())
    assert nets_to_nothing or "standing_otherwise" in {problem.code for problem in made.problems}


def test_cards_that_moved_journal__are_not_booked_again() -> None:
    closing = Closing.from_document(CLOSING)
    before, after = plan(), plan(PaymentKind.CARD)
    sale, receipts = book(closing, before, label=LABEL).entries
    made = supplement(closing, after, [sale, receipts], label=LABEL)
    assert (made.entries, made.problems) == ((), ())
    [cards] = supplement(closing, after, [sale], label=LABEL).entries[1:]
    assert (cards.kind, cards.journal) == (EntryKind.RECEIPTS, "51")
    assert {line.means for line in cards.lines} == {"CB"}


def test_another_walk_in_customer__is_refused_with_both_named() -> None:
    closing = Closing.from_document(CLOSING)
    sale = book(closing, plan(), label=LABEL).entries[0]
    [problem] = supplement(closing, replace(plan(), third_party="0000009"), [sale], label=LABEL).problems
    assert problem.code == "standing_other_customer"
    assert (problem.facts["third_party"], problem.facts["third_party_now"]) == ("0000002", "0000009")


CLOSING = {
    "kind": "general",
    "number": 7,
    "business_date": "2026-03-14",
    "opened_at": "2026-03-14T08:55:00+01:00",
    "closed_at": "2026-03-14T23:40:00+01:00",
    "currency": "EUR",
    "sales": [{"vat": 2, "rate": "10.00", "net": "100.00", "tax": "10.00", "gross": "110.00", "kind": "sale"}],
    "payments": [
        {"means": "ESP", "kind": "cash", "amount": "60.00"},
        {"means": "CB", "kind": "card", "amount": "50.00"},
    ],
}


def plan(*in_51: PaymentKind) -> BookingPlan:
    slot = SlotPlan(slot=2, rate=Decimal("10.00"), sales_account="706000", vat_code="VR", vat_account="445712")
    moved = {kind: MeansPlan(account="511500", journal="51") for kind in in_51}
    return BookingPlan(
        slots={2: slot},
        customer_account="411000",
        third_party="0000002",
        sales_journal="70",
        receipts_journal="30",
        journal_accounts={"30": "530000", "51": "512000"},
        means_by_kind={**DEFAULT_MEANS_BY_KIND, **moved},
    )
