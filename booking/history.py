"""What was changed in a mapping, by whom, setting by setting, in words."""

from collections.abc import Iterator
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, OuterRef, Subquery
from django.db.models.functions import Cast, Coalesce

from booking.codes import CodeKind
from booking.mapping import Overrides
from booking.models import Mapping, MappingEvent
from booking.setting import Setting, Source
from booking.setting_labels import SOURCES, in_words, label
from booking.settings_table import TABLE
from booking.subjects import Seen, Situation
from booking.versions import events_of_people
from tenants.models import Change as AuditChange

SHOWN_MAX = 50
Name = tuple[str, CodeKind | None]


class Read(NamedTuple):
    """A setting in a document: its name in words and what it is a code of, its value, and where it stands."""

    name: Name
    value: str
    setting: Setting[Any]
    key: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One setting that was changed: "" is nothing set. `code` says what its values are codes of, where they are.

    `before_of` and `after_of` say whose value held where people had set none.
    """

    setting: str
    before: str
    after: str
    code: CodeKind | None = None
    before_of: Source | None = None
    after_of: Source | None = None


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
    number, sent, found = events_of_people(mapping).count(), mapping.parameters, []
    for it in events[:SHOWN_MAX]:
        by_people = "overrides" in it.after
        old = by_people and it.after["overrides"] != mapping.overrides
        found.append(
            Change(
                at=it.at,
                actor=str(it.actor or ""),
                settings=[*_compare(it.before, it.after, sent=None if "parameters" in it.after else sent)],
                version=number if old else None,
            )
        )
        number -= by_people
        sent = it.before.get("parameters", sent)
    return found


def tell_people(was: Any, became: Any, sent: ReadOnly[str, Any] | None) -> Iterator[tuple[str, str, str]]:
    """What people set, as the audit tells it: each setting by its name, what it was, what it became.

    `sent`: what the till said then, which held where people had set nothing.
    """
    for it in _compare({"overrides": was}, {"overrides": became}, sent=sent):
        yield it.setting, _say_whose(it.before, it.before_of), _say_whose(it.after, it.after_of)


def _say_whose(value: str, whose: Source | None) -> str:
    return f"{value} ({SOURCES[whose]})" if whose else value


def sent_then() -> Coalesce:
    """What the till said at each of the audit's changes of mappings, as an annotation of them."""
    later = AuditChange.objects.filter(
        table_name=Mapping._meta.db_table,
        row_id=OuterRef("row_id"),
        before__has_key="parameters",
        pk__gt=OuterRef("pk"),
    )
    now = Mapping.objects.filter(pk=Cast(OuterRef("row_id"), BigIntegerField())).values("parameters")
    return Coalesce(Subquery(later.order_by("pk").values("before__parameters")[:1]), Subquery(now))


def tell_till(was: Any, became: Any) -> Iterator[tuple[str, str, str]]:
    """The same for the till's parameters."""
    for it in _compare({"parameters": was}, {"parameters": became}):
        yield it.setting, it.before, it.after


def _compare(
    former: ReadOnly[str, Any], latter: ReadOnly[str, Any], *, sent: ReadOnly[str, Any] | None = None
) -> Iterator[Changed]:
    """`sent`: the till's document of then, where what held without people's setting is told as well."""
    before, after = _by_name(former), _by_name(latter)
    for name, code in {**before, **after}:
        was, became = before.get((name, code)), after.get((name, code))
        if _value(was) != _value(became):
            told = [_value(was), _value(became)]
            sources: list[Source | None] = [None, None]
            read = was or became
            if sent is not None and read is not None:
                for side, documents in enumerate((former, latter)):
                    if not told[side]:
                        told[side], sources[side] = _read_below(read, sent, documents.get("overrides") or {})
            yield Changed(
                setting=name, before=told[0], after=told[1], code=code, before_of=sources[0], after_of=sources[1]
            )


def _read_below(read: Read, sent: ReadOnly[str, Any], people: ReadOnly[str, Any]) -> tuple[str, Source | None]:
    """What holds where people set nothing, and whose it is: the till's, or the default."""
    situation = Situation.of(Mapping(parameters=dict(sent), overrides=dict(people)), Seen())
    try:
        value = in_words(read.setting, read.setting.in_force(situation, read.key))
    except KeyError:  # a slot that the till did not send
        return "", None
    source = read.setting.below(situation, read.key)
    # What follows another setting of people is neither the till's nor a default.
    own = read.setting.sent is not None or source is Source.DEFAULT
    return (value, source) if value and own else ("", None)


def _value(read: Read | None) -> str:
    return read.value if read else ""


def _by_name(documents: ReadOnly[str, Any]) -> dict[Name, Read]:
    return {it.name: it for it in _read(documents)}


def _read(documents: ReadOnly[str, Any]) -> Iterator[Read]:
    """Each setting of the till's document or of people's."""
    if people := documents.get("overrides"):
        yield from _read_people(Overrides.model_validate(people, extra="ignore"))
    if till := documents.get("parameters"):
        yield from _read_till(till)


def _read_people(people: Overrides) -> Iterator[Read]:
    for group in TABLE:
        for subject in group.subjects.set_by(people):
            for setting in group.settings:
                value = in_words(setting, setting.place.read(people, subject.key))
                yield Read((label(group, setting, subject), setting.code), value, setting, subject.key)


def _read_till(parameters: ReadOnly[str, Any]) -> Iterator[Read]:
    for group in TABLE:
        for subject in group.subjects.sent_in(parameters):
            for setting in group.settings:
                if setting.sent:
                    value = str(setting.sent(parameters, subject.key) or "")
                    yield Read((label(group, setting, subject), setting.code), value, setting, subject.key)
