"""One thing that a person must know now: what it is, whose, what to do about it, and where."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from exports.words.money import euros
from tenants.models import Establishment


class Kind(StrEnum):
    """What sort of thing, the most urgent first."""

    FAILED = "failed"
    DIFFERS = "differs"
    CONSENT = "consent"
    STUCK = "stuck"
    HELD = "held"
    MISSING = "missing"
    SILENT = "silent"
    WAITING = "waiting"
    NOT_COMPARED = "not_compared"
    UNDELIVERED = "undelivered"

    @property
    def label(self) -> str:
        return str(LABELS[self])

    @property
    def urgency(self) -> int:
        """Sorts the most urgent first."""
        return [*Kind].index(self)


LABELS = {
    Kind.FAILED: _("Failed"),
    Kind.DIFFERS: _("Differs in Exact"),
    Kind.CONSENT: _("Link to Exact"),
    Kind.STUCK: _("Not sent"),
    Kind.HELD: _("Held back"),
    Kind.MISSING: _("Missing"),
    Kind.SILENT: _("Did not close"),
    Kind.WAITING: _("Waiting for activation"),
    Kind.NOT_COMPARED: _("Not compared"),
    Kind.UNDELIVERED: _("Not delivered"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One of the things a concern is made of. `key` stays the same while it is the same thing; `label` may be empty."""

    key: str
    label: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """One line: `words` say what is wrong and what to do; the link called `mend` leads to `address`, a path of ours."""

    kind: Kind
    customer: str
    shop: str = ""
    words: str
    mend: str
    address: str
    items: tuple[Item, ...]

    @property
    def head(self) -> str:
        """What it is about: the one thing by its name, or how many they are, with their amount."""
        named = self.items[0].label if len(self.items) == 1 else counted(self.kind, len(self.items))
        return " · ".join(filter(None, (named, euros(self.amount) if self.amount is not None else "")))

    @property
    def amount(self) -> Decimal | None:
        """What the items are worth together, where they have amounts."""
        amounts = [it.amount for it in self.items if it.amount is not None]
        return sum(amounts, Decimal()) if amounts else None

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(it.key for it in self.items)

    def only(self, keys: Collection[str]) -> "Concern":
        """The concern with no other items than these."""
        return replace(self, items=tuple(it for it in self.items if it.key in keys))


def counted(kind: Kind, count: int) -> str:
    """ "3 closings", or entries where a concern is about those."""
    if kind is Kind.DIFFERS:
        return ngettext("{count} entry", "{count} entries", count).format(count=count)
    return ngettext("{count} closing", "{count} closings", count).format(count=count)


def key_of(kind: Kind, *parts: object) -> str:
    """A short name for one thing, the same as long as it is the same."""
    return hashlib.sha256("\0".join([kind, *map(str, parts)]).encode()).hexdigest()[:16]


def owner_of(establishment: Establishment) -> dict[str, str]:
    """Whose a concern is: `customer` and `shop`. Reads the establishment's customer."""
    return {"customer": establishment.tenant.name, "shop": str(establishment)}
