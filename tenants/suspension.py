"""Suspensions that are over: of a reseller, a customer, an establishment or a till, each kept as a span."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from postgres.guards import NeverEmptied, OnlyAddedTo, SameTenant
from postgres.seen import OF_RESELLER, OF_TENANT, OF_TENANTS, Seen
from postgres.viewer import CUSTOMER, MEMBERS, RESELLER, TILL


class Suspension(models.Model):
    """From when to when a customer, one `establishment` of it or one `till` was suspended, and is no longer.

    A trigger adds the row when a suspension is taken back, wherever that was done (`tenants_suspension_over.sql`); one
    of a reseller is kept as one of each of its customers. A suspension that lasts stands in the row that is suspended.
    """

    tenant = models.ForeignKey("tenants.Tenant", models.PROTECT, related_name="+", editable=False)
    establishment = models.ForeignKey("tenants.Establishment", models.PROTECT, null=True, related_name="+")
    till = models.ForeignKey("tenants.Till", models.PROTECT, null=True, related_name="+", db_index=False)
    began_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("to"))

    class Meta:
        verbose_name = _("suspension that is over")
        verbose_name_plural = _("suspensions that are over")
        ordering = ["began_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gte=F("began_at")), name="tenants_suspension_ends_after"),
            models.CheckConstraint(
                condition=Q(till=None) | Q(establishment__isnull=False), name="tenants_suspension_of_till_has_shop"
            ),
            SameTenant("establishment"),
            SameTenant("till"),
            OnlyAddedTo(),
            NeverEmptied(),
            Seen(
                reads={
                    **dict.fromkeys((CUSTOMER, TILL), OF_TENANT),
                    RESELLER: OF_RESELLER,
                    **dict.fromkeys(MEMBERS, OF_TENANTS),
                },
                writes={},
            ),
        ]

    def __str__(self) -> str:
        return f"{self.began_at:%d/%m/%Y} – {self.ended_at:%d/%m/%Y}"
