"""Days on which an establishment is closed: no till of it is missed then."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from postgres.days import DAYS
from postgres.guards import Audited, NeverEmptied, SameTenant, Unchanging
from postgres.seen import SeenByTenant
from postgres.viewer import MEMBERS
from tenants.models import WHY_MAX, Establishment, Tenant, User


class ClosedKind(models.TextChoices):
    """Whether it was planned, or said of a day on which a closing was missed."""

    HOLIDAYS = "holidays", _("holidays")
    DAY = "day", _("closed that day")


class ClosedDays(models.Model):
    """An establishment is closed from a day to another, both included, as a person said.

    No two spans of an establishment share a day. Only `exports.coverage.closed` writes them.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", verbose_name=_("customer"), db_index=False)
    establishment = models.ForeignKey(
        Establishment, models.PROTECT, related_name="+", verbose_name=_("establishment"), db_index=False
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    kind = models.CharField(_("kind"), max_length=10, choices=ClosedKind.choices)
    note = models.CharField(_("note"), max_length=WHY_MAX, blank=True, default="", db_default="")
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("said by"), db_index=False)
    said_at = models.DateTimeField(_("said"))

    class Meta:
        verbose_name = _("closed days")
        verbose_name_plural = _("closed days")
        ordering = ["establishment", "first_day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="exports_closed_days_end_after_they_begin"
            ),
            models.CheckConstraint(condition=Q(kind__in=ClosedKind.values), name="exports_closed_days_kind_known"),
            # Its index is what spans of an establishment are found by.
            ExclusionConstraint(
                name="exports_closed_days_no_overlap",
                expressions=[("establishment", RangeOperators.EQUAL), (DAYS, RangeOperators.OVERLAPS)],
            ),
            SameTenant("establishment"),
            Unchanging("tenant_id", "establishment_id"),
            NeverEmptied(),
            Audited(),
            SeenByTenant(shop=True, written_by=MEMBERS),
        ]

    def __str__(self) -> str:
        if self.first_day == self.last_day:
            return f"{self.first_day:%d/%m/%Y}"
        return f"{self.first_day:%d/%m/%Y} – {self.last_day:%d/%m/%Y}"

    def __contains__(self, day: object) -> bool:
        return self.first_day <= day <= self.last_day  # type: ignore[operator]
