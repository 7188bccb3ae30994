"""Every setting of an establishment against one company of Exact: what is set, what Exact has, what would mend it.

Reads the cached catalogue only: `exact.activation.switch` sees to it that it is fresh.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from django.utils import timezone

from exact.api.resources import BANK, CASH, SALES
from exact.company import preflight
from exact.company.catalogue import SOURCES, THIRD_PARTIES, Catalogue, ChartOnDemand
from exact.company.facts import ACCOUNTS_RECEIVABLE, JOURNAL_TYPE_SALES, JOURNAL_TYPES_RECEIPTS, REVENUE, takes_cash
from exact.company.plan import plan_in
from exact.mapping import Overrides
from exact.models import CatalogueItem, CatalogueKind, Division, DivisionAccess, Mapping
from exact.settings.fixes import (
    Fix,
    account_fix,
    cost_center_fix,
    journal_fix,
    payment_condition_fix,
    third_party_fix,
    vat_code_fix,
)
from ledger.plan import BookingPlan, SlotPlan
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
        """Whether nothing stands in the way of the activation."""
        return not any(problem.blocking for problem in self.problems)

    @property
    def certain(self) -> bool:
        """Whether there is nothing to say about it at all."""
        return not self.problems


def check_mapping(mapping: Mapping, division: Division, catalogue: Catalogue | None = None) -> list[Check]:
    """Every setting of a mapping, saved or not, against a company, by its catalogue as cached or as given."""
    overrides = Overrides.model_validate(mapping.overrides)
    plan = plan_in(division, mapping)
    return check_plan(
        plan,
        division,
        catalogue or ChartOnDemand(division, accounts=accounts_in(plan)),
        payment_condition=overrides.payment_condition,
        cost_center=overrides.cost_center,
        day=timezone.localdate(),
    )


def check_plan(
    plan: BookingPlan, division: Division, catalogue: Catalogue, *, payment_condition: str, cost_center: str, day: date
) -> list[Check]:
    """Check all that an establishment's closings will use, in the order people set it. Makes no call."""
    return [
        _access(division),
        *_rights(division, plan, catalogue),
        _customer_account(catalogue, plan),
        *_third_party(catalogue, plan, day, payment_condition),
        *_slots(catalogue, plan, cost_center),
        _journal(catalogue, "journals.sales", plan.sales_journal, (JOURNAL_TYPE_SALES,)),
        _journal(catalogue, "journals.receipts", plan.receipts_journal, JOURNAL_TYPES_RECEIPTS),
        _period(catalogue, plan, day),
        *_means(catalogue, plan, cost_center),
    ]


def problems_of(checks: Iterable[Check]) -> list[Problem]:
    """What stands in the way of the activation."""
    return [problem for check in checks for problem in check.problems if problem.blocking]


def _access(division: Division) -> Check:
    problems: tuple[Problem, ...] = ()
    if division.access != DivisionAccess.OPEN:
        problems = (preflight.problem_at(f"division_{division.access}", "division", division=division.label),)
    return Check(field="division", value=str(division.code), found=division.name, problems=problems)


def _rights(division: Division, plan: BookingPlan, catalogue: Catalogue) -> Iterator[Check]:
    """One check a resource that every closing needs; the receipts' resource follows from the journal's type."""
    journal = catalogue.get(CatalogueKind.JOURNAL, plan.receipts_journal)
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


def _customer_account(catalogue: Catalogue, plan: BookingPlan) -> Check:
    name = "customer_account"
    problems = preflight.account_problems(catalogue, plan.customer_account, name, must_be=ACCOUNTS_RECEIVABLE)
    account = catalogue.get(CatalogueKind.GL_ACCOUNT, plan.customer_account)
    fix = partial(account_fix, catalogue, name, plan.customer_account, types=(ACCOUNTS_RECEIVABLE,))
    return _check(name, plan.customer_account, account, problems, fix)


def _third_party(catalogue: Catalogue, plan: BookingPlan, day: date, payment_condition: str) -> Iterator[Check]:
    party = catalogue.get(CatalogueKind.THIRD_PARTY, plan.third_party)
    yield _check(
        "third_party",
        plan.third_party,
        party,
        preflight.third_party_problems(catalogue, plan.third_party, "third_party", day),
        partial(third_party_fix, catalogue, plan.third_party, lambda item: preflight.is_active_customer(item, day)),
    )
    if party is not None:
        code = payment_condition or preflight.payment_condition_of(party)
        yield _check(
            "payment_condition",
            code,
            catalogue.get(CatalogueKind.PAYMENT_CONDITION, code),
            preflight.payment_condition_problems(catalogue, code, party),
            partial(payment_condition_fix, catalogue),
        )


def _slot(catalogue: Catalogue, slot: SlotPlan, index: int, cost_center: str) -> Iterator[Check]:
    subject = {"slot": str(slot.slot), "rate": str(slot.rate)}
    name = f"vat[{index}].sales_account"
    problems = [
        *preflight.account_problems(catalogue, slot.sales_account, name, sales_line=True, cost_center=cost_center)
    ]
    wants_cost_center = any(problem.code.startswith("cost_center") for problem in problems)
    of_account = partial(account_fix, catalogue, name, slot.sales_account, types=(REVENUE,), rate=slot.rate)
    fix = partial(cost_center_fix, catalogue) if wants_cost_center else of_account
    account = catalogue.get(CatalogueKind.GL_ACCOUNT, slot.sales_account)
    yield _of_slot(_check(name, slot.sales_account, account, problems, fix), subject)
    name = f"vat[{index}].vat_code"
    code = catalogue.get(CatalogueKind.VAT_CODE, slot.vat_code)
    check = _check(
        name,
        slot.vat_code,
        code,
        preflight.vat_code_problems(catalogue, slot.vat_code, slot.rate, name),
        partial(vat_code_fix, catalogue, name, slot.vat_code, slot.rate),
    )
    yield _of_slot(check, subject)


def _of_slot(check: Check, subject: dict[str, str]) -> Check:
    """The check and its problems, told which slot they are of."""
    problems = tuple(replace(it, facts={**subject, **it.facts}) for it in check.problems)
    return replace(check, subject=subject, problems=problems)


def _slots(catalogue: Catalogue, plan: BookingPlan, cost_center: str) -> Iterator[Check]:
    used = [(index, slot) for index, slot in enumerate(plan.slots.values()) if slot.is_used]
    for index, slot in used:
        yield from _slot(catalogue, slot, index, cost_center)
    if not used:
        yield Check(field="vat", value="", problems=(preflight.problem_at("parameters_missing", "vat"),))


def _journal(catalogue: Catalogue, name: str, code: str, types: tuple[int, ...]) -> Check:
    problems = preflight.journal_problems(catalogue, code, name, types)
    fix = partial(journal_fix, catalogue, name, code, types)
    return _check(name, code, catalogue.get(CatalogueKind.JOURNAL, code), problems, fix)


def _period(catalogue: Catalogue, plan: BookingPlan, day: date) -> Check:
    period = catalogue.period_of(day)
    problems = preflight.period_problems(catalogue, day, (plan.sales_journal, plan.receipts_journal))
    return Check(field="period", value=period.code if period else day.isoformat(), problems=tuple(problems))


def accounts_of(plan: BookingPlan) -> dict[str, str]:
    """The accounts that only some closings use, by the field's name in checks; those nobody named left out."""
    accounts = {f"means.{code}": means.account for code, means in plan.means.items()}
    accounts |= {f"means_by_kind.{kind.value}": means.account for kind, means in plan.means_by_kind.items()}
    accounts |= {f"receipts.{kind.value}": account for kind, account in plan.receipt_accounts.items()}
    accounts |= {"shortage": plan.shortage_account, "surplus": plan.surplus_account}
    accounts |= {f"movements.{kind.value}": account for kind, account in plan.movement_accounts.items()}
    accounts |= {"deductible_vat": plan.deductible_vat_account, "banked": plan.banked_account}
    families = (
        (slot.slot, name, account) for slot in plan.slots.values() for name, account in slot.family_accounts.items()
    )
    accounts |= {f"family.{slot}.{name}": account for slot, name, account in families}
    return {name: code for name, code in accounts.items() if code}


def accounts_in(plan: BookingPlan) -> set[str]:
    """Every account the plan names."""
    slots = (*plan.slots.values(), *plan.former_slots.values())
    of_slots = (code for slot in slots for code in (slot.sales_account, slot.vat_account))
    return {plan.customer_account, *of_slots, *accounts_of(plan).values()}


def _means(catalogue: Catalogue, plan: BookingPlan, cost_center: str) -> Iterator[Check]:
    """What only some closings use: a closing that needs it is held, the activation is not refused."""
    for name, code in accounts_of(plan).items():
        sold = name.startswith("family.")
        problems = preflight.account_problems(catalogue, code, name, sales_line=sold, cost_center=cost_center)
        mild = [replace(problem, blocking=False) for problem in problems]
        account = catalogue.get(CatalogueKind.GL_ACCOUNT, code)
        yield _check(name, code, account, mild, partial(account_fix, catalogue, name, code))
    journals = {f"means_journal.{code}": means.journal for code, means in plan.means.items()}
    journals |= {f"means_by_kind_journal.{kind.value}": it.journal for kind, it in plan.means_by_kind.items()}
    for name, journal in journals.items():
        if journal:
            check = _journal(catalogue, name, journal, JOURNAL_TYPES_RECEIPTS)
            yield replace(check, problems=tuple(replace(it, blocking=False) for it in check.problems))


def _check(
    name: str,
    value: str,
    item: CatalogueItem | None,
    problems: Iterable[Problem],
    fix: Callable[[], Fix | None],
) -> Check:
    """A fix is looked for, in the whole chart, only where something is wrong."""
    found = tuple(problems)
    return Check(field=name, value=value, found=item.name if item else "", problems=found, fix=fix() if found else None)
