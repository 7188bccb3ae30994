"""Which account does a new means of payment go to: the mapping's own question, answered by one of its proposals."""

from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking.effective import effective_settings
from booking.fields import own_value
from booking.mapping import ChangedMeanwhile as MappingChanged
from booking.mapping import Overrides, stamp_of
from booking.means_settings import MEANS_ACCOUNT
from booking.models import AskedMeans, MappingEvent
from concerns.answers.question import AnswerableQuestion, ChangedMeanwhile, Choice, Effect, Given
from exact.models import CatalogueItem, CatalogueKind
from exports.mapping.desk import ALONG, Desk
from exports.mapping.draft import Draft
from exports.mapping.impact import impact
from exports.mapping.proposals import proposed_accounts
from exports.mapping.saving import change_settings
from exports.models import ClosingState, StoredClosing
from exports.reposts.overtaken import look
from exports.words.closing_words import name_of
from tenants.models import Establishment, User

NAMED_MAX = 5
WAITING_MAX = 100
EVENTS_READ = 50


class MeansQuestion(AnswerableQuestion):
    """ "New means of payment Swile: which account?" `about` is the till's code of it."""

    permission = "booking.change_mapping"
    looked_for = ALONG

    def __init__(self, shop: Establishment, about: str) -> None:
        super().__init__(shop, about)
        self.desk = Desk.of(shop)
        self.asked = AskedMeans.objects.filter(establishment=shop, code=about).first()
        self.field = MEANS_ACCOUNT.field_of(about)

    @property
    def words(self) -> str:
        means = str(self.asked or self.about)
        return _("New means of payment {means}: which account?").format(means=means)

    @property
    def stamp(self) -> str:
        return stamp_of(self.desk.mapping)

    def given(self) -> Given | None:
        if self.asked is not None and any(it.pk == self.asked.pk for it in self.desk.questions):
            return None
        in_force = {it.field: it.value for it in effective_settings(self.desk.mapping, self.desk.seen)}
        value = in_force.get(self.field, "")
        words = self.say(value) if value else _("no account of its own: it goes as its kind does")
        event = self._find_event()
        return Given(words=words, by=str(event.actor or ""), at=event.at) if event else Given(words=words)

    def _find_event(self) -> MappingEvent | None:
        """The newest change by a person of where it goes."""
        events = MappingEvent.objects.filter(mapping=self.desk.mapping, actor__isnull=False).select_related("actor")
        for event in events.order_by("-at", "-pk")[:EVENTS_READ]:
            before, after = (
                own_value(Overrides.model_validate(it.get("overrides") or {}, extra="ignore"), self.field, {})
                for it in (event.before, event.after)
            )
            if before != after:
                return event
        return None

    def choices(self) -> list[Choice]:
        if self.asked is None:
            return []
        found = proposed_accounts(self.desk, self.asked)
        return [Choice(value=it.code, words=f"{it.code} – {it.name}") for it in found]

    def waiting(self) -> list[StoredClosing]:
        told = [{"code": "means_unmapped", "facts": {"means": self.about}}]
        held = StoredClosing.objects.filter(establishment=self.shop, state=ClosingState.HELD, problems__contains=told)
        return [*held.order_by("business_date", "closed_at", "pk")[:WAITING_MAX]]

    def effect(self, value: str) -> Effect:
        draft = Draft.of(self.desk, {self.field: value})
        found = impact(self.desk, draft.mapping, self.desk.catalogue(self.desk.mapping, draft.mapping))
        if found.breaks:
            broken = [reason for it in found.closings for reason in it.reasons]
            return Effect(trouble=[*dict.fromkeys([*found.stops, *found.holds, *broken])])
        means, account = str(self.asked or self.about), self.say(value)
        says = _("Payments by {means} go to the account {account}, from now on and for what waits.")
        return Effect(words=[says.format(means=means, account=account), *self._say_what_goes()])

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
        draft = Draft.of(self.desk, {self.field: value})
        try:
            change_settings(self.desk, draft.overrides, actor=by, shown=shown)
        except MappingChanged:
            raise ChangedMeanwhile from None
        transaction.on_commit(lambda: look(self.shop.pk), robust=True)
        return waiting

    @property
    def undone_at(self) -> str:
        return reverse("console_mapping", args=[self.shop.pk])

    def say(self, value: str) -> str:
        rows = CatalogueItem.objects.filter(division=self.desk.division, kind=CatalogueKind.GL_ACCOUNT, code=value)
        name = rows.values_list("name", flat=True).first() if self.desk.division else None
        return f"{value} – {name}" if name else value
