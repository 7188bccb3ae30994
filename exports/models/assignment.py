"""Who sees to a closing that waits for a person: "Camille s'en occupe"."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exports.models.closings import StoredClosing
from postgres.guards import NeverEmptied, OnlyAddedTo, SameTenant, Unchanging
from postgres.seen import SeenByTenant
from tenants.models import Tenant, User


class Assignment(models.Model):
    """A person sees to a closing, since when, and by whose word; one at a time.

    It ends by that person's word or another's, or by itself (`ended_by` is empty) when nothing is left to see to: the
    closing stands in Exact without a difference, or is archived (`exports_assignment_ends.sql`).
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    closing = models.ForeignKey(StoredClosing, models.PROTECT, related_name="assignments", db_index=False)
    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("who sees to it"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    since = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("who sees to a closing")
        verbose_name_plural = _("who sees to closings")
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["closing"], condition=Q(ended_at=None), name="exports_assignment_one_open"),
            models.CheckConstraint(
                condition=Q(ended_by=None) | Q(ended_at__isnull=False), name="exports_assignment_ended_by_is_over"
            ),
            SameTenant("closing"),
            Unchanging("closing_id", "person_id", "by_id", "since", once=["ended_at", "ended_by_id"]),
            OnlyAddedTo("DELETE"),
            NeverEmptied(),
            SeenByTenant(),
        ]
        indexes = [
            models.Index(fields=["closing"], name="exports_assignment_of_closing"),
            models.Index(fields=["person"], condition=Q(ended_at=None), name="exports_assignment_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.closing} – {self.person}"
