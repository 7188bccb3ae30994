"""What tills sent: keys and pairing codes, the raw inbox, parameters and closings."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from exports.models import StoredClosing
from postgres.guards import Audited, NeverEmptied, OnlyAddedTo, SameTenant
from postgres.seen import SeenByTenant
from tenants.models import WHY_MAX, Establishment, Tenant, Till, User


class TillKey(models.Model):
    """A key of a till. Only its keyed digest is stored; `prefix` finds the row."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    till = models.ForeignKey(Till, models.PROTECT, related_name="keys", verbose_name=_("till"))
    prefix = models.CharField(_("begins with"), max_length=8, unique=True)
    digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used"), null=True)
    expires_at = models.DateTimeField(_("valid until"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        verbose_name = _("till key")
        verbose_name_plural = _("till keys")
        ordering = ["-created_at"]
        constraints = [
            SameTenant("till"),
            Audited(silent=["digest", "last_used_at"]),
            SeenByTenant(read_by=(), written_by=()),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}…"


class PairingCode(models.Model):
    """A code that turns into a till's key, once, within a day. Only its keyed digest is stored."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    till = models.ForeignKey(Till, models.PROTECT, related_name="pairing_codes", verbose_name=_("till"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("made by"))
    why = models.CharField(_("why"), max_length=WHY_MAX, blank=True, default="", db_default="")
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"))
    used_at = models.DateTimeField(_("used"), null=True)

    class Meta:
        verbose_name = _("pairing code")
        verbose_name_plural = _("pairing codes")
        ordering = ["-created_at"]
        constraints = [
            SameTenant("till"),
            Audited(silent=["digest"]),
            SeenByTenant(written_by=()),
        ]


class PushKind(models.TextChoices):
    """What a till sends: a closing, or the parameters it books by."""

    CLOSING = "closing", _("closing")
    PARAMETERS = "parameters", _("parameters")


class Push(models.Model):
    """One push of a known till, raw, stored before it is checked. Refused ones are kept for support.

    `made`: the closing that this push brought, which is why its 201 is not stored here. `closing`: the closing that a
    repeat, or a refused push, met.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", verbose_name=_("customer"))
    till = models.ForeignKey(Till, models.PROTECT, related_name="pushes", verbose_name=_("till"))
    kind = models.CharField(_("kind"), max_length=10, choices=PushKind.choices)
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    content_type = models.CharField(max_length=100)
    content_encoding = models.CharField(max_length=20, blank=True)
    body = models.BinaryField()
    answer_status = models.PositiveSmallIntegerField(_("answer"), null=True)
    answer_code = models.CharField(_("reason"), max_length=40, blank=True)
    closing = models.ForeignKey(
        "ReceivedClosing", models.PROTECT, null=True, related_name="repeats", verbose_name=_("closing"), db_index=False
    )

    class Meta:
        verbose_name = _("push")
        verbose_name_plural = _("pushes")
        ordering = ["-received_at"]
        indexes = [
            models.Index(fields=["closing"], condition=Q(closing__isnull=False), name="clyo_ingest_push_repeats"),
            models.Index(
                fields=["till", "-received_at"], condition=Q(answer_status__gte=400), name="clyo_ingest_push_refused"
            ),
            models.Index(fields=["-received_at", "-id"], name="clyo_ingest_push_newest"),
            # What is deleted by age: all but the pushes that made a closing, which have no answer of their own.
            models.Index(
                fields=["received_at"], condition=Q(answer_status__isnull=False), name="clyo_ingest_push_answered"
            ),
            models.Index(
                fields=["-received_at", "-id"], condition=Q(answer_status__gte=400), name="clyo_ingest_push_refusals"
            ),
        ]
        constraints = [
            SameTenant("till"),
            NeverEmptied(),
            SeenByTenant(read_by=(), written_by=()),
        ]

    def __str__(self) -> str:
        moment = date_format(localtime(self.received_at), "SHORT_DATETIME_FORMAT")
        return f"{self.till} – {self.get_kind_display()}, {moment}"


class Parameters(models.Model):
    """One version of what a till says of VAT, accounts and journals. The newest of an establishment is in force."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    establishment = models.ForeignKey(Establishment, models.PROTECT, related_name="parameters")
    till = models.ForeignKey(Till, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    document = models.JSONField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["establishment", "version"], name="clyo_ingest_parameters_one_per_version"),
            SameTenant("establishment"),
            SeenByTenant(shop=True, written_by=()),
        ]


class RestartReason(models.TextChoices):
    """Why a till's counters begin anew."""

    SOFTWARE = "software", _("other software, or another version of it")
    RESTORED = "restored", _("restored from a copy")
    REPLACED = "replaced", _("another device in its place")


class Restart(models.Model):
    """A person's statement that a till's counters began anew: numbers, perpetual total, float, signatures.

    Closings that ended after `since`, by the till's clock, are of this era: a new sequence for each kind and scope.
    `push`: the refused push that showed it, if there was one.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", editable=False)
    till = models.ForeignKey(Till, models.PROTECT, related_name="restarts", verbose_name=_("till"))
    era = models.PositiveSmallIntegerField(editable=False)
    since = models.DateTimeField(_("since"))
    reason = models.CharField(_("reason"), max_length=10, choices=RestartReason.choices)
    why = models.CharField(_("why"), max_length=200)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    push = models.ForeignKey(Push, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField(_("said on"), auto_now_add=True)

    class Meta:
        verbose_name = _("restart of a till")
        verbose_name_plural = _("restarts of tills")
        ordering = ["-era"]
        constraints = [
            models.UniqueConstraint(fields=["till", "era"], name="clyo_ingest_restart_one_per_era"),
            models.CheckConstraint(condition=Q(era__gte=1), name="clyo_ingest_restart_after_the_first_era"),
            SameTenant("till"),
            Audited(),
            SeenByTenant(written_by=()),
        ]


class ReceivedClosing(models.Model):
    """What a till said of one closing: its identity, what proves it is the same, and its place in the sequence.

    Rows never change (a trigger sees to that). The content is kept in the stored closing, under the same id.
    """

    stored = models.OneToOneField(StoredClosing, models.PROTECT, primary_key=True, related_name="received")
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    till = models.ForeignKey(Till, models.PROTECT, related_name="closings", db_index=False)
    kind = models.CharField(max_length=10)
    scope = models.CharField(max_length=40, blank=True)
    number = models.BigIntegerField()
    era = models.PositiveSmallIntegerField(default=0, db_default=0)  # how often the till's counters began anew before
    version = models.PositiveSmallIntegerField(default=0, db_default=0)  # how many corrected versions were taken before
    digest = models.CharField(max_length=64)
    push = models.OneToOneField(Push, models.PROTECT, related_name="made")
    perpetual_before = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    perpetual_after = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    # What the next one must go on from (`clyo_ingest.succession`); empty where it was not told, or received long ago.
    training = models.BooleanField(default=False, db_default=False)
    business_date = models.DateField(null=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    float_open = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    float_left = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    signature = models.CharField(max_length=64, default="", db_default="")
    signature_before = models.CharField(max_length=64, default="", db_default="")
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = _("received closing")
        verbose_name_plural = _("received closings")
        constraints = [
            models.UniqueConstraint(
                fields=["till", "kind", "scope", "era", "number", "version"], name="clyo_ingest_closing_identity"
            ),
            SameTenant("till"),
            OnlyAddedTo("UPDATE"),
            NeverEmptied(),
            SeenByTenant(written_by=()),
        ]
        indexes = [models.Index(fields=["till", "-received_at"], name="clyo_ingest_closing_newest")]
