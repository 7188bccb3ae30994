"""What the books refuse (rules 4.3, 5, 6). Every check adds to a list, so that a caller sees all reasons at once."""

from simulators.exact_online.messages import Problem, problem
from simulators.exact_online.readings import Readings
from simulators.exact_online.resources.enums import GL_ACCOUNT_TYPE

from .company import Company, GLAccount, Journal, Period, VatCode
from .document import GENERAL, SALES, Document, DocumentLine, EntryKind
from .vat import WITHOUT_VAT

ACCOUNTS_RECEIVABLE, ACCOUNTS_PAYABLE, VAT = 20, 22, 24
CASH_ACCOUNT, BANK_ACCOUNT = 10, 12
PAYMENT_SERVICE, LAST_BALANCE_SHEET_TYPE = 16, 100
ALL_TYPES: frozenset[int] = frozenset()
CASH_OR_BANK = frozenset({CASH_ACCOUNT, BANK_ACCOUNT})
NEVER_ON_SALES = frozenset({ACCOUNTS_RECEIVABLE, VAT})
# The GL account types a line may not have, by the reading in force (rules 5, 6, 13 j).
REFUSED_ON_SALES: dict[str, frozenset[int]] = {
    "all_but_20_24": NEVER_ON_SALES,
    "no_payment_accounts": NEVER_ON_SALES | CASH_OR_BANK | {PAYMENT_SERVICE},
    "no_balance_sheet": frozenset(number for number in GL_ACCOUNT_TYPE if number <= LAST_BALANCE_SHEET_TYPE),
}
REFUSED_ELSEWHERE: dict[str, frozenset[int]] = {"all": ALL_TYPES, "no_cash_or_bank": CASH_OR_BANK}


def refused_gl_types(kind: EntryKind, readings: Readings) -> frozenset[int]:
    """The types of GL accounts that a line of such a document may not name."""
    if kind is SALES:
        return REFUSED_ON_SALES[readings.sales_line_accounts]
    if kind is GENERAL:
        return REFUSED_ELSEWHERE[readings.general_line_accounts]
    return REFUSED_ELSEWHERE[readings.cash_line_accounts]


OPTIONAL, MANDATORY, NOT_ALLOWED = 0, 1, 2
VAT_CODE_LENGTH = 3  # padded (rules 3.8)


class Checks:
    """Checks one document; `problems` holds what was found, in the order of the document."""

    def __init__(self, company: Company, document: Document) -> None:
        self._company = company
        self._document = document
        self.problems: list[Problem] = []

    def refuse(self, pattern: str, term: str = "", value: object = "", **facts: object) -> None:
        """One more reason against the document."""
        found = problem(pattern, term, value, **facts)
        if found not in self.problems:
            self.problems.append(found)

    def journal(self) -> Journal | None:
        """The document's journal, when it is one of the right type."""
        kind, code = self._document.kind, self._document.journal
        if not code:
            self._journal_missing(kind)
            return None
        journal = self._company.journal(code)
        if journal is None:
            self.refuse("invalid_reference", "journals")
            return None
        if journal.type not in kind.journal_types:
            self.refuse(kind.journal_problem)
            return None
        if journal.is_blocked:
            self.refuse("blocked", "journal", journal.code)
        return journal

    def _journal_missing(self, kind: EntryKind) -> None:
        if kind is SALES:
            self.refuse("mandatory", "journal")
        else:
            self.refuse(kind.journal_problem)  # live: rules 4.3, wrong journal type

    def period(self, journal: Journal | None, day: int) -> Period | None:
        """The document's year and period: its own, or by its date; open in this journal."""
        period = self._period_of(day)
        if period is None or not self._company.has_period(period):
            self.refuse("no_period")
            return None
        if journal is not None and self._company.is_closed(journal.code, period):
            self.refuse("period_closed", year=period.year, period=period.number)
        return period

    def _period_of(self, day: int) -> Period | None:
        by_date = self._company.period_of(day)
        year, number = self._document.year, self._document.period
        if year is None and number is None:
            return by_date
        if by_date is None and (year is None or number is None):
            return None
        return Period(year or (by_date.year if by_date else 0), number or (by_date.number if by_date else 0))

    def customer(self) -> None:
        """A sale needs a customer of status C that is active (rules 5)."""
        if not self._document.customer:
            self.refuse("mandatory", "account")
            return
        customer = self._company.third_party(self._document.customer)
        if customer is None:
            self.refuse("invalid_reference", "customer")
            return
        if customer.status != "C":
            self.refuse("customer_type")
        if not customer.is_active_on(self._company.today):
            self.refuse("customer_inactive")
        if customer.blocked:
            self.refuse("blocked", "customer", self._document.customer)

    def documents(self) -> None:
        """The documents that header and lines refer to must be there first (rules 5.3)."""
        named = {self._document.document, *(line.document for line in self._document.lines)} - {None}
        for document_id in named:
            if not self._company.has_document(str(document_id)):
                self.refuse("invalid_reference", "document")

    def gl_account(self, line: DocumentLine, own_account: str | None) -> GLAccount | None:
        """The line's account, of a type the document may use; never the journal's own (rules 5, 6)."""
        if not line.gl_account:
            self.refuse("mandatory", "gl_account")
            return None
        account = self._company.gl_account(line.gl_account)
        if account is None:
            self.refuse("invalid_reference", "gl_account")
            return None
        if account.is_blocked:
            self.refuse("blocked", "gl_account", account.code)
        if account.type in refused_gl_types(self._document.kind, self._company.readings) or account.id == own_account:
            self._refuse_type(account)
        self._third_party(line, account)
        self._cost_allocation(line, account)
        return account

    def _refuse_type(self, account: GLAccount) -> None:
        """A general journal names the type that stands in the way, the others only say that one does (rules 4.3)."""
        if self._document.kind is GENERAL:
            description = f"{GL_ACCOUNT_TYPE[account.type]} ({account.type})"
            self.refuse("account_is_now", value=account.code, type=description)
        else:
            self.refuse("invalid", "gl_account_type")

    def _third_party(self, line: DocumentLine, account: GLAccount) -> None:
        if self._document.kind is SALES:
            return
        if line.account is None:
            is_demanded = self._company.readings.receivable_line_party == "demanded"
            if is_demanded and account.type in (ACCOUNTS_RECEIVABLE, ACCOUNTS_PAYABLE):
                self.refuse("mandatory", "account")
        elif self._company.third_party(line.account) is None:
            self.refuse("invalid_reference", "account")

    def _cost_allocation(self, line: DocumentLine, account: GLAccount) -> None:
        day = line.date or self._company.today
        self._cost(
            "cost_center",
            line.cost_center,
            account.use_cost_center,
            line.cost_center is not None and self._company.has_cost_center(line.cost_center, day),
        )
        self._cost(
            "cost_unit",
            line.cost_unit,
            account.use_cost_unit,
            line.cost_unit is not None and self._company.has_cost_unit(line.cost_unit, day),
        )

    def _cost(self, term: str, code: str | None, use: int, known: bool) -> None:
        if not code:
            if use == MANDATORY:
                self.refuse("mandatory", term)
        elif use == NOT_ALLOWED:
            self.refuse("not_allowed", term)
        elif not known:
            self.refuse("invalid_reference", term)

    def vat_code(self, line: DocumentLine, account: GLAccount | None) -> VatCode | None:
        """The line's VAT code, or its account's default when the line names none (rules 5.1)."""
        name = line.vat_code or (account.vat_code if account is not None else None)
        if not name or not name.strip():
            if line.vat_amount:
                self.refuse("missing", "vat_code")
            return None
        code = self._company.vat_code(name)
        is_short = bool(line.vat_code) and len(name) < VAT_CODE_LENGTH
        if code is None or (is_short and self._company.readings.short_vat_code == "refused"):
            self.refuse("invalid_reference", "vat_code")
            return None
        if code.is_blocked:
            self.refuse("blocked", "vat_code", code.code.strip())
        if self._document.kind is SALES and code.transaction_type == "P":
            self.refuse("vat_code_for_purchases", value=code.description)
        if line.vat_amount and code.type in WITHOUT_VAT:
            self.refuse("invalid", "vat_amount")
        return code

    def general_vat(self, line: DocumentLine, journal: Journal | None) -> None:
        """A general journal takes VAT codes only when it allows VAT (rules 6)."""
        if line.vat_code and journal is not None and not journal.allow_vat:
            self.refuse("not_allowed", "vat_code")
