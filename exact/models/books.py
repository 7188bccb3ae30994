"""The lines of our entries in Exact's ledger, and the findings where they differ from what was posted."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from exact.models.app import CUSTOMER
from exact.models.company import Division
from exact.models.posting import Posting
from postgres.guards import SameTenant
from postgres.seen import SeenByTenant
from tenants.models import WHY_MAX, Tenant, User


class BookLine(models.Model):
    """One line of an entry of ours, as Exact's ledger held it when it was last read. A debit is positive."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    division = models.ForeignKey(Division, models.CASCADE, related_name="+")
    posting = models.ForeignKey(Posting, models.CASCADE, related_name="book_lines")
    line_id = models.UUIDField()
    entry_id = models.CharField(max_length=60)
    entry_number = models.CharField(_("Exact entry number"), max_length=60)
    journal = models.CharField(_("journal"), max_length=10)
    date = models.DateField(_("date"))
    account = models.CharField(_("account"), max_length=30)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    vat_code = models.CharField(_("VAT code"), max_length=10, blank=True, db_default="")
    description = models.CharField(_("description"), max_length=120, blank=True)

    class Meta:
        ordering = [Length("entry_number"), "entry_number", "pk"]  # 9 before 10
        constraints = [
            models.UniqueConstraint(fields=["division", "line_id"], name="exact_bookline_once"),
            SameTenant("division"),
            SeenByTenant(),
        ]
        indexes = [models.Index(fields=["division", "entry_id"], name="exact_bookline_entry")]

    @property
    def place(self) -> tuple[int, str]:
        """Sorts entries by their numbers, 9 before 10, in Python as in the database."""
        return len(self.entry_number), self.entry_number


class FindingKind(models.TextChoices):
    """How Exact's books may differ from what was posted."""

    MISSING = "missing", _("missing in Exact")
    CHANGED = "changed", _("changed in Exact")
    DOUBLED = "doubled", _("doubled in Exact")


class Settlement(models.TextChoices):
    """How a difference in Exact's books came to its end."""

    REPLACED = "replaced", _("replaced")
    ACCEPTED = "accepted", _("accepted as it is")
    GONE = "gone", _("no longer found")


class Finding(models.Model):
    """Where Exact's books no longer hold what was posted. A posting has at most one that is open.

    `details` lists the differences: what (an account, "VAT", "date", "entries"), what was meant, what was found.
    `settled_why` is the reason of the person who accepted it as it is; `reopened_by` took an acceptance back, whose row
    stays as it was.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", verbose_name=CUSTOMER)
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="findings", verbose_name=_("posting"))
    kind = models.CharField(_("finding"), max_length=10, choices=FindingKind.choices)
    details = models.JSONField(_("differences"), default=list)
    found_at = models.DateTimeField(_("found"), auto_now_add=True)
    settled_at = models.DateTimeField(_("settled"), null=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("settled by"))
    settlement = models.CharField(_("how"), max_length=10, choices=Settlement.choices, blank=True)
    settled_why = models.CharField(_("why"), max_length=WHY_MAX, blank=True, default="", db_default="")
    reopened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    reopened_why = models.CharField(max_length=WHY_MAX, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("difference from Exact")
        verbose_name_plural = _("differences from Exact")
        ordering = ["-found_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["posting"], condition=Q(settled_at=None), name="exact_finding_one_open_per_posting"
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settlement="") | (Q(settled_at__isnull=False) & ~Q(settlement="")),
                name="exact_finding_settled_says_how",
            ),
            models.CheckConstraint(
                condition=Q(reopened_by=None, reopened_why="") | (Q(reopened_by__isnull=False) & ~Q(reopened_why="")),
                name="exact_finding_reopened_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(settlement=Settlement.ACCEPTED) | (Q(settled_by__isnull=False) & ~Q(settled_why="")),
                name="exact_finding_accepted_says_why",
            ),
            SeenByTenant(),
        ]

    def __str__(self) -> str:
        return f"{self.posting.reference} – {self.get_kind_display()}"
