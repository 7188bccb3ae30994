"""What Exact's numbers and letters in its master data mean, as far as we look at them (rules.md §3 and §5)."""

from exact.models import CatalogueItem

# GLAccounts.Type
ACCOUNTS_RECEIVABLE, VAT_ACCOUNT, REVENUE = 20, 24, 110
REFUSED_ON_SALES_LINES = (ACCOUNTS_RECEIVABLE, VAT_ACCOUNT)
# GLAccounts.UseCostcenter
COST_CENTER_DEMANDED = 1
# Journals.Type
JOURNAL_TYPE_CASH, JOURNAL_TYPES_BANK, JOURNAL_TYPE_SALES = 10, (12, 16), 20
JOURNAL_TYPES_RECEIPTS = (JOURNAL_TYPE_CASH, *JOURNAL_TYPES_BANK)
# VATCodes.VATTransactionType and VATCodes.Type
FOR_PURCHASES = "P"
VAT_TYPES_WITHOUT_INCLUDED_TAX = ("E", "B", "N")
# Accounts.Status
CUSTOMER = "C"


def demands_cost_center(account: CatalogueItem) -> bool:
    """Whether Exact takes a line on this account only with a cost centre."""
    return bool(account.facts["UseCostcenter"] == COST_CENTER_DEMANDED)


def takes_cash(journal: CatalogueItem | None) -> bool:
    """Whether entries of this journal are cash entries, else bank entries. One that Exact does not list is cash."""
    return journal is None or bool(journal.facts["Type"] == JOURNAL_TYPE_CASH)


def is_customer(status: str | None) -> bool:
    """Whether a third party of this status may be sold to. Exact pads its letters with blanks."""
    return (status or "").strip() == CUSTOMER
