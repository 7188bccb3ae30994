"""Entries and ledger lines: the document resources and the transaction lines are views of the same rows."""

from collections.abc import Callable

from .enums import ENTRY_STATUS, ENTRY_TYPE, description_of
from .projection import CREATOR_JOINS, STAMPS, Link, Projection, amount, cash_amount, document_amount

_ENTRY_JOINS = "LEFT JOIN journal j ON j.division = t.division AND j.code = t.journal"
_HEADER = {
    **STAMPS,
    "EntryID": "t.id",
    "Currency": "t.currency",
    "EntryNumber": "t.number",
    "JournalDescription": "j.description",
    "Status": "t.status",
    "StatusDescription": description_of("t.status", ENTRY_STATUS),
}
_CASH_HEADER = {
    **_HEADER,
    "ClosingBalanceFC": amount("t.closing_fc"),
    "OpeningBalanceFC": amount("t.opening_fc"),
    "FinancialPeriod": "t.period",
    "FinancialYear": "t.year",
    "JournalCode": "t.journal",
}


def _entries(kind: str, columns: dict[str, str], links: dict[str, Link], joins: str = "") -> Projection:
    return Projection(
        source=f"entry t {_ENTRY_JOINS} {joins} {CREATOR_JOINS}",
        scope=f"t.division = :division AND t.kind = '{kind}'",
        columns=columns,
        extra="t.extra",
        links=links,
    )


_SALES_ENTRIES = _entries(
    "sales",
    {
        **_HEADER,
        "AmountDC": amount("t.amount_dc"),
        "AmountFC": amount("t.amount_fc"),
        "Customer": "t.customer",
        "CustomerName": "a.name",
        "Description": "t.description",
        "Document": "t.document",
        "DocumentNumber": "d.hid",
        "DocumentSubject": "d.subject",
        "DueDate": "t.due_date",
        "EntryDate": "t.date",
        "InvoiceNumber": "coalesce(json_extract(t.extra, '$.InvoiceNumber'), t.number)",
        "IsExtraDuty": "coalesce(json_extract(t.extra, '$.IsExtraDuty'), 0)",
        "Journal": "t.journal",
        "PaymentCondition": "t.payment_condition",
        "PaymentConditionDescription": "pc.description",
        "PaymentConditionPaymentMethod": "pc.payment_method",
        "PaymentReference": "t.payment_reference",
        "ProcessNumber": "coalesce(json_extract(t.extra, '$.ProcessNumber'), 0)",
        "Rate": "CAST(t.rate AS REAL)",
        "ReportingPeriod": "t.period",
        "ReportingYear": "t.year",
        "Reversal": "coalesce(json_extract(t.extra, '$.Reversal'), 0)",
        "Type": "t.type",
        "TypeDescription": description_of("t.type", ENTRY_TYPE),
        "VATAmountDC": amount("t.vat_dc"),
        "VATAmountFC": amount("t.vat_fc"),
        "YourRef": "t.your_ref",
    },
    {"SalesEntryLines": Link("salesentry/SalesEntryLines", "EntryID")},
    "LEFT JOIN account a ON a.id = t.customer"
    " LEFT JOIN payment_condition pc ON pc.division = t.division AND pc.code = t.payment_condition"
    " LEFT JOIN document d ON d.id = t.document",
)
_GENERAL_ENTRIES = _entries(
    "general",
    {
        **_HEADER,
        "ExchangeRate": "CAST(t.rate AS REAL)",
        "FinancialPeriod": "t.period",
        "FinancialYear": "t.year",
        "JournalCode": "t.journal",
        "Reversal": "coalesce(json_extract(t.extra, '$.Reversal'), 0)",
        "Type": "t.type",
        "TypeDescription": description_of("t.type", ENTRY_TYPE),
    },
    {
        "GeneralJournalEntryLines": Link("generaljournalentry/GeneralJournalEntryLines", "EntryID"),
    },
)

_LINE_JOINS = (
    "JOIN entry e ON e.id = t.entry_id"
    " LEFT JOIN gl_account g ON g.id = t.gl_account"
    " LEFT JOIN account a ON a.id = t.account"
    " LEFT JOIN vat_code v ON v.division = t.division AND v.code = t.vat_code"
    " LEFT JOIN cost_center cc ON cc.division = t.division AND cc.code = t.cost_center"
    " LEFT JOIN cost_unit cu ON cu.division = t.division AND cu.code = t.cost_unit"
    " LEFT JOIN journal j ON j.division = e.division AND j.code = e.journal"
    " LEFT JOIN document d ON d.id = t.document"
    " LEFT JOIN user creator ON creator.id = e.creator LEFT JOIN user modifier ON modifier.id = e.modifier"
)
_LINE = {
    "ID": "t.id",
    "Account": "t.account",
    "AccountCode": "a.code",
    "AccountName": "a.name",
    "CostCenter": "t.cost_center",
    "CostCenterDescription": "cc.description",
    "CostUnit": "t.cost_unit",
    "CostUnitDescription": "cu.description",
    "Created": "e.created",
    "Creator": "e.creator",
    "CreatorFullName": "creator.full_name",
    "Currency": "e.currency",
    "Date": "t.date",
    "Description": "t.description",
    "Division": "t.division",
    "Document": "t.document",
    "DocumentNumber": "d.hid",
    "DocumentSubject": "d.subject",
    "DueDate": "e.due_date",
    "EntryID": "t.entry_id",
    "EntryNumber": "e.number",
    "ExchangeRate": "CAST(e.rate AS REAL)",
    "FinancialPeriod": "e.period",
    "FinancialYear": "e.year",
    "GLAccount": "t.gl_account",
    "GLAccountCode": "g.code",
    "GLAccountDescription": "g.description",
    "JournalCode": "e.journal",
    "JournalDescription": "j.description",
    "LineNumber": "t.line_number",
    "Modified": "e.modified",
    "Modifier": "e.modifier",
    "ModifierFullName": "modifier.full_name",
    "OffsetID": "t.offset_id",
    "Type": "e.type",
    "VATCode": "t.vat_code",
    "VATCodeDescription": "v.description",
    "VATPercentage": "CAST(t.vat_percentage AS REAL)",
    "VATType": "t.vat_type",
}


def _document_amounts(shown: Callable[[str], str]) -> dict[str, str]:
    return {
        "AmountDC": shown("t.amount_dc"),
        "AmountFC": shown("t.amount_fc"),
        "AmountVATFC": shown("t.vat_fc"),
        "VATAmountDC": shown("t.vat_dc"),
        "VATAmountFC": shown("t.vat_fc"),
        "VATBaseAmountFC": shown("t.vat_base_fc"),
        "VATBaseAmountDC": f"CASE WHEN t.vat_code IS NOT NULL THEN {shown('t.amount_dc')} END",
    }


_SALES_AMOUNTS, _CASH_AMOUNTS = _document_amounts(document_amount), _document_amounts(cash_amount)
_LEDGER_AMOUNTS = {
    "AmountDC": amount("t.amount_dc"),
    "AmountFC": amount("t.amount_fc"),
    "AmountVATFC": amount("t.vat_fc"),
    "AmountVATDC": amount("t.vat_dc"),
    "AmountVATBaseFC": amount("t.vat_base_fc"),
    "VATBaseAmountFC": amount("t.vat_base_fc"),
    "VATBaseAmountDC": f"CASE WHEN t.vat_code IS NOT NULL THEN {amount('t.amount_dc')} END",
}


def _lines(scope: str, amounts: dict[str, str], **other: str) -> Projection:
    return Projection(
        source=f"line t {_LINE_JOINS}",
        scope=f"t.division = :division AND e.division = :division{scope}",  # so that a filter on either has an index
        columns={**_LINE, **amounts, **other},
        extra="t.extra",
    )


def _document_lines(kind: str, amounts: dict[str, str]) -> Projection:
    return _lines(f" AND t.kind = '{kind}' AND t.role = 'document'", amounts)


_TRANSACTION_LINES = _lines(
    "",
    _LEDGER_AMOUNTS,
    InvoiceNumber="CASE e.kind WHEN 'sales' THEN e.number END",
    LineType="0",
    PaymentReference="e.payment_reference",
    Status="e.status",
    Timestamp="t.rowversion",
    YourRef="e.your_ref",
)
ENTRIES = {
    "salesentry/SalesEntries": _SALES_ENTRIES,
    "salesentry/SalesEntryLines": _document_lines("sales", _SALES_AMOUNTS),
    "financialtransaction/CashEntries": _entries(
        "cash", _CASH_HEADER, {"CashEntryLines": Link("financialtransaction/CashEntryLines", "EntryID")}
    ),
    "financialtransaction/CashEntryLines": _document_lines("cash", _CASH_AMOUNTS),
    "financialtransaction/BankEntries": _entries(
        "bank",
        {**_CASH_HEADER, "BankStatementDocumentNumber": "d.hid", "BankStatementDocumentSubject": "d.subject"},
        {"BankEntryLines": Link("financialtransaction/BankEntryLines", "EntryID")},
        "LEFT JOIN document d ON d.id = json_extract(t.extra, '$.BankStatementDocument')",
    ),
    "financialtransaction/BankEntryLines": _document_lines("bank", _CASH_AMOUNTS),
    "generaljournalentry/GeneralJournalEntries": _GENERAL_ENTRIES,
    "generaljournalentry/GeneralJournalEntryLines": _document_lines("general", _LEDGER_AMOUNTS),
    "financialtransaction/TransactionLines": _TRANSACTION_LINES,
    "sync/Financial/TransactionLines": _TRANSACTION_LINES,
    "bulk/Financial/TransactionLines": _TRANSACTION_LINES,
}
