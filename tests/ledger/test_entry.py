import json
from datetime import date
from decimal import Decimal

import pytest

from ledger.entry import Entry, EntryKind, Line, LineRole
from ledger.problem import Problem


def line(amount: str, account: str = "530000") -> Line:
    return Line(account=account, amount=Decimal(amount), role=LineRole.JOURNAL)


def entry(*lines: Line) -> Entry:
    return Entry(
        kind=EntryKind.RECEIPTS,
        journal="30",
        date=date(2026, 3, 14),
        label="Z1042 PARIS01 14/03",
        lines=lines,
    )


def test_line__debit_and_credit() -> None:
    assert (line("12.50").debit, line("12.50").credit) == (Decimal("12.50"), Decimal("0.00"))
    assert (line("-12.50").debit, line("-12.50").credit) == (Decimal("0.00"), Decimal("12.50"))


def test_line__zero_is_refused() -> None:
    with pytest.raises(AssertionError, match=r"0\.00"):
        line("0.00")


def test_line__without_account_is_refused() -> None:
    with pytest.raises(AssertionError, match="account"):
        line("1.00", account="")


def test_line__fractions_of_a_cent_are_refused() -> None:
    with pytest.raises(ValueError, match="two decimals"):
        line("1.001")


def test_entry__one_cent_out_of_balance_is_refused() -> None:
    with pytest.raises(AssertionError, match="differ"):
        entry(line("12.50"), line("-12.49"))


def test_entry__without_lines_is_refused() -> None:
    with pytest.raises(AssertionError, match="lines"):
        entry()


def test_to_document__reads_back_equal_through_json() -> None:
    sold = Line(
        account="707000",
        amount=Decimal("-1000.00"),
        role=LineRole.SALES,
        label="CUISINE",
        vat_code="VR",
        vat_slot=2,
        vat_rate=Decimal("10.00"),
        vat=Decimal("-100.00"),
    )
    owed = Line(
        account="411000",
        amount=Decimal("1000.00"),
        role=LineRole.CUSTOMER,
        third_party="0000002",
        label="Espèces",
        means="ESP",
    )
    given = entry(sold, owed)
    stored = json.loads(json.dumps(given.to_document()))
    assert stored["lines"][0]["amount"] == "-1000.00"
    assert stored["lines"][0]["vat"] == "-100.00"
    assert stored["date"] == "2026-03-14"
    assert Entry.from_document(stored) == given


def test_from_document__an_entry_that_no_longer_balances_is_refused() -> None:
    stored = entry(line("12.50"), line("-12.50")).to_document()
    stored["lines"][0]["amount"] = "12.51"
    with pytest.raises(AssertionError, match="differ"):
        Entry.from_document(stored)


def test_problem__reads_back_equal_through_json() -> None:
    given = Problem(
        code="sale_total",
        pointer="/sales/0/gross",
        facts={"expected": "1.00", "found": "2.00"},
        blocking=False,
    )
    assert Problem.from_document(json.loads(json.dumps(given.to_document()))) == given


def test_problem__blocks_and_means_the_whole_closing_unless_told_otherwise() -> None:
    given = Problem(code="receipts_identity")
    assert (given.pointer, dict(given.facts), given.blocking) == ("", {}, True)
