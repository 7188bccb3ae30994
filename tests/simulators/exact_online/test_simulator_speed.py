"""Filters use indexes, so that they stay fast with 100,000 entries. Plans are looked at, no time is measured."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from simulators.exact_online.database import Database, Row
from simulators.exact_online.edm import load_resources
from simulators.exact_online.odata.options import parse_options
from simulators.exact_online.reader import Reader, Scope


class ExplainingDatabase(Database):
    """Keeps the plan of every query."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.plans: list[str] = []

    def rows(self, sql: str, parameters: Any = ()) -> list[Row]:
        if not sql.startswith("EXPLAIN") and "sqlite_master" not in sql:
            plan = super().rows(f"EXPLAIN QUERY PLAN {sql}", parameters)
            self.plans.append("\n".join(row["detail"] for row in plan))
        return super().rows(sql, parameters)


@pytest.mark.parametrize(
    ("resource", "condition", "index"),
    [
        ("salesentry/SalesEntries", "YourRef eq 'Z-1'", "entry_your_ref (division=? AND your_ref=?)"),
        ("salesentry/SalesEntries", "EntryNumber eq 26700001", "entry_number (division=? AND number=?)"),
        ("financialtransaction/CashEntries", "EntryNumber eq 26700001", "entry_number (division=? AND number=?)"),
        ("salesentry/SalesEntries", "EntryDate ge datetime'2026-11-20'", "entry_date (division=? AND date>?)"),
        (
            "financialtransaction/TransactionLines",
            "EntryID eq guid'00000000-0000-0000-0000-000000000000'",
            "line_entry (entry_id=? AND division=?)",
        ),
        (
            "financialtransaction/CashEntryLines",
            "startswith(Description,'Z-1') eq true",
            "line_description (division=? AND description>? AND description<?)",
        ),
        (
            "financialtransaction/CashEntryLines",
            "substringof('Z-1',Description) eq true and Date ge datetime'2026-11-20'",
            "line_date (division=? AND date>?)",
        ),
        (
            "cashflow/Receivables",
            "Account eq guid'00000000-0000-0000-0000-000000000000'",
            "line_account (division=? AND account=?)",
        ),
        ("cashflow/Receivables", "YourRef eq 'Z-1'", "entry_your_ref (division=? AND your_ref=?)"),
        ("cashflow/Receivables", "EntryNumber eq 26700001", "entry_number (division=? AND number=?)"),
        ("read/financial/ReceivablesList", "YourRef eq 'Z-1'", "entry_your_ref (division=? AND your_ref=?)"),
        ("financialtransaction/TransactionLines", "YourRef eq 'Z-1'", "entry_your_ref (division=? AND your_ref=?)"),
        ("documents/Documents", "HID eq 7", "(division=? AND hid=?)"),
        (
            "documents/DocumentAttachments",
            "Document eq guid'00000000-0000-0000-0000-000000000000'",
            "attachment_document (document_id=?)",
        ),
        ("sync/Documents/Documents", "Timestamp gt 1", "document_rowversion (division=? AND rowversion>?)"),
        ("sync/Cashflow/PaymentTerms", "Timestamp gt 1", "line_rowversion (division=? AND rowversion>?)"),
        ("sync/Financial/TransactionLines", "Timestamp gt 1", "line_rowversion (division=? AND rowversion>?)"),
        ("financial/GLAccounts", "Code eq '411000'", "(division=? AND code=?)"),
        ("crm/Accounts", "trim(Code) eq '2'", "account_trimmed_code (division=? AND <expr>=?)"),
    ],
)
def test_filter__uses_an_index(tmp_path: Path, resource: str, condition: str, index: str) -> None:
    database = ExplainingDatabase(tmp_path)
    database.create_schema()
    pairs = [("$filter", condition), ("$select", "*" if not resource.startswith("sync/") else "Timestamp")]
    values = {"division": 8301, "today": 0, "origin": "", "language": "", "cash_sign": -1, "now": 0}
    scope = Scope("", values, ZoneInfo("Europe/Paris"))
    model = load_resources()[resource]
    Reader(database, model, scope).page(parse_options(pairs, model), "", pairs)
    database.close()
    assert index in database.plans[-1]
