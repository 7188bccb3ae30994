"""A letter to one person: what it tells, and how far it has come."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from postgres.seen import Seen
from postgres.viewer import MEMBERS, RESELLER
from tenants.models import User


class LetterKind(models.TextChoices):
    """When a letter goes: with what is new each morning, or at once for what failed or differs."""

    MORNING = "morning", _("in the morning")
    AT_ONCE = "at_once", _("at once")


class Channel(models.TextChoices):
    """How a letter goes. What is new to a person is decided for each channel by itself."""

    MAIL = "mail", _("by e-mail")
    WEBHOOK = "webhook", _("by webhook")


class LetterState(models.TextChoices):
    """The states of a letter. A mail that stays `sending` had a worker that died before it stored the server's answer:
    it is not sent twice, and its content counts as not told. A webhook's letter is tried again after `not_before`: its
    receiver recognises it by its number. `unmade`: it could not be made, and is put off until `not_before`."""

    NOTHING = "nothing", _("nothing to tell")
    UNMADE = "unmade", _("could not be made")
    DUE = "due", _("to be sent")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    REFUSED = "refused", _("refused")
    DROPPED = "dropped", _("not sent any more")


WHILE_QUIET = Func(F("made_at"), F("quiet_until"), function="TSTZRANGE", output_field=DateTimeRangeField())
NOT_WRITTEN = (LetterState.NOTHING, LetterState.UNMADE)


class Letter(models.Model):
    """What one person is told of a morning, or at once.

    `lines`: its content (`concerns.letters.line.Line`), in the person's language. `told`: the keys of everything the
    person knows to be open after it, so that the next letter can tell what is new. `still_open`: the number of things
    told before that are still open. No other letter at once is made before `quiet_until`.
    """

    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("user"))
    kind = models.CharField(max_length=10, choices=LetterKind.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.MAIL, db_default=Channel.MAIL)
    day = models.DateField(_("day"))
    made_at = models.DateTimeField(db_default=Now())
    quiet_until = models.DateTimeField(db_default=Now())
    state = models.CharField(_("state"), max_length=10, choices=LetterState.choices)
    lines = models.JSONField(default=list)
    more_lines = models.PositiveIntegerField(default=0)
    still_open = models.PositiveIntegerField(default=0)
    told = models.JSONField(default=list)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "channel", "day"],
                condition=Q(kind=LetterKind.MORNING),
                name="concerns_letter_one_a_morning",
            ),
            ExclusionConstraint(
                name="concerns_letter_at_once_bundled",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("channel", RangeOperators.EQUAL),
                    (WHILE_QUIET, RangeOperators.OVERLAPS),
                ],
                condition=Q(kind=LetterKind.AT_ONCE),
            ),
            models.CheckConstraint(condition=Q(kind__in=LetterKind.values), name="concerns_letter_kind_known"),
            models.CheckConstraint(condition=Q(state__in=LetterState.values), name="concerns_letter_state_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="concerns_letter_channel_known"),
            models.CheckConstraint(
                condition=Q(state__in=NOT_WRITTEN, lines=[]) | (~Q(state__in=NOT_WRITTEN) & ~Q(lines=[])),
                name="concerns_letter_tells",
            ),
            models.CheckConstraint(
                condition=Q(state=LetterState.SENT, sent_at__isnull=False)
                | (~Q(state=LetterState.SENT) & Q(sent_at=None)),
                name="concerns_letter_sent_has_time",
            ),
            Seen(reads=dict.fromkeys((*MEMBERS, RESELLER), "person_id = {person}"), writes={}),
        ]
        indexes = [
            models.Index(fields=["person", "-made_at"], name="concerns_letter_of_person"),
            models.Index(fields=["made_at"], condition=Q(state=LetterState.DUE), name="concerns_letter_due"),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.day.isoformat()}"
