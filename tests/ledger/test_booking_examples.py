"""Worked examples of French accounting practice: the closing lines, and the accounts they must move."""

from dataclasses import dataclass

import pytest

from ledger.book import walk_in_balance
from ledger.closing import Closing
from ledger.money import ZERO
from ledger.plan import BookingPlan, MeansPlan
from tests.ledger.given import (
    PLAN,
    WALK_IN,
    booked,
    closing,
    move,
    moves_of,
    pay,
    plan,
    plan_with_families,
    plan_with_means,
    refund,
    sale,
    table,
    took,
)


@dataclass(frozen=True)
class Case:
    name: str
    given: Closing
    expected: str
    plan: BookingPlan = PLAN


ORDINARY = [
    Case(
        "A1 ordinary day, five VAT rates, five means",
        closing(
            sales=[
                sale(2, "1200.00", "120.00"),
                sale(1, "350.00", "70.00"),
                sale(3, "80.00", "4.40"),
                sale(4, "20.00", "0.42"),
                sale(5, "15.00", "0.00"),
            ],
            payments=[
                pay("ESP", "412.82"),
                pay("CB", "1100.00"),
                pay("CHQ", "57.00"),
                pay("TR", "210.00"),
                pay("COMPTE", "80.00", account="DUPONT"),
            ],
        ),
        """
        70 411000/0000002 D 1859.82
        70 706010         C 1200.00
        70 445710         C 120.00
        70 707020         C 350.00
        70 445720         C 70.00
        70 707055         C 80.00
        70 445755         C 4.40
        70 707021         C 20.00
        70 445721         C 0.42
        70 707000         C 15.00
        30 411000/0000002 C 1859.82
        30 530000         D 412.82
        30 511500         D 1100.00
        30 511200         D 57.00
        30 511800         D 210.00
        30 411000/0000117 D 80.00
        """,
    ),
    Case(
        "after midnight: the accounts are the day's own",
        closing(
            closed_at="2026-03-15T00:40:00+01:00",
            sales=[sale(2, "100.00", "10.00")],
            payments=[pay("ESP", "110.00")],
        ),
        """
        70 411000/0000002 D 110.00
        70 706010         C 100.00
        70 445710         C 10.00
        30 411000/0000002 C 110.00
        30 530000         D 110.00
        """,
    ),
    Case("zero day", closing(sales=[sale(1, "0.00", "0.00")], payments=[pay("ESP", "0.00")]), ""),
    Case(
        "training",
        closing(training=True, sales=[sale(2, "100.00", "10.00")], payments=[pay("ESP", "110.00")]),
        "",
    ),
    Case(
        "A18 first closing",
        closing(sales=[sale(2, "120.00", "12.00")], payments=[pay("CB", "132.00")]),
        """
        70 411000/0000002 D 132.00
        70 706010         C 120.00
        70 445710         C 12.00
        30 411000/0000002 C 132.00
        30 511500         D 132.00
        """,
    ),
    Case(
        "A18 corrected closing",
        closing(sales=[sale(2, "110.00", "11.00")], payments=[pay("CB", "121.00")]),
        """
        70 411000/0000002 D 121.00
        70 706010         C 110.00
        70 445710         C 11.00
        30 411000/0000002 C 121.00
        30 511500         D 121.00
        """,
    ),
]

PRICES = [
    Case(
        "A2 tip of 25.00 left on the card",
        closing(
            sales=[sale(2, "100.00", "10.00")],
            other_receipts=[took("tip", "25.00", label="Pourboires")],
            payments=[pay("CB", "135.00")],
        ),
        """
        70 411000/0000002 D 110.00
        70 706010         C 100.00
        70 445710         C 10.00
        30 511500         D 135.00
        30 411000/0000002 C 110.00
        30 426100         C 25.00
        """,
    ),
    Case(
        "A2 the tip paid out of the drawer",
        closing(cash={"movements": [move("other", "-25.00", "Pourboires reversés")]}),
        """
        30 426100         D 25.00
        30 530000         C 25.00
        """,
        plan(movement_accounts={**PLAN.movement_accounts, "other": "426100"}),
    ),
    Case(
        "A3 mandatory service is price",
        closing(sales=[sale(2, "115.00", "11.50")], payments=[pay("ESP", "126.50")]),
        """
        70 411000/0000002 D 126.50
        70 706010         C 115.00
        70 445710         C 11.50
        30 411000/0000002 C 126.50
        30 530000         D 126.50
        """,
    ),
    Case(
        "A4 discount, net",
        closing(sales=[sale(2, "90.00", "9.00")], payments=[pay("ESP", "99.00")]),
        """
        70 411000/0000002 D 99.00
        70 706010         C 90.00
        70 445710         C 9.00
        30 411000/0000002 C 99.00
        30 530000         D 99.00
        """,
    ),
    Case(
        "A4 discount, gross on 709",
        closing(
            sales=[sale(2, "100.00", "10.00"), sale(2, "-10.00", "-1.00", family="REMISE")],
            payments=[pay("ESP", "99.00")],
        ),
        """
        70 411000/0000002 D 99.00
        70 709000         D 10.00
        70 706010         C 100.00
        70 445710         C 9.00
        30 411000/0000002 C 99.00
        30 530000         D 99.00
        """,
        plan_with_families(2, {"REMISE": "709000"}),
    ),
    Case(
        "offered 18.00 as a means of payment leaves sales and VAT",
        closing(
            sales=[sale(2, "116.36", "11.64"), sale(1, "10.00", "2.00")],
            payments=[pay("ESP", "122.00"), pay("OFFERT", "18.00", sales=[sale(2, "16.36", "1.64")])],
        ),
        """
        70 411000/0000002 D 122.00
        70 706010         C 100.00
        70 445710         C 10.00
        70 707020         C 10.00
        70 445720         C 2.00
        30 411000/0000002 C 122.00
        30 530000         D 122.00
        """,
    ),
    Case(
        "all that was sold was offered: nothing to book",
        closing(
            sales=[sale(2, "16.36", "1.64")],
            payments=[pay("OFFERT", "18.00", sales=[sale(2, "16.36", "1.64")])],
        ),
        "",
    ),
    Case(
        "offered without its VAT, on an account the accountant chose",
        closing(sales=[sale(2, "16.36", "1.64")], payments=[pay("OFFERT", "18.00")]),
        """
        70 411000/0000002 D 18.00
        70 706010         C 16.36
        70 445710         C 1.64
        30 411000/0000002 C 18.00
        30 623400         D 18.00
        """,
        plan_with_means({"OFFERT": MeansPlan(account="623400")}),
    ),
    Case(
        "A13 three tickets of 5.00: the till's VAT of 1.35 stands, not 1.36",
        closing(sales=[sale(2, "13.65", "1.35")], payments=[pay("ESP", "15.00")]),
        """
        70 411000/0000002 D 15.00
        70 706010         C 13.65
        70 445710         C 1.35
        30 411000/0000002 C 15.00
        30 530000         D 15.00
        """,
    ),
    Case(
        "A14 menu with wine, split by the till",
        closing(sales=[sale(2, "18.18", "1.82"), sale(1, "4.17", "0.83")], payments=[pay("ESP", "25.00")]),
        """
        70 411000/0000002 D 25.00
        70 706010         C 18.18
        70 445710         C 1.82
        70 707020         C 4.17
        70 445720         C 0.83
        30 411000/0000002 C 25.00
        30 530000         D 25.00
        """,
    ),
]

REFUNDS = [
    Case(
        "A5 sale by card, refund in cash",
        closing(
            sales=[sale(1, "200.00", "40.00"), refund(1, "-50.00", "-10.00")],
            payments=[pay("CB", "240.00"), pay("ESP", "-60.00")],
        ),
        """
        70 411000/0000002 D 180.00
        70 707020         C 150.00
        70 445720         C 30.00
        30 511500         D 240.00
        30 530000         C 60.00
        30 411000/0000002 C 180.00
        """,
    ),
    Case(
        "A6 only a refund: a credit note",
        closing(sales=[refund(2, "-60.00", "-6.00")], payments=[pay("ESP", "-66.00")]),
        """
        70 706010         D 60.00
        70 445710         D 6.00
        70 411000/0000002 C 66.00
        30 411000/0000002 D 66.00
        30 530000         C 66.00
        """,
    ),
    Case(
        "A11 return against a credit slip",
        closing(sales=[refund(1, "-20.00", "-4.00")], payments=[pay("AVOIR", "-24.00")]),
        """
        70 707020         D 20.00
        70 445720         D 4.00
        70 411000/0000002 C 24.00
        30 411000/0000002 D 24.00
        30 419800         C 24.00
        """,
    ),
    Case(
        "A11 the slip used",
        closing(sales=[sale(1, "20.00", "4.00")], payments=[pay("AVOIR", "24.00")]),
        """
        70 411000/0000002 D 24.00
        70 707020         C 20.00
        70 445720         C 4.00
        30 419800         D 24.00
        30 411000/0000002 C 24.00
        """,
    ),
]

DRAWER = [
    Case(
        "A7 shortage",
        closing(
            sales=[sale(5, "412.82", "0.00")],
            payments=[pay("ESP", "412.82")],
            cash={"float_open": "150.00", "expected": "562.82", "counted": "560.00"},
        ),
        """
        70 411000/0000002 D 412.82
        70 707000         C 412.82
        30 411000/0000002 C 412.82
        30 658000         D 2.82
        30 530000         D 410.00
        """,
    ),
    Case(
        "A7 surplus, on a day without sales",
        closing(cash={"float_open": "150.00", "expected": "150.00", "counted": "151.18"}),
        """
        30 530000         D 1.18
        30 758000         C 1.18
        """,
    ),
    Case(
        "A7 wrong means, mended at the till: +20 card, -20 cash",
        closing(payments=[pay("CB", "20.00"), pay("ESP", "-20.00")]),
        """
        30 511500         D 20.00
        30 530000         C 20.00
        """,
    ),
    Case(
        "A8 float from the bank, deposit, bread, owner",
        closing(
            cash={
                "movements": [
                    move("float_in", "200.00", "Fonds de caisse"),
                    move("bank_deposit", "-500.00", "Remise"),
                    move("expense", "-11.00", "Pain", tax="-0.57"),
                    move("withdrawal", "-40.00", "Prélèvement"),
                ]
            }
        ),
        """
        30 580000         D 300.00
        30 607000         D 10.43
        30 445660         D 0.57
        30 108000         D 40.00
        30 530000         C 351.00
        """,
    ),
    Case(
        "an expense whose VAT the till does not know",
        closing(cash={"movements": [move("expense", "-11.00", "Pain")]}),
        """
        30 607000         D 11.00
        30 530000         C 11.00
        """,
    ),
    Case(
        "what is banked at closing, when the plan has an account for it",
        closing(cash={"counted": "461.18", "banked": "311.18", "float_left": "150.00"}),
        """
        30 580000         D 311.18
        30 530000         C 311.18
        """,
        plan(banked_account="580000"),
    ),
    Case(
        "what is banked at closing, when it has none",
        closing(cash={"counted": "461.18", "banked": "311.18", "float_left": "150.00"}),
        "",
    ),
]

CLAIMS = [
    Case(
        "A9 arrhes: no VAT",
        closing(other_receipts=[took("deposit", "60.00", label="Arrhes")], payments=[pay("CB", "60.00")]),
        """
        30 511500         D 60.00
        30 419100         C 60.00
        """,
    ),
    Case(
        "A9 arrhes taken off the bill",
        closing(sales=[sale(2, "200.00", "20.00")], payments=[pay("ARRHES", "60.00"), pay("CB", "160.00")]),
        """
        70 411000/0000002 D 220.00
        70 706010         C 200.00
        70 445710         C 20.00
        30 411000/0000002 C 220.00
        30 419100         D 60.00
        30 511500         D 160.00
        """,
    ),
    Case(
        "A9 acompte: VAT on receipt",
        closing(sales=[sale(2, "54.55", "5.45", family="ACOMPTE")], payments=[pay("CB", "60.00")]),
        """
        70 411000/0000002 D 60.00
        70 419100         C 54.55
        70 445710         C 5.45
        30 511500         D 60.00
        30 411000/0000002 C 60.00
        """,
        plan_with_families(2, {"ACOMPTE": "419100"}),
    ),
    Case(
        "A9 meal less its acompte",
        closing(
            sales=[sale(2, "200.00", "20.00"), sale(2, "-54.55", "-5.45", family="ACOMPTE")],
            payments=[pay("CB", "160.00")],
        ),
        """
        70 411000/0000002 D 160.00
        70 419100         D 54.55
        70 706010         C 200.00
        70 445710         C 14.55
        30 511500         D 160.00
        30 411000/0000002 C 160.00
        """,
        plan_with_families(2, {"ACOMPTE": "419100"}),
    ),
    Case(
        "A10 multi-purpose gift card sold",
        closing(
            other_receipts=[took("voucher", "100.00", label="Carte cadeau")],
            payments=[pay("CB", "100.00")],
        ),
        """
        30 511500         D 100.00
        30 467500         C 100.00
        """,
    ),
    Case(
        "A10 gift card used",
        closing(sales=[sale(2, "75.00", "7.50")], payments=[pay("CADEAU", "82.50")]),
        """
        70 411000/0000002 D 82.50
        70 706010         C 75.00
        70 445710         C 7.50
        30 467500         D 82.50
        30 411000/0000002 C 82.50
        """,
    ),
    Case(
        "A10 single-purpose voucher sold: VAT at once, on 487",
        closing(
            sales=[sale(2, "63.64", "6.36", family="BON"), sale(1, "16.67", "3.33")],
            payments=[pay("CB", "90.00")],
        ),
        """
        70 411000/0000002 D 90.00
        70 487000         C 63.64
        70 445710         C 6.36
        70 707020         C 16.67
        70 445720         C 3.33
        30 511500         D 90.00
        30 411000/0000002 C 90.00
        """,
        plan_with_families(2, {"BON": "487000"}),
    ),
    Case(
        "A12 customer on account settles by cheque",
        closing(
            other_receipts=[took("settlement", "80.00", label="Règlement", account="DUPONT")],
            payments=[pay("CHQ", "80.00")],
        ),
        """
        30 511200         D 80.00
        30 411000/0000117 C 80.00
        """,
    ),
    Case(
        "a customer the plan does not know keeps the till's code",
        closing(sales=[sale(5, "80.00", "0.00")], payments=[pay("COMPTE", "80.00", account="0000203")]),
        """
        70 411000/0000002 D 80.00
        70 707000         C 80.00
        30 411000/0000002 C 80.00
        30 411000/0000203 D 80.00
        """,
    ),
    Case(
        "all sales on account go to one third party",
        closing(sales=[sale(5, "80.00", "0.00")], payments=[pay("COMPTE", "80.00")]),
        """
        70 411000/0000002 D 80.00
        70 707000         C 80.00
        30 411000/0000002 C 80.00
        30 416000/ARDOISE D 80.00
        """,
        plan_with_means({"COMPTE": MeansPlan(account="416000", third_party="ARDOISE")}),
    ),
]

MEANS_OF_PAYMENT = [
    Case(
        "A15 two vouchers of 9.25 for a meal of 17.80, no change given",
        closing(
            sales=[sale(2, "16.18", "1.62")],
            other_receipts=[took("rounding", "0.70")],
            payments=[pay("TR", "18.50")],
        ),
        """
        70 411000/0000002 D 17.80
        70 706010         C 16.18
        70 445710         C 1.62
        30 511800         D 18.50
        30 411000/0000002 C 17.80
        30 758000         C 0.70
        """,
    ),
    Case(
        "rounded down to five cents",
        closing(
            sales=[sale(2, "10.02", "1.00")],
            other_receipts=[took("rounding", "-0.02")],
            payments=[pay("ESP", "11.00")],
        ),
        """
        70 411000/0000002 D 11.02
        70 706010         C 10.02
        70 445710         C 1.00
        30 530000         D 11.00
        30 411000/0000002 C 11.02
        30 658000         D 0.02
        """,
    ),
    Case(
        "meal vouchers on one account per issuer",
        closing(
            sales=[sale(2, "100.00", "10.00")],
            payments=[pay("TR-SWILE", "60.00"), pay("TR-EDENRED", "40.00"), pay("TR", "10.00")],
        ),
        """
        70 411000/0000002 D 110.00
        70 706010         C 100.00
        70 445710         C 10.00
        30 411000/0000002 C 110.00
        30 511810         D 60.00
        30 511820         D 40.00
        30 511800         D 10.00
        """,
        plan_with_means({"TR-SWILE": MeansPlan(account="511810"), "TR-EDENRED": MeansPlan(account="511820")}),
    ),
    Case(
        "A17 platform order; its commission is not the closing's business",
        closing(sales=[sale(2, "30.00", "3.00")], payments=[pay("UBER", "33.00")]),
        """
        70 411000/0000002 D 33.00
        70 706010         C 30.00
        70 445710         C 3.00
        30 467000/UBER    D 33.00
        30 411000/0000002 C 33.00
        """,
        plan_with_means({"UBER": MeansPlan(account="467000", third_party="UBER")}),
    ),
    Case(
        "cards straight into the bank's journal, transfers to be collected",
        closing(
            sales=[sale(2, "100.00", "10.00")],
            payments=[pay("CB", "70.00"), pay("ESP", "30.00"), pay("VIR", "10.00")],
        ),
        """
        70 411000/0000002 D 110.00
        70 706010         C 100.00
        70 445710         C 10.00
        20 411000/0000002 C 70.00
        20 512000         D 70.00
        30 411000/0000002 C 40.00
        30 530000         D 30.00
        30 511000         D 10.00
        """,
        plan_with_means({"CB": MeansPlan(journal="20")}),
    ),
    Case(
        "the drawer has a journal of its own: its movements go there",
        closing(
            sales=[sale(2, "100.00", "10.00")],
            payments=[pay("CB", "70.00"), pay("ESP", "40.00")],
            cash={"movements": [move("expense", "-11.00")], "expected": "29.00", "counted": "28.00"},
        ),
        """
        70 411000/0000002 D 110.00
        70 706010         C 100.00
        70 445710         C 10.00
        30 411000/0000002 C 70.00
        30 511500         D 70.00
        CA 411000/0000002 C 40.00
        CA 607000         D 11.00
        CA 658000         D 1.00
        CA 531000         D 28.00
        """,
        plan(
            means_by_kind={**PLAN.means_by_kind, "cash": MeansPlan(journal="CA")},
            journal_accounts={"30": "530000", "CA": "531000"},
        ),
    ),
    Case(
        "cash cleared through an account: the drawer is that account",
        closing(
            sales=[sale(2, "100.00", "10.00")],
            payments=[pay("ESP", "110.00")],
            cash={"movements": [move("expense", "-11.00")]},
        ),
        """
        70 411000/0000002 D 110.00
        70 706010         C 100.00
        70 445710         C 10.00
        30 411000/0000002 C 110.00
        30 607000         D 11.00
        30 531000         D 99.00
        """,
        plan(means_by_kind={**PLAN.means_by_kind, "cash": MeansPlan(account="531000")}),
    ),
]

ALL = [*ORDINARY, *PRICES, *REFUNDS, *DRAWER, *CLAIMS, *MEANS_OF_PAYMENT]


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_book__moves_the_accounts_of_the_example(case: Case) -> None:
    assert moves_of(booked(case.given, case.plan)) == table(case.expected)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_book__leaves_the_walk_in_customer_at_zero(case: Case) -> None:
    account, third_party = WALK_IN
    entries = booked(case.given, case.plan)
    assert walk_in_balance(entries, customer_account=account, third_party=third_party) == ZERO
