"""Where a person's letters go besides mail: an address of the person's own, and what became of each attempt."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Now
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from concerns.models.letter import Letter
from postgres.guards import Audited, Unchanging
from postgres.secret_text import SecretText
from postgres.seen import Seen
from postgres.viewer import MEMBERS, RESELLER
from tenants.models import User

# A person of support who looks through another's eyes sees their own webhook.
OF_WHO_IS_BEHIND = "person_id = {behind}"
OF_OWN_WEBHOOK = "webhook_id IN (SELECT id FROM concerns_webhook)"


class Outcome(models.TextChoices):
    """How one attempt ended."""

    TAKEN = "taken", _("taken")
    NO_SUCH_NAME = "no_such_name", _("the name of the server leads nowhere")
    FORBIDDEN = "forbidden", _("the address leads into a private network")
    NO_CONNECTION = "no_connection", _("the server could not be reached")
    NOT_TRUSTED = "not_trusted", _("the server's certificate is not trusted")
    TOO_SLOW = "too_slow", _("the server did not answer in time")
    REDIRECTED = "redirected", _("the server sends elsewhere, which is not followed")
    REFUSED = "refused", _("the server refused it")
    GONE = "gone", _("the server wants nothing there any more")
    BROKEN = "broken", _("the server's answer is no HTTP")


class Webhook(models.Model):
    """Where one person wants to be told of failures at once, and of the morning's summary if `morning` says so.

    The address can hold a secret itself, so it is encrypted as the key is; `shown_as` has its server only. After the
    key was changed the `former_key` signs too until `former_until`. `failing_since` is when attempts began to fail.
    """

    person = models.OneToOneField(User, models.PROTECT, related_name="webhook", verbose_name=_("user"))
    address = SecretText(_("address"))
    shown_as = models.CharField(_("server"), max_length=260)
    morning = models.BooleanField(_("each morning too"), default=False)
    key = SecretText(_("key"))
    former_key = SecretText(default="")
    former_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField(_("since"), db_default=Now())
    failing_since = models.DateTimeField(null=True)
    test_asked_at = models.DateTimeField(null=True)
    off_at = models.DateTimeField(_("switched off"), null=True)
    off_by_itself = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints = [
            models.CheckConstraint(
                condition=Q(off_by_itself=False) | Q(off_at__isnull=False), name="concerns_webhook_off_has_time"
            ),
            models.CheckConstraint(
                condition=Q(former_until=None) | Q(GreaterThan(Length("former_key"), 0)),
                name="concerns_webhook_former_key_is_one",
            ),
            Unchanging("person_id"),
            Audited(silent=["failing_since", "test_asked_at"], secret=["address", "key", "former_key"]),
            Seen(
                reads=dict.fromkeys((*MEMBERS, RESELLER), OF_WHO_IS_BEHIND),
                writes=dict.fromkeys((*MEMBERS, RESELLER), OF_WHO_IS_BEHIND),
            ),
        ]

    def __str__(self) -> str:
        return self.shown_as


class WebhookAttempt(models.Model):
    """One attempt to deliver a letter, or a test where there is none: when, how it ended, the answer's first words."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="attempts")
    letter = models.ForeignKey(Letter, models.CASCADE, null=True, related_name="attempts_made")
    at = models.DateTimeField(db_default=Now())
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    status = models.PositiveSmallIntegerField(null=True)
    said = models.CharField(max_length=200, blank=True)
    milliseconds = models.PositiveIntegerField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="concerns_attempt_outcome_known"),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.TAKEN) | Q(status__gte=200, status__lte=299),
                name="concerns_attempt_taken_is_2xx",
            ),
            Seen(
                reads=dict.fromkeys((*MEMBERS, RESELLER), OF_OWN_WEBHOOK),
                writes=dict.fromkeys((*MEMBERS, RESELLER), OF_OWN_WEBHOOK),  # they go with it
            ),
        ]
        indexes = [models.Index(fields=["webhook", "-at"], name="concerns_attempt_newest")]

    def __str__(self) -> str:
        return f"{self.webhook}: {self.outcome}"
