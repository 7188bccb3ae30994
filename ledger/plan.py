"""A booking plan: which account, VAT code and journal everything in a closing goes to.

The defaults are to start a plan from; those of each kind of money stand with the kind (`ledger.kinds`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from ledger.kinds import MovementKind, PaymentKind, ReceiptKind, Unnamed, full_number
from ledger.money import ZERO

SHORTAGE = "658"  # PCG 658: cash missing from the drawer
SURPLUS = "758"  # PCG 758: cash found above what was expected
DEFAULT_SHORTAGE_ACCOUNT = full_number(SHORTAGE)
DEFAULT_SURPLUS_ACCOUNT = full_number(SURPLUS)
DEFAULT_SUSPENSE_ACCOUNT = full_number("471")  # PCG 471: to be looked into, whatever the sign
DEFAULT_DEDUCTIBLE_VAT_ACCOUNT = "445660"  # PCG 44566: VAT on what was bought out of the drawer
# PCG 44571, VAT collected: usually one account per rate. Files need it; Exact takes it from its own VAT code.
DEFAULT_VAT_ACCOUNT = "445710"
DEFAULT_VAT_ACCOUNTS: Mapping[Decimal, str] = MappingProxyType(
    {
        Decimal("20.00"): "445711",
        Decimal("10.00"): "445712",
        Decimal("5.50"): "445713",
        Decimal("2.10"): "445714",
    }
)


def default_vat_account(rate: Decimal) -> str:
    """Return the account that VAT of a rate is collected on, until somebody says another: 445712 for 10 %."""
    return DEFAULT_VAT_ACCOUNTS.get(rate, DEFAULT_VAT_ACCOUNT)


def is_blank_slot(rate: Decimal, sales_account: str, vat_code: str) -> bool:
    """Whether a till sends a slot only because it has ten: one at 0 % without account or code is none of the shop's."""
    return not (rate or sales_account or vat_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotPlan:
    """Where one VAT slot goes: slot 2 at 10 % to 707000, VAT code VR, VAT to 445710.

    ``family_accounts`` sends single families elsewhere: discounts to 709000, acomptes to 419100.
    """

    slot: int
    rate: Decimal
    sales_account: str
    vat_code: str
    vat_account: str
    family_accounts: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_used(self) -> bool:
        """Whether the shop has this slot: `is_blank_slot` says of which it has not."""
        return bool(self.family_accounts) or not is_blank_slot(self.rate, self.sales_account, self.vat_code)

    def account_of(self, family: str) -> str:
        """Return the account a family of this slot is sold on."""
        return self.family_accounts.get(family, self.sales_account)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeansPlan:
    """Where one means of payment goes: cards to 511500, until the bank pays them out.

    Without ``account`` the money stays on the journal's own account, as cash does. Without ``journal`` it is
    booked in the receipts journal. A sale on account needs no account: it goes to the customer account.
    """

    account: str | None = None
    journal: str | None = None
    third_party: str = ""

    def says_where(self, kind: PaymentKind) -> bool:
        """Whether payments of a kind can be booked by this plan.

        A blank account says nothing; and an offered item is no money, so it cannot stay on the journal's account.
        """
        return self.account != "" and (kind is not PaymentKind.OFFERED or self.account is not None)


# Kinds without a usual account have none here: people must map them.
DEFAULT_MEANS_BY_KIND: Mapping[PaymentKind, MeansPlan] = MappingProxyType(
    {
        kind: MeansPlan(account=kind.usual.account or None)
        for kind in PaymentKind
        if kind.usual.unnamed is not Unnamed.NOWHERE
    }
)
DEFAULT_RECEIPT_ACCOUNTS: Mapping[ReceiptKind, str] = MappingProxyType(
    {kind: kind.usual.account for kind in ReceiptKind if kind.usual.number}
)
DEFAULT_MOVEMENT_ACCOUNTS: Mapping[MovementKind, str] = MappingProxyType(
    {kind: kind.usual.account for kind in MovementKind if kind.usual.number}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingPlan:
    """Everything an establishment's closings need to become entries.

    ``customer_account`` with ``third_party`` is the walk-in customer, whom every closing leaves at zero.
    ``journal_accounts`` gives each receipts journal's own account: ``{"30": "530000"}``.
    ``means`` (by the till's code) goes before ``means_by_kind``. ``named_customers`` turns a till's customer
    code into a third party; a code that is not there is used as it is. With ``banked_account`` the money
    taken to the bank at closing is booked; without it, only a movement of the drawer is. ``former_slots`` says,
    by slot and rate, where a slot went when it had a rate it has no more.
    """

    slots: Mapping[int, SlotPlan]
    customer_account: str
    third_party: str
    sales_journal: str
    receipts_journal: str
    journal_accounts: Mapping[str, str]
    means: Mapping[str, MeansPlan] = field(default_factory=dict)
    means_by_kind: Mapping[PaymentKind, MeansPlan] = field(default_factory=lambda: DEFAULT_MEANS_BY_KIND)
    receipt_accounts: Mapping[ReceiptKind, str] = field(default_factory=lambda: DEFAULT_RECEIPT_ACCOUNTS)
    named_customers: Mapping[str, str] = field(default_factory=dict)
    movement_accounts: Mapping[MovementKind, str] = field(default_factory=lambda: DEFAULT_MOVEMENT_ACCOUNTS)
    deductible_vat_account: str = DEFAULT_DEDUCTIBLE_VAT_ACCOUNT
    shortage_account: str = DEFAULT_SHORTAGE_ACCOUNT
    surplus_account: str = DEFAULT_SURPLUS_ACCOUNT
    suspense_account: str = DEFAULT_SUSPENSE_ACCOUNT
    banked_account: str | None = None
    separate_refunds: bool = True
    separate_families: bool = False
    former_slots: Mapping[tuple[int, Decimal], SlotPlan] = field(default_factory=dict)

    def slot_plan(self, slot: int, rate: Decimal) -> SlotPlan | None:
        """Return where a slot at a rate goes, now or when it had that rate; None if it never had."""
        now = self.slots.get(slot)
        if now is not None and now.rate == rate and now.is_used:
            return now
        former = self.former_slots.get((slot, rate))
        return former or (now if now is not None and now.rate == rate else None)

    def means_plan(self, means: str, kind: PaymentKind) -> MeansPlan | None:
        """Return where a means of payment goes, or None if nobody has said."""
        return self.means.get(means) or self.means_by_kind.get(kind)

    def journal_of(self, means_plan: MeansPlan) -> str:
        """Return the journal a means of payment is booked in."""
        return means_plan.journal or self.receipts_journal

    @property
    def cash_plan(self) -> MeansPlan:
        """Where the drawer lives: its movements and differences go where cash payments as a kind go."""
        return self.means_by_kind.get(PaymentKind.CASH) or MeansPlan()

    def third_party_of(self, account: str) -> str:
        """Return the third party that a till's customer code stands for."""
        return self.named_customers.get(account, account)

    def debtor_of(self, account: str, means_plan: MeansPlan) -> str:
        """Return who owes a sale on account: the third party of the means, else the named customer."""
        return means_plan.third_party or self.third_party_of(account)

    def receipt_account(self, kind: ReceiptKind, amount: Decimal) -> str:
        """Return the account of an other receipt, "" if nobody has said.

        Rounding 0.70 up is a gain (PCG 758), rounding 0.02 down a loss (PCG 658).
        """
        if kind in self.receipt_accounts:
            return self.receipt_accounts[kind]
        if kind.usual.unnamed is Unnamed.CUSTOMER:
            return self.customer_account
        if kind.usual.unnamed is Unnamed.DIFFERENCE:
            return self.difference_account(amount)
        return ""

    def difference_account(self, amount: Decimal) -> str:
        """Return 758 for what is too much and 658 for what is missing."""
        return self.surplus_account if amount > ZERO else self.shortage_account
