"""Every setting of an establishment against one company of Exact: what is set, what Exact has, what would mend it.

Reads the cached catalogue only: `exact.activation.switch` sees to it that it is fresh.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial

from django.utils import timezone

from booking.codes import CodeKind
from booking.effective import InForce, codes_named, effective_settings
from booking.models import Mapping
from booking.setting import Need, Setting
from booking.settings_table import (
    COST_CENTER,
    COUNTER_CUSTOMER,
    CUSTOMER_ACCOUNT,
    PAYMENT_CONDITION,
    RECEIPTS_JOURNAL,
    SALES_ACCOUNT,
    SALES_JOURNAL,
    VAT_CODE,
)
from booking.subjects import UNUSED
from exact.api.resources import BANK, CASH, SALES
from exact.company import preflight
from exact.company.catalogue import SOURCES, THIRD_PARTIES, Catalogue, ChartOnDemand
from exact.company.facts import ACCOUNTS_RECEIVABLE, JOURNAL_TYPE_SALES, JOURNAL_TYPES_RECEIPTS, REVENUE, takes_cash
from exact.models import CatalogueKind, Division, DivisionAccess
from exact.settings.account_uses import is_fit
from exact.settings.fixes import (
    Fix,
    account_fix,
    cost_center_fix,
    journal_fix,
    payment_condition_fix,
    third_party_fix,
    vat_code_fix,
)
from ledger.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One setting: its field ("vat[0].vat_code"), its value, Exact's name for it, and what is wrong with it.

    `subject` holds facts of the setting itself (slot and rate). `fix` is offered when something is wrong.
    """

    field: str
    value: str
    found: str = ""
    problems: tuple[Problem, ...] = ()
    subject: ReadOnly[str, str] = dataclasses.field(default_factory=dict)
    fix: Fix | None = None

    @property
    def ok(self) -> bool:
        """Whether it has no problem that prevents the activation."""
        return not any(problem.blocking for problem in self.problems)

    @property
    def certain(self) -> bool:
        """Whether it has no problem at all."""
        return not self.problems


def check_mapping(mapping: Mapping, division: Division, catalogue: Catalogue | None = None) -> list[Check]:
    """Every setting of a mapping, saved or not, against a company, by its catalogue as cached or as given."""
    settings = effective_settings(mapping)
    if catalogue is None:
        catalogue = ChartOnDemand(division, accounts=codes_named(settings, CodeKind.GL_ACCOUNT))
    return check_settings(settings, division, catalogue, day=timezone.localdate())


@dataclass(frozen=True, slots=True)
class _Company:
    """What settings are checked against: a company's catalogue, on a day, and the settings that others depend on."""

    catalogue: Catalogue
    day: date
    third_party: str
    cost_center: str


def check_settings(settings: Sequence[InForce], division: Division, catalogue: Catalogue, *, day: date) -> list[Check]:
    """Check all that an establishment's closings will use, in the order people set it. Makes no call."""
    company = _Company(catalogue, day, _read_value(settings, COUNTER_CUSTOMER), _read_value(settings, COST_CENTER))
    journals = _read_value(settings, SALES_JOURNAL), _read_value(settings, RECEIPTS_JOURNAL)
    used = [it for it in settings if UNUSED not in it.facts]
    return [
        _check_access(division),
        *_check_rights(division, journals[1], catalogue),
        *(check for it in used for check in _check_for_every_closing(it, company)),
        *_check_slots(used),
        _check_period(catalogue, journals, day),
        *(_check_for_some_closings(it, company) for it in used if _is_named(it, CodeKind.GL_ACCOUNT)),
        *(_check_for_some_closings(it, company) for it in used if _is_named(it, CodeKind.JOURNAL)),
    ]


def _read_value(settings: Iterable[InForce], setting: Setting[None]) -> str:
    return next(it.value for it in settings if it.setting is setting)


def _is_named(it: InForce, code: CodeKind) -> bool:
    return it.setting.need is Need.SOME_CLOSINGS and it.code is code and bool(it.value)


def problems_of(checks: Iterable[Check]) -> list[Problem]:
    """The problems that prevent the activation."""
    return [problem for check in checks for problem in check.problems if problem.blocking]


def _check_access(division: Division) -> Check:
    problems: tuple[Problem, ...] = ()
    if division.access != DivisionAccess.OPEN:
        problems = (preflight.problem_at(f"division_{division.access}", "division", division=division.label),)
    return Check(field="division", value=str(division.code), found=division.name, problems=problems)


def _check_rights(division: Division, receipts_journal: str, catalogue: Catalogue) -> Iterator[Check]:
    """Check the right to each resource that closings need; receipts go to cash or bank by their journal's type."""
    journal = catalogue.get(CatalogueKind.JOURNAL, receipts_journal)
    receipts = CASH if takes_cash(journal) else BANK
    needed = [source.resource for source in SOURCES] + [THIRD_PARTIES, SALES, receipts]
    missing = [resource for resource in needed if resource in division.forbidden]
    for resource in missing:
        yield Check(
            field="rights",
            value=resource,
            problems=(preflight.problem_at("right_missing", "rights", resource=resource),),
        )
    if not missing:
        yield Check(field="rights", value="")


def _check_for_every_closing(it: InForce, company: _Company) -> Iterator[Check]:
    if it.setting.need is Need.EVERY_CLOSING:
        yield from OF_EVERY_CLOSING[it.setting.field](it, company)


def _check_customer_account(it: InForce, company: _Company) -> Iterator[Check]:
    catalogue, code = company.catalogue, it.value
    problems = preflight.account_problems(catalogue, code, it.field, must_be=ACCOUNTS_RECEIVABLE)
    suits = partial(is_fit, it)
    fix = partial(account_fix, catalogue, it.field, code, suits=suits, types=(ACCOUNTS_RECEIVABLE,))
    yield _check(it, company, problems, fix)


def _check_counter_customer(it: InForce, company: _Company) -> Iterator[Check]:
    problems = preflight.third_party_problems(company.catalogue, it.value, it.field, company.day)
    fits = partial(preflight.is_active_customer, day=company.day)
    yield _check(it, company, problems, partial(third_party_fix, company.catalogue, it.field, it.value, fits))


def _check_payment_condition(it: InForce, company: _Company) -> Iterator[Check]:
    """Check the payment condition that is set, else the customer's own; none if Exact does not know the customer."""
    party = company.catalogue.get(CatalogueKind.THIRD_PARTY, company.third_party)
    if party is not None:
        effective = replace(it, value=it.value or preflight.payment_condition_of(party))
        problems = preflight.payment_condition_problems(company.catalogue, effective.value, party)
        yield _check(effective, company, problems, partial(payment_condition_fix, company.catalogue, it.field))


def _check_sales_account(it: InForce, company: _Company) -> Iterator[Check]:
    problems = [*_find_account_problems(it, company)]
    wants_cost_center = any(problem.code.startswith("cost_center") for problem in problems)
    rate = Decimal(it.facts["rate"])
    suits = partial(is_fit, it)
    of_account = partial(account_fix, company.catalogue, it.field, it.value, suits=suits, types=(REVENUE,), rate=rate)
    fix = partial(cost_center_fix, company.catalogue, COST_CENTER.field) if wants_cost_center else of_account
    yield _tell_slot(_check(it, company, problems, fix), it)


def _check_vat_code(it: InForce, company: _Company) -> Iterator[Check]:
    rate = Decimal(it.facts["rate"])
    problems = preflight.vat_code_problems(company.catalogue, it.value, rate, it.field)
    fix = partial(vat_code_fix, company.catalogue, it.field, it.value, rate)
    yield _tell_slot(_check(it, company, problems, fix), it)


def _tell_slot(check: Check, it: InForce) -> Check:
    """The check with the facts of its VAT slot added to its problems."""
    problems = tuple(replace(problem, facts={**it.facts, **problem.facts}) for problem in check.problems)
    return replace(check, subject=it.facts, problems=problems)


def _check_journal(it: InForce, company: _Company, types: tuple[int, ...]) -> Iterator[Check]:
    problems = preflight.journal_problems(company.catalogue, it.value, it.field, types)
    yield _check(it, company, problems, partial(journal_fix, company.catalogue, it.field, it.value, types))


# What is asked of each setting that every closing needs, by its field in the table.
OF_EVERY_CLOSING: ReadOnly[str, Callable[[InForce, _Company], Iterator[Check]]] = {
    CUSTOMER_ACCOUNT.field: _check_customer_account,
    COUNTER_CUSTOMER.field: _check_counter_customer,
    PAYMENT_CONDITION.field: _check_payment_condition,
    SALES_ACCOUNT.field: _check_sales_account,
    VAT_CODE.field: _check_vat_code,
    SALES_JOURNAL.field: partial(_check_journal, types=(JOURNAL_TYPE_SALES,)),
    RECEIPTS_JOURNAL.field: partial(_check_journal, types=JOURNAL_TYPES_RECEIPTS),
}


def _check_slots(settings: Iterable[InForce]) -> Iterator[Check]:
    if not any(it.setting is SALES_ACCOUNT for it in settings):
        yield Check(field="vat", value="", problems=(preflight.problem_at("parameters_missing", "vat"),))


def _check_period(catalogue: Catalogue, journals: tuple[str, str], day: date) -> Check:
    period = catalogue.period_of(day)
    problems = preflight.period_problems(catalogue, day, journals)
    return Check(field="period", value=period.code if period else day.isoformat(), problems=tuple(problems))


def _check_for_some_closings(it: InForce, company: _Company) -> Check:
    """Check a setting that only some closings use: such a closing is held, and the activation is not refused."""
    if it.code is CodeKind.JOURNAL:
        (check,) = _check_journal(it, company, JOURNAL_TYPES_RECEIPTS)
    else:
        fix = partial(account_fix, company.catalogue, it.field, it.value, suits=partial(is_fit, it))
        check = _check(it, company, _find_account_problems(it, company), fix)
    return replace(check, problems=tuple(replace(problem, blocking=False) for problem in check.problems))


def _find_account_problems(it: InForce, company: _Company) -> Iterator[Problem]:
    return preflight.account_problems(
        company.catalogue, it.value, it.field, sales_line=it.setting.of_sales, cost_center=company.cost_center
    )


def _check(it: InForce, company: _Company, problems: Iterable[Problem], fix: Callable[[], Fix | None]) -> Check:
    """The check of a setting. A fix is looked for only if there is a problem, as it needs the whole chart."""
    assert it.code is not None, "what is yes or no is never wrong in Exact"
    item = company.catalogue.get(CatalogueKind(it.code), it.value)
    found = tuple(problems)
    return Check(
        field=it.field,
        value=it.value,
        found=item.name if item else "",
        problems=found,
        fix=fix() if found else None,
    )
