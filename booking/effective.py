"""What is in force for an establishment, setting by setting, and whose value it is: till, reseller or default."""

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from typing import Any

from booking.codes import CodeKind
from booking.models import Mapping
from booking.setting import Group, Setting, Source
from booking.settings_table import TABLE
from booking.subjects import Seen, Situation, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """One setting of one subject as it is in force: its value, whose it is, and what people set of it.

    `left_open` is English for gettext: what holds when there is no value.
    """

    group: Group[Any]
    setting: Setting[Any]
    subject: Subject[Any]
    value: str
    source: Source
    own: str
    left_open: str

    @property
    def field(self) -> str:
        """Its name in checks and forms."""
        return self.setting.field_of(self.subject.name)

    @property
    def code(self) -> CodeKind | None:
        """What its value is a code of; None when it is yes or no."""
        return self.setting.code

    @property
    def facts(self) -> ReadOnly[str, str]:
        """What is known of its subject: slot and rate, the label of a means of payment."""
        return self.subject.facts


def effective_settings(mapping: Mapping, seen: Seen | None = None) -> list[InForce]:
    """Every setting of an establishment with its value and origin, in the order people set them."""
    return [*_read_all(Situation.of(mapping, seen or Seen()))]


def codes_named(settings: Iterable[InForce], kind: CodeKind) -> set[str]:
    """Every code of a kind that settings name."""
    return {it.value for it in settings if it.code is kind and it.value}


def _read_all(situation: Situation) -> Iterator[InForce]:
    for group in TABLE:
        for subject in group.subjects.of(situation):
            for setting in group.settings:
                value = setting.in_force(situation, subject.key)
                if value or setting.offered(situation, subject.key):
                    own = setting.place.read(situation.people, subject.key)
                    yield InForce(
                        group=group,
                        setting=setting,
                        subject=subject,
                        value=value,
                        source=Source.RESELLER if own else setting.below(situation, subject.key),
                        own=own,
                        left_open=setting.left_open(situation, subject.key),
                    )
