"""What Exact would refuse, thing by thing: the codes of the problems, and the facts that name what is wrong."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from exact.company.facts import JOURNAL_TYPES_RECEIPTS
from exact.company.preflight import (
    account_problems,
    is_active_customer,
    journal_problems,
    payment_condition_of,
    payment_condition_problems,
    period_problems,
    third_party_problems,
    vat_code_problems,
)
from ledger.problem import Problem
from tests.exact.known import (
    ACCOUNT,
    CONDITION,
    COST_CENTER,
    DAY,
    JOURNAL,
    PARTY,
    PERIOD,
    VAT,
    company,
    day_of_exact,
    item,
)

BEFORE, AFTER = day_of_exact(DAY - timedelta(days=1)), day_of_exact(DAY + timedelta(days=1))


def codes(problems: Iterable[Problem]) -> list[str]:
    found = list(problems)
    assert all(problem.blocking for problem in found)
    return [problem.code for problem in found]


@pytest.mark.parametrize(
    ("facts", "asked", "found"),
    [
        ({}, {}, []),
        ({}, {"must_be": 110}, []),
        ({}, {"sales_line": True}, []),
        ({"IsBlocked": True}, {}, ["gl_account_blocked"]),
        ({"Type": 110}, {"must_be": 20}, ["gl_account_type"]),
        ({"Type": 20}, {"must_be": 20}, []),
        ({"Type": 20}, {"sales_line": True}, ["gl_account_not_for_sales"]),
        ({"Type": 24}, {"sales_line": True}, ["gl_account_not_for_sales"]),
        ({"Type": 24}, {}, []),
        ({"UseCostcenter": 1}, {}, ["cost_center_demanded"]),
        ({"UseCostcenter": 1}, {"cost_center": "BAR"}, []),
        ({"UseCostcenter": 1}, {"cost_center": "OLD"}, ["cost_center_unknown"]),
        ({"UseCostcenter": 1}, {"cost_center": "SHUT"}, ["cost_center_unknown"]),
        ({"UseCostcenter": 2}, {}, []),
        ({"UseCostcenter": 0}, {"cost_center": "OLD"}, []),
        (
            {"IsBlocked": True, "Type": 24, "UseCostcenter": 1},
            {"sales_line": True, "must_be": 20},
            ["gl_account_blocked", "gl_account_type", "gl_account_not_for_sales", "cost_center_demanded"],
        ),
    ],
)
def test_account(facts: dict[str, Any], asked: dict[str, Any], found: list[str]) -> None:
    centers = item(COST_CENTER, "BAR"), item(COST_CENTER, "SHUT", Active=False)
    catalogue = company(item(ACCOUNT, "707000", "Ventes", **facts), *centers)
    problems = list(account_problems(catalogue, "707000", "vat[0].sales_account", **asked))
    assert codes(problems) == found
    for problem in problems:
        assert problem.facts["field"] == "vat[0].sales_account"
        assert (problem.facts["account"], problem.facts["name"]) == ("707000", "Ventes")


@pytest.mark.parametrize(("code", "found"), [("", "gl_account_missing"), ("999999", "gl_account_unknown")])
def test_account__that_is_none(code: str, found: str) -> None:
    assert codes(account_problems(company(), code, "shortage", must_be=20, sales_line=True)) == [found]


def test_cost_center__is_not_held_against_a_catalogue_without_any() -> None:
    """One that was read for an entry's codes alone holds no cost centre; what was checked for the setting must do."""
    catalogue = company(item(ACCOUNT, "707000", UseCostcenter=1))
    assert codes(account_problems(catalogue, "707000", "", cost_center="OLD")) == []


@pytest.mark.parametrize(
    ("facts", "rate", "found"),
    [
        ({}, "20.00", []),
        ({}, None, []),
        ({"Percentage": 0.055}, "5.50", []),
        ({"Percentage": 0.021000000000000001}, "2.10", []),
        ({"Percentage": None}, "0.00", []),
        ({"Percentage": 0.1}, "20.00", ["vat_rate_differs"]),
        ({"Percentage": 0.1}, "0.00", ["vat_rate_differs"]),
        ({"Percentage": 0.1}, None, []),
        ({"IsBlocked": True}, "20.00", ["vat_code_blocked"]),
        ({"VATTransactionType": "P"}, "20.00", ["vat_code_for_purchases"]),
        ({"VATTransactionType": "S"}, "20.00", []),
        ({"Type": "I"}, "20.00", ["vat_code_including"]),
        ({"Type": "B"}, "20.00", []),
        ({"Type": "N"}, "20.00", []),
        (
            {"IsBlocked": True, "VATTransactionType": "P", "Type": "I"},
            "10.00",
            ["vat_code_blocked", "vat_code_for_purchases", "vat_code_including", "vat_rate_differs"],
        ),
    ],
)
def test_vat_code(facts: dict[str, Any], rate: str | None, found: list[str]) -> None:
    catalogue = company(item(VAT, "VN", "TVA", **facts))
    assert codes(vat_code_problems(catalogue, "VN", rate and Decimal(rate), "vat[0].vat_code")) == found  # type: ignore[arg-type]


def test_vat_code__of_another_rate_says_both() -> None:
    (problem,) = vat_code_problems(
        company(item(VAT, "VN", Percentage=0.055)), "VN", Decimal("20.00"), "vat[0].vat_code"
    )
    assert problem.facts == {"field": "vat[0].vat_code", "vat_code": "VN", "rate": "20.00", "found": "5.50"}


@pytest.mark.parametrize(("code", "found"), [("", "vat_code_missing"), ("XX", "vat_code_unknown")])
def test_vat_code__that_is_none(code: str, found: str) -> None:
    assert codes(vat_code_problems(company(), code, Decimal(20), "vat[0].vat_code")) == [found]


@pytest.mark.parametrize(
    ("facts", "types", "found"),
    [
        ({}, (20,), []),
        ({}, JOURNAL_TYPES_RECEIPTS, ["journal_type"]),
        ({"Type": 10}, JOURNAL_TYPES_RECEIPTS, []),
        ({"Type": 12}, JOURNAL_TYPES_RECEIPTS, []),
        ({"Type": 16}, JOURNAL_TYPES_RECEIPTS, []),
        ({"Type": 10}, (20,), ["journal_type"]),
        ({"Type": 90}, (20,), ["journal_type"]),
        ({"IsBlocked": True}, (20,), ["journal_blocked"]),
        ({"IsBlocked": True, "Type": 90}, (20,), ["journal_blocked", "journal_type"]),
        (None, (20,), ["journal_unknown"]),
    ],
)
def test_journal(facts: dict[str, Any] | None, types: tuple[int, ...], found: list[str]) -> None:
    catalogue = company(*([] if facts is None else [item(JOURNAL, "75", "Ventes 2", **facts)]))
    assert codes(journal_problems(catalogue, "75", "journals.sales", types)) == found


PARTIES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"Status": "C "}, []),
    ({"Status": None}, ["third_party_not_customer"]),
    ({"Status": "S"}, ["third_party_not_customer"]),
    ({"Blocked": True}, ["third_party_inactive"]),
    ({"StartDate": day_of_exact(DAY)}, []),
    ({"StartDate": AFTER}, ["third_party_inactive"]),
    ({"EndDate": day_of_exact(DAY)}, []),
    ({"EndDate": BEFORE}, ["third_party_inactive"]),
    ({"StartDate": BEFORE, "EndDate": AFTER}, []),
    ({"Status": "P", "Blocked": True}, ["third_party_not_customer", "third_party_inactive"]),
]


@pytest.mark.parametrize(("facts", "found"), PARTIES)
def test_third_party(facts: dict[str, Any], found: list[str]) -> None:
    party = item(PARTY, "0000007", "Mairie", **facts)
    assert codes(third_party_problems(company(party), "0000007", "third_party", DAY)) == found
    assert is_active_customer(party, DAY) == (not found)


@pytest.mark.parametrize(("code", "found"), [("", "third_party_missing"), ("9", "third_party_unknown")])
def test_third_party__that_is_none(code: str, found: str) -> None:
    assert codes(third_party_problems(company(), code, "third_party", DAY)) == [found]


@pytest.mark.parametrize(
    ("day", "closed", "journals", "found"),
    [
        (DAY, [], ("70", "30"), []),
        (date(2026, 3, 1), [], ("70",), []),
        (date(2026, 3, 31), [], ("70",), []),
        (date(2026, 2, 28), [], ("70",), ["period_unknown"]),
        (date(2026, 4, 1), [], ("70", "30"), ["period_unknown"]),
        (DAY, ["70"], ("70", "30"), ["period_closed"]),
        (DAY, ["70", "30"], ("70", "30"), ["period_closed", "period_closed"]),
        (DAY, ["90"], ("70", "30"), []),
        (DAY, ["70"], (), []),
    ],
)
def test_period(day: date, closed: list[str], journals: tuple[str, ...], found: list[str]) -> None:
    catalogue = company(item(PERIOD, "2026/3", closed_journals=closed))
    assert codes(period_problems(catalogue, day, journals)) == found


@pytest.mark.parametrize(
    ("code", "found"), [("30", []), ("", ["payment_condition_missing"]), ("99", ["payment_condition_unknown"])]
)
def test_payment_condition(code: str, found: list[str]) -> None:
    catalogue, party = company(item(CONDITION, "30")), item(PARTY, "0000002")
    assert codes(payment_condition_problems(catalogue, code, party)) == found


@pytest.mark.parametrize(("has", "condition"), [("30", "30"), (" 30 ", "30"), ("", ""), (None, ""), ("  ", "")])
def test_payment_condition__of_the_customer(has: str | None, condition: str) -> None:
    assert payment_condition_of(item(PARTY, "0000002", PaymentConditionSales=has)) == condition
