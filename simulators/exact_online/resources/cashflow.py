"""Open items: the ledger lines on accounts receivable and payable, seen as what is still to be paid.

Amounts stand as in the ledger: what a customer owes is positive, what was received from it negative.
"""

from dataclasses import replace

from .projection import Projection, amount

RECEIVABLE, PAYABLE = 20, 22  # types of the GL account
_JOINS = (
    "JOIN entry e ON e.id = t.entry_id JOIN gl_account g ON g.id = t.gl_account"
    " JOIN account a ON a.id = t.account"
    " LEFT JOIN journal j ON j.division = e.division AND j.code = e.journal"
    " LEFT JOIN payment_condition pc ON pc.division = e.division AND pc.code = e.payment_condition"
    " LEFT JOIN receivable_change c ON c.line_id = t.id"
    " LEFT JOIN user creator ON creator.id = e.creator LEFT JOIN user modifier ON modifier.id = e.modifier"
)
_ITEM = {
    "ID": "t.id",
    "Account": "t.account",
    "AccountCode": "a.code",
    "AccountCountry": "json_extract(a.extra, '$.Country')",
    "AccountName": "a.name",
    "AmountDC": amount("t.amount_dc"),
    "AmountDiscountDC": "0",
    "AmountDiscountFC": "0",
    "AmountFC": amount("t.amount_fc"),
    "Created": "e.created",
    "Creator": "e.creator",
    "CreatorFullName": "creator.full_name",
    "Currency": "e.currency",
    "Description": "coalesce(c.description, t.description)",
    "Division": "t.division",
    "DueDate": "coalesce(e.due_date, t.date)",
    "EntryDate": "t.date",
    "EntryID": "t.id",
    "EntryNumber": "e.number",
    "GLAccount": "t.gl_account",
    "GLAccountCode": "g.code",
    "GLAccountDescription": "g.description",
    "InvoiceDate": "t.date",
    "InvoiceNumber": "CASE e.kind WHEN 'sales' THEN e.number END",
    "IsBatchBooking": "0",
    "IsFullyPaid": "0",
    "Journal": "e.journal",
    "JournalDescription": "j.description",
    "Modified": "e.modified",
    "Modifier": "e.modifier",
    "ModifierFullName": "modifier.full_name",
    "PaymentCondition": "e.payment_condition",
    "PaymentConditionDescription": "pc.description",
    "PaymentDays": "pc.payment_days",
    "PaymentMethod": "coalesce(c.payment_method, pc.payment_method, 'B')",
    "PaymentReference": "coalesce(c.payment_reference, e.payment_reference)",
    "RateFC": "CAST(e.rate AS REAL)",
    "Status": "20",
    "TransactionAmountDC": amount("e.amount_dc"),
    "TransactionAmountFC": amount("e.amount_fc"),
    "TransactionDueDate": "e.due_date",
    "TransactionEntryID": "e.id",
    "TransactionID": "t.id",
    "TransactionIsReversal": "coalesce(json_extract(e.extra, '$.Reversal'), 0)",
    "TransactionReportingPeriod": "e.period",
    "TransactionReportingYear": "e.year",
    "TransactionStatus": "e.status",
    "TransactionType": "e.type",
    "YourRef": "e.your_ref",
}


def _items(types: str, **other: str) -> Projection:
    return Projection(
        source=f"line t {_JOINS}",
        scope=f"t.division = :division AND e.division = :division AND t.account IS NOT NULL AND g.type IN ({types})",
        columns={**_ITEM, **other},
    )


_OUTSTANDING = {
    "HID": "t.rowversion",
    "AccountCode": "a.code",
    "AccountId": "t.account",
    "AccountName": "a.name",
    "Amount": amount("t.amount_dc"),
    "AmountInTransit": "0",
    "CurrencyCode": "e.currency",
    "Description": _ITEM["Description"],
    "DueDate": _ITEM["DueDate"],
    "EntryNumber": "e.number",
    "Id": "t.id",
    "InvoiceDate": "t.date",
    "InvoiceNumber": _ITEM["InvoiceNumber"],
    "JournalCode": "e.journal",
    "JournalDescription": "j.description",
    "YourRef": "e.your_ref",
}
CASHFLOW = {
    "read/financial/ReceivablesList": replace(_items(str(RECEIVABLE)), columns=_OUTSTANDING),
    "cashflow/Receivables": _items(str(RECEIVABLE)),
    "sync/Cashflow/PaymentTerms": _items(f"{RECEIVABLE}, {PAYABLE}", Timestamp="t.rowversion", LineType="g.type"),
}
