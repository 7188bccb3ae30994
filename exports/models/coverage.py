"""Which tickets closings cover and which of them counts; kinds of closings, and what people said about them.

A closing *counts* when it is booked, or will be once nothing holds it back. Only what counts is `live` here.
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, BigIntegerRangeField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from postgres.guards import NeverEmptied, OnlyAddedTo, SameTenant
from postgres.seen import SeenByTenant
from tenants.models import BookedLevel, Establishment, Tenant, Till, User


class CoveredTickets(models.Model):
    """Tickets of one station that a closing covers. Two live rows of an establishment never share a ticket.

    `station` is in the spelling that stations are compared by. The tickets of a training are never live: no entry is
    made of them.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    closing = models.ForeignKey("exports.StoredClosing", models.PROTECT, related_name="covered_tickets")
    establishment = models.ForeignKey(Establishment, models.PROTECT, related_name="+", db_index=False)
    station = models.TextField()
    tickets = BigIntegerRangeField()
    live = models.BooleanField()
    training = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="exports_tickets_once",
                expressions=[
                    ("establishment", RangeOperators.EQUAL),
                    ("station", RangeOperators.EQUAL),
                    ("tickets", RangeOperators.OVERLAPS),
                ],
                condition=Q(live=True),
            ),
            models.CheckConstraint(condition=~Q(live=True, training=True), name="exports_training_never_live"),
            SameTenant("closing"),
            SameTenant("establishment"),
            SeenByTenant(shop=True),
        ]
        indexes = [GistIndex(fields=["tickets"], name="exports_tickets_found")]


class UntoldTickets(models.Model):
    """A closing that did not tell its tickets: it is compared with others by its hours and a digest of its content.

    `hours`: of a general closing its whole span; of any other the middle of its span, by which it belongs to the
    general closing in whose hours it lies. `alike`: a digest of hours, figures and perpetual total.
    """

    closing = models.OneToOneField(
        "exports.StoredClosing", models.PROTECT, primary_key=True, related_name="untold_tickets"
    )
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    establishment = models.ForeignKey(Establishment, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10)
    hours = DateTimeRangeField()
    alike = models.CharField(max_length=64)
    live = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "alike"], condition=Q(live=True), name="exports_untold_once"
            ),
            ExclusionConstraint(
                name="exports_untold_one_kind",
                expressions=[
                    ("establishment", RangeOperators.EQUAL),
                    ("kind", RangeOperators.NOT_EQUAL),
                    ("hours", RangeOperators.OVERLAPS),
                ],
                condition=Q(live=True),
            ),
            SameTenant("closing"),
            SameTenant("establishment"),
            SeenByTenant(shop=True),
        ]


class Remainder(models.Model):
    """The part of a closing that other booked closings do not tell; by a person's word, this part is booked.

    `document` has the form of a closing; its lines are the difference. It never changes. It is deleted when its closing
    was set aside and is looked at again (`exports_set_aside.sql`).
    """

    closing = models.OneToOneField("exports.StoredClosing", models.PROTECT, primary_key=True, related_name="remainder")
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    document = models.JSONField()
    over = ArrayField(models.UUIDField(), help_text="The closings it was taken from.")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            SameTenant("closing"),
            OnlyAddedTo("UPDATE"),
            NeverEmptied(),
            SeenByTenant(),
        ]


class ClosingKinds(models.Model):
    """The kinds of closings that count in an establishment, with tickets told and without; and the one question.

    Where tickets are not told nobody can see whether closings of two kinds are the same sales: a person is asked once.
    A trigger writes the answer down, wherever the establishment's setting is changed.
    """

    establishment = models.OneToOneField(
        Establishment, models.PROTECT, primary_key=True, related_name="closing_kinds", verbose_name=_("establishment")
    )
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    told = ArrayField(models.CharField(max_length=10), default=list, db_default=[])
    untold = ArrayField(models.CharField(max_length=10), default=list, db_default=[])
    asked_at = models.DateTimeField(null=True)
    asked_kind = models.CharField(max_length=10, blank=True, default="", db_default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    answer = models.CharField(max_length=10, blank=True, default="", db_default="", choices=BookedLevel.choices)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(asked_at__isnull=False), name="exports_kinds_asked_before_answered"
            ),
            SameTenant("establishment"),
            SeenByTenant(shop=True),
        ]
        indexes = [
            models.Index(
                fields=["establishment"],
                condition=Q(asked_at__isnull=False, answered_at=None),
                name="exports_kinds_open_question",
            )
        ]


class CountersAnew(models.Model):
    """The ticket counter of a station began anew: its till was replaced by one that counts from 1.

    Later tickets are another series, never compared with the numbers of before (`exports.coverage.anew`). A till that
    is taken up again goes on in the series it had: that is a row of its own, with that number or 1. `beside`: the
    former one stays in use, so that of other tills nobody can tell which of the two series they tell.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    establishment = models.ForeignKey(Establishment, models.PROTECT, related_name="+", db_index=False)
    station = models.TextField()
    since = models.DateTimeField()
    former = models.ForeignKey(Till, models.PROTECT, related_name="+", db_index=False)
    till = models.ForeignKey(Till, models.PROTECT, related_name="+", db_index=False)
    series = models.PositiveSmallIntegerField()
    beside = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(series__gte=1), name="exports_counters_anew_in_a_series"),
            models.CheckConstraint(condition=~Q(former=F("till")), name="exports_counters_anew_of_another"),
            ExclusionConstraint(
                name="exports_counters_anew_one_till",
                expressions=[
                    ("establishment", RangeOperators.EQUAL),
                    ("station", RangeOperators.EQUAL),
                    ("series", RangeOperators.EQUAL),
                    ("till", RangeOperators.NOT_EQUAL),
                ],
                condition=Q(series__gt=1),
            ),
            SameTenant("establishment"),
            SameTenant("former"),
            SameTenant("till"),
            OnlyAddedTo(),
            SeenByTenant(shop=True, written_by=()),
        ]


class LevelChange(models.Model):
    """What an establishment books was changed; until `done_at`, its closings are being looked at again.

    A trigger makes the row, whoever changes the setting. `step` and `reached` say how far looking again has come; the
    closings in `failed` are tried again.
    """

    establishment = models.ForeignKey(Establishment, models.PROTECT, related_name="+")
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    before = models.CharField(max_length=10)
    after = models.CharField(max_length=10)
    at = models.DateTimeField()
    step = models.PositiveSmallIntegerField(default=0, db_default=0)
    reached = models.UUIDField(null=True)
    failed = ArrayField(models.UUIDField(), default=list, db_default=[])
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(before=F("after")), name="exports_level_really_changed"),
            SameTenant("establishment"),
            SeenByTenant(shop=True),
        ]
        indexes = [models.Index(fields=["at"], condition=Q(done_at=None), name="exports_level_to_look_at")]
