"""The rounds of deleting what is older than it is kept, and each archive and erasure that was run."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from postgres.guards import NeverEmptied, OnlyAddedTo, Unchanging
from postgres.seen import Seen
from tenants.models import Tenant, User


class ActKind(models.TextChoices):
    """What a command did."""

    ARCHIVE = "archive", _("archive of a customer")
    ERASURE = "erasure", _("erasure of a person")


class RetentionAct(models.Model):
    """One run of `archive_customer` or `erase_person`: of whom, when, and how many rows of each table.

    Neither name nor address stands here: an erased person is its row, which has a number for a name. One that has no
    end was broken off, or goes on; `failed` has the kind of the error.
    """

    kind = models.CharField(_("what"), max_length=10, choices=ActKind.choices)
    customer = models.ForeignKey(Tenant, models.PROTECT, null=True, related_name="+", verbose_name=_("customer"))
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("person"))
    began_at = models.DateTimeField(_("began"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    rows = models.JSONField(_("rows"), default=dict)
    failed = models.CharField(_("failed"), max_length=100, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("archive or erasure")
        verbose_name_plural = _("archives and erasures")
        ordering = ["-began_at"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ActKind.values), name="retention_act_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=ActKind.ERASURE, customer=None) | Q(kind=ActKind.ARCHIVE, person=None),
                name="retention_act_is_of_what_it_says",
            ),
            Unchanging("kind", "customer_id", "began_at", once=["ended_at", "person_id"]),
            OnlyAddedTo("DELETE"),
            NeverEmptied(),
            Seen(reads={}, writes={}),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.customer or self.person or ''}"


class PruneRound(models.Model):
    """One round of deleting what is old. `deleted` has the number of rows for each table of `retention.ages.AGES` that
    is deleted from by age, 0 too; `over_age` counts the books that are older than the law asks for, which only a person
    deletes. `failed` names the tables that could not be looked at, with the kind of the error.
    """

    began_at = models.DateTimeField(_("began"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    deleted = models.JSONField(_("deleted"), default=dict)
    over_age = models.JSONField(_("older than the law asks for"), default=dict)
    failed = models.JSONField(_("failed"), default=dict)

    class Meta:
        verbose_name = _("deletion by age")
        verbose_name_plural = _("deletions by age")
        ordering = ["-began_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("began_at")),
                name="retention_pruneround_ends_after_it_began",
            ),
            Unchanging("began_at", once=["ended_at"]),
            OnlyAddedTo("DELETE"),
            NeverEmptied(),
            Seen(reads={}, writes={}),
        ]
