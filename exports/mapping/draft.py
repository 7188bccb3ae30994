"""The form of the mapping screen: what a person typed, as settings that are not saved yet."""

from collections.abc import Mapping as ReadOnly
from copy import copy
from dataclasses import dataclass

from booking.effective import InForce, effective_settings
from booking.fields import own_value, with_settings
from booking.mapping import Overrides
from booking.means_settings import MEANS_ACCOUNT
from booking.models import Mapping
from booking.setting_labels import SOURCES, in_words, label
from booking.settings_table import NAMED_CUSTOMER
from exports.mapping.desk import Desk

SET = "set:"
VALUE_MAX = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One setting that a draft changes: the value in force now, and the new one."""

    setting: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An establishment's mapping as it would be."""

    overrides: Overrides
    mapping: Mapping

    @classmethod
    def of(cls, desk: Desk, values: ReadOnly[str, str]) -> "Draft":
        """The settings of people, overwritten by `values` (by field; "" removes a setting)."""
        overrides = with_settings(desk.mapping, values)
        mapping = copy(desk.mapping)
        mapping.overrides = overrides.model_dump(mode="json", exclude_defaults=True)
        return cls(overrides=overrides, mapping=mapping)


def typed(form: ReadOnly[str, str], desk: Desk) -> dict[str, str]:
    """The settings in a form, by field. A field that is none of this establishment's is left out."""
    overrides = Overrides.model_validate(desk.mapping.overrides)
    values = {}
    for name, value in form.items():
        field = name.removeprefix(SET)
        if field != name and _is_field(overrides, field, desk.mapping):
            values[field] = _clean(value)
    for setting, code in ((MEANS_ACCOUNT, "new_means"), (NAMED_CUSTOMER, "new_customer")):
        if (new := _clean(form.get(code, ""))) and (value := _clean(form.get(f"{code}_value", ""))):
            values[setting.field_of(new)] = value
    return values


def changes(desk: Desk, draft: Draft) -> list[Change]:
    """The settings that the draft changes, without those that change only because another one does."""
    before = {it.field: it for it in effective_settings(desk.mapping, desk.seen)}
    after = {it.field: it for it in effective_settings(draft.mapping, desk.seen)}
    found = []
    for field in {**before, **after}:
        was, now = before.get(field), after.get(field)
        it = now or was
        if it is None or not _is_changed(was, now, draft):
            continue
        values = _show(was), _show(now)
        if _value(was) == _value(now):  # the same value, held fast here or let go
            values = _show_whose(was), _show_whose(now)
        found.append(Change(setting=label(it.group, it.setting, it.subject), before=values[0], after=values[1]))
    return found


def _is_changed(was: InForce | None, now: InForce | None, draft: Draft) -> bool:
    """Whether people change this setting itself, and not only one that it follows."""
    return _read_own(was) != _read_own(now) or (_value(was) != _value(now) and _goes_along(now or was, draft))


def _read_own(setting: InForce | None) -> str:
    return setting.own if setting else ""


def _value(setting: InForce | None) -> str:
    return setting.value if setting else ""


def _show(setting: InForce | None) -> str:
    return in_words(setting.setting, setting.value) if setting else ""


def _show_whose(setting: InForce | None) -> str:
    return f"{_show(setting)} ({SOURCES[setting.source]})" if setting else ""


def _goes_along(it: InForce | None, draft: Draft) -> bool:
    """A means of payment that is mapped by its code no longer takes journal and third party from its kind."""
    if it is None or not it.setting.goes_along:
        return False
    return any(setting.place.read(draft.overrides, it.subject.key) for setting in it.group.settings)


def _is_field(overrides: Overrides, field: str, mapping: Mapping) -> bool:
    try:
        own_value(overrides, field, mapping.parameters)
    except (KeyError, ValueError, IndexError):
        return False
    return True


def _clean(value: str) -> str:
    """The code in a typed text: "511840 – Titres-restaurant" is 511840. A text too long for a code is cut."""
    code = value.partition(" – ")[0]
    return "".join(character for character in code if character.isprintable()).strip()[:VALUE_MAX]
