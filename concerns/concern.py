"""One thing that a person must know now: what it is, whose, what to do about it, and where."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import TypedDict
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from exact.api.consent import Consent
from exports.words.money import euros
from tenants.models import Establishment


class Condition(StrEnum):
    """How a shop stands, in one word; a concern is of one of those that somebody must see to. The most urgent first.

    What waits for a person comes before `SUSPENDED`: a suspended shop's failed closing failed all the same.
    """

    LINK_LOST = "link_lost"
    FAILED = "failed"
    DIFFERS = "differs"
    NOT_SENT = "not_sent"
    HELD = "held"
    TO_SET = "to_set"
    MISSING = "missing"
    SUSPENDED = "suspended"
    TAKEN_OVER = "taken_over"
    SILENT = "silent"
    NEVER_SENT = "never_sent"
    WAITING = "waiting"
    LINK_DOUBTFUL = "link_doubtful"
    LINK_ENDING = "link_ending"
    NOT_COMPARED = "not_compared"
    UNDELIVERED = "undelivered"
    SETTING_UP = "setting_up"
    SWITCHED_OFF = "switched_off"
    MOVING = "moving"
    CLOSED = "closed"
    WELL = "well"

    @property
    def label(self) -> str:
        return str(LABELS[self])

    @property
    def urgency(self) -> int:
        """Sorts the most urgent first."""
        return [*Condition].index(self)

    @property
    def waits(self) -> bool:
        """Whether a person must see to something."""
        return self in WAITS

    @property
    def tone(self) -> str:
        """The class of its colour (`console.css`): danger, warning, info, good or quiet."""
        if self.urgency <= Condition.NOT_SENT.urgency:
            return "danger"
        if self in TONES:
            return TONES[self]
        return "warning"


LABELS = {
    Condition.LINK_LOST: Consent.LOST.label,
    Condition.FAILED: _("Closing failed"),
    Condition.DIFFERS: _("Differs in Exact"),
    Condition.NOT_SENT: _("Closing not sent"),
    Condition.HELD: _("Closing held"),
    Condition.TO_SET: _("Settings to mend"),
    Condition.MISSING: _("Closing missing"),
    Condition.SUSPENDED: _("Suspended"),
    Condition.TAKEN_OVER: _("Taken over"),
    Condition.SILENT: _("Silent"),
    Condition.NEVER_SENT: _("Never sent"),
    Condition.WAITING: _("Waiting for activation"),
    Condition.LINK_DOUBTFUL: Consent.DOUBTFUL.label,
    Condition.LINK_ENDING: Consent.ENDING.label,
    Condition.NOT_COMPARED: _("Not compared"),
    Condition.UNDELIVERED: _("Not delivered"),
    Condition.SETTING_UP: _("Being set up"),
    Condition.SWITCHED_OFF: _("Export switched off"),
    Condition.MOVING: _("On its way"),
    Condition.CLOSED: _("Closed now"),
    Condition.WELL: _("All well"),
}
# Conditions that a concern has; the others say how far a shop is while nothing is wrong.
WAITS = frozenset(Condition) - {
    Condition.SUSPENDED,
    Condition.TAKEN_OVER,
    Condition.SETTING_UP,
    Condition.SWITCHED_OFF,
    Condition.MOVING,
    Condition.CLOSED,
    Condition.WELL,
}
TONES = {
    Condition.SUSPENDED: "quiet",
    Condition.TAKEN_OVER: "quiet",
    Condition.SETTING_UP: "info",
    Condition.SWITCHED_OFF: "quiet",
    Condition.MOVING: "info",
    Condition.CLOSED: "quiet",
    Condition.WELL: "good",
}


class QuestionKind(TextChoices):
    """What a person can be asked in a letter, and answer there."""

    MEANS = "means", _("which account for a means of payment")
    SLOT = "slot", _("which accounts for a VAT slot at a new rate")
    CLOSED = "closed", _("closed on a day")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a concern asks: of which establishment, by its key, and about what (`concerns.answers`)."""

    kind: QuestionKind
    shop: int
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One of the things a concern is made of. `key` stays the same while it is the same thing; `label` may be empty."""

    key: str
    label: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """One line: `words` say what is wrong and what to do; the link called `mend` leads to `address`, a path of ours.

    `shops` are the keys of the establishments it is about; none when it is a customer's. `way` is a second link where one
    closing can be mended at once: what it is called and its address. `again` are the closings to send again once it is
    mended. `question` is what an answer would mend it with, `seen_to` says who sees to it.
    """

    condition: Condition
    customer: str
    shop: str = ""
    shops: frozenset[int] = frozenset()
    words: str
    mend: str
    address: str
    items: tuple[Item, ...]
    way: tuple[str, str] | None = None
    again: tuple[UUID, ...] = ()
    question: Question | None = None
    seen_to: str = ""

    @property
    def head(self) -> str:
        """What it is about: the one thing by its name, or how many they are, with their amount."""
        named = self.items[0].label if len(self.items) == 1 else counted(self.condition, len(self.items))
        return " · ".join(filter(None, (named, euros(self.amount) if self.amount is not None else "")))

    @property
    def amount(self) -> Decimal | None:
        """What the items are worth together, where they have amounts."""
        amounts = [it.amount for it in self.items if it.amount is not None]
        return sum(amounts, Decimal()) if amounts else None

    @property
    def said(self) -> str:
        """The whole of it in one line."""
        return " – ".join(filter(None, (self.head, self.words)))

    @property
    def keys(self) -> frozenset[str]:
        """The keys of its items, by which a letter knows what it told before."""
        return frozenset(it.key for it in self.items)

    def only(self, keys: Collection[str]) -> "Concern":
        """The concern with no other items than these."""
        return replace(self, items=tuple(it for it in self.items if it.key in keys))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopCondition:
    """How one shop stands: the word, a sentence, and the link called `mend` to `address`, a path of ours.

    `count` is how many things that makes, where they were counted.
    """

    condition: Condition
    words: str
    mend: str
    address: str
    count: int = 0


def counted(condition: Condition, count: int) -> str:
    """ "3 closings", or what else a concern is about."""
    if condition is Condition.TO_SET:
        return ngettext("{count} setting", "{count} settings", count).format(count=count)
    if condition is Condition.DIFFERS:
        return ngettext("{count} entry", "{count} entries", count).format(count=count)
    return ngettext("{count} closing", "{count} closings", count).format(count=count)


def key_of(condition: Condition, *parts: object) -> str:
    """A short name for one thing, the same as long as it is the same."""
    return hashlib.sha256("\0".join([condition, *map(str, parts)]).encode()).hexdigest()[:16]


class Owner(TypedDict):
    """Whose a concern is."""

    customer: str
    shop: str
    shops: frozenset[int]


def owner_of(establishment: Establishment) -> Owner:
    """Whose a concern of one establishment is. Reads the establishment's customer."""
    return {
        "customer": establishment.tenant.name,
        "shop": str(establishment),
        "shops": frozenset([establishment.pk]),
    }
