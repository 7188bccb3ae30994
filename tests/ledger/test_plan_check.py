"""What a booking plan lacks: each gap with its place in the closing and the facts to mend it by."""

from dataclasses import replace
from typing import Any

import pytest

from ledger.book import book
from ledger.closing import Closing
from ledger.plan import BookingPlan, MeansPlan
from ledger.problem import Problem
from tests.ledger.given import LABEL, PLAN, closing, codes, move, pay, plan, plan_with_families, sale, took

SOLD: dict[str, Any] = {"sales": [sale(2, "100.00", "10.00")], "payments": [pay("ESP", "110.00")]}


def plan_with_slot(slot: int, **changes: Any) -> BookingPlan:
    return plan(slots={**PLAN.slots, slot: replace(PLAN.slots[slot], **changes)})


GAPS = [
    pytest.param(
        closing(
            sales=[sale(1, "5.00", "1.00"), sale(2, "100.00", "10.00"), sale(2, "10.00", "1.00")],
            payments=[pay("ESP", "127.00")],
        ),
        plan(slots={1: PLAN.slots[1]}),
        Problem(
            code="slot_unmapped",
            pointer="/sales/1/vat",
            facts={"slot": "2", "rate": "10.00", "amount": "121.00"},
        ),
        id="slot_unmapped",
    ),
    pytest.param(
        closing(**SOLD),
        plan_with_slot(2, rate=PLAN.slots[1].rate),
        Problem(
            code="slot_rate_mismatch",
            pointer="/sales/0/rate",
            facts={"slot": "2", "rate": "10.00", "expected": "20.00"},
        ),
        id="slot_rate_mismatch",
    ),
    pytest.param(
        closing(**SOLD),
        plan_with_slot(2, vat_code=""),
        Problem(
            code="slot_without_vat_code",
            pointer="/sales/0/vat",
            facts={"slot": "2", "rate": "10.00"},
        ),
        id="slot_without_vat_code",
    ),
    pytest.param(
        closing(sales=[sale(2, "100.00", "10.00", family="BAR")], payments=[pay("ESP", "110.00")]),
        plan_with_families(2, {"BAR": ""}),
        Problem(
            code="slot_without_account",
            pointer="/sales/0/vat",
            facts={"slot": "2", "rate": "10.00", "family": "BAR"},
        ),
        id="slot_without_account",
    ),
    pytest.param(
        closing(**SOLD),
        plan_with_slot(2, vat_account=""),
        Problem(
            code="slot_without_vat_account",
            pointer="/sales/0/vat",
            facts={"slot": "2", "rate": "10.00"},
        ),
        id="slot_without_vat_account",
    ),
    pytest.param(
        closing(
            sales=[sale(2, "100.00", "10.00")],
            payments=[pay("ESP", "80.00"), pay("DIVERS", "20.00"), pay("DIVERS", "10.00", account="X")],
        ),
        PLAN,
        Problem(
            code="means_unmapped",
            pointer="/payments/1/means",
            facts={"means": "DIVERS", "label": "Divers", "kind": "other", "amount": "30.00"},
        ),
        id="means_unmapped, told once",
    ),
    pytest.param(
        closing(sales=[sale(2, "100.00", "10.00")], payments=[pay("CB", "110.00")]),
        plan(means={"CB": MeansPlan(account="")}),
        Problem(
            code="means_unmapped",
            pointer="/payments/0/means",
            facts={"means": "CB", "label": "Carte bancaire", "kind": "card", "amount": "110.00"},
        ),
        id="means_unmapped by a blank account",
    ),
    pytest.param(
        closing(
            sales=[sale(2, "100.00", "10.00")],
            payments=[pay("ESP", "92.00"), pay("OFFERT", "11.00"), pay("OFFERT", "7.00")],
        ),
        PLAN,
        Problem(
            code="offered_without_vat",
            pointer="/payments/1/means",
            facts={"means": "OFFERT", "label": "Offert", "kind": "offered", "amount": "18.00"},
        ),
        id="offered_without_vat",
    ),
    pytest.param(
        closing(sales=[sale(2, "10.00", "1.00")], payments=[pay("OFFERT", "11.00")]),
        plan(means={"OFFERT": MeansPlan()}),
        Problem(
            code="offered_without_vat",
            pointer="/payments/0/means",
            facts={"means": "OFFERT", "label": "Offert", "kind": "offered", "amount": "11.00"},
        ),
        id="offered_without_vat cannot stay in the drawer",
    ),
    pytest.param(
        closing(sales=[sale(2, "100.00", "10.00")], payments=[pay("ESP", "30.00"), pay("COMPTE", "80.00")]),
        PLAN,
        Problem(
            code="account_missing",
            pointer="/payments/1/account",
            facts={"means": "COMPTE", "label": "En compte", "kind": "on_account", "amount": "80.00"},
        ),
        id="account_missing on a sale on account",
    ),
    pytest.param(
        closing(other_receipts=[took("settlement", "80.00", label="Dû")], payments=[pay("ESP", "80.00")]),
        PLAN,
        Problem(
            code="account_missing",
            pointer="/other_receipts/0/account",
            facts={"kind": "settlement", "label": "Dû", "amount": "80.00"},
        ),
        id="account_missing on a settlement",
    ),
    pytest.param(
        closing(
            other_receipts=[took("tip", "3.00", label="Salle"), took("tip", "5.00", label="Bar")],
            payments=[pay("ESP", "8.00")],
        ),
        plan(receipt_accounts={}),
        Problem(
            code="receipt_unmapped",
            pointer="/other_receipts/0/kind",
            facts={"kind": "tip", "amount": "8.00"},
        ),
        id="receipt_unmapped, told once",
    ),
    pytest.param(
        closing(
            cash={"movements": [move("other", "-3.00"), move("other", "-5.00"), move("expense", "-1.00")]},
        ),
        plan(movement_accounts={"expense": "607000", "other": ""}),
        Problem(
            code="movement_unmapped",
            pointer="/cash/movements",
            facts={"kind": "other", "amount": "-8.00"},
        ),
        id="movement_unmapped",
    ),
    pytest.param(
        closing(cash={"movements": [move("expense", "-11.00", tax="-0.57")]}),
        plan(deductible_vat_account=""),
        Problem(code="deductible_vat_unmapped", pointer="/cash/movements", facts={"amount": "-0.57"}),
        id="deductible_vat_unmapped",
    ),
    pytest.param(
        closing(cash={"expected": "10.00", "counted": "8.00"}),
        plan(shortage_account=""),
        Problem(code="difference_unmapped", pointer="/cash/counted", facts={"amount": "-2.00"}),
        id="difference_unmapped",
    ),
    pytest.param(
        closing(**SOLD),
        plan(receipts_journal="31"),
        Problem(code="journal_account_unknown", facts={"journal": "31"}),
        id="journal_account_unknown",
    ),
    pytest.param(
        closing(sales=[sale(2, "100.00", "10.00")], payments=[pay("CB", "110.00")]),
        plan(means={"CB": MeansPlan(journal="21")}),
        Problem(code="journal_account_unknown", facts={"journal": "21"}),
        id="journal_account_unknown of a means",
    ),
    pytest.param(
        closing(cash={"expected": "10.00", "counted": "8.00"}),
        plan(journal_accounts={"30": ""}),
        Problem(code="journal_account_unknown", facts={"journal": "30"}),
        id="journal_account_unknown of the drawer",
    ),
    pytest.param(
        closing(other_receipts=[took("tip", "3.00")], payments=[pay("CB", "3.00")]),
        plan(means={"CB": MeansPlan(journal="20")}, journal_accounts={"20": "512000"}),
        Problem(code="journal_account_unknown", facts={"journal": "30"}),
        id="journal_account_unknown of a tip",
    ),
    pytest.param(
        closing(cash={"banked": "5.00"}),
        plan(journal_accounts={}, banked_account="580000"),
        Problem(code="journal_account_unknown", facts={"journal": "30"}),
        id="journal_account_unknown of what is banked",
    ),
    pytest.param(
        closing(**SOLD),
        plan(sales_journal=""),
        Problem(code="sales_journal_missing"),
        id="sales_journal_missing",
    ),
    pytest.param(
        closing(other_receipts=[took("tip", "3.00")], payments=[pay("ESP", "3.00")]),
        plan(customer_account=""),
        Problem(code="customer_account_missing"),
        id="customer_account_missing",
    ),
    pytest.param(
        closing(
            sales=[sale(2, "100.00", "10.00")],
            payments=[pay("ESP", "30.00"), pay("COMPTE", "80.00", account="0000002")],
        ),
        PLAN,
        Problem(
            code="walk_in_account_used",
            facts={
                "account": "411000",
                "third_party": "0000002",
                "label": "En compte",
                "means": "COMPTE",
                "amount": "80.00",
            },
        ),
        id="walk_in_account_used by a sale on account",
    ),
    pytest.param(
        closing(cash={"movements": [move("other", "-5.00", "Avance")]}),
        plan(third_party="", movement_accounts={"other": "411000"}),
        Problem(
            code="walk_in_account_used",
            facts={
                "account": "411000",
                "third_party": "",
                "label": "Avance",
                "means": "",
                "amount": "5.00",
            },
        ),
        id="walk_in_account_used by a movement",
    ),
]


@pytest.mark.parametrize(("given", "by", "expected"), GAPS)
def test_book__one_gap_in_the_plan(given: Closing, by: BookingPlan, expected: Problem) -> None:
    booking = book(given, by, label=LABEL)
    assert booking.problems == (expected,)
    assert booking.entries == ()


def test_book__tells_every_gap_at_once() -> None:
    given = closing(
        sales=[sale(1, "100.00", "20.00"), sale(2, "100.00", "10.00"), sale(3, "100.00", "5.50")],
        other_receipts=[took("tip", "4.50"), took("settlement", "10.00")],
        payments=[pay("DIVERS", "300.00"), pay("COMPTE", "40.00"), pay("OFFERT", "10.00")],
        cash={"movements": [move("other", "-5.00", tax="-1.00")], "expected": "10.00", "counted": "8.00"},
    )
    by = plan(
        slots={
            2: replace(PLAN.slots[2], rate=PLAN.slots[1].rate, vat_code=""),
            3: replace(PLAN.slots[3], sales_account="", vat_account=""),
        },
        sales_journal="",
        journal_accounts={},
        receipt_accounts={},
        movement_accounts={},
        deductible_vat_account="",
        shortage_account="",
    )
    assert codes(book(given, by, label=LABEL)) == [
        "sales_journal_missing",
        "slot_unmapped",
        "slot_rate_mismatch",
        "slot_without_vat_code",
        "slot_without_account",
        "slot_without_vat_account",
        "account_missing",
        "means_unmapped",
        "offered_without_vat",
        "account_missing",
        "receipt_unmapped",
        "movement_unmapped",
        "deductible_vat_unmapped",
        "difference_unmapped",
        "journal_account_unknown",
    ]


def test_book__an_offered_slot_is_checked_too() -> None:
    given = closing(
        sales=[sale(2, "100.00", "10.00")],
        payments=[pay("OFFERT", "12.00", sales=[sale(1, "10.00", "2.00")]), pay("ESP", "98.00")],
    )
    (problem,) = book(given, plan(slots={2: PLAN.slots[2]}), label=LABEL).problems
    assert (problem.code, problem.pointer) == ("slot_unmapped", "/payments/0/sales/0/vat")


def test_book__a_slot_without_tax_needs_no_vat_account() -> None:
    given = closing(sales=[sale(5, "10.00", "0.00")], payments=[pay("ESP", "10.00")])
    assert book(given, plan_with_slot(5, vat_account=""), label=LABEL).problems == ()


BARE = BookingPlan(
    slots={},
    customer_account="",
    third_party="",
    sales_journal="",
    receipts_journal="",
    journal_accounts={},
    means_by_kind={},
    receipt_accounts={},
    movement_accounts={},
    deductible_vat_account="",
    shortage_account="",
    surplus_account="",
)


@pytest.mark.parametrize(
    "given",
    [
        closing(),
        closing(sales=[sale(1, "0.00", "0.00")], payments=[pay("CB", "0.00")]),
        closing(cash={"banked": "5.00"}),
        closing(cash={"movements": [move("expense", "0.00", tax="0.00")]}),
        closing(cash={"expected": "5.00", "counted": "5.00"}),
    ],
)
def test_book__what_the_closing_does_not_use_needs_nothing(given: Closing) -> None:
    assert book(given, BARE, label=LABEL).problems == ()


def test_book__a_movement_without_vat_needs_no_account_for_it() -> None:
    given = closing(cash={"movements": [move("expense", "-11.00")]})
    assert book(given, plan(deductible_vat_account=""), label=LABEL).problems == ()
