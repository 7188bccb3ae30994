"""What settings are of: some stand once, others for each VAT slot, means of payment or customer that there is."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Generic, Self, TypeVar

from django.utils.translation import gettext as _

from booking.former_slots import key_of, slot_and_rate
from booking.mapping import Overrides, booking_plan
from booking.models import Mapping as MappingRow
from booking.places import YES
from ledger.kinds import MovementKind, PaymentKind, ReceiptKind
from ledger.plan import BookingPlan

K = TypeVar("K")
Kind = TypeVar("Kind", PaymentKind, ReceiptKind, MovementKind)

UNUSED = "unused"  # in a slot's facts: the till sends it only because it has ten
PLACE = re.compile(r"[0-9]{1,2}")
FORMER = re.compile(r"[0-9]{1,2}@[0-9]{1,2},[0-9]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What an establishment's closings brought that can be mapped one by one.

    `means`: the till's code → its label and kind; `families`: VAT slot and name; `slots`: VAT slots at a
    rate the parameters do not say; `customers`: the till's codes.
    """

    means: Mapping[str, tuple[str, PaymentKind]] = field(default_factory=dict)
    families: frozenset[tuple[int, str]] = frozenset()
    slots: frozenset[tuple[int, Decimal]] = frozenset()
    customers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """An establishment as its settings find it: the till's document, people's settings, the plan both make."""

    sent: Mapping[str, Any]
    people: Overrides
    plan: BookingPlan
    seen: Seen

    @classmethod
    def of(cls, mapping: MappingRow, seen: Seen) -> Self:
        """Read off a mapping; the journals' own accounts are left out, as no setting shows them."""
        return cls(
            sent=mapping.parameters,
            people=Overrides.model_validate(mapping.overrides),
            plan=booking_plan(mapping, journal_accounts={}),
            seen=seen,
        )

    def kind_of(self, means: str) -> PaymentKind:
        """The kind of a means of payment; one that no closing brought yet could be any other."""
        return self.seen.means.get(means, ("", PaymentKind.OTHER))[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject(Generic[K]):
    """One thing that has settings: its key among people's settings, its name in fields, and facts for its label."""

    key: K
    name: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


class Subjects(ABC, Generic[K]):
    """All things of one sort that have settings."""

    @abstractmethod
    def of(self, situation: Situation) -> Iterable[Subject[K]]:
        """Return those an establishment has, in the order people see them."""

    @abstractmethod
    def set_by(self, people: Overrides) -> Iterable[Subject[K]]:
        """Return those for which people set something. A VAT slot then has no rate: people set it for a number."""

    def sent_in(self, _parameters: Mapping[str, Any]) -> Iterable[Subject[K]]:
        """Return those of which the till's document speaks."""
        return ()

    @abstractmethod
    def key(self, name: str, parameters: Mapping[str, Any]) -> K:
        """Return the key for a name in a field. Raises `KeyError`, `IndexError` or `ValueError` for none of these."""

    def told_by(self, name: str) -> Mapping[str, str]:
        """Return the facts for a label that the name alone tells. Raises `ValueError` for none of these."""
        return {"name": name}


class Once(Subjects[None]):
    """The establishment itself: settings that stand once."""

    def of(self, _situation: Situation) -> Iterator[Subject[None]]:
        yield Subject(key=None)

    def set_by(self, _people: Overrides) -> Iterator[Subject[None]]:
        yield Subject(key=None)

    def sent_in(self, _parameters: Mapping[str, Any]) -> Iterator[Subject[None]]:
        yield Subject(key=None)

    def key(self, _name: str, _parameters: Mapping[str, Any]) -> None:
        return None


class Slots(Subjects[int]):
    """The VAT slots of the till's document. Fields name them by their place in it, people's settings by number."""

    def of(self, situation: Situation) -> Iterator[Subject[int]]:
        for subject in self.sent_in(situation.sent):
            unused = {} if situation.plan.slots[subject.key].is_used else {UNUSED: YES}
            yield replace(subject, facts={**subject.facts, **unused})

    def set_by(self, people: Overrides) -> Iterator[Subject[int]]:
        for slot in people.slots:
            yield Subject(key=slot, facts={"slot": str(slot)})

    def sent_in(self, parameters: Mapping[str, Any]) -> Iterator[Subject[int]]:
        for place, sent in enumerate(parameters.get("vat", [])):
            facts = {"slot": str(sent["slot"]), "rate": str(Decimal(sent["rate"]))}
            yield Subject(key=sent["slot"], name=str(place), facts=facts)

    def key(self, name: str, parameters: Mapping[str, Any]) -> int:
        if not PLACE.fullmatch(name):
            raise KeyError(name)
        slot: int = parameters["vat"][int(name)]["slot"]
        return slot

    def told_by(self, _name: str) -> Mapping[str, str]:
        return {}


class FormerSlots(Subjects[str]):
    """VAT slots at rates they had before, and at rates that closings wait for."""

    def of(self, situation: Situation) -> Iterator[Subject[str]]:
        plan = situation.plan
        for slot, rate in sorted({*plan.former_slots, *situation.seen.slots}):
            if (slot, rate) in plan.former_slots or plan.slot_plan(slot, rate) is None:
                yield self._subject(key_of(slot, rate))

    def set_by(self, people: Overrides) -> Iterator[Subject[str]]:
        yield from map(self._subject, people.former_slots)

    def key(self, name: str, _parameters: Mapping[str, Any]) -> str:
        if not FORMER.fullmatch(name):
            raise KeyError(name)
        return name

    def told_by(self, name: str) -> Mapping[str, str]:
        slot, rate = slot_and_rate(name)
        return {"slot": str(slot), "rate": str(rate)}

    def _subject(self, key: str) -> Subject[str]:
        return Subject(key=key, name=key, facts=self.told_by(key))


class ByCode(Subjects[str]):
    """What the till names by codes of its own."""

    def key(self, name: str, _parameters: Mapping[str, Any]) -> str:
        return name


class MeansOfPayment(ByCode):
    """Means of payment one by one, by the till's code: those that people mapped, and those that closings brought."""

    def of(self, situation: Situation) -> Iterator[Subject[str]]:
        mapped, seen = situation.plan.means, situation.seen.means
        for code in [*mapped, *(it for it in seen if it not in mapped)]:
            label, kind = seen.get(code, ("", PaymentKind.OTHER))
            yield Subject(key=code, name=code, facts={"label": label, "kind": kind.value})

    def set_by(self, people: Overrides) -> Iterator[Subject[str]]:
        for code in people.means:
            yield Subject(key=code, name=code)


@dataclass(frozen=True, slots=True)
class Kinds(Subjects[Kind]):
    """Every kind of payment, other receipt or movement of cash. `words` says what people call one."""

    kinds: type[Kind]
    rows: Callable[[Overrides], Mapping[Kind, object]]
    words: Callable[[Kind], str]

    def of(self, _situation: Situation) -> Iterator[Subject[Kind]]:
        for kind in self.kinds:
            yield Subject(key=kind, name=kind.value)

    def set_by(self, people: Overrides) -> Iterator[Subject[Kind]]:
        mapped = self.rows(people)
        for kind in self.kinds:
            if kind in mapped:
                yield Subject(key=kind, name=kind.value)

    def key(self, name: str, _parameters: Mapping[str, Any]) -> Kind:
        return self.kinds(name)

    def told_by(self, name: str) -> Mapping[str, str]:
        return {"name": _(self.words(self.kinds(name)))}


class Families(Subjects[tuple[int, str]]):
    """Families of articles, each within its VAT slot: those that people mapped, and those that closings brought."""

    def of(self, situation: Situation) -> Iterator[Subject[tuple[int, str]]]:
        mapped = {it.key for it in self.set_by(situation.people)}
        yield from map(self._subject, sorted(mapped | situation.seen.families))

    def set_by(self, people: Overrides) -> Iterator[Subject[tuple[int, str]]]:
        for slot, of_slot in people.slots.items():
            for family in of_slot.family_accounts:
                yield self._subject((slot, family))

    def key(self, name: str, _parameters: Mapping[str, Any]) -> tuple[int, str]:
        slot, _dot, family = name.partition(".")
        return int(slot), family

    def told_by(self, name: str) -> Mapping[str, str]:
        slot, family = self.key(name, {})
        return {"slot": str(slot), "family": family}

    def _subject(self, key: tuple[int, str]) -> Subject[tuple[int, str]]:
        name = f"{key[0]}.{key[1]}"
        return Subject(key=key, name=name, facts=self.told_by(name))


class Customers(ByCode):
    """Customers on account, by the till's code: those that people mapped, and those that closings brought."""

    def of(self, situation: Situation) -> Iterator[Subject[str]]:
        for code in sorted({*situation.people.named_customers, *situation.seen.customers}):
            yield Subject(key=code, name=code)

    def set_by(self, people: Overrides) -> Iterator[Subject[str]]:
        for code in people.named_customers:
            yield Subject(key=code, name=code)
