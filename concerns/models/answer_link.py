"""A link in a letter that lets one person answer one question, once (docs/decisions/0055)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from concerns.concern import QuestionKind
from postgres.guards import SameTenant, Unchanging
from postgres.seen import OF_RESELLER, OF_TENANTS, Seen
from postgres.viewer import MEMBERS, RESELLER
from tenants.models import Establishment, Tenant, User

ABOUT_MAX, ANSWER_MAX = 60, 60
OWN = "person_id = {person}"


class AnswerLink(models.Model):
    """What one letter asks one person: of which establishment, about what, until when, and what became of it.

    `about` says which of the questions of a kind it is: a means of payment by the till's code. The address stands
    here as a digest only. `waiting` are the closings that waited for the answer when it was given.
    """

    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("user"))
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", verbose_name=_("customer"))
    establishment = models.ForeignKey(Establishment, models.PROTECT, related_name="+", verbose_name=_("establishment"))
    kind = models.CharField(max_length=20, choices=QuestionKind.choices)
    about = models.CharField(max_length=ABOUT_MAX)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    asked_for = models.BooleanField(default=False, help_text="Made because the page of one that was over was asked.")
    opened_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    asked_again_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=ANSWER_MAX, blank=True)
    waiting = models.JSONField(default=list)

    class Meta:
        verbose_name = _("answer link")
        verbose_name_plural = _("answer links")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=QuestionKind.values), name="concerns_answerlink_kind_known"),
            models.CheckConstraint(
                condition=Q(used_at=None, answer="") | (Q(used_at__isnull=False) & ~Q(answer="")),
                name="concerns_answerlink_used_says_how",
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(revoked_at=None), name="concerns_answerlink_used_or_revoked"
            ),
            SameTenant("establishment"),
            Unchanging(
                *("person_id", "tenant_id", "establishment_id", "kind", "about", "digest", "expires_at"),
                once=["used_at", "revoked_at"],
            ),
            Seen(
                reads={RESELLER: OF_RESELLER, **dict.fromkeys(MEMBERS, OF_TENANTS)},
                writes=dict.fromkeys((*MEMBERS, RESELLER), OWN),
            ),
        ]
        indexes = [
            models.Index(fields=["establishment", "kind", "about"], name="concerns_answerlink_question"),
            models.Index(fields=["person", "-made_at"], name="concerns_answerlink_of_person"),
            models.Index(
                fields=["asked_again_at"],
                condition=Q(asked_again_at__isnull=False),
                name="concerns_answerlink_again",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.establishment}, {self.about}"
