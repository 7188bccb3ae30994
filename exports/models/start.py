"""Changes of the day from which closings go to Exact, until the closings they concern were looked at again."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from postgres.guards import NeverEmptied, OnlyAddedTo, SameTenant, Unchanging
from postgres.seen import SeenByTenant
from tenants.models import WHY_MAX, Establishment, Tenant, User


class StartChange(models.Model):
    """A change of the first day that is booked; until `done_at`, closings are being looked at again because of it.

    A trigger makes the row, whoever changes the day; `why` is what that person said.
    """

    establishment = models.ForeignKey(Establishment, models.PROTECT, related_name="+")
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    before = models.DateField(null=True)
    after = models.DateField(null=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    why = models.CharField(max_length=WHY_MAX, null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(before=None, after__isnull=False)
                | Q(before__isnull=False, after=None)
                | ~Q(before=F("after")),
                name="exports_start_really_changed",
            ),
            Unchanging(
                "establishment_id",
                "tenant_id",
                "before",
                "after",
                "at",
                "actor_id",
                once=["why", "done_at"],
                masked=["why"],
            ),
            OnlyAddedTo("DELETE"),
            NeverEmptied(),
            SameTenant("establishment"),
            SeenByTenant(shop=True),
        ]
        indexes = [models.Index(fields=["at"], condition=Q(done_at=None), name="exports_start_to_look_at")]
