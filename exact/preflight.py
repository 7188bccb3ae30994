"""What would make Exact say no, found before anything is sent: codes that are unknown, blocked, or of the wrong kind.

Problems name the field of the till's parameters they are about ("vat[1].sales_account") where there is one.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from exact.catalogue import Catalogue, exact_date, percentage
from exact.models import CatalogueItem, CatalogueKind
from exact.payloads import JOURNAL_TYPE_CASH, JOURNAL_TYPE_SALES, JOURNAL_TYPES_BANK, sent_lines
from ledger.entry import Entry, EntryKind, Line, LineRole
from ledger.plan import BookingPlan, SlotPlan
from ledger.problem import Problem

ACCOUNTS_RECEIVABLE, VAT_ACCOUNT = 20, 24
REFUSED_ON_SALES_LINES = (ACCOUNTS_RECEIVABLE, VAT_ACCOUNT)
ACTIVE_CUSTOMER = "C"
VAT_TYPES_WITHOUT_INCLUDED_TAX = ("E", "B", "N")


def check_plan_in_exact(plan: BookingPlan, catalogue: Catalogue, *, payment_condition: str, day: date) -> list[Problem]:
    """Everything in an establishment's settings that this division would refuse, all at once."""
    return [
        *_gl_account(catalogue, plan.customer_account, "customer_account", must_be=ACCOUNTS_RECEIVABLE),
        *_third_party(catalogue, plan.third_party, "third_party", day, payment_condition),
        *(problem for index, slot in enumerate(plan.slots.values()) for problem in _slot(catalogue, slot, index)),
        *_journal(catalogue, plan.sales_journal, "journals.sales", (JOURNAL_TYPE_SALES,)),
        *_journal(catalogue, plan.receipts_journal, "journals.receipts", (JOURNAL_TYPE_CASH, *JOURNAL_TYPES_BANK)),
        *_period(catalogue, day, (plan.sales_journal, plan.receipts_journal)),
    ]


def check_entry_in_exact(entry: Entry, catalogue: Catalogue) -> list[Problem]:
    """Everything in one entry that this division would refuse."""
    sales = entry.kind is EntryKind.SALES
    types = (JOURNAL_TYPE_SALES,) if sales else (JOURNAL_TYPE_CASH, *JOURNAL_TYPES_BANK)
    problems = [
        *_journal(catalogue, entry.journal, "journals.sales" if sales else "journals.receipts", types),
        *_period(catalogue, entry.date, (entry.journal,)),
    ]
    for line in sent_lines(entry):
        problems += _line(catalogue, line, entry.date)
    return _distinct(problems)


def _distinct(problems: list[Problem]) -> list[Problem]:
    kept: list[Problem] = []
    for problem in problems:
        if problem not in kept:
            kept.append(problem)
    return kept


def _line(catalogue: Catalogue, line: Line, day: date) -> Iterator[Problem]:
    field = "vat.sales_account" if line.role is LineRole.SALES else f"accounts.{line.role}"
    yield from _gl_account(catalogue, line.account, field, sales_line=line.role is LineRole.SALES)
    if line.role is LineRole.SALES:
        yield from _vat_code(catalogue, line.vat_code, line.vat_rate, "vat.vat_code")
    if line.third_party:
        yield from _third_party(catalogue, line.third_party, "third_party", day)


def _gl_account(
    catalogue: Catalogue, code: str, field: str, *, must_be: int | None = None, sales_line: bool = False
) -> Iterator[Problem]:
    if not code:
        yield _problem("gl_account_missing", field)
        return
    account = catalogue.get(CatalogueKind.GL_ACCOUNT, code)
    if account is None:
        yield _problem("gl_account_unknown", field, account=code)
        return
    named = {"account": code, "name": account.name}
    if account.facts["IsBlocked"]:
        yield _problem("gl_account_blocked", field, **named)
    if must_be is not None and account.facts["Type"] != must_be:
        yield _problem("gl_account_type", field, **named)
    if sales_line and account.facts["Type"] in REFUSED_ON_SALES_LINES:
        yield _problem("gl_account_not_for_sales", field, **named)
    if account.facts["UseCostcenter"] == 1:
        yield _problem("cost_center_demanded", field, **named)


def _slot(catalogue: Catalogue, slot: SlotPlan, index: int) -> Iterator[Problem]:
    field = f"vat[{index}]"
    yield from _gl_account(catalogue, slot.sales_account, f"{field}.sales_account", sales_line=True)
    yield from _vat_code(catalogue, slot.vat_code, slot.rate, f"{field}.vat_code")


def _vat_code(catalogue: Catalogue, code: str, rate: Decimal | None, field: str) -> Iterator[Problem]:
    if not code:
        yield _problem("vat_code_missing", field)
        return
    item = catalogue.get(CatalogueKind.VAT_CODE, code)
    if item is None:
        yield _problem("vat_code_unknown", field, vat_code=code)
        return
    named = {"vat_code": code, "name": item.name}
    if item.facts["IsBlocked"]:
        yield _problem("vat_code_blocked", field, **named)
    if item.facts["VATTransactionType"] == "P":
        yield _problem("vat_code_for_purchases", field, **named)
    if item.facts["Type"] not in VAT_TYPES_WITHOUT_INCLUDED_TAX:
        yield _problem("vat_code_including", field, **named)
    if rate is not None and percentage(item) != rate:
        yield _problem("vat_rate_differs", field, **named, rate=str(rate), found=str(percentage(item)))


def _journal(catalogue: Catalogue, code: str, field: str, types: tuple[int, ...]) -> Iterator[Problem]:
    journal = catalogue.get(CatalogueKind.JOURNAL, code)
    if journal is None:
        yield _problem("journal_unknown", field, journal=code)
        return
    named = {"journal": code, "name": journal.name}
    if journal.facts["IsBlocked"]:
        yield _problem("journal_blocked", field, **named)
    if journal.facts["Type"] not in types:
        yield _problem("journal_type", field, **named)


def _third_party(
    catalogue: Catalogue, code: str, field: str, day: date, payment_condition: str | None = None
) -> Iterator[Problem]:
    if not code:
        yield _problem("third_party_missing", field)
        return
    party = catalogue.get(CatalogueKind.THIRD_PARTY, code)
    if party is None:
        yield _problem("third_party_unknown", field, third_party=code)
        return
    named = {"third_party": code, "name": party.name}
    if (party.facts["Status"] or "").strip() != ACTIVE_CUSTOMER:
        yield _problem("third_party_not_customer", field, **named)
    if party.facts["Blocked"] or not _active_on(party, day):
        yield _problem("third_party_inactive", field, **named)
    if payment_condition is not None:
        yield from _payment_condition(catalogue, payment_condition or payment_condition_of(party), named)


def payment_condition_of(party: CatalogueItem) -> str:
    """The condition that Exact has on a customer, "" when none: then one must be set here."""
    return str(party.facts.get("PaymentConditionSales") or "").strip()


def _payment_condition(catalogue: Catalogue, code: str, named: Mapping[str, str]) -> Iterator[Problem]:
    if not code:
        yield _problem("payment_condition_missing", "payment_condition", **named)
    elif catalogue.get(CatalogueKind.PAYMENT_CONDITION, code) is None:
        yield _problem("payment_condition_unknown", "payment_condition", condition=code)


def _active_on(party: CatalogueItem, day: date) -> bool:
    start, end = exact_date(party.facts.get("StartDate")), exact_date(party.facts.get("EndDate"))
    return (start is None or start <= day) and (end is None or day <= end)


def _period(catalogue: Catalogue, day: date, journals: tuple[str, ...]) -> Iterator[Problem]:
    period = catalogue.period_of(day)
    if period is None:
        yield _problem("period_unknown", "", date=day.isoformat())
        return
    for journal in journals:
        if journal in period.facts["closed_journals"]:
            yield _problem("period_closed", "", period=period.code, journal=journal)


def _problem(code: str, field: str, **facts: str) -> Problem:
    return Problem(code=code, facts={"field": field, **facts} if field else facts)
