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
from django.utils.translation import ngettext, pgettext_lazy

from exact.api.consent import Consent
from exports.words.money import euros
from tenants.models import Establishment


class Condition(StrEnum):
    """The condition of a shop, in one word, the most urgent first. A concern has one of those that need a person.

    These come before `SUSPENDED`: the failed closing of a suspended shop needs a person all the same.
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
    LEAVING = "leaving"
    CLOSED = "closed"
    ASIDE = "aside"
    WELL = "well"

    @property
    def label(self) -> str:
        return str(LABELS[self])

    @property
    def urgency(self) -> int:
        """A sort key: the most urgent condition has the lowest."""
        return [*Condition].index(self)

    @property
    def waits(self) -> bool:
        """Whether a person must see to something."""
        return self in WAITS

    @property
    def tone(self) -> str:
        """The class of its colour (`console.css`): danger, warning, info, good, aside or quiet."""
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
    Condition.LEAVING: _("Being taken out"),
    Condition.CLOSED: _("Closed now"),
    Condition.ASIDE: pgettext_lazy("shop", "Set aside"),
    Condition.WELL: _("All well"),
}
# The conditions that concerns have; the others say how far a shop has come while nothing is wrong.
WAITS = frozenset(Condition) - {
    Condition.SUSPENDED,
    Condition.TAKEN_OVER,
    Condition.SETTING_UP,
    Condition.SWITCHED_OFF,
    Condition.MOVING,
    Condition.LEAVING,
    Condition.CLOSED,
    Condition.ASIDE,
    Condition.WELL,
}
TONES = {
    Condition.SUSPENDED: "quiet",
    Condition.TAKEN_OVER: "quiet",
    Condition.SETTING_UP: "info",
    Condition.SWITCHED_OFF: "quiet",
    Condition.MOVING: "info",
    Condition.LEAVING: "info",
    Condition.CLOSED: "quiet",
    Condition.ASIDE: "aside",
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
    """One thing to see to. `words`: what is wrong and what to do; `mend`: the text of the link to `address`, a path.

    `shops`: the ids of the establishments it is about; none when it is about a customer. `way`: a second link where one
    closing can be mended at once: its text and its address. `again`: the closings to send again once it is mended.
    `question`: the question whose answer would mend it. `seen_to`: who sees to it, in words.
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
        """What it is about: its only item by name, or the number of items; with their amount."""
        named = self.items[0].label if len(self.items) == 1 else counted(self.condition, len(self.items))
        return " · ".join(filter(None, (named, euros(self.amount) if self.amount is not None else "")))

    @property
    def amount(self) -> Decimal | None:
        """The sum of its items' amounts; None when none has an amount."""
        amounts = [it.amount for it in self.items if it.amount is not None]
        return sum(amounts, Decimal()) if amounts else None

    @property
    def said(self) -> str:
        """`head` and `words` in one line."""
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
    """The condition of one shop, a sentence on it, and `mend`, the text of the link to `address`, a path.

    `count`: the number of things behind it, where they were counted.
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
    """A short key for one thing, made of the condition and what identifies the thing."""
    return hashlib.sha256("\0".join([condition, *map(str, parts)]).encode()).hexdigest()[:16]


class Owner(TypedDict):
    """The customer and the shop that a concern belongs to."""

    customer: str
    shop: str
    shops: frozenset[int]


def owner_of(establishment: Establishment) -> Owner:
    """The owner of a concern of one establishment. Reads the establishment's customer."""
    return {
        "customer": establishment.tenant.name,
        "shop": str(establishment),
        "shops": frozenset([establishment.pk]),
    }
