"""The rounds of deleting what is older than it is kept."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from postgres.guards import NeverEmptied, OnlyAddedTo, Unchanging
from postgres.seen import Seen


class PruneRun(models.Model):
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
                name="retention_prunerun_ends_after_it_began",
            ),
            Unchanging("began_at", once=["ended_at"]),
            OnlyAddedTo("DELETE"),
            NeverEmptied(),
            Seen(reads={}, writes={}),
        ]
