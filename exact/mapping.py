"""How an establishment's closings are booked: the till's parameters, people's settings over them, defaults below."""

import hashlib
import json
from collections.abc import Mapping as ReadOnly
from decimal import Decimal
from typing import Any

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field

from exact.models import Mapping, MappingEvent
from ledger.closing import MovementKind, PaymentKind, ReceiptKind
from ledger.plan import (
    DEFAULT_DEDUCTIBLE_VAT_ACCOUNT,
    DEFAULT_MEANS_BY_KIND,
    DEFAULT_MOVEMENT_ACCOUNTS,
    DEFAULT_RECEIPT_ACCOUNTS,
    DEFAULT_SHORTAGE_ACCOUNT,
    DEFAULT_SURPLUS_ACCOUNT,
    BookingPlan,
    MeansPlan,
    SlotPlan,
    default_vat_account,
)
from tenants.models import Establishment, User

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
        return MeansPlan(account=self.account, journal=self.journal, third_party=self.third_party)


class Overrides(BaseModel):
    """All that people may set for an establishment. An empty value leaves the till's, or the default."""

    model_config = ConfigDict(extra="forbid")

    slots: dict[int, SlotOverride] = {}
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
        slots=dict(_slots(till, people)),
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


def _slots(till: ReadOnly[str, Any], people: Overrides) -> list[tuple[int, SlotPlan]]:
    return [
        (
            sent["slot"],
            SlotPlan(
                slot=sent["slot"],
                rate=Decimal(sent["rate"]),
                sales_account=over.sales_account or sent.get("sales_account") or "",
                vat_code=over.vat_code or sent.get("vat_code") or "",
                vat_account=over.vat_account or sent.get("vat_account") or default_vat_account(Decimal(sent["rate"])),
                family_accounts=over.family_accounts,
            ),
        )
        for sent in till.get("vat", [])
        for over in [people.slots.get(sent["slot"], SlotOverride())]
    ]


def take_parameters(establishment: Establishment, parameters: dict[str, Any]) -> bool:
    """Put a till's parameters in force. Returns whether anything changed; a change is an event row."""
    return _change(establishment, actor=None, parameters=parameters)


class ChangedMeanwhile(Exception):
    """Somebody, or the till, changed the mapping after it was shown. Show it again."""


def stamp_of(mapping: Mapping) -> str:
    """Says whether a mapping is still as it was shown: another stamp, another content."""
    content = json.dumps([mapping.parameters, mapping.overrides], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def set_overrides(
    establishment: Establishment, overrides: Overrides, *, actor: User | None, shown: str | None = None
) -> bool:
    """Put people's settings in force, with who did it. Returns whether anything changed.

    `shown` is the stamp of what the person saw. Raises `ChangedMeanwhile` when the mapping is another now.
    """
    document = overrides.model_dump(mode="json", exclude_defaults=True)
    return _change(establishment, actor=actor, shown=shown, overrides=document)


def _change(
    establishment: Establishment, *, actor: User | None, shown: str | None = None, **documents: dict[str, Any]
) -> bool:
    with transaction.atomic():
        mapping, _ = Mapping.objects.select_for_update().get_or_create(
            establishment=establishment, defaults={"tenant_id": establishment.tenant_id}
        )
        if shown is not None and shown != stamp_of(mapping):
            raise ChangedMeanwhile
        before = {name: getattr(mapping, name) for name in documents}
        if before == documents:
            return False
        for name, document in documents.items():
            setattr(mapping, name, document)
        mapping.save(update_fields=[*documents, "updated_at"])
        MappingEvent.objects.create(
            tenant_id=establishment.tenant_id, mapping=mapping, actor=actor, before=before, after=documents
        )
    return True
