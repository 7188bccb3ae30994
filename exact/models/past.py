"""When this database began, and each time it was restored to an earlier state."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from postgres.guards import NeverEmptied, OnlyAddedTo
from postgres.seen import READ_BY_ALL, Seen


class Past(models.Model):
    """One beginning: a new installation (number 1), or a database whose past came back from a backup or a standby.

    `place` names the cluster, its timeline, the database and the table of lanes by the numbers that PostgreSQL gives
    each (`postgres/sql/exact_notice_past.sql`). Where it is not the newest row's, what was written since may be lost.
    """

    number = models.PositiveIntegerField(primary_key=True)
    place = models.CharField(max_length=80)
    noticed_at = models.DateTimeField(_("noticed"))
    said = models.CharField(_("said by the operator"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("past that came back")
        verbose_name_plural = _("pasts that came back")
        ordering = ["-number"]
        constraints = [
            OnlyAddedTo(),
            NeverEmptied(),
            Seen(reads=READ_BY_ALL, writes={}),
        ]

    def __str__(self) -> str:
        return f"{self.number} – {self.place}"
