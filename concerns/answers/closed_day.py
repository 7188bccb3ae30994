"""The question whether a shop was closed on a day without a closing: a yes stops the warnings, and books nothing."""

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from concerns.answers.question import AnswerableQuestion, ChangedMeanwhile, Choice, Effect, Given
from exports.console import links
from exports.coverage.closed import CannotClose, closed_days_of, say_closed, span_of
from exports.models import StoredClosing
from exports.words.closed_words import say_span, say_when_closed
from tenants.models import Establishment, User

ONE_DAY = timedelta(days=1)


class ClosedDayQuestion(AnswerableQuestion):
    """ "No closing came of 27/11/2026: was it closed?" `about` is the first day that is missed."""

    permission = "exports.change_closeddays"
    looked_for = ("tenant",)

    def __init__(self, shop: Establishment, about: str) -> None:
        super().__init__(shop, about)
        self.day = date.fromisoformat(about)

    @property
    def words(self) -> str:
        return _("No closing came of {day}: was {shop} closed?").format(
            day=date_format(self.day, "SHORT_DATE_FORMAT"), shop=self.shop.name
        )

    @property
    def stamp(self) -> str:
        return hashlib.sha256(" ".join(it.value for it in self.choices()).encode()).hexdigest()[:16]

    def given(self) -> Given | None:
        span = span_of(self.day, closed_days_of([self.shop.pk])[self.shop.pk])
        if span is not None:
            return Given(words=say_span(span), by=str(span.said_by), at=span.said_at)
        came = StoredClosing.objects.filter(establishment=self.shop, business_date=self.day).exists()
        return Given(words=_("A closing of that day has arrived.")) if came else None

    def choices(self) -> list[Choice]:
        """All days up to yesterday on which no closing came, then the first one alone."""
        yesterday = timezone.localdate(timezone=self.shop.zone) - ONE_DAY
        closings = StoredClosing.objects.filter(establishment=self.shop, business_date__gt=self.day)
        next_one = closings.order_by("business_date").values_list("business_date", flat=True).first()
        last = min(yesterday, next_one - ONE_DAY) if next_one else yesterday
        ends = [last, self.day] if last > self.day else [self.day]
        values = [f"{self.day.isoformat()}/{end.isoformat()}" for end in ends]
        return [Choice(value=it, words=self.say(it)) for it in values]

    def say(self, value: str) -> str:
        return say_when_closed(*map(date.fromisoformat, value.split("/")))

    def waiting(self) -> Sequence[StoredClosing]:
        return ()

    def effect(self, value: str) -> Effect:
        words = _("{shop} is noted as {closed}: no closing is missed then. One that comes all the same is booked.")
        return Effect(words=[words.format(shop=self.shop.name, closed=self.say(value))])

    def carry_out(self, value: str, *, by: User, shown: str) -> list[UUID]:
        if shown != self.stamp or self.given() is not None:
            raise ChangedMeanwhile
        first, last = map(date.fromisoformat, value.split("/"))
        try:
            say_closed(self.shop, first, last, by=by)
        except CannotClose:
            raise ChangedMeanwhile from None
        return []

    @property
    def undone_at(self) -> str:
        return links.closed_day(self.shop.pk, self.day)
