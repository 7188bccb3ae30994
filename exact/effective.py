"""What is in force for an establishment, setting by setting, and whose value it is: till, reseller or default."""

import dataclasses
from collections.abc import Iterator
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from exact.fields import NO, YES, own_value
from exact.former_slots import key_of
from exact.mapping import Overrides, booking_plan, journal_or_default
from exact.models import CatalogueKind, Mapping
from ledger.kinds import MovementKind, PaymentKind, ReceiptKind
from ledger.plan import BookingPlan, MeansPlan

UNUSED = "unused"  # in a setting's subject: a slot that the till sends only because it has ten
ACCOUNT, JOURNAL, PARTY = CatalogueKind.GL_ACCOUNT, CatalogueKind.JOURNAL, CatalogueKind.THIRD_PARTY

OF_A_SLOT = {"sales_account": ACCOUNT, "vat_code": CatalogueKind.VAT_CODE, "vat_account": ACCOUNT}


class Source(StrEnum):
    """Where a setting's value comes from."""

    TILL = "till"
    RESELLER = "reseller"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting as it is in force: its field's name in checks, its value, whose it is, and what people set of it.

    `kind` is what Exact must know the value as; None when it is no code of Exact's.
    """

    field: str
    value: str
    source: Source
    own: str = ""
    kind: CatalogueKind | None = ACCOUNT
    subject: ReadOnly[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What an establishment's closings brought that can be mapped one by one.

    `means`: the till's code → its label and kind; `families`: VAT slot and name; `slots`: VAT slots at a
    rate the parameters do not say; `customers`: the till's codes.
    """

    means: ReadOnly[str, tuple[str, PaymentKind]] = dataclasses.field(default_factory=dict)
    families: frozenset[tuple[int, str]] = frozenset()
    slots: frozenset[tuple[int, Decimal]] = frozenset()
    customers: frozenset[str] = frozenset()


def effective_settings(mapping: Mapping, seen: Seen | None = None) -> list[Setting]:
    """Every setting of an establishment with its value and origin, in the order people set them."""
    return [*_Settings(mapping, seen or Seen()).all()]


class _Settings:
    """The plan in force beside what people set, read field by field."""

    def __init__(self, mapping: Mapping, seen: Seen) -> None:
        self.mapping, self.seen = mapping, seen
        self.plan: BookingPlan = booking_plan(mapping, journal_accounts={})
        self.people = Overrides.model_validate(mapping.overrides)

    def all(self) -> Iterator[Setting]:
        plan = self.plan
        yield self._of("customer_account", plan.customer_account, below=Source.TILL)
        yield self._of("third_party", plan.third_party, PARTY, below=Source.TILL)
        yield self._of("payment_condition", self.people.payment_condition, CatalogueKind.PAYMENT_CONDITION)
        yield self._of("cost_center", self.people.cost_center, CatalogueKind.COST_CENTER)
        yield from self._slots()
        yield from self._former_slots()
        yield self._of("journals.sales", plan.sales_journal, JOURNAL, below=self._of_journal("sales"))
        yield self._of("journals.receipts", plan.receipts_journal, JOURNAL, below=self._of_journal("receipts"))
        yield from self._means()
        yield from self._kinds()
        yield from self._other_money()
        yield from self._families()
        for code in sorted({*plan.named_customers, *self.seen.customers}):
            yield self._of(f"customers.{code}", plan.third_party_of(code), PARTY, below=Source.TILL)
        for flag in ("separate_refunds", "separate_families"):
            yield self._of(flag, YES if getattr(plan, flag) else NO, None)

    def _slots(self) -> Iterator[Setting]:
        sent_slots = self.mapping.parameters.get("vat", [])
        for index, (slot, sent) in enumerate(zip(self.plan.slots.values(), sent_slots, strict=True)):
            subject = {"slot": str(slot.slot), "rate": str(slot.rate)} | ({} if slot.is_used else {UNUSED: YES})
            below = Source.TILL if sent.get("vat_account") else Source.DEFAULT
            yield self._of(f"vat[{index}].sales_account", slot.sales_account, below=Source.TILL, subject=subject)
            code = f"vat[{index}].vat_code"
            yield self._of(code, slot.vat_code, CatalogueKind.VAT_CODE, below=Source.TILL, subject=subject)
            yield self._of(f"vat[{index}].vat_account", slot.vat_account, below=below, subject=subject)

    def _former_slots(self) -> Iterator[Setting]:
        """Slots at rates they had before, and at rates that closings wait for."""
        for slot, rate in sorted({*self.plan.former_slots, *self.seen.slots}):
            planned = self.plan.former_slots.get((slot, rate))
            if planned is None and self.plan.slot_plan(slot, rate):
                continue
            subject, field = {"slot": str(slot), "rate": str(rate)}, f"former[{key_of(slot, rate)}]"
            for name, kind in OF_A_SLOT.items():
                value = getattr(planned, name) if planned else ""
                yield self._of(f"{field}.{name}", value, kind, below=Source.TILL, subject=subject)

    def _means(self) -> Iterator[Setting]:
        """Means of payment one by one: those that people mapped, and those that closings brought."""
        for code in [*self.plan.means, *(it for it in self.seen.means if it not in self.plan.means)]:
            label, kind = self.seen.means.get(code, ("", PaymentKind.OTHER))
            means = self.plan.means_plan(code, kind)
            below = Source.RESELLER if kind in self.people.means_by_kind else Source.DEFAULT
            subject = {"label": label, "kind": kind.value}
            for group, value, its in _parts(means):
                if group != "_party" or value or kind.usual.owed_by_somebody:
                    yield self._of(f"means{group}.{code}", value, its, below=below, subject=subject)

    def _kinds(self) -> Iterator[Setting]:
        for kind in PaymentKind:
            means = self.plan.means_by_kind.get(kind)
            for group, value, its in _parts(means):
                if group != "_party" or value or kind.usual.owed_by_somebody:
                    yield self._of(f"means_by_kind{group}.{kind.value}", value, its)

    def _other_money(self) -> Iterator[Setting]:
        plan = self.plan
        for receipt in ReceiptKind:
            yield self._of(f"receipts.{receipt.value}", plan.receipt_accounts.get(receipt, ""))
        yield self._of("shortage", plan.shortage_account)
        yield self._of("surplus", plan.surplus_account)
        for movement in MovementKind:
            yield self._of(f"movements.{movement.value}", plan.movement_accounts.get(movement, ""))
        yield self._of("deductible_vat", plan.deductible_vat_account)
        yield self._of("banked", plan.banked_account or "")

    def _families(self) -> Iterator[Setting]:
        mapped = {(slot, family) for slot, of_slot in self.people.slots.items() for family in of_slot.family_accounts}
        for slot, family in sorted(mapped | self.seen.families):
            planned = self.plan.slots.get(slot)
            account = planned.account_of(family) if planned else ""
            subject = {"slot": str(slot), "family": family}
            yield self._of(f"family.{slot}.{family}", account, below=Source.TILL, subject=subject)

    def _of(
        self,
        field: str,
        value: str,
        kind: CatalogueKind | None = ACCOUNT,
        *,
        below: Source = Source.DEFAULT,
        subject: ReadOnly[str, str] | None = None,
    ) -> Setting:
        own = own_value(self.people, field, self.mapping.parameters)
        source = Source.RESELLER if own else below
        return Setting(field=field, value=value, source=source, own=own, kind=kind, subject=subject or {})

    def _of_journal(self, name: str) -> Source:
        sent = (self.mapping.parameters.get("journals") or {}).get(name)
        return Source.TILL if journal_or_default(sent, "") else Source.DEFAULT


def _parts(means: MeansPlan | None) -> Iterator[tuple[str, str, CatalogueKind]]:
    """The settings of one means of payment: its group's suffix, its value, what Exact must know it as."""
    yield "", (means and means.account) or "", ACCOUNT
    yield "_journal", (means and means.journal) or "", JOURNAL
    yield "_party", means.third_party if means else "", PARTY
