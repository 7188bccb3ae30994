"""What a caller posts: a header with lines, read from the properties of the resource."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from simulators.exact_online.clock import DAY_MS

from .money import cents

SALES_JOURNALS = frozenset({20, 21})
CASH_JOURNALS = frozenset({10})
BANK_JOURNALS = frozenset({12, 16})
GENERAL_JOURNALS = frozenset({90})
AMOUNTS = {"amount", "vat_amount", "opening", "closing"}
DATES = {"date", "due_date"}


@dataclass(frozen=True, slots=True)
class EntryKind:
    """A kind of entry: which properties mean what, and how its amounts stand in the ledger.

    `sign` turns an amount of the document into a ledger amount: a sale of 300 credits the revenue account, a
    receipt of 50 credits the account of the cash line; a general journal line is a ledger amount already.
    """

    name: str
    header: Mapping[str, str]
    line: Mapping[str, str]
    lines: str
    journal_types: frozenset[int]
    journal_problem: str
    sign: int


_CASH_HEADER = {
    "JournalCode": "journal",
    "EntryNumber": "number",
    "FinancialYear": "year",
    "FinancialPeriod": "period",
    "Currency": "currency",
    "OpeningBalanceFC": "opening",
    "ClosingBalanceFC": "closing",
}
_LINE = {
    "GLAccount": "gl_account",
    "AmountFC": "amount",
    "VATCode": "vat_code",
    "VATPercentage": "vat_percentage",
    "Description": "description",
    "CostCenter": "cost_center",
    "CostUnit": "cost_unit",
}
_CASH_LINE = {
    **_LINE,
    "AmountVATFC": "vat_amount",
    "Account": "account",
    "Date": "date",
    "Document": "document",
}
SALES = EntryKind(
    name="sales",
    header={
        "Journal": "journal",
        "EntryNumber": "number",
        "ReportingYear": "year",
        "ReportingPeriod": "period",
        "EntryDate": "date",
        "DueDate": "due_date",
        "Customer": "customer",
        "Currency": "currency",
        "Rate": "rate",
        "Description": "description",
        "YourRef": "your_ref",
        "PaymentCondition": "payment_condition",
        "PaymentReference": "payment_reference",
        "Document": "document",
    },
    line={**_LINE, "VATAmountFC": "vat_amount"},
    lines="SalesEntryLines",
    journal_types=SALES_JOURNALS,
    journal_problem="not_a_sales_journal",
    sign=-1,
)
CASH = EntryKind("cash", _CASH_HEADER, _CASH_LINE, "CashEntryLines", CASH_JOURNALS, "not_a_cash_journal", -1)
BANK = EntryKind("bank", _CASH_HEADER, _CASH_LINE, "BankEntryLines", BANK_JOURNALS, "not_a_bank_journal", -1)
GENERAL = EntryKind(
    name="general",
    header={
        "JournalCode": "journal",
        "EntryNumber": "number",
        "FinancialYear": "year",
        "FinancialPeriod": "period",
        "Currency": "currency",
        "ExchangeRate": "rate",
    },
    line=_CASH_LINE,
    lines="GeneralJournalEntryLines",
    journal_types=GENERAL_JOURNALS,
    journal_problem="not_a_general_journal",
    sign=1,
)


@dataclass(slots=True, kw_only=True)
class DocumentLine:
    """One line; amounts in cents, in the document's sign. `vat_amount` is null unless the caller gave one."""

    id: str
    gl_account: str | None = None
    amount: int | None = None
    vat_code: str | None = None
    vat_amount: int | None = None
    vat_percentage: Decimal | None = None
    account: str | None = None
    date: int | None = None
    description: str | None = None
    cost_center: str | None = None
    cost_unit: str | None = None
    document: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Document:
    """A header with its lines; what the caller left out is null."""

    id: str
    kind: EntryKind
    journal: str | None = None
    number: int | None = None
    year: int | None = None
    period: int | None = None
    date: int | None = None
    due_date: int | None = None
    customer: str | None = None
    currency: str | None = None
    rate: Decimal | None = None
    description: str | None = None
    your_ref: str | None = None
    payment_condition: str | None = None
    payment_reference: str | None = None
    document: str | None = None
    opening: int | None = None
    closing: int | None = None
    is_kept: bool = False  # it came from the books, to be booked again
    lines: list[DocumentLine] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)

    def change(self, properties: Mapping[str, Any]) -> None:
        """Take over the properties of a body; what Exact derives from a changed one is derived again (rules 5)."""
        if "Customer" in properties:
            self.payment_condition = self.payment_reference = None
        if {"Customer", "EntryDate", "PaymentCondition"} & properties.keys():
            self.due_date = None
        if "EntryDate" in properties:
            self.year = self.period = None
        _take_over(self, self.kind.header, properties, leave_out={self.kind.lines, "EntryID"})

    def change_line(self, line: DocumentLine, properties: Mapping[str, Any]) -> None:
        """Take over the properties of a line's body; another amount or code means VAT is computed again."""
        if "vat_amount" not in self._meanings(properties) and {"AmountFC", "VATCode"} & properties.keys():
            line.vat_amount = None
        _take_over(line, self.kind.line, properties, leave_out={"ID", "EntryID"})

    def _meanings(self, properties: Mapping[str, Any]) -> set[str]:
        return {self.kind.line[name] for name in properties if name in self.kind.line}


def _take_over(
    target: Document | DocumentLine, fields: Mapping[str, str], properties: Mapping[str, Any], leave_out: set[str]
) -> None:
    for name, value in properties.items():
        if name in leave_out:
            continue
        attribute = fields.get(name)
        if attribute is not None:
            setattr(target, attribute, _quantize(attribute, value))
        elif value is not None:
            target.extra[name] = value


def _quantize(attribute: str, value: Any) -> Any:
    """Amounts in cents; of a moment its day alone, as these dates have no time (rules 3.7)."""
    if value is None:
        return None
    if attribute in AMOUNTS:
        return cents(value)
    return value - value % DAY_MS if attribute in DATES else value
