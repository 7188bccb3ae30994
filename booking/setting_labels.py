"""The words for settings: what each is called, in the active language."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.places import NO, YES
from booking.setting import Group, Setting, Source
from booking.settings_table import find
from booking.subjects import Subject

ANSWERS: dict[str, Promise] = {YES: gettext_lazy("yes"), NO: gettext_lazy("no")}
SOURCES = {
    Source.TILL: gettext_lazy("till"),
    Source.RESELLER: gettext_lazy("set here"),
    Source.DEFAULT: gettext_lazy("default"),
}


class WithGaps(dict[str, str]):
    """Facts for a sentence; one that is lacking shows as a gap, where anything is better than no sentence."""

    def __missing__(self, key: str) -> str:
        return "…"


def label(group: Group[Any], setting: Setting[Any], subject: Subject[Any]) -> str:
    """What a setting of a subject is called: "VAT 2 (10 %): VAT code", "Card payments: journal"."""
    return _put_into_words(group, setting, {**subject.facts, **group.subjects.told_by(subject.name)})


def label_of(field: str, facts: Mapping[str, str]) -> str:
    """The same by the field's name and what else is known of its subject.

    Raises `KeyError` or `ValueError` for a field that is no setting's.
    """
    group, setting, name = find(field)
    return _put_into_words(group, setting, {**facts, **group.subjects.told_by(name)})


def _put_into_words(group: Group[Any], setting: Setting[Any], facts: Mapping[str, str]) -> str:
    words = setting.label if "rate" in facts or not setting.label_without_rate else setting.label_without_rate
    told = {name: rate_text(value) if name == "rate" else value for name, value in facts.items()}
    if "{setting}" in words:
        told["setting"] = _put_into_words(group, group.settings[0], facts)
    return _(words).format_map(WithGaps(told))


def in_words(setting: Setting[Any], value: str) -> str:
    """A value as people read it: a code as it is, yes or no in their language."""
    return str(ANSWERS[value]) if setting.code is None and value else value


def rate_text(value: str) -> str:
    """20 rather than 20.00, and 5,5 in French."""
    if not is_number(value):
        return value
    return number_format(Decimal(value).normalize() + 0, use_l10n=True)


def is_number(value: str) -> bool:
    """Whether a text is a number that has a value."""
    try:
        return Decimal(value).is_finite()
    except InvalidOperation:
        return False
