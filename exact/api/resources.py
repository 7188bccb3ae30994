"""The resources of Exact that entries are written to."""

SALES = "salesentry/SalesEntries"
CASH = "financialtransaction/CashEntries"
BANK = "financialtransaction/BankEntries"
