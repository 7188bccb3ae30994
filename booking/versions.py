"""People's settings as they once stood: what would make them so again. History is only added to."""

from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from booking.mapping import Overrides
from booking.models import Mapping, MappingEvent
from booking.setting import Group
from booking.setting_labels import label
from booking.settings_table import TABLE
from booking.subjects import Subject

NUMBER_MAX = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What people had set after one change, or before all of them (`at` is None then)."""

    people: Overrides
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBack:
    """The settings to set (by field, "" takes one away) for a version to hold again.

    `lost` are labels of settings that no longer have a place: of VAT slots the till no longer sends.
    """

    values: dict[str, str] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)


def version_of(mapping: Mapping, number: int) -> Version | None:
    """What stood after people's change of that number, 1 being their first; 0 is before it. None where none is."""
    events = events_of_people(mapping)
    if number == 0:
        first = events.first()
        return Version(people=_read(first.before), at=None) if first else None
    event = events[number - 1 : number].first() if 0 < number <= NUMBER_MAX else None
    return Version(people=_read(event.after), at=event.at) if event else None


def events_of_people(mapping: Mapping) -> QuerySet[MappingEvent]:
    """The changes of what people set, the oldest first: a till's new rates may be one too, and move their settings."""
    return MappingEvent.objects.filter(mapping=mapping, after__has_key="overrides").order_by("at", "pk")


def way_back(mapping: Mapping, version: Version) -> WayBack:
    """What differs between a version and what people have set now."""
    now, back = Overrides.model_validate(mapping.overrides), WayBack()
    for group in TABLE:
        sent = {it.key: it for it in group.subjects.sent_in(mapping.parameters)}
        subjects = {it.key: it for people in (now, version.people) for it in group.subjects.set_by(people)}
        for key, subject in subjects.items():
            here = sent.get(key, None if group.till_says_which else subject)
            _go_back(back, group, here, subject, {"now": now, "then": version.people})
    return back


def _go_back(
    back: WayBack,
    group: Group[Any],
    here: Subject[Any] | None,
    subject: Subject[Any],
    people: ReadOnly[str, Overrides],
) -> None:
    for setting in group.settings:
        then = setting.place.read(people["then"], subject.key)
        if then == setting.place.read(people["now"], subject.key):
            continue
        if here is None:
            back.lost.append(label(group, setting, subject))
        else:
            back.values[setting.field_of(here.name)] = then


def _read(documents: ReadOnly[str, Any]) -> Overrides:
    """What an older version of this service wrote may have settings that there are no more."""
    return Overrides.model_validate(documents["overrides"], extra="ignore")
