"""What was changed in a mapping, by whom, setting by setting, in words."""

from collections.abc import Iterator
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from booking.codes import CodeKind
from booking.mapping import Overrides
from booking.models import Mapping, MappingEvent
from booking.setting_labels import in_words, label
from booking.settings_table import TABLE
from booking.versions import events_of_people

SHOWN_MAX = 50
Told = tuple[tuple[str, CodeKind | None], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One setting that was changed: "" is nothing set. `code` says what its values are codes of, where they are."""

    setting: str
    before: str
    after: str
    code: CodeKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """All that one person, or the till, changed at a time. `actor` is "" for the till.

    `version` is the number of what people had set after it (`booking.versions`); None where it changed nothing of that,
    or holds now.
    """

    at: datetime
    actor: str
    settings: list[Changed]
    version: int | None = None


def history_of(mapping: Mapping) -> list[Change]:
    """The newest changes first, at most fifty."""
    events = MappingEvent.objects.filter(mapping=mapping).select_related("actor").order_by("-at", "-pk")
    number, found = events_of_people(mapping).count(), []
    for it in events[:SHOWN_MAX]:
        by_people = "overrides" in it.after
        old = by_people and it.after["overrides"] != mapping.overrides
        found.append(
            Change(
                at=it.at,
                actor=str(it.actor or ""),
                settings=[*_compare(it.before, it.after)],
                version=number if old else None,
            )
        )
        number -= by_people
    return found


def tell_people(was: Any, became: Any) -> Iterator[tuple[str, str, str]]:
    """What people set, as the audit tells it: each setting by its name, what it was, what it became."""
    yield from _tell("overrides", was, became)


def tell_till(was: Any, became: Any) -> Iterator[tuple[str, str, str]]:
    """The same for the till's parameters."""
    yield from _tell("parameters", was, became)


def _tell(document: str, was: Any, became: Any) -> Iterator[tuple[str, str, str]]:
    for it in _compare({document: was}, {document: became}):
        yield it.setting, it.before, it.after


def _compare(former: ReadOnly[str, Any], latter: ReadOnly[str, Any]) -> Iterator[Changed]:
    before, after = dict(_read(former)), dict(_read(latter))
    for name, code in {**before, **after}:
        was, became = before.get((name, code), ""), after.get((name, code), "")
        if was != became:
            yield Changed(setting=name, before=was, after=became, code=code)


def _read(documents: ReadOnly[str, Any]) -> Iterator[Told]:
    """Each setting's name in words and what it is a code of, and its value, of the till's document or of people's."""
    if people := documents.get("overrides"):
        yield from _read_people(Overrides.model_validate(people, extra="ignore"))
    if till := documents.get("parameters"):
        yield from _read_till(till)


def _read_people(people: Overrides) -> Iterator[Told]:
    for group in TABLE:
        for subject in group.subjects.set_by(people):
            for setting in group.settings:
                value = in_words(setting, setting.place.read(people, subject.key))
                yield (label(group, setting, subject), setting.code), value


def _read_till(parameters: ReadOnly[str, Any]) -> Iterator[Told]:
    for group in TABLE:
        for subject in group.subjects.sent_in(parameters):
            for setting in group.settings:
                if setting.sent:
                    value = str(setting.sent(parameters, subject.key) or "")
                    yield (label(group, setting, subject), setting.code), value
