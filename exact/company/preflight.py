"""What Exact would refuse, found before anything is sent: codes that are unknown, blocked, or of the wrong kind.

Problems name the field of the till's parameters they are about ("vat[1].sales_account") where there is one.
`exact.settings.checks` asks for every setting of an establishment, `exact.entries.check` for one entry.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from exact.company.catalogue import Catalogue, exact_date, percentage
from exact.company.facts import (
    FOR_PURCHASES,
    REFUSED_ON_SALES_LINES,
    VAT_TYPES_WITHOUT_INCLUDED_TAX,
    demands_cost_center,
    is_customer,
)
from exact.models import CatalogueItem, CatalogueKind
from ledger.problem import Problem

# A problem that ends once the third party is looked up in Exact: the catalogue has no customers but those looked up.
THIRD_PARTY_UNKNOWN = "third_party_unknown"


def account_problems(
    catalogue: Catalogue,
    code: str,
    field: str,
    *,
    must_be: int | None = None,
    sales_line: bool = False,
    cost_center: str = "",
) -> Iterator[Problem]:
    """A GL account. `must_be` is the type it must have; `cost_center` what is set for accounts that demand one."""
    if not code:
        yield problem_at("gl_account_missing", field)
        return
    account = catalogue.get(CatalogueKind.GL_ACCOUNT, code)
    if account is None:
        yield problem_at("gl_account_unknown", field, account=code)
        return
    named = {"account": code, "name": account.name}
    if account.facts["IsBlocked"]:
        yield problem_at("gl_account_blocked", field, **named)
    if must_be is not None and account.facts["Type"] != must_be:
        yield problem_at("gl_account_type", field, **named)
    if sales_line and account.facts["Type"] in REFUSED_ON_SALES_LINES:
        yield problem_at("gl_account_not_for_sales", field, **named)
    if demands_cost_center(account):
        yield from _cost_center(catalogue, cost_center, field, named)


def _cost_center(catalogue: Catalogue, code: str, field: str, named: Mapping[str, str]) -> Iterator[Problem]:
    if not code:
        yield problem_at("cost_center_demanded", field, **named)
        return
    # A catalogue limited to an entry's codes has no cost centres: these were checked at the activation.
    known = catalogue.of_kind(CatalogueKind.COST_CENTER)
    if known and not any(item.code == code and item.facts["Active"] for item in known):
        yield problem_at("cost_center_unknown", field, **named, cost_center=code)


def vat_code_problems(catalogue: Catalogue, code: str, rate: Decimal | None, field: str) -> Iterator[Problem]:
    """A VAT code on a sales line, whose percentage must be the slot's rate."""
    if not code:
        yield problem_at("vat_code_missing", field)
        return
    item = catalogue.get(CatalogueKind.VAT_CODE, code)
    if item is None:
        yield problem_at("vat_code_unknown", field, vat_code=code)
        return
    named = {"vat_code": code, "name": item.name}
    if item.facts["IsBlocked"]:
        yield problem_at("vat_code_blocked", field, **named)
    if item.facts["VATTransactionType"] == FOR_PURCHASES:
        yield problem_at("vat_code_for_purchases", field, **named)
    if item.facts["Type"] not in VAT_TYPES_WITHOUT_INCLUDED_TAX:
        yield problem_at("vat_code_including", field, **named)
    if rate is not None and percentage(item) != rate:
        yield problem_at("vat_rate_differs", field, vat_code=code, rate=str(rate), found=str(percentage(item)))


def journal_problems(catalogue: Catalogue, code: str, field: str, types: tuple[int, ...]) -> Iterator[Problem]:
    """A journal, which must be of one of the types."""
    journal = catalogue.get(CatalogueKind.JOURNAL, code)
    if journal is None:
        yield problem_at("journal_unknown", field, journal=code)
        return
    named = {"journal": code, "name": journal.name}
    if journal.facts["IsBlocked"]:
        yield problem_at("journal_blocked", field, **named)
    if journal.facts["Type"] not in types:
        yield problem_at("journal_type", field, **named)


def third_party_problems(catalogue: Catalogue, code: str, field: str, day: date) -> Iterator[Problem]:
    """A third party, who must be a customer on that day."""
    if not code:
        yield problem_at("third_party_missing", field)
        return
    party = catalogue.get(CatalogueKind.THIRD_PARTY, code)
    if party is None:
        yield problem_at(THIRD_PARTY_UNKNOWN, field, third_party=code)
        return
    named = {"third_party": code, "name": party.name}
    if not is_customer(party.facts["Status"]):
        yield problem_at("third_party_not_customer", field, **named)
    if party.facts["Blocked"] or not _active_on(party, day):
        yield problem_at("third_party_inactive", field, **named)


def is_active_customer(party: CatalogueItem, day: date) -> bool:
    """Whether counter sales of that day may be booked on this third party."""
    return is_customer(party.facts["Status"]) and not party.facts["Blocked"] and _active_on(party, day)


def payment_condition_of(party: CatalogueItem) -> str:
    """The payment condition of a customer in Exact; "" when it has none: then one must be set in the mapping."""
    return str(party.facts.get("PaymentConditionSales") or "").strip()


def payment_condition_problems(catalogue: Catalogue, code: str, party: CatalogueItem) -> Iterator[Problem]:
    """The condition of counter sales: the one set here, else the customer's own."""
    if not code:
        facts = {"third_party": party.code, "name": party.name}
        yield problem_at("payment_condition_missing", "payment_condition", **facts)
    elif catalogue.get(CatalogueKind.PAYMENT_CONDITION, code) is None:
        yield problem_at("payment_condition_unknown", "payment_condition", condition=code)


def _active_on(party: CatalogueItem, day: date) -> bool:
    start, end = exact_date(party.facts.get("StartDate")), exact_date(party.facts.get("EndDate"))
    return (start is None or start <= day) and (end is None or day <= end)


def period_problems(catalogue: Catalogue, day: date, journals: tuple[str, ...]) -> Iterator[Problem]:
    """The financial period of a day, which must exist and be open in each journal."""
    period = catalogue.period_of(day)
    if period is None:
        yield problem_at("period_unknown", "", date=day.isoformat())
        return
    for journal in journals:
        if journal in period.facts["closed_journals"]:
            yield problem_at("period_closed", "", period=period.code, journal=journal)


def problem_at(code: str, field: str, **facts: str) -> Problem:
    """A blocking problem of one setting."""
    return Problem(code=code, facts={"field": field, **facts} if field else facts)
