"""What was changed in a mapping, by whom, setting by setting, in words."""

from collections.abc import Iterator
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from exact.fields import FLAGS, PLAIN_FIELDS
from exact.former_slots import slot_and_rate
from exact.models import Mapping, MappingEvent
from exact.wording import label_of

SHOWN_MAX = 50
GROUPS = {"receipt_accounts": "receipts", "movement_accounts": "movements", "named_customers": "customers"}
SUFFIXES = {"account": "", "journal": "_journal", "third_party": "_party"}
FIELD_OF = {name: field for field, name in PLAIN_FIELDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One setting that was changed: "" is nothing set."""

    setting: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """All that one person, or the till, changed at a time. `actor` is "" for the till."""

    at: datetime
    actor: str
    settings: list[Changed]


def history_of(mapping: Mapping) -> list[Change]:
    """The newest changes first, at most fifty."""
    events = MappingEvent.objects.filter(mapping=mapping).select_related("actor").order_by("-at", "-pk")
    return [Change(at=it.at, actor=str(it.actor or ""), settings=[*_changed(it)]) for it in events[:SHOWN_MAX]]


def _changed(event: MappingEvent) -> Iterator[Changed]:
    before, after = dict(_flat(event.before)), dict(_flat(event.after))
    for name in {**before, **after}:
        if before.get(name, "") != after.get(name, ""):
            yield Changed(setting=name, before=before.get(name, ""), after=after.get(name, ""))


def _flat(documents: ReadOnly[str, Any]) -> Iterator[tuple[str, str]]:
    """Each setting's name in words and its value, of the till's document or of people's."""
    if people := documents.get("overrides"):
        yield from _of_people(people)
    if till := documents.get("parameters"):
        yield from _of_till(till)


def _of_till(document: ReadOnly[str, Any]) -> Iterator[tuple[str, str]]:
    for sent in document.get("vat", []):
        subject = {"slot": str(sent["slot"]), "rate": str(sent["rate"])}
        for name in ("sales_account", "vat_code", "vat_account"):
            yield label_of(f"vat[0].{name}", subject), str(sent.get(name) or "")
    for name in ("customer_account", "third_party"):
        yield label_of(name, {}), str(document.get(name) or "")
    for name in ("sales", "receipts"):
        yield label_of(f"journals.{name}", {}), str((document.get("journals") or {}).get(name) or "")


def _of_people(document: ReadOnly[str, Any]) -> Iterator[tuple[str, str]]:
    for slot, of_slot in document.get("slots", {}).items():
        for name, value in of_slot.items():
            if name == "family_accounts":
                for family, account in value.items():
                    yield label_of(f"family.{slot}.{family}", {"slot": slot, "family": family}), account
            else:
                yield label_of(f"slot.{name}", {"slot": slot}), value
    for key, of_slot in document.get("former_slots", {}).items():
        number, rate = slot_and_rate(key)
        for name, value in of_slot.items():
            if name != "family_accounts":
                yield label_of(f"former[{key}].{name}", {"slot": str(number), "rate": str(rate)}), value
    for group in ("means", "means_by_kind"):
        for code, means in document.get(group, {}).items():
            for name, value in means.items():
                yield label_of(f"{group}{SUFFIXES[name]}.{code}", {}), str(value or "")
    for stored, group in GROUPS.items():
        for code, value in document.get(stored, {}).items():
            yield label_of(f"{group}.{code}", {}), value
    for name, value in document.items():
        if name in FIELD_OF:
            yield label_of(FIELD_OF[name], {}), str(value or "")
        if name in FLAGS:
            yield label_of(name, {}), _("yes") if value else _("no")
