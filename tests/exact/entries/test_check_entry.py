"""What Exact would refuse of one entry, each thing once; what it books by itself is not looked at."""

from datetime import date

import pytest

from exact.entries.check import check_entry_in_exact
from exact.models import CatalogueItem
from ledger.entry import Entry, LineRole
from tests.exact.known import ACCOUNT, PARTY, PERIOD, VAT, company, item, line, receipts, sale

ENTRIES: list[tuple[Entry, tuple[CatalogueItem, ...], list[str]]] = [
    (sale(), (), []),
    (receipts(), (), []),
    (sale(journal="30"), (), ["journal_type"]),
    (receipts(journal="70"), (), ["journal_type"]),
    (sale(journal="99"), (), ["journal_unknown"]),
    (sale(date=date(2027, 1, 1)), (), ["period_unknown"]),
    (sale(), (item(PERIOD, "2026/3", closed_journals=["70"]),), ["period_closed"]),
    (sale(), (item(PERIOD, "2026/3", closed_journals=["30"]),), []),
    (sale(), (item(VAT, "VN", Percentage=0.1),), ["vat_rate_differs"]),
    (receipts(), (item(VAT, "VN", Percentage=0.1),), []),
    (sale(), (item(ACCOUNT, "707000", Type=20),), ["gl_account_not_for_sales"]),
    # What Exact books by itself is not checked: a customer's account on a sale, a cash journal's own.
    (sale(), (item(ACCOUNT, "411000", IsBlocked=True),), []),
    (receipts(), (item(ACCOUNT, "530000", IsBlocked=True),), []),
    (receipts(), (item(ACCOUNT, "511500", IsBlocked=True),), ["gl_account_blocked"]),
    (receipts(), (item(PARTY, "0000002", Blocked=True),), ["third_party_inactive"]),
    (sale(), (item(ACCOUNT, "707000", UseCostcenter=1),), ["cost_center_demanded"]),
]


@pytest.mark.parametrize(("entry", "others", "found"), ENTRIES)
def test_entry(entry: Entry, others: tuple[CatalogueItem, ...], found: list[str]) -> None:
    problems = check_entry_in_exact(entry, company(*others))
    assert [problem.code for problem in problems] == found
    assert all(problem.blocking for problem in problems)


def test_entry__with_a_fault_on_many_lines_tells_it_once() -> None:
    lines = (
        line(LineRole.JOURNAL, "530000", "20.00"),
        *(line(LineRole.CUSTOMER, "411000", "-10.00", third_party="0000002") for _ in range(2)),
    )
    broken = company(item(ACCOUNT, "411000", "Clients", Type=20, IsBlocked=True))
    (problem,) = check_entry_in_exact(receipts(lines=lines), broken)
    assert problem.facts == {"field": "accounts.customer", "account": "411000", "name": "Clients"}
