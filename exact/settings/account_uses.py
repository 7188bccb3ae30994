"""What accounts of a company are not for: payments booked on an account of sales or of VAT would be told twice.

A hint, never an obstacle: Exact takes such an entry. Nobody proposes such an account, and who sets one is asked again.
What Exact refuses is said in `exact.company.preflight`.
"""

from collections.abc import Iterable, Iterator

from booking.codes import CodeKind
from booking.effective import InForce
from booking.means_settings import KIND_ACCOUNT, MEANS_ACCOUNT
from booking.settings_table import BANKED, CUSTOMER_ACCOUNT
from exact.company.catalogue import Catalogue
from exact.company.facts import ACCOUNTS_RECEIVABLE, REFUSED_ON_SALES_LINES, REVENUE, VAT_ACCOUNT
from exact.models import CatalogueItem, CatalogueKind
from exact.settings.payment_words import called_alike, kinds_named, kinds_of_account
from ledger.kinds import PaymentKind
from ledger.problem import Problem

OF_PAYMENTS = (MEANS_ACCOUNT, KIND_ACCOUNT, BANKED)


def use_hints(it: InForce, account: CatalogueItem) -> Iterator[Problem]:
    """A hint if an account is for something else than what a setting books on it, by its type in Exact.

    What was offered may stand among the sales: PCG 709 has the discounts, and is one of revenue in Exact.
    """
    facts = {"field": it.field, "account": account.code, "name": account.name}
    if it.setting not in OF_PAYMENTS:
        return
    if account.facts["Type"] == VAT_ACCOUNT:
        yield Problem(code="account_of_vat_for_payments", facts=facts, blocking=False)
    if account.facts["Type"] == REVENUE and not _is_offered(it):
        yield Problem(code="account_of_sales_for_payments", facts=facts, blocking=False)


def is_fit(it: InForce, account: CatalogueItem) -> bool:
    """Whether an account may be proposed for a setting."""
    its_type = account.facts["Type"]
    if it.setting is CUSTOMER_ACCOUNT:
        return bool(its_type == ACCOUNTS_RECEIVABLE)
    refused = it.setting.of_sales and its_type in REFUSED_ON_SALES_LINES
    return not refused and next(use_hints(it, account), None) is None and not _is_of_another_kind(it, account)


def _is_of_another_kind(it: InForce, account: CatalogueItem) -> bool:
    """Whether an account is for other money than a setting of a kind of payment: cheques' is none for transfers.

    Transfers have a number that all money on its way to the bank begins with: only an account that says so is theirs.
    """
    own = {*_list_kinds(it)}
    if not own or called_alike(it.facts.get("label", ""), account.name):
        return False
    others = kinds_of_account(account.code, account.name)
    if own == {PaymentKind.TRANSFER}:
        return others != own and account.code.rstrip("0") != PaymentKind.TRANSFER.usual.number
    return bool(others) and others.isdisjoint(own)


def _list_kinds(it: InForce) -> Iterator[PaymentKind]:
    """The kinds of payment that a setting is of: as the till says, and as its label does."""
    told = it.subject.key if it.setting is KIND_ACCOUNT else it.facts.get("kind") if it.setting is MEANS_ACCOUNT else ""
    if told and told != PaymentKind.OTHER:
        yield PaymentKind(told)
    yield from kinds_named(it.facts.get("label", ""))


def account_doubts(settings: Iterable[InForce], catalogue: Catalogue) -> list[Problem]:
    """The hints on all accounts that people set; what follows them elsewhere is not told a second time."""
    set_here = (it for it in settings if it.own and it.code is CodeKind.GL_ACCOUNT)
    named = [(it, catalogue.get(CatalogueKind.GL_ACCOUNT, it.value)) for it in set_here]
    return [hint for it, account in named if account is not None for hint in use_hints(it, account)]


def _is_offered(it: InForce) -> bool:
    return PaymentKind.OFFERED in (it.subject.key, it.facts.get("kind"))
