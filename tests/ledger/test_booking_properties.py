"""What holds for every closing and every plan."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.book import book, walk_in_balance
from ledger.check import check_closing
from ledger.closing import Closing, Payment, Sale
from ledger.entry import Entry, EntryKind, Line, LineRole
from ledger.kinds import PaymentKind
from ledger.money import ZERO, cents, total
from ledger.plan import BookingPlan, MeansPlan
from ledger.problem import Problem
from tests.ledger.given import LABEL
from tests.ledger.strategies import any_closings, any_plans, closings, complete_plans
from tests.tier import examples

moderately = examples(25)


def entries_of(closing: Closing, plan: BookingPlan) -> tuple[Entry, ...]:
    booking = book(closing, plan, label=LABEL)
    assert not [problem for problem in booking.problems if problem.blocking]
    return booking.entries


def lines_of(entries: Iterable[Entry], kind: EntryKind, role: LineRole) -> list[Line]:
    return [line for entry in entries if entry.kind is kind for line in entry.lines if line.role is role]


def happened(closing: Closing) -> list[Sale]:
    """Sales, and the offered ones with their signs turned."""
    offered = [payment.sales for payment in closing.payments if payment.kind is PaymentKind.OFFERED]
    return [*closing.sales, *(_turned(sale) for sales in offered for sale in sales)]


def _turned(sale: Sale) -> Sale:
    return replace(sale, net=-sale.net, tax=-sale.tax, gross=-sale.gross)


def sums(pairs: Iterable[tuple[Any, Decimal]]) -> dict[Any, Decimal]:
    """Sum amounts per key, without those that come to zero."""
    added: Counter[Any] = Counter()
    for key, amount in pairs:
        added[key] += amount  # type: ignore[assignment]
    return {key: Decimal(amount) for key, amount in added.items() if amount}


@moderately
@given(closings())
def test_closings__of_the_strategy_are_valid(closing: Closing) -> None:
    assert [problem for problem in check_closing(closing) if problem.blocking] == []


@moderately
@given(closings(), complete_plans())
def test_book__entries_balance_to_the_cent(closing: Closing, plan: BookingPlan) -> None:
    for entry in entries_of(closing, plan):
        debits = [int(line.debit * 100) for line in entry.lines]
        credits = [int(line.credit * 100) for line in entry.lines]
        assert sum(debits) == sum(credits) > 0
        assert all(line.amount == cents(line.amount) != ZERO for line in entry.lines)
        assert (entry.date, entry.label) == (closing.business_date, LABEL)


@moderately
@given(closings(), complete_plans())
def test_book__at_most_one_entry_per_kind_and_journal(closing: Closing, plan: BookingPlan) -> None:
    keys = [(entry.kind, entry.journal) for entry in entries_of(closing, plan)]
    assert len(keys) == len(set(keys))


@moderately
@given(closings(), complete_plans())
def test_book__net_and_vat_of_each_slot_are_the_tills(closing: Closing, plan: BookingPlan) -> None:
    entries = entries_of(closing, plan)
    sold = lines_of(entries, EntryKind.SALES, LineRole.SALES)
    vat = lines_of(entries, EntryKind.SALES, LineRole.VAT)
    tills = happened(closing)
    assert sums((it.vat_slot, -it.amount) for it in sold) == sums((it.slot, it.net) for it in tills)
    assert sums((it.vat_slot, -it.amount) for it in vat) == sums((it.slot, it.tax) for it in tills)


@moderately
@given(closings(), complete_plans())
def test_book__sales_lines_carry_the_vat_of_their_slot(closing: Closing, plan: BookingPlan) -> None:
    booking = book(closing, plan, label=LABEL)
    sold = lines_of(booking.entries, EntryKind.SALES, LineRole.SALES)
    vat = lines_of(booking.entries, EntryKind.SALES, LineRole.VAT)
    told = {int(it.facts["slot"]) for it in booking.problems if it.code == "vat_without_net"}
    booked = sums((it.vat_slot, it.amount) for it in vat if it.vat_slot not in told)
    assert sums((it.vat_slot, it.vat or ZERO) for it in sold) == booked
    assert not told & {it.vat_slot for it in sold}


@moderately
@given(closings(), complete_plans())
def test_book__each_account_gets_what_its_families_sold(closing: Closing, plan: BookingPlan) -> None:
    sold = lines_of(entries_of(closing, plan), EntryKind.SALES, LineRole.SALES)
    expected = sums((plan.slots[it.slot].account_of(it.family), it.net) for it in happened(closing))
    assert sums((it.account, -it.amount) for it in sold) == expected


@moderately
@given(closings(), complete_plans())
def test_book__the_customer_owes_what_was_sold(closing: Closing, plan: BookingPlan) -> None:
    owed = lines_of(entries_of(closing, plan), EntryKind.SALES, LineRole.CUSTOMER)
    assert total(it.amount for it in owed) == total(it.gross for it in happened(closing))
    assert len(owed) <= 1


@moderately
@given(closings(), complete_plans())
def test_book__each_means_gives_back_what_was_paid_by_it(closing: Closing, plan: BookingPlan) -> None:
    back = lines_of(entries_of(closing, plan), EntryKind.RECEIPTS, LineRole.CUSTOMER)
    paid = [it for it in closing.payments if it.kind is not PaymentKind.OFFERED]
    given_back = sums((it.means, -it.amount) for it in back if it.means)
    assert given_back == sums((it.means, it.amount) for it in paid)


@moderately
@given(closings(), complete_plans())
def test_book__the_walk_in_customer_ends_at_zero(closing: Closing, plan: BookingPlan) -> None:
    entries = entries_of(closing, plan)
    left = walk_in_balance(entries, customer_account=plan.customer_account, third_party=plan.third_party)
    assert left == ZERO


@moderately
@given(closings(), complete_plans())
def test_book__the_drawer_moves_by_what_was_counted(closing: Closing, plan: BookingPlan) -> None:
    """Cash alone stays on the journal's own account, so that moves as the drawer did."""
    means = {"ESP": MeansPlan()}
    by_kind = dict.fromkeys(PaymentKind, MeansPlan(account="511000")) | {PaymentKind.CASH: MeansPlan()}
    cash_only = replace(closing, payments=tuple(_of_one_means_per_kind(it) for it in closing.payments))
    entries = entries_of(cash_only, replace(plan, means=means, means_by_kind=by_kind, banked_account=None))
    own = total(it.amount for it in lines_of(entries, EntryKind.RECEIPTS, LineRole.JOURNAL))
    if closing.cash and closing.cash.counted is not None and closing.cash.float_open is not None:
        assert own == closing.cash.counted - closing.cash.float_open
    else:
        assert own == closing.cash_paid


def _of_one_means_per_kind(payment: Payment) -> Payment:
    return replace(payment, means="ESP" if payment.kind is PaymentKind.CASH else payment.kind.value)


@moderately
@given(closings(), complete_plans(), st.randoms(use_true_random=False))
def test_book__order_of_lines_is_irrelevant(closing: Closing, plan: BookingPlan, random: Any) -> None:
    def shuffled(lines: Iterable[Any]) -> tuple[Any, ...]:
        mixed = list(lines)
        random.shuffle(mixed)
        return tuple(mixed)

    turned = replace(
        closing,
        sales=shuffled(closing.sales),
        other_receipts=shuffled(closing.other_receipts),
        payments=shuffled(closing.payments),
        cash=replace(closing.cash, movements=shuffled(closing.cash.movements)) if closing.cash else None,
    )
    plan_turned = replace(
        plan,
        slots=dict(shuffled(plan.slots.items())),
        means=dict(shuffled(plan.means.items())),
        means_by_kind=dict(shuffled(plan.means_by_kind.items())),
    )
    assert book(turned, plan_turned, label=LABEL) == book(closing, plan, label=LABEL)


@moderately
@given(closings(), complete_plans())
def test_entry__reads_back_equal_through_json(closing: Closing, plan: BookingPlan) -> None:
    for entry in entries_of(closing, plan):
        assert Entry.from_document(json.loads(json.dumps(entry.to_document()))) == entry


@examples(80)
@given(any_closings(), any_plans() | complete_plans())
def test_book__never_raises_nor_books_beside_a_blocking_problem(closing: Closing, plan: BookingPlan) -> None:
    booking = book(closing, plan, label=LABEL)
    assert not (booking.entries and [problem for problem in booking.problems if problem.blocking])


@examples(80)
@given(closings(), any_plans())
def test_book__a_gap_in_the_plan_is_told(closing: Closing, plan: BookingPlan) -> None:
    booking = book(closing, plan, label=LABEL)
    if any(sale.gross for sale in happened(closing)):
        assert booking.entries or booking.problems


@moderately
@given(any_closings(), any_plans())
def test_problem__reads_back_equal_through_json(closing: Closing, plan: BookingPlan) -> None:
    for problem in (*check_closing(closing), *book(closing, plan, label=LABEL).problems):
        assert Problem.from_document(json.loads(json.dumps(problem.to_document()))) == problem
