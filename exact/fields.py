"""People's settings one by one, by their field's name in checks and forms ("vat[1].vat_code"): read, set, cleared."""

import re
from collections.abc import Mapping as ReadOnly
from collections.abc import MutableMapping
from typing import Any, TypeVar

from exact.mapping import MeansOverride, Overrides, SlotOverride, set_overrides
from exact.models import Mapping
from ledger.kinds import MovementKind, PaymentKind, ReceiptKind
from tenants.models import Establishment, User

K = TypeVar("K")

FORMER_FIELD = re.compile(r"former\[([0-9]{1,2}@[0-9]{1,2},[0-9]{2})\]\.(sales_account|vat_code|vat_account)")
SLOT_FIELD = re.compile(r"vat\[([0-9]{1,2})\]\.(sales_account|vat_code|vat_account)")
PLAIN_FIELDS = {
    "customer_account": "customer_account",
    "third_party": "third_party",
    "journals.sales": "sales_journal",
    "journals.receipts": "receipts_journal",
    "payment_condition": "payment_condition",
    "cost_center": "cost_center",
    "shortage": "shortage_account",
    "surplus": "surplus_account",
    "deductible_vat": "deductible_vat_account",
    "banked": "banked_account",
}
FLAGS = ("separate_refunds", "separate_families")
YES, NO = "yes", "no"
PARTS_OF_MEANS = {"": "account", "_journal": "journal", "_party": "third_party"}


def apply_fix(establishment: Establishment, field: str, value: str, *, actor: User | None = None) -> bool:
    """Set one setting over the till's, by its field's name. Raises `KeyError` for a field without one."""
    mapping = Mapping.objects.get(establishment=establishment)
    return set_overrides(establishment, with_setting(mapping, field, value), actor=actor)


def with_setting(mapping: Mapping, field: str, value: str) -> Overrides:
    """People's settings with one set, or taken away by "". Raises `KeyError` for a field that is none."""
    return with_settings(mapping, {field: value})


def with_settings(mapping: Mapping, values: ReadOnly[str, str]) -> Overrides:
    """People's settings with several set or taken away. What already is as asked for stays as it is stored."""
    overrides = Overrides.model_validate(mapping.overrides)
    for field, value in values.items():
        if value != own_value(overrides, field, mapping.parameters):
            _put(overrides, field, value, mapping.parameters)
    return overrides


def own_value(overrides: Overrides, field: str, parameters: ReadOnly[str, Any]) -> str:
    """What people set for a field, "" when they left it to the till or the default. Raises `KeyError`."""
    group, _, name = field.partition(".")
    if found := SLOT_FIELD.fullmatch(field):
        return str(getattr(overrides.slots.get(_slot(parameters, found[1]), SlotOverride()), found[2]))
    if found := FORMER_FIELD.fullmatch(field):
        return str(getattr(overrides.former_slots.get(found[1], SlotOverride()), found[2]))
    if group == "family":
        slot, _, family = name.partition(".")
        return overrides.slots.get(int(slot), SlotOverride()).family_accounts.get(family, "")
    if part := _part_of_means(group):
        return getattr(_means(overrides, group, name), part) or ""
    if field in FLAGS:
        value = getattr(overrides, field)
        return "" if value == Overrides.model_fields[field].default else YES if value else NO
    if field in PLAIN_FIELDS:
        return getattr(overrides, PLAIN_FIELDS[field]) or ""
    rows, key = _row(overrides, group, name)
    return rows.get(key, "")


def _put(overrides: Overrides, field: str, value: str, parameters: ReadOnly[str, Any]) -> None:
    group, _, name = field.partition(".")
    if found := SLOT_FIELD.fullmatch(field):
        slot = _slot(parameters, found[1])
        of_slot = overrides.slots.get(slot, SlotOverride())
        _keep(overrides.slots, slot, of_slot.model_copy(update={found[2]: value}), SlotOverride())
    elif found := FORMER_FIELD.fullmatch(field):
        of_slot = overrides.former_slots.get(found[1], SlotOverride())
        _keep(overrides.former_slots, found[1], of_slot.model_copy(update={found[2]: value}), SlotOverride())
    elif group == "family":
        number, _, family = name.partition(".")
        of_slot = overrides.slots.get(int(number), SlotOverride())
        accounts = {**of_slot.family_accounts}
        _keep(accounts, family, value, "")
        kept = of_slot.model_copy(update={"family_accounts": accounts})
        _keep(overrides.slots, int(number), kept, SlotOverride())
    elif part := _part_of_means(group):
        empty = "" if part == "third_party" else None
        means = _means(overrides, group, name).model_copy(update={part: value or empty})
        if group.startswith("means_by_kind"):
            _keep(overrides.means_by_kind, PaymentKind(name), means, MeansOverride())
        else:
            _keep(overrides.means, name, means, MeansOverride())
    elif field in FLAGS:
        setattr(overrides, field, value == YES if value else Overrides.model_fields[field].default)
    elif field in PLAIN_FIELDS:
        setattr(overrides, PLAIN_FIELDS[field], value or Overrides.model_fields[PLAIN_FIELDS[field]].default)
    else:
        _keep(*_row(overrides, group, name), value, "")


def _keep(rows: MutableMapping[K, Any], key: K, value: Any, nothing: Any) -> None:
    if value == nothing:
        rows.pop(key, None)
    else:
        rows[key] = value


def _row(overrides: Overrides, group: str, name: str) -> tuple[dict[Any, str], Any]:
    if group == "receipts":
        return overrides.receipt_accounts, ReceiptKind(name)
    if group == "movements":
        return overrides.movement_accounts, MovementKind(name)
    if group == "customers":
        return overrides.named_customers, name
    raise KeyError(group)


def _slot(parameters: ReadOnly[str, Any], index: str) -> int:
    number: int = parameters["vat"][int(index)]["slot"]
    return number


def _part_of_means(group: str) -> str | None:
    for suffix, part in PARTS_OF_MEANS.items():
        if group in (f"means{suffix}", f"means_by_kind{suffix}"):
            return part
    return None


def _means(overrides: Overrides, group: str, name: str) -> MeansOverride:
    if group.startswith("means_by_kind"):
        return overrides.means_by_kind.get(PaymentKind(name), MeansOverride())
    return overrides.means.get(name, MeansOverride())
