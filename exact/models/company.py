"""A company (division) in Exact Online, and its master data as last read."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from booking.codes import CodeKind
from exact.models.app import CUSTOMER, Connection, ExactApp
from postgres.guards import SameTenant
from postgres.seen import SeenByTenant
from tenants.models import Tenant
from tenants.put_off import PutOff


class DivisionAccess(models.TextChoices):
    """Whether the linked user can still work in a company, as last seen."""

    OPEN = "open", _("open")
    ARCHIVED = "archived", _("archived")
    GONE = "gone", _("out of reach")


class Division(PutOff):
    """A company in Exact Online that belongs to one tenant. A closing is always posted to a stored division."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="divisions", verbose_name=CUSTOMER)
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="divisions", verbose_name=_("connection"))
    app = models.ForeignKey(ExactApp, models.PROTECT, editable=False)
    code = models.PositiveIntegerField(_("code"))
    name = models.CharField(_("name"), max_length=120)
    catalogue_read_at = models.DateTimeField(_("catalogue read"), null=True, editable=False)
    journal_accounts = models.JSONField(default=dict, editable=False, help_text="Each journal's own GL account.")
    lines_moved_at = models.DateField(null=True, editable=False, help_text="The move the timestamps below are after.")
    lines_timestamp = models.BigIntegerField(default=1, editable=False, help_text="Ledger read up to here.")
    deleted_timestamp = models.BigIntegerField(default=1, editable=False, help_text="Deletions read up to here.")
    reconciled_at = models.DateTimeField(_("compared with Exact"), null=True, editable=False)
    read_tried_at = models.DateTimeField(null=True, editable=False, help_text="When its books were last asked for.")
    read_trouble = models.CharField(
        max_length=40, blank=True, default="", db_default="", editable=False, help_text="Why that did not succeed."
    )
    compared_entries = models.PositiveIntegerField(
        default=0, db_default=0, editable=False, help_text="Entries that stood in Exact at the last comparison."
    )
    access = models.CharField(
        _("access"), max_length=10, choices=DivisionAccess.choices, default=DivisionAccess.OPEN, db_default="open"
    )
    moved_at = models.DateField(_("moved within Exact"), null=True, editable=False)
    forbidden = ArrayField(
        models.CharField(max_length=60),
        default=list,
        db_default=[],
        verbose_name=_("resources without a right"),
        help_text=_("What the linked user may not use, as Exact names it."),
    )

    class Meta:
        verbose_name = _("division")
        verbose_name_plural = _("divisions")
        constraints = [
            models.UniqueConstraint(
                fields=["app", "code"],
                name="exact_division_one_tenant",
                violation_error_message=_("This Exact company is already linked. Choose another."),
            ),
            models.UniqueConstraint(fields=["id", "tenant"], name="exact_division_with_tenant"),
            SameTenant("connection"),
            SeenByTenant(written_by=()),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What the till and people read: "8301 - CLYO"."""
        return f"{self.code} - {self.name}"


class CatalogueKind(models.TextChoices):
    """What a company's catalogue keeps: all that settings may be codes of, and what Exact alone speaks of."""

    GL_ACCOUNT = CodeKind.GL_ACCOUNT.value, CodeKind.GL_ACCOUNT.label
    VAT_CODE = CodeKind.VAT_CODE.value, CodeKind.VAT_CODE.label
    JOURNAL = CodeKind.JOURNAL.value, CodeKind.JOURNAL.label
    THIRD_PARTY = CodeKind.THIRD_PARTY.value, CodeKind.THIRD_PARTY.label
    PAYMENT_CONDITION = CodeKind.PAYMENT_CONDITION.value, CodeKind.PAYMENT_CONDITION.label
    COST_CENTER = CodeKind.COST_CENTER.value, CodeKind.COST_CENTER.label
    PERIOD = "period", _("period")
    ASKED_FOR = "asked_for", _("third party Exact does not know")


class CatalogueItem(models.Model):
    """One thing of a division's master data, as last read. `facts` holds what checks need, by Exact's names."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+")
    division = models.ForeignKey(Division, models.CASCADE, related_name="catalogue")
    kind = models.CharField(max_length=20, choices=CatalogueKind.choices)
    code = models.CharField(max_length=40)
    exact_id = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=120, blank=True)
    facts = models.JSONField(default=dict)
    read_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("catalogue item")
        verbose_name_plural = _("catalogue items")
        constraints = [
            models.UniqueConstraint(fields=["division", "kind", "code"], name="exact_catalogue_one_per_code"),
            SeenByTenant(written_by=()),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
