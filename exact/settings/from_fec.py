"""Proposals for the mapping from an accountant's last FEC, each with the reasons for it.

An account is proposed for a setting by its number in the French chart (PCG), by the words of its name, and for VAT
slots by the rate that its name and its amounts say. Of several the one that moved most comes first. Only what the
company's chart in Exact holds, has open and has for that use is proposed; what is in force already is counted instead.
"""

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from decimal import Decimal

from booking.effective import InForce
from booking.means_settings import KIND_ACCOUNT, MEANS_ACCOUNT
from booking.settings_table import (
    CUSTOMER_ACCOUNT,
    MOVEMENT_ACCOUNT,
    RECEIPT_ACCOUNT,
    SALES_ACCOUNT,
    SALES_JOURNAL,
    SHORTAGE,
    SURPLUS,
    VAT_ACCOUNT,
)
from exact.company.catalogue import Catalogue
from exact.models import CatalogueKind
from exact.settings.account_uses import is_fit
from exact.settings.payment_words import MONEY, OF_PAYMENTS, OWED, Signs, own_words, words_of
from ledger.files.foreign_fec import SALES, VAT_COLLECTED, AccountUsed, BooksTold
from ledger.kinds import MovementKind, PaymentKind, ReceiptKind

OF_RECEIPTS: ReadOnly[ReceiptKind, Signs] = {
    ReceiptKind.TIP: (("pourboire", "pourboires"), OWED),
    ReceiptKind.DEPOSIT: OF_PAYMENTS[PaymentKind.DEPOSIT_USED],
    ReceiptKind.VOUCHER: OF_PAYMENTS[PaymentKind.GIFT_CARD],
}
OF_MOVEMENTS: ReadOnly[MovementKind, Signs] = {
    MovementKind.FLOAT_IN: (("interne", "internes", "fonds", "caisse"), ("58",)),
    MovementKind.BANK_DEPOSIT: (("interne", "internes", "fonds", "caisse"), ("58",)),
    MovementKind.WITHDRAWAL: (("exploitant", "associe", "associes"), ("108", "455")),
    MovementKind.OTHER: (("attente",), ("471",)),
}
OF_DIFFERENCES: ReadOnly[str, Signs] = {
    SHORTAGE.field: (("caisse",), ("658", "668", "678")),
    SURPLUS.field: (("caisse",), ("758", "768", "778")),
}
COUNTER_WORDS = frozenset({"caisse", "comptoir", "divers", "comptant"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A value for a setting, the code the FEC has for it, and what speaks for it: `used` is None of a journal."""

    setting: InForce
    value: str
    code: str
    name: str
    used: AccountUsed | None = None
    rate: Decimal | None = None
    others: tuple[AccountUsed, ...] = ()
    entries: int = 0


@dataclass(slots=True, kw_only=True)
class Proposed:
    """What a FEC proposes, in the order of the settings; how many it confirms, and what Exact does not have."""

    proposals: list[Proposal] = field(default_factory=list)
    confirmed: int = 0
    unknown: list[AccountUsed] = field(default_factory=list)


def proposed_from_fec(told: BooksTold, settings: Iterable[InForce], catalogue: Catalogue | None) -> Proposed:
    """Return what `told` proposes for `settings`; nothing that Exact does not have, when its lists are known."""
    reading = _Reading(told, catalogue)
    found = Proposed()
    for setting in settings:
        proposal = reading.propose(setting)
        if proposal is None:
            continue
        if not proposal.value:
            if proposal.used is not None and proposal.used not in found.unknown:
                found.unknown.append(proposal.used)
        elif proposal.value == setting.value:
            found.confirmed += 1
        else:
            found.proposals.append(proposal)
    return found


class _Reading:
    """A FEC beside a company's lists."""

    def __init__(self, told: BooksTold, catalogue: Catalogue | None) -> None:
        self.told, self.catalogue = told, catalogue
        chart = catalogue.of_kind(CatalogueKind.GL_ACCOUNT) if catalogue else []
        self.open = {it.code.rstrip("0"): it for it in chart if not it.facts["IsBlocked"]}
        self.words = {number: words_of(account.name) for number, account in told.accounts.items()}

    def propose(self, setting: InForce) -> Proposal | None:
        """The account or journal for a setting; without a value when Exact has no such one."""
        rate = setting.facts.get("rate")
        if setting.setting is SALES_ACCOUNT and rate:
            return self._propose_account(setting, self._list_of_rate(SALES, Decimal(rate)), rate=Decimal(rate))
        if setting.setting is VAT_ACCOUNT and rate:
            return self._propose_account(setting, self._list_of_rate(VAT_COLLECTED, Decimal(rate)), rate=Decimal(rate))
        if setting.setting is CUSTOMER_ACCOUNT:
            return self._propose_account(setting, self._list_counter_customers())
        if setting.setting is SALES_JOURNAL:
            return self._propose_journal(setting)
        if setting.setting is MEANS_ACCOUNT:
            return self._propose_account(setting, self._list_named_like(setting.facts.get("label", "")))
        signs = _find_signs(setting)
        return self._propose_account(setting, self._list_with(*signs, prefer=_find_usual(setting))) if signs else None

    def _propose_account(
        self, setting: InForce, candidates: list[AccountUsed], *, rate: Decimal | None = None
    ) -> Proposal | None:
        fitting = [it for it in candidates if self._fits(setting, it)]
        if not fitting:
            return None
        best, *others = fitting
        account = self.open.get(best.number.rstrip("0"))
        value = best.number if self.catalogue is None else account.code if account else ""
        return Proposal(
            setting=setting,
            value=value,
            code=best.number,
            name=best.name,
            used=best,
            rate=rate,
            others=tuple(others[:2]),
        )

    def _fits(self, setting: InForce, used: AccountUsed) -> bool:
        """Whether Exact has nothing against it. What Exact does not have is said to be missing there."""
        account = self.open.get(used.number.rstrip("0"))
        return account is None or is_fit(setting, account)

    def _propose_journal(self, setting: InForce) -> Proposal | None:
        """The journal most sales stand in, where Exact has one of that code. Of receipts a FEC says nothing sure."""
        journals = sorted(self.told.journals.values(), key=lambda it: -it.sales)
        if not journals or not journals[0].sales or self.catalogue is None:
            return None
        best = journals[0]
        known = self.catalogue.get(CatalogueKind.JOURNAL, best.code)
        if known is None or known.facts["IsBlocked"]:
            return None
        return Proposal(setting=setting, value=best.code, code=best.code, name=best.name, entries=best.sales)

    def _list_of_rate(self, root: str, rate: Decimal) -> list[AccountUsed]:
        return _sort(it for it in self._list_accounts((root,)) if it.rate == rate and it.credit > it.debit)

    def _list_counter_customers(self) -> list[AccountUsed]:
        """Accounts of customers that face sales: one that is the only one, or that is called like the counter."""
        owing = [self.told.accounts[number] for number, _count in self.told.owing.most_common()]
        return [it for it in owing if len(owing) == 1 or COUNTER_WORDS & self.words[it.number]]

    def _list_with(self, words: Iterable[str], roots: tuple[str, ...], *, prefer: str) -> list[AccountUsed]:
        named = [it for it in self._list_accounts(roots) if self.words[it.number].intersection(words)]
        return sorted(_sort(named), key=lambda it: not (prefer and it.number.startswith(prefer)))

    def _list_named_like(self, label: str) -> list[AccountUsed]:
        wanted = own_words(label)
        return _sort(it for it in self._list_accounts((*MONEY, *OWED)) if wanted and wanted & self.words[it.number])

    def _list_accounts(self, roots: tuple[str, ...]) -> Iterator[AccountUsed]:
        return (account for number, account in self.told.accounts.items() if number.startswith(roots))


def _find_signs(setting: InForce) -> Signs | None:
    """What accounts for a setting of a kind are called and numbered; None of a setting that has no such words."""
    name = setting.subject.name
    if setting.field in OF_DIFFERENCES:
        return OF_DIFFERENCES[setting.field]
    if setting.setting is KIND_ACCOUNT:
        return OF_PAYMENTS.get(PaymentKind(name))
    if setting.setting is RECEIPT_ACCOUNT:
        return OF_RECEIPTS.get(ReceiptKind(name))
    return OF_MOVEMENTS.get(MovementKind(name)) if setting.setting is MOVEMENT_ACCOUNT else None


def _find_usual(setting: InForce) -> str:
    """The beginning of the number usual in France for a kind."""
    usual = getattr(setting.subject.key, "usual", None)
    return usual.number if usual else ""


def _sort(accounts: Iterable[AccountUsed]) -> list[AccountUsed]:
    return sorted(accounts, key=lambda it: (-it.moved, it.number))
