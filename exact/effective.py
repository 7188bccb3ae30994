"""What is in force for an establishment, setting by setting, and whose value it is: till, reseller or default."""

import dataclasses
from collections.abc import Iterator
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from enum import StrEnum

from exact.mapping import Overrides, SlotOverride, booking_plan, journal_or_default
from exact.models import Mapping
from ledger.closing import PaymentKind, ReceiptKind
from ledger.plan import BookingPlan


class Source(StrEnum):
    """Where a setting's value comes from."""

    TILL = "till"
    RESELLER = "reseller"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting as it is in force: its field's name in checks, its value, and whose it is."""

    field: str
    value: str
    source: Source
    subject: ReadOnly[str, str] = dataclasses.field(default_factory=dict)


def effective_settings(mapping: Mapping) -> list[Setting]:
    """Every setting of an establishment with its value and origin, in the order people set them."""
    plan = booking_plan(mapping, journal_accounts={})
    people = Overrides.model_validate(mapping.overrides)
    rows = [
        _setting("customer_account", plan.customer_account, people.customer_account, Source.TILL),
        _setting("third_party", plan.third_party, people.third_party, Source.TILL),
        _setting("payment_condition", people.payment_condition, people.payment_condition, Source.DEFAULT),
        _setting("cost_center", people.cost_center, people.cost_center, Source.DEFAULT),
        *_slot_settings(plan, people),
        _setting("journals.sales", plan.sales_journal, people.sales_journal, _of_journal(mapping, "sales")),
        _setting("journals.receipts", plan.receipts_journal, people.receipts_journal, _of_journal(mapping, "receipts")),
    ]
    for code, means in plan.means.items():
        rows.append(_setting(f"means.{code}", means.account or "", code, Source.DEFAULT))
    for kind in PaymentKind:
        account = plan.means_by_kind[kind].account if kind in plan.means_by_kind else None
        rows.append(
            _setting(f"means_by_kind.{kind.value}", account or "", kind in people.means_by_kind, Source.DEFAULT)
        )
    for receipt in ReceiptKind:
        booked = plan.receipt_accounts.get(receipt, "")
        rows.append(_setting(f"receipts.{receipt.value}", booked, receipt in people.receipt_accounts, Source.DEFAULT))
    rows.append(_setting("shortage", plan.shortage_account, people.shortage_account, Source.DEFAULT))
    rows.append(_setting("surplus", plan.surplus_account, people.surplus_account, Source.DEFAULT))
    return rows


def _slot_settings(plan: BookingPlan, people: Overrides) -> Iterator[Setting]:
    for index, (number, slot) in enumerate(plan.slots.items()):
        over = people.slots.get(number, SlotOverride())
        subject = {"slot": str(number), "rate": str(slot.rate)}
        for name in ("sales_account", "vat_code"):
            field = f"vat[{index}].{name}"
            yield _setting(field, getattr(slot, name), getattr(over, name), Source.TILL, subject)


def _setting(
    field: str, value: str, set_by_people: object, below: Source, subject: ReadOnly[str, str] | None = None
) -> Setting:
    source = Source.RESELLER if set_by_people else below
    return Setting(field=field, value=value, source=source, subject=subject or {})


def _of_journal(mapping: Mapping, name: str) -> Source:
    sent = (mapping.parameters.get("journals") or {}).get(name)
    return Source.TILL if journal_or_default(sent, "") else Source.DEFAULT
