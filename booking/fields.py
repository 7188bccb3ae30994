"""People's settings one by one, by their field's name in checks and forms ("vat[1].vat_code"): read, set, cleared."""

from collections.abc import Mapping as ReadOnly
from typing import Any

from booking.mapping import Overrides, set_overrides
from booking.models import Mapping
from booking.places import Place
from booking.settings_table import find
from tenants.models import Establishment, User


def apply_fix(establishment: Establishment, field: str, value: str, *, actor: User | None = None) -> bool:
    """Set one setting over the till's, by its field's name. Raises `KeyError` for a field without one."""
    mapping = Mapping.objects.get(establishment=establishment)
    return set_overrides(establishment, with_setting(mapping, field, value), actor=actor)


def with_setting(mapping: Mapping, field: str, value: str) -> Overrides:
    """People's settings with one set, or taken away by "". Raises `KeyError` for a field that is none."""
    return with_settings(mapping, {field: value})


def with_settings(mapping: Mapping, values: ReadOnly[str, str]) -> Overrides:
    """People's settings with several set or taken away. One that is in force already stays as it is stored."""
    people = Overrides.model_validate(mapping.overrides)
    for field, value in values.items():
        place, key = _place_of(field, mapping.parameters)
        if value != place.read(people, key):
            place.write(people, key, value)
    return people


def own_value(people: Overrides, field: str, parameters: ReadOnly[str, Any]) -> str:
    """What people set for a field, "" when they left it to the till or the default.

    Raises `KeyError`, `IndexError` or `ValueError` for a field that is none of this establishment's.
    """
    place, key = _place_of(field, parameters)
    return place.read(people, key)


def _place_of(field: str, parameters: ReadOnly[str, Any]) -> tuple[Place[Any], Any]:
    group, setting, name = find(field)
    return setting.place, group.subjects.key(name, parameters)
