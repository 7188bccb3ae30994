"""How an establishment's closings are booked: the till's parameters, people's settings over them, defaults below."""

import hashlib
import json
from collections.abc import Callable, Iterable
from collections.abc import Mapping as ReadOnly
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from pydantic import BaseModel, ConfigDict, Field

from booking.former_slots import former_after, key_of, moved_with_their_rates, slot_and_rate
from booking.models import Mapping, MappingEvent
from ledger.kinds import MovementKind, PaymentKind, ReceiptKind
from ledger.plan import (
    DEFAULT_DEDUCTIBLE_VAT_ACCOUNT,
    DEFAULT_MEANS_BY_KIND,
    DEFAULT_MOVEMENT_ACCOUNTS,
    DEFAULT_RECEIPT_ACCOUNTS,
    DEFAULT_SHORTAGE_ACCOUNT,
    DEFAULT_SURPLUS_ACCOUNT,
    DEFAULT_SUSPENSE_ACCOUNT,
    BookingPlan,
    MeansPlan,
    SlotPlan,
    default_vat_account,
)
from tenants.models import Establishment, User

Documents = dict[str, dict[str, Any]]  # what the till said ("parameters") and what people set ("overrides")
DEFAULT_SALES_JOURNAL = "70"
DEFAULT_RECEIPTS_JOURNAL = "30"
DEFAULT_CASH_ACCOUNT = "530000"


class SlotOverride(BaseModel):
    """What a person set for one VAT slot; what is left empty comes from the till."""

    model_config = ConfigDict(extra="forbid")

    sales_account: str = ""
    vat_code: str = ""
    vat_account: str = ""
    family_accounts: dict[str, str] = {}


class MeansOverride(BaseModel):
    """Where a means of payment goes: a clearing account, or another journal, or both."""

    model_config = ConfigDict(extra="forbid")

    account: str | None = None
    journal: str | None = None
    third_party: str = ""

    def plan(self) -> MeansPlan:
        """The setting in the form of the ledger."""
        return MeansPlan(account=self.account, journal=self.journal, third_party=self.third_party)


class Overrides(BaseModel):
    """All that people may set for an establishment. An empty value leaves the till's, or the default."""

    model_config = ConfigDict(extra="forbid")

    slots: dict[int, SlotOverride] = {}
    former_slots: dict[str, SlotOverride] = {}  # by `booking.former_slots.key_of`
    customer_account: str = ""
    third_party: str = ""
    sales_journal: str = ""
    receipts_journal: str = ""
    payment_condition: str = ""
    cost_center: str = ""
    means: dict[str, MeansOverride] = {}
    means_by_kind: dict[PaymentKind, MeansOverride] = {}
    receipt_accounts: dict[ReceiptKind, str] = {}
    named_customers: dict[str, str] = {}
    movement_accounts: dict[MovementKind, str] = {}
    deductible_vat_account: str = ""
    shortage_account: str = ""
    surplus_account: str = ""
    suspense_account: str = ""
    banked_account: str | None = None
    separate_refunds: bool = True
    separate_families: bool = Field(default=False)


def journal_or_default(code: object, default: str) -> str:
    """A journal the till left out, or that is not numeric (`VT`, `BQ`), falls back to the default (till API)."""
    text = str(code or "").strip()
    return text if text.isascii() and text.isdigit() else default


def booking_plan(mapping: Mapping, *, journal_accounts: ReadOnly[str, str]) -> BookingPlan:
    """The plan `ledger.book` works by. `journal_accounts` are the journals' own GL accounts, from the catalogue."""
    till, people = mapping.parameters, Overrides.model_validate(mapping.overrides)
    sales_journal, receipts_journal = journals_of(mapping)
    return BookingPlan(
        slots={it["slot"]: _slot(it, people.slots.get(it["slot"])) for it in till.get("vat", [])},
        former_slots=_former_slots(mapping.former_slots, people),
        customer_account=people.customer_account or till.get("customer_account", ""),
        third_party=people.third_party or till.get("third_party", ""),
        sales_journal=sales_journal,
        receipts_journal=receipts_journal,
        journal_accounts={receipts_journal: DEFAULT_CASH_ACCOUNT, **journal_accounts},
        means={code: means.plan() for code, means in people.means.items()},
        means_by_kind={
            **DEFAULT_MEANS_BY_KIND,
            **{kind: means.plan() for kind, means in people.means_by_kind.items()},
        },
        receipt_accounts={**DEFAULT_RECEIPT_ACCOUNTS, **people.receipt_accounts},
        named_customers=people.named_customers,
        movement_accounts={**DEFAULT_MOVEMENT_ACCOUNTS, **people.movement_accounts},
        deductible_vat_account=people.deductible_vat_account or DEFAULT_DEDUCTIBLE_VAT_ACCOUNT,
        shortage_account=people.shortage_account or DEFAULT_SHORTAGE_ACCOUNT,
        surplus_account=people.surplus_account or DEFAULT_SURPLUS_ACCOUNT,
        suspense_account=people.suspense_account or DEFAULT_SUSPENSE_ACCOUNT,
        banked_account=people.banked_account,
        separate_refunds=people.separate_refunds,
        separate_families=people.separate_families,
    )


def journals_of(mapping: Mapping) -> tuple[str, str]:
    """The sales and the receipts journal of an establishment."""
    people, sent = Overrides.model_validate(mapping.overrides), mapping.parameters.get("journals") or {}
    return (
        people.sales_journal or journal_or_default(sent.get("sales"), DEFAULT_SALES_JOURNAL),
        people.receipts_journal or journal_or_default(sent.get("receipts"), DEFAULT_RECEIPTS_JOURNAL),
    )


def _slot(sent: ReadOnly[str, Any], people: SlotOverride | None) -> SlotPlan:
    over, rate = people or SlotOverride(), Decimal(sent["rate"])
    return SlotPlan(
        slot=sent["slot"],
        rate=rate,
        sales_account=over.sales_account or sent.get("sales_account") or "",
        vat_code=over.vat_code or sent.get("vat_code") or "",
        vat_account=over.vat_account or sent.get("vat_account") or default_vat_account(rate),
        family_accounts=over.family_accounts,
    )


def _former_slots(said: Iterable[ReadOnly[str, Any]], people: Overrides) -> dict[tuple[int, Decimal], SlotPlan]:
    """The former slots by the till, overwritten by people; people may add one that the till never named."""
    sent = {key_of(it["slot"], it["rate"]): it for it in said}
    for key in people.former_slots:
        slot, rate = slot_and_rate(key)
        sent.setdefault(key, {"slot": slot, "rate": str(rate)})
    plans = [_slot(it, people.former_slots.get(key)) for key, it in sent.items()]
    return {(it.slot, it.rate): it for it in plans}


def take_parameters(establishment: Establishment, parameters: dict[str, Any]) -> bool:
    """Put a till's parameters in force. Returns whether anything changed; a change is an event row.

    The former settings of a slot whose rate changes, people's too, are kept for late closings.
    """
    return _change(establishment, lambda mapping: _with_parameters(mapping, parameters), actor=None)


def _with_parameters(mapping: Mapping, parameters: dict[str, Any]) -> Documents:
    before, people = mapping.parameters, Overrides.model_validate(mapping.overrides)
    slots, former = moved_with_their_rates(people.slots, people.former_slots, before, parameters)
    mapping.former_slots = former_after(mapping.former_slots, before, parameters)
    if (slots, former) == (people.slots, people.former_slots):
        return {"parameters": parameters}
    moved = people.model_copy(update={"slots": slots, "former_slots": former})
    return {"parameters": parameters, "overrides": moved.model_dump(mode="json", exclude_defaults=True)}


class ChangedMeanwhile(Exception):
    """Somebody, or the till, changed the mapping after it was shown. Show it again."""


def stamp_of(mapping: Mapping) -> str:
    """A digest of a mapping's content, by which a form can tell whether the mapping was changed since it was shown."""
    content = json.dumps([mapping.parameters, mapping.overrides], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def set_overrides(
    establishment: Establishment, overrides: Overrides, *, actor: User | None, shown: str | None = None
) -> bool:
    """Put people's settings in force, with who did it. Returns whether anything changed.

    `shown` is the stamp of what the person saw. Raises `ChangedMeanwhile` when the mapping is another now.
    """
    document = overrides.model_dump(mode="json", exclude_defaults=True)
    return _change(establishment, lambda _mapping: {"overrides": document}, actor=actor, shown=shown)


def _change(
    establishment: Establishment,
    changed: Callable[[Mapping], Documents],
    *,
    actor: User | None,
    shown: str | None = None,
) -> bool:
    with transaction.atomic():
        mapping, _ = Mapping.objects.select_for_update().get_or_create(
            establishment=establishment, defaults={"tenant_id": establishment.tenant_id}
        )
        if shown is not None and shown != stamp_of(mapping):
            raise ChangedMeanwhile
        documents = changed(mapping)
        before = {name: getattr(mapping, name) for name in documents}
        if before == documents:
            return False
        for name, document in documents.items():
            setattr(mapping, name, document)
        mapping.save(update_fields=[*documents, "former_slots"])
        # By the database's clock, as the looks at closings that it is held against (`exports.way.sweep`).
        Mapping.objects.filter(pk=mapping.pk).update(updated_at=Now())
        MappingEvent.objects.create(
            tenant_id=establishment.tenant_id, mapping=mapping, actor=actor, before=before, after=documents
        )
    return True
