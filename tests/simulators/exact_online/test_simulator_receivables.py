"""Open items: what customers owe, and what was received from them (reference: cashflow/Receivables)."""

from typing import Any

import pytest
from simulated_exact import Company, message

PATH, TERMS = "cashflow/Receivables", "sync/Cashflow/PaymentTerms"
SELECT = "ID,AmountDC,AccountName,GLAccountCode,EntryNumber,Journal,TransactionEntryID,YourRef,Status,IsFullyPaid"


@pytest.fixture
def sale(exact: Company) -> dict[str, Any]:
    body = exact.sale(exact.line(amount=300, vat_code="VB"), YourRef="Z-42", PaymentCondition="30")
    return exact.created("salesentry/SalesEntries", body)


def test_sale_is_owed(exact: Company, sale: dict[str, Any]) -> None:
    """Rules 5.2: the line on accounts receivable, VAT included."""
    (row,) = exact.rows(PATH, select="*")
    assert (row["AmountDC"], row["AmountFC"], row["TransactionAmountDC"]) == (316.5, 316.5, 316.5)
    assert (row["AccountCode"], row["GLAccountCode"], row["Journal"]) == ("0000002".rjust(18), "411000", "70")
    assert (row["TransactionEntryID"], row["InvoiceNumber"]) == (sale["EntryID"], sale["EntryNumber"])
    assert (row["YourRef"], row["PaymentCondition"], row["PaymentDays"]) == ("Z-42", "30", 30)
    assert (row["InvoiceDate"], row["DueDate"]) == (sale["EntryDate"], sale["DueDate"])
    assert (row["Status"], row["IsFullyPaid"], row["PaymentMethod"]) == (20, False, "B")


def test_receipt_is_negative(exact: Company, sale: dict[str, Any]) -> None:
    """Rules 6: the cash line against 411 with its third party; nothing is matched."""
    exact.created("financialtransaction/CashEntries", exact.receipt(exact.receipt_line(316.5)))
    amounts = sorted(row["AmountDC"] for row in exact.rows(PATH, select=SELECT))
    assert amounts == [-316.5, 316.5]


def test_found_by_the_customers_id_and_reference(exact: Company, sale: dict[str, Any]) -> None:
    mine = f"Account eq guid'{exact.customer('0000002')}' and YourRef eq 'Z-42'"
    assert len(exact.rows(PATH, select=SELECT, filter=mine)) == 1
    assert exact.rows(PATH, select=SELECT, filter="YourRef eq 'Z-43'") == []


def test_select_is_mandatory(exact: Company, sale: dict[str, Any]) -> None:
    """Rules 3.6: without `$select` or `$top=1` it is 400."""
    answer = exact.get(PATH)
    assert answer.status_code == 400
    assert message(answer) == "Please add a $select or a $top=1 statement to the query string."


def test_put_says_how_it_is_paid(exact: Company, sale: dict[str, Any]) -> None:
    """Rules 3.3: 204, empty, the rest stays; rules 3.7: read-only properties are left out silently."""
    (row,) = exact.rows(PATH, top="1")
    key = f"{PATH}(guid'{row['ID']}')"
    answer = exact.call("PUT", key, json={"PaymentMethod": "I", "PaymentReference": "R", "AmountDC": 1})
    assert (answer.status_code, answer.content) == (204, b"")
    changed = exact.get(key).json()["d"]
    assert (changed["PaymentMethod"], changed["PaymentReference"], changed["AmountDC"]) == ("I", "R", 316.5)
    assert {name for name in row if row[name] != changed[name]} == {"PaymentMethod", "PaymentReference"}


def test_list__what_is_outstanding(exact: Company, sale: dict[str, Any]) -> None:
    """The page's short form, filtered as a known client does."""
    condition = f"AccountId eq guid'{exact.customer('0000002')}' and DueDate lt datetime'2028-01-01'"
    (row,) = exact.rows("read/financial/ReceivablesList", filter=condition)
    assert (row["Amount"], row["AccountName"], row["JournalCode"]) == (316.5, "Ventes comptoir", "70")
    assert (row["EntryNumber"], row["YourRef"], row["CurrencyCode"]) == (sale["EntryNumber"], "Z-42", "EUR")


def test_deleted_with_its_entry(exact: Company, sale: dict[str, Any]) -> None:
    exact.call("DELETE", f"salesentry/SalesEntries(guid'{sale['EntryID']}')")
    assert exact.rows(PATH, select=SELECT) == []


def test_payment_terms__customers_and_suppliers(exact: Company, sale: dict[str, Any]) -> None:
    """Rules 9: 20 is a receipt, 22 a payment."""
    supplier = exact.customer("0000050")
    payment = {**exact.receipt_line(-40), "GLAccount": exact.gl("401000"), "Account": supplier}
    exact.created("financialtransaction/CashEntries", exact.receipt(payment))
    rows = exact.rows(TERMS, select="AmountDC,LineType,AccountName,Timestamp", filter="Timestamp gt 1")
    assert [(row["LineType"], row["AmountDC"]) for row in rows] == [(20, 316.5), (22, 40)]
