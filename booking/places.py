"""Where people's value of a setting is kept in their `Overrides`: read, and set or taken away by ""."""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from booking.mapping import MeansOverride, Overrides, SlotOverride

K = TypeVar("K")
KeyIn = TypeVar("KeyIn", contravariant=True)

YES, NO = "yes", "no"


class Place(Protocol[KeyIn]):
    """Where the values of one setting are kept, one for each key."""

    def read(self, people: Overrides, key: KeyIn) -> str:
        """Return what people set, "" when they left it to the till or the default."""

    def write(self, people: Overrides, key: KeyIn, value: str) -> None:
        """Set a value, or take it away by ""; what then says nothing any more is not kept."""


@dataclass(frozen=True, slots=True)
class Text:
    """An attribute of its own: `shortage_account`."""

    name: str

    def read(self, people: Overrides, _key: None) -> str:
        """The attribute's text; "" also where it is None."""
        return getattr(people, self.name) or ""

    def write(self, people: Overrides, _key: None, value: str) -> None:
        """ "" sets the attribute back to the model's default."""
        setattr(people, self.name, value or Overrides.model_fields[self.name].default)


@dataclass(frozen=True, slots=True)
class Flag:
    """An attribute that is yes or no. The default value counts as not set."""

    name: str

    def read(self, people: Overrides, _key: None) -> str:
        """`YES` or `NO`; "" while the value is the default."""
        value = getattr(people, self.name)
        return "" if value == self._default else YES if value else NO

    def write(self, people: Overrides, _key: None, value: str) -> None:
        """`YES` or `NO`; "" sets the attribute back to its default."""
        setattr(people, self.name, value == YES if value else self._default)

    @property
    def _default(self) -> bool:
        default: bool = Overrides.model_fields[self.name].default
        return default


@dataclass(frozen=True, slots=True)
class Row(Generic[K]):
    """A row of a table that has one text for each key: `receipt_accounts`."""

    rows: Callable[[Overrides], dict[K, str]]

    def read(self, people: Overrides, key: K) -> str:
        return self.rows(people).get(key, "")

    def write(self, people: Overrides, key: K, value: str) -> None:
        _keep(self.rows(people), key, value, "")


@dataclass(frozen=True, slots=True)
class SlotPart(Generic[K]):
    """One attribute of a VAT slot: `sales_account`."""

    rows: Callable[[Overrides], dict[K, SlotOverride]]
    name: str

    def read(self, people: Overrides, key: K) -> str:
        return str(getattr(self.rows(people).get(key, SlotOverride()), self.name))

    def write(self, people: Overrides, key: K, value: str) -> None:
        of_slot = self.rows(people).get(key, SlotOverride())
        _keep(self.rows(people), key, of_slot.model_copy(update={self.name: value}), SlotOverride())


@dataclass(frozen=True, slots=True)
class MeansPart(Generic[K]):
    """One attribute of a means of payment, or of a kind of them: `journal`."""

    rows: Callable[[Overrides], dict[K, MeansOverride]]
    name: str

    def read(self, people: Overrides, key: K) -> str:
        return getattr(self.rows(people).get(key, MeansOverride()), self.name) or ""

    def write(self, people: Overrides, key: K, value: str) -> None:
        empty = MeansOverride.model_fields[self.name].default
        means = self.rows(people).get(key, MeansOverride()).model_copy(update={self.name: value or empty})
        _keep(self.rows(people), key, means, MeansOverride())


class FamilyAccount:
    """The account of one family of articles, by VAT slot and name."""

    def read(self, people: Overrides, key: tuple[int, str]) -> str:
        """The account of a family in a VAT slot; "" where neither the slot nor the family has one."""
        slot, family = key
        return people.slots.get(slot, SlotOverride()).family_accounts.get(family, "")

    def write(self, people: Overrides, key: tuple[int, str], value: str) -> None:
        """ "" removes the family, and its slot where nothing else of the slot is set."""
        slot, family = key
        of_slot = people.slots.get(slot, SlotOverride())
        accounts = {**of_slot.family_accounts}
        _keep(accounts, family, value, "")
        _keep(people.slots, slot, of_slot.model_copy(update={"family_accounts": accounts}), SlotOverride())


def _keep(rows: MutableMapping[K, Any], key: K, value: Any, nothing: Any) -> None:
    if value == nothing:
        rows.pop(key, None)
    else:
        rows[key] = value
