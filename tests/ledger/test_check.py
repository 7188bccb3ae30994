"""Each check: a closing that is right but for one thing, and exactly the problem that must be told."""

from typing import Any

import pytest

from ledger.check import check_bookable, check_closing
from ledger.problem import Problem
from tests.ledger.given import closing, move, pay, refund, sale, took

SOLD: dict[str, Any] = {"sales": [sale(2, "100.00", "10.00")], "payments": [pay("ESP", "110.00")]}


def tickets(first: int, last: int, count: int, station: str = "1") -> dict[str, Any]:
    return {"station": station, "first": first, "last": last, "count": count}


def test_check_closing__a_right_closing_has_no_problem() -> None:
    given = closing(
        sales=[sale(2, "1000.00", "100.00"), sale(1, "250.00", "50.00"), refund(1, "-10.00", "-2.00")],
        other_receipts=[took("tip", "25.00")],
        payments=[
            pay("ESP", "325.00", count=41),
            pay("CB", "1070.00", count=60),
            pay("OFFERT", "18.00", sales=[sale(2, "16.36", "1.64")]),
        ],
        cash={
            "float_open": "150.00",
            "movements": [move("expense", "-11.00", "Pain", tax="-0.57")],
            "expected": "464.00",
            "counted": "461.18",
            "banked": "311.18",
            "float_left": "150.00",
        },
        totals={"gross": "1388.00", "perpetual_before": "904211.10", "perpetual_after": "905599.10"},
        tickets=[tickets(80412, 80533, 122), tickets(80534, 80534, 1), tickets(80412, 80413, 2, "2")],
    )
    assert check_closing(given) == []


WRONG = [
    pytest.param(
        {"sales": [{**sale(2, "100.00", "10.00"), "gross": "110.01"}], "payments": [pay("ESP", "110.01")]},
        Problem(
            code="sale_total",
            pointer="/sales/0/gross",
            facts={"net": "100.00", "tax": "10.00", "expected": "110.00", "found": "110.01"},
        ),
        id="sale_total",
    ),
    pytest.param(
        {
            "sales": [sale(2, "100.00", "10.00")],
            "payments": [
                pay("OFFERT", "11.00", sales=[{**sale(2, "10.00", "0.99"), "gross": "11.00"}]),
                pay("ESP", "99.00"),
            ],
        },
        Problem(
            code="sale_total",
            pointer="/payments/0/sales/0/gross",
            facts={"net": "10.00", "tax": "0.99", "expected": "10.99", "found": "11.00"},
        ),
        id="sale_total of an offered sale",
    ),
    pytest.param(
        {"sales": [sale(2, "90.00", "9.00"), refund(2, "10.00", "1.00")], "payments": [pay("ESP", "110.00")]},
        Problem(code="sale_sign", pointer="/sales/1/gross", facts={"found": "11.00"}),
        id="sale_sign",
    ),
    pytest.param(
        {
            "sales": [sale(2, "90.00", "9.00"), refund(2, "-0.10", "0.01")],
            "payments": [pay("ESP", "98.91")],
        },
        Problem(code="sale_sign", pointer="/sales/1/tax", facts={"found": "0.01"}),
        id="sale_sign of the tax alone",
    ),
    pytest.param(
        {**SOLD, "other_receipts": [took("tip", "5.00")], "payments": [pay("ESP", "114.99")]},
        Problem(
            code="receipts_identity",
            facts={
                "sales": "110.00",
                "other_receipts": "5.00",
                "expected": "115.00",
                "found": "114.99",
                "difference": "-0.01",
            },
        ),
        id="receipts_identity",
    ),
    pytest.param(
        {**SOLD, "totals": {"gross": "110.01"}},
        Problem(
            code="turnover_total",
            pointer="/totals/gross",
            facts={"expected": "110.00", "found": "110.01"},
        ),
        id="turnover_total",
    ),
    pytest.param(
        {**SOLD, "totals": {"gross": "110.00", "perpetual_before": "5.00", "perpetual_after": "115.01"}},
        Problem(
            code="perpetual_total",
            pointer="/totals/perpetual_after",
            facts={"before": "5.00", "gross": "110.00", "expected": "115.00", "found": "115.01"},
        ),
        id="perpetual_total",
    ),
    pytest.param(
        {
            **SOLD,
            "cash": {
                "float_open": "150.00",
                "movements": [move("expense", "-11.00")],
                "expected": "260.00",
                "counted": "260.00",
            },
        },
        Problem(
            code="cash_expected",
            pointer="/cash/expected",
            facts={
                "float_open": "150.00",
                "payments": "110.00",
                "movements": "-11.00",
                "expected": "249.00",
                "found": "260.00",
            },
        ),
        id="cash_expected",
    ),
    pytest.param(
        {**SOLD, "cash": {"counted": "260.00", "banked": "110.00", "float_left": "151.00"}},
        Problem(
            code="cash_float_left",
            pointer="/cash/float_left",
            facts={"counted": "260.00", "banked": "110.00", "expected": "150.00", "found": "151.00"},
        ),
        id="cash_float_left",
    ),
    pytest.param(
        {**SOLD, "cash": {"movements": [move("expense", "-11.00", "Pain", tax="0.57")]}},
        Problem(
            code="movement_tax",
            pointer="/cash/movements/0/tax",
            facts={"label": "Pain", "amount": "-11.00", "found": "0.57"},
        ),
        id="movement_tax of the other sign",
    ),
    pytest.param(
        {**SOLD, "cash": {"movements": [move("expense", "-11.00", "Pain", tax="-11.01")]}},
        Problem(
            code="movement_tax",
            pointer="/cash/movements/0/tax",
            facts={"label": "Pain", "amount": "-11.00", "found": "-11.01"},
        ),
        id="movement_tax above the movement",
    ),
    pytest.param(
        {**SOLD, "tickets": [tickets(10, 19, 9)]},
        Problem(
            code="ticket_count",
            pointer="/tickets/0/count",
            facts={"station": "1", "first": "10", "last": "19", "found": "9"},
        ),
        id="ticket_count",
    ),
    pytest.param(
        {**SOLD, "tickets": [tickets(20, 19, 0)]},
        Problem(
            code="ticket_count",
            pointer="/tickets/0/last",
            facts={"station": "1", "first": "20", "last": "19", "found": "0"},
        ),
        id="ticket_count of a range that runs backwards",
    ),
    pytest.param(
        {**SOLD, "tickets": [tickets(30, 39, 10), tickets(10, 40, 31), tickets(41, 41, 1)]},
        Problem(
            code="tickets_overlap_within",
            pointer="/tickets/0",
            facts={"station": "1", "first": "30", "last": "39", "other_first": "10", "other_last": "40"},
        ),
        id="tickets_overlap_within",
    ),
    pytest.param(
        {
            **SOLD,
            "opened_at": "2026-03-14T08:55:00+01:00",
            "closed_at": "2026-03-14T08:54:59+01:00",
        },
        Problem(
            code="closed_before_opened",
            pointer="/closed_at",
            facts={"opened_at": "2026-03-14T08:55:00+01:00", "closed_at": "2026-03-14T08:54:59+01:00"},
        ),
        id="closed_before_opened",
    ),
    pytest.param(
        {**SOLD, "business_date": "2026-03-15"},
        Problem(
            code="business_date",
            pointer="/business_date",
            facts={"earliest": "2026-03-13", "latest": "2026-03-14", "found": "2026-03-15"},
        ),
        id="business_date after the closing",
    ),
    pytest.param(
        {**SOLD, "business_date": "2026-03-12"},
        Problem(
            code="business_date",
            pointer="/business_date",
            facts={"earliest": "2026-03-13", "latest": "2026-03-14", "found": "2026-03-12"},
        ),
        id="business_date long before the opening",
    ),
    pytest.param(
        {**SOLD, "currency": "CHF"},
        Problem(code="currency", pointer="/currency", facts={"found": "CHF"}),
        id="currency",
    ),
    pytest.param(
        {"sales": [sale(2, "100.00", "10.06")], "payments": [pay("ESP", "110.06")]},
        Problem(
            code="vat_tolerance",
            pointer="/sales/0/tax",
            facts={
                "slot": "2",
                "rate": "10.00",
                "net": "100.00",
                "expected": "10.00",
                "found": "10.06",
                "tolerance": "0.05",
            },
            blocking=False,
        ),
        id="vat_tolerance",
    ),
    pytest.param(
        {
            "sales": [sale(2, "100.00", "10.00")],
            "payments": [pay("OFFERT", "18.01", sales=[sale(2, "16.36", "1.64")]), pay("ESP", "91.99")],
        },
        Problem(
            code="offered_vat",
            pointer="/payments/0/sales",
            facts={"expected": "18.01", "found": "18.00"},
        ),
        id="offered_vat is not the amount",
    ),
    pytest.param(
        {
            "sales": [sale(2, "16.36", "1.60"), sale(1, "10.00", "2.00")],
            "payments": [pay("ESP", "12.00")] + [pay("OFFERT", "8.98", sales=[sale(2, "8.16", "0.82")])] * 2,
        },
        Problem(
            code="offered_vat",
            pointer="/payments/1/sales/0/tax",
            facts={"expected": "1.60", "found": "1.64"},
        ),
        id="offered_vat is more than the slot's VAT",
    ),
    pytest.param(
        {
            "sales": [sale(2, "16.36", "1.64"), refund(1, "-5.00", "-1.00")],
            "payments": [pay("OFFERT", "18.01", sales=[sale(2, "16.37", "1.64")]), pay("ESP", "-6.01")],
        },
        Problem(
            code="offered_vat",
            pointer="/payments/0/sales/0/gross",
            facts={"expected": "18.00", "found": "18.01"},
        ),
        id="offered is more than the slot's sales",
    ),
]


@pytest.mark.parametrize(("given", "expected"), WRONG)
def test_check_closing__one_thing_is_wrong(given: dict[str, Any], expected: Problem) -> None:
    assert check_closing(closing(**given)) == [expected]


def test_check_closing__tells_everything_at_once() -> None:
    given = closing(
        currency="CHF",
        business_date="2026-03-20",
        sales=[{**sale(2, "100.00", "10.00"), "gross": "111.00"}],
        payments=[pay("ESP", "1.00")],
        totals={"gross": "5.00"},
        tickets=[tickets(1, 2, 3)],
    )
    assert {problem.code for problem in check_closing(given)} == {
        "currency",
        "business_date",
        "sale_total",
        "receipts_identity",
        "turnover_total",
        "ticket_count",
    }


@pytest.mark.parametrize(
    "cash",
    [
        {"expected": "1.00"},
        {"float_open": "1.00"},
        {"counted": "5.00", "float_left": "1.00"},
        {"banked": "5.00", "float_left": "1.00"},
        {"counted": "5.00", "banked": "1.00"},
    ],
)
def test_check_closing__what_a_till_left_out_is_not_checked(cash: dict[str, str]) -> None:
    assert check_closing(closing(cash=cash)) == []


@pytest.mark.parametrize(
    ("business_date", "closed_at"),
    [
        ("2026-03-13", "2026-03-14T23:40:00+01:00"),
        ("2026-03-14", "2026-03-15T00:40:00+01:00"),
        ("2026-03-15", "2026-03-15T00:40:00+01:00"),
    ],
)
def test_check_closing__days_a_closing_may_be_booked_on(business_date: str, closed_at: str) -> None:
    assert check_closing(closing(business_date=business_date, closed_at=closed_at)) == []


def test_check_closing__a_discount_is_a_sale_with_negative_amounts() -> None:
    given = closing(
        sales=[sale(2, "100.00", "10.00"), sale(2, "-10.00", "-1.00", family="REMISE")],
        payments=[pay("ESP", "99.00")],
    )
    assert check_closing(given) == []


def test_check_closing__offered_beside_a_large_discount() -> None:
    given = closing(
        sales=[sale(2, "100.00", "10.00"), sale(2, "-90.00", "-9.00", family="ACOMPTE")],
        payments=[pay("OFFERT", "18.00", sales=[sale(2, "16.36", "1.64")]), pay("ESP", "-7.00")],
    )
    assert check_closing(given) == []


def test_check_closing__an_offered_sale_refunded_is_within_the_refunds() -> None:
    offered = [refund(2, "-10.00", "-1.00")]
    given = closing(sales=offered, payments=[pay("OFFERT", "-11.00", sales=offered)])
    assert check_closing(given) == []
    beyond = closing(
        sales=[refund(2, "-9.99", "-1.00")],
        payments=[pay("OFFERT", "-11.00", sales=offered), pay("ESP", "0.01")],
    )
    assert [problem.pointer for problem in check_closing(beyond)] == ["/payments/0/sales/0/gross"]


@pytest.mark.parametrize(
    ("tax", "more", "warned"),
    [
        ("10.05", {}, False),
        ("9.95", {}, False),
        ("9.94", {}, True),
        ("10.20", {"tickets": [tickets(1, 20, 20)]}, False),
        ("10.21", {"tickets": [tickets(1, 20, 20)]}, True),
    ],
)
def test_check_closing__vat_may_differ_by_a_cent_per_ticket(
    tax: str,
    more: dict[str, Any],
    warned: bool,
) -> None:
    given = closing(sales=[sale(2, "100.00", tax)], payments=[pay("ESP", f"1{tax.zfill(5)}")], **more)
    assert [problem.code for problem in check_closing(given)] == ["vat_tolerance"] * warned


def test_check_closing__payments_are_counted_where_there_are_no_tickets() -> None:
    sold = [sale(2, "100.00", "10.20")]
    assert check_closing(closing(sales=sold, payments=[pay("ESP", "110.20", count=20)])) == []
    assert check_closing(closing(sales=sold, payments=[pay("ESP", "110.20", count=19)])) != []


@pytest.mark.parametrize(
    ("ranges", "pointers"),
    [
        ([tickets(1, 5, 5), tickets(5, 9, 5)], ["/tickets/1"]),
        ([tickets(10, 40, 31), tickets(30, 39, 10), tickets(40, 40, 1)], ["/tickets/1", "/tickets/2"]),
        ([tickets(1, 5, 5), tickets(1, 5, 5)], ["/tickets/1"]),
    ],
)
def test_check_closing__ranges_of_one_station_overlap(
    ranges: list[dict[str, Any]],
    pointers: list[str],
) -> None:
    assert [problem.pointer for problem in check_closing(closing(tickets=ranges))] == pointers


def test_check_closing__tickets_of_two_stations_do_not_overlap() -> None:
    assert check_closing(closing(tickets=[tickets(1, 5, 5, "1"), tickets(3, 7, 5, "2")])) == []


def test_check_closing__training_only_warns() -> None:
    given = closing(training=True, sales=[sale(2, "100.00", "10.00")], payments=[pay("ESP", "1.00")])
    problems = [(problem.code, problem.blocking) for problem in check_closing(given)]
    assert problems == [("receipts_identity", False)]


def test_check_closing__training_does_not_add_to_the_perpetual_total() -> None:
    totals = {"gross": "110.00", "perpetual_before": "5.00", "perpetual_after": "5.00"}
    assert check_closing(closing(training=True, **SOLD, totals=totals)) == []


def test_check_bookable__only_what_no_plan_can_book() -> None:
    given = closing(**SOLD, tickets=[tickets(1, 2, 3)], business_date="2027-01-01", totals={"gross": "1.00"})
    assert check_closing(given) != []
    assert check_bookable(given) == []
