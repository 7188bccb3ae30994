"""An entry as Exact wants it: a SalesEntry, a CashEntry or a BankEntry (rules.md §5 and §6).

Exact itself books the customer line of a sale, the VAT lines, and a cash journal's own account: these are left out.
They are in our entry so that it balances.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from exact.api.resources import BANK, CASH, SALES
from exact.company.catalogue import Catalogue
from exact.company.facts import demands_cost_center, takes_cash
from exact.models import CatalogueKind
from ledger.entry import Entry, EntryKind, Line, LineRole

LINES_OF = {
    SALES: "SalesEntryLines",
    CASH: "CashEntryLines",
    BANK: "BankEntryLines",
}
DESCRIPTION_MAX = 60


def resource_of(entry: Entry, catalogue: Catalogue) -> str:
    """Which resource takes the entry: sales, else cash or bank by the journal's type."""
    if entry.kind is EntryKind.SALES:
        return SALES
    journal = catalogue.get(CatalogueKind.JOURNAL, entry.journal)
    return CASH if takes_cash(journal) else BANK


def resources_to_search(entry: Entry, catalogue: Catalogue) -> tuple[str, ...]:
    """The resources that may have the entry: a journal not listed any more may have been a cash or a bank journal."""
    if entry.kind is not EntryKind.SALES and catalogue.get(CatalogueKind.JOURNAL, entry.journal) is None:
        return CASH, BANK
    return (resource_of(entry, catalogue),)


def codes_in(entry: Entry) -> set[str]:
    """Every code of master data the entry names: what a `Catalogue` must hold to write it."""
    return {
        code
        for line in entry.lines
        for code in (line.account, line.third_party, line.vat_code, entry.journal, entry.third_party)
        if code
    }


def body_of(
    entry: Entry, *, reference: str, catalogue: Catalogue, payment_condition: str, cost_center: str = ""
) -> dict[str, Any]:
    """The JSON body of the POST. `cost_center` goes onto the lines whose account demands one."""
    if entry.kind is EntryKind.SALES:
        return _sales_body(entry, reference, catalogue, payment_condition, cost_center)
    lines = [_receipts_line(entry, line, reference, catalogue, cost_center) for line in sent_lines(entry)]
    return {"JournalCode": entry.journal, LINES_OF[resource_of(entry, catalogue)]: lines}


def sent_lines(entry: Entry) -> Iterator[Line]:
    """The lines that are posted; Exact books the others itself."""
    if entry.kind is EntryKind.SALES:
        return (line for line in entry.lines if line.role is LineRole.SALES)
    return (line for line in entry.lines if line.role is not LineRole.JOURNAL)


def expected_amount(entry: Entry) -> Decimal:
    """The sum that Exact must show: of a sale what the customer owes, of receipts the change of the balance.

    Taken from the lines that are *not* sent and that Exact computes: so an equal sum shows that it booked the same.
    """
    role = LineRole.CUSTOMER if entry.kind is EntryKind.SALES else LineRole.JOURNAL
    return sum((line.amount for line in entry.lines if line.role is role), Decimal("0.00"))


def expected_vat(entry: Entry) -> Decimal:
    """The VAT of a sales entry."""
    return -sum((line.amount for line in entry.lines if line.role is LineRole.VAT), Decimal("0.00"))


def _sales_body(
    entry: Entry, reference: str, catalogue: Catalogue, payment_condition: str, cost_center: str
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "Journal": entry.journal,
        "Customer": catalogue.exact_id(CatalogueKind.THIRD_PARTY, entry.third_party),
        "EntryDate": entry.date.isoformat(),
        "YourRef": reference,
        "Description": _cut(entry.label),
        "SalesEntryLines": [
            {
                "GLAccount": catalogue.exact_id(CatalogueKind.GL_ACCOUNT, line.account),
                "AmountFC": number(-line.amount),
                "VATCode": line.vat_code,
                "VATAmountFC": number(-(line.vat or Decimal())),
                "Description": _cut(f"{entry.label} {line.label}"),
                **_cost_center(catalogue, line, cost_center),
            }
            for line in sent_lines(entry)
        ],
    }
    if payment_condition:
        body["PaymentCondition"] = payment_condition
    return body


def _receipts_line(entry: Entry, line: Line, reference: str, catalogue: Catalogue, cost_center: str) -> dict[str, Any]:
    """Receipt positive, payment negative, as seen from the journal: the sign of the credit."""
    body: dict[str, Any] = {
        "GLAccount": catalogue.exact_id(CatalogueKind.GL_ACCOUNT, line.account),
        "AmountFC": number(-line.amount),
        "Date": entry.date.isoformat(),
        "Description": _cut(f"{reference} {line.label or entry.label}"),
        **_cost_center(catalogue, line, cost_center),
    }
    if line.third_party:
        body["Account"] = catalogue.exact_id(CatalogueKind.THIRD_PARTY, line.third_party)
    return body


def _cost_center(catalogue: Catalogue, line: Line, cost_center: str) -> dict[str, str]:
    account = catalogue.get(CatalogueKind.GL_ACCOUNT, line.account)
    demanded = account is not None and demands_cost_center(account)
    return {"CostCenter": cost_center} if demanded and cost_center else {}


def number(amount: Decimal) -> float:
    """A JSON number. Only here does money become a float: written out, it has exactly the two decimals again."""
    return float(amount)


def _cut(text: str) -> str:
    return text.strip()[:DESCRIPTION_MAX]
