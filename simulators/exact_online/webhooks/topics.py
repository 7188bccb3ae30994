"""Which change belongs to which topic, and where its row is (rules 9)."""

from simulators.exact_online.change_signal import Change

ENTRIES = {
    "salesentry/SalesEntries": "SalesEntries",
    "financialtransaction/CashEntries": "CashEntries",
    "financialtransaction/BankEntries": "BankEntries",
    "generaljournalentry/GeneralJournalEntries": "GeneralJournalEntries",
}
OTHERS = {
    "crm/Accounts": "Accounts",
    "financial/GLAccounts": "GLAccounts",
    "documents/Documents": "Documents",
    "documents/DocumentAttachments": "DocumentAttachments",
}
FINANCIAL_TRANSACTIONS = "FinancialTransactions"
# Topics that exist but belong to resources this program does not have: a subscription is made, no event ever comes.
SILENT = {"PurchaseEntries", "Items", "StockPositions", "GoodsDeliveries", "SalesInvoices", "SalesOrders", "Quotations"}
KNOWN = frozenset({*ENTRIES.values(), *OTHERS.values(), FINANCIAL_TRANSACTIONS, *SILENT})


def topics_of(change: Change) -> dict[str, str]:
    """The topics that tell of a change, each with the resource its endpoint names."""
    if change.resource in ENTRIES:
        return {
            ENTRIES[change.resource]: change.resource,
            FINANCIAL_TRANSACTIONS: "financialtransaction/Transactions",
        }
    topic = OTHERS.get(change.resource)
    return {topic: change.resource} if topic is not None else {}
