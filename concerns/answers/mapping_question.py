"""Questions that are answered by settings of a mapping: what an answer would release or hold, and setting it."""

from abc import abstractmethod
from collections.abc import Mapping as ReadOnly
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import ngettext

from booking.fields import own_value
from booking.mapping import ChangedMeanwhile as MappingChanged
from booking.mapping import Overrides, stamp_of
from booking.models import MappingEvent
from concerns.answers.question import AnswerableQuestion, ChangedMeanwhile, Effect, Given
from exports.mapping.desk import ALONG, Desk
from exports.mapping.draft import Draft
from exports.mapping.impact import impact
from exports.mapping.saving import change_settings
from exports.models import ClosingState, StoredClosing
from exports.reposts.overtaken import look
from exports.words.closing_words import name_of
from tenants.models import Establishment, User

NAMED_MAX = 5
WAITING_MAX = 100
EVENTS_READ = 50


class MappingQuestion(AnswerableQuestion):
    """A question that the mapping screen asks too."""

    permission = "booking.change_mapping"
    looked_for = ALONG
    asked_by: ClassVar[tuple[str, ...]]
    """The codes of the problems that ask it."""

    def __init__(self, shop: Establishment, about: str) -> None:
        super().__init__(shop, about)
        self.desk = Desk.of(shop)

    @abstractmethod
    def values(self, value: str) -> ReadOnly[str, str]:
        """The settings that an answer makes, by field."""

    @property
    @abstractmethod
    def field(self) -> str:
        """The setting that has a value once the question is answered."""

    @abstractmethod
    def say_effect(self, value: str) -> str:
        """The effect of an answer, in a sentence."""

    @abstractmethod
    def facts(self) -> ReadOnly[str, str]:
        """The facts by which a closing's problem is recognised as this question."""

    @property
    def stamp(self) -> str:
        return stamp_of(self.desk.mapping)

    def given_as(self, words: str) -> Given:
        """The answer in force, with the person of the newest change of the settings."""
        events = MappingEvent.objects.filter(mapping=self.desk.mapping, actor__isnull=False).select_related("actor")
        for event in events.order_by("-at", "-pk")[:EVENTS_READ]:
            if self._read(event.before) != self._read(event.after):
                return Given(words=words, by=str(event.actor), at=event.at)
        return Given(words=words)

    def _read(self, documents: ReadOnly[str, Any]) -> str:
        people = Overrides.model_validate(documents.get("overrides") or {}, extra="ignore")
        return own_value(people, self.field, self.desk.mapping.parameters)

    def waiting(self) -> list[StoredClosing]:
        told = Q()
        for code in self.asked_by:
            told |= Q(problems__contains=[{"code": code, "facts": dict(self.facts())}])
        held = StoredClosing.objects.filter(told, establishment=self.shop, state=ClosingState.HELD)
        return [*held.order_by("business_date", "closed_at", "pk")[:WAITING_MAX]]

    def effect(self, value: str) -> Effect:
        draft = Draft.of(self.desk, self.values(value))
        found = impact(self.desk, draft.mapping, self.desk.catalogue(self.desk.mapping, draft.mapping))
        if found.breaks:
            broken = [reason for it in found.closings for reason in it.reasons]
            return Effect(trouble=[*dict.fromkeys([*found.stops, *found.holds, *broken])])
        return Effect(words=[self.say_effect(value), *self._say_what_goes()])

    def _say_what_goes(self) -> list[str]:
        waiting = self.waiting()
        if not waiting:
            return []
        names = ", ".join(map(name_of, waiting[:NAMED_MAX])) + (" …" if len(waiting) > NAMED_MAX else "")
        words = ngettext(
            "{count} closing that waits for it is looked at again, and goes to Exact unless something else holds it: "
            "{names}",
            "{count} closings that wait for it are looked at again, and go to Exact unless something else holds them: "
            "{names}",
            len(waiting),
        )
        return [words.format(count=len(waiting), names=names)]

    def carry_out(self, value: str, *, by: User, shown: str) -> list[UUID]:
        if self.given() is not None or value not in {it.value for it in self.choices()}:
            raise ChangedMeanwhile
        waiting = [it.pk for it in self.waiting()]
        draft = Draft.of(self.desk, self.values(value))
        try:
            change_settings(self.desk, draft.overrides, actor=by, shown=shown)
        except MappingChanged:
            raise ChangedMeanwhile from None
        transaction.on_commit(lambda: look(self.shop.pk), robust=True)
        return waiting

    @property
    def undone_at(self) -> str:
        return reverse("console_mapping", args=[self.shop.pk])
