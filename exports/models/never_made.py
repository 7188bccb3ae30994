"""Numbers of a till that no closing carries: missed by nobody any more, by a person's word."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from exports.models.called import call_number
from exports.models.closings import StoredClosing
from postgres.guards import Audited, NeverEmptied, OnlyAddedTo, SameTenant, Unchanging
from postgres.seen import SeenByTenant
from tenants.models import WHY_MAX, Tenant, User

NUMBERS = Func(
    "first",
    "last",
    RangeBoundary(inclusive_lower=True, inclusive_upper=True),
    function="int8range",
    output_field=BigIntegerRangeField(),
)


class NeverMade(models.Model):
    """A person's word that closings `first` to `last` before `closing`, in its sequence, were never made, and why.

    It holds until somebody takes it back. One of these numbers that comes all the same is booked like any other. Only
    `exports.way.never_made` writes rows.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    closing = models.ForeignKey(StoredClosing, models.PROTECT, related_name="never_made", db_index=False)
    first = models.BigIntegerField(_("first number"))
    last = models.BigIntegerField(_("last number"))
    why = models.CharField(_("why"), max_length=WHY_MAX)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"), db_index=False)
    at = models.DateTimeField(_("said"), auto_now_add=True)
    ended_at = models.DateTimeField(_("taken back"), null=True)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("taken back by"), db_index=False
    )
    ended_why = models.CharField(_("why it was taken back"), max_length=WHY_MAX, blank=True)

    class Meta:
        verbose_name = _("numbers never made")
        verbose_name_plural = _("numbers never made")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="exports_nevermade_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(why=""), name="exports_nevermade_says_why"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_why="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_why="")),
                name="exports_nevermade_end_says_why",
            ),
            ExclusionConstraint(
                name="exports_nevermade_once",
                expressions=[("closing", RangeOperators.EQUAL), (NUMBERS, RangeOperators.OVERLAPS)],
                condition=Q(ended_at=None),
            ),
            SameTenant("closing"),
            Unchanging(
                *("closing_id", "first", "last", "why", "by_id", "at"),
                once=["ended_at", "ended_by_id"],
                masked=["why"],
            ),
            OnlyAddedTo("DELETE"),
            NeverEmptied(),
            Audited(),
            SeenByTenant(),
        ]
        indexes = [models.Index(fields=["closing"], name="exports_nevermade_of_closing")]

    def __str__(self) -> str:
        return call_number(self.first, self.last)
