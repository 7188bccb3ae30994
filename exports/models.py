"""A closing on its way to the books: its document, its state, what holds it back, and what happened to it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exact.models import Posting
from exports.runs import models as runs  # noqa: F401 - Django looks for a room's models here
from tenants.models import Establishment, Tenant, Till, User


class ExportState(models.TextChoices):
    """The states of the till API."""

    HELD = "held", _("held")
    WAITING = "waiting", _("waiting for activation")
    READY = "ready", _("ready")
    EXPORTING = "exporting", _("being exported")
    EXPORTED = "exported", _("exported")
    FAILED = "failed", _("failed")
    ARCHIVED = "archived", _("archived")


class Export(models.Model):
    """One closing on its way. Its id is the closing's id, in the API, in the postings and in Exact's references.

    `document` is the closing as the till meant it (canonical JSON) and never changes; a trigger sees to that.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", verbose_name=_("customer"))
    establishment = models.ForeignKey(Establishment, models.PROTECT, related_name="+", verbose_name=_("establishment"))
    till = models.ForeignKey(Till, models.PROTECT, related_name="+", verbose_name=_("till"))
    kind = models.CharField(_("kind"), max_length=10)
    number = models.BigIntegerField(_("number"))
    business_date = models.DateField(_("business date"))
    closed_at = models.DateTimeField(_("closed at"))
    gross = models.DecimalField(_("turnover"), max_digits=14, decimal_places=2)
    document = models.JSONField()
    state = models.CharField(_("state"), max_length=10, choices=ExportState.choices)
    problems = models.JSONField(_("problems"), default=list)
    accepted_problems = models.JSONField(default=list, help_text="Codes of problems a person waved through.")
    created_at = models.DateTimeField(_("received"), auto_now_add=True)
    state_since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("closing")
        verbose_name_plural = _("closings")
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=ExportState.HELD) | ~Q(problems=[]), name="exports_export_held_says_why"
            ),
            models.CheckConstraint(condition=Q(state__in=ExportState.values), name="exports_export_state_known"),
            models.UniqueConstraint(fields=["id", "tenant"], name="exports_export_with_tenant"),
        ]
        indexes = [
            models.Index(fields=["establishment", "state"], name="exports_by_establishment"),
            models.Index(fields=["tenant", "-created_at"], name="exports_by_tenant"),
            models.Index(fields=["-created_at", "id"], name="exports_newest_first"),
            models.Index(fields=["tenant", "business_date", "closed_at", "id"], name="exports_by_day"),
            models.Index(fields=["establishment", "business_date"], name="exports_by_shop_and_day"),
        ]

    def __str__(self) -> str:
        return f"Z {self.number}"

    @property
    def label(self) -> str:
        """What accountants read on every line: "Z1042 PARIS01 14/03"."""
        return f"Z{self.number} {self.establishment.code} {self.business_date:%d/%m}"


class ExportEvent(models.Model):
    """One change of an export's state: from, to, when, who, why. A trigger writes the first one, "received"."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    export = models.ForeignKey(Export, models.PROTECT, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10)
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at", "pk"]


class ReplacementWay(models.TextChoices):
    AGAIN = "again", _("Exact no longer has it: post it again")
    DELETE = "delete", _("delete it in Exact and post it anew")
    REVERSE = "reverse", _("reverse it in Exact and post it anew")


class Replacement(models.Model):
    """A person's order to put one new entry in the place of one in Exact: the very entry that person was shown.

    Open until the new entry's posting is made, or Exact did not let the old one go.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    export = models.ForeignKey(Export, models.PROTECT, related_name="replacements")
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, choices=ReplacementWay.choices)
    entry = models.JSONField()
    payment_condition = models.CharField(max_length=10, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["posting"], condition=Q(done_at=None), name="exports_replacement_one_open_per_posting"
            )
        ]
