"""Exports on demand, the closings they took, the files they delivered, and the numbers of entries."""

from __future__ import annotations

import uuid
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger.files.ciel import Ciel
from ledger.files.fec import Fec
from ledger.files.layout import Layout
from ledger.files.sage import Sage
from ledger.files.sage_text import SageText
from postgres.days import DAYS
from postgres.guards import Audited, NeverEmptied, OnlyAddedTo, SameTenant
from postgres.seen import Seen, SeenByTenant
from postgres.viewer import ACCOUNTANT, CUSTOMER, RESELLER, TILL
from tenants.models import Establishment, Tenant, Till, User
from tenants.users import call_address


# A further file format is a layout in a module of its own (`ledger.files`) and one row here: word, layout, label. mypy
# asks what its settings make of it (`on_demand.options.layout_of`), a test for each setting's place on their page.
class OnDemandFormat(models.TextChoices):
    """Where an export's entries go: the words of the till API."""

    layout: type[Layout] | None

    def __new__(cls, word: str, layout: type[Layout] | None = None) -> Self:
        format = str.__new__(cls, word)
        format._value_ = word
        format.layout = layout
        assert layout is None or layout.name == word, f"{layout.name} is offered as {word}"
        return format

    EXACT = "exact", None, "Exact Online"
    FEC = "fec", Fec, "FEC"
    CIEL = "ciel", Ciel, _("Ciel / Sage 50 (XIMPORT)")
    SAGE = "sage", Sage, _("Sage 100 (format Sage)")
    SAGE_TEXT = "sage_text", SageText, _("Sage 100 (parametrable text)")


FOR_IMPORT = tuple(it for it in OnDemandFormat if it.layout and it.layout.for_import)


class OnDemandState(models.TextChoices):
    """How far an export on demand is, in the words of the till API."""

    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("failed")


UNFINISHED = (OnDemandState.QUEUED, OnDemandState.RUNNING)


class MailState(models.TextChoices):
    """What became of the mail that brings an export's file."""

    NONE = "none", _("no e-mail asked for")
    DUE = "due", _("to be sent")
    SENT = "sent", _("sent")
    REFUSED = "refused", _("refused")


# The same bytes may have been delivered to two customers, so a content is visible to who sees one of its exports.
OF_AN_EXPORT = (
    "EXISTS (SELECT FROM on_demand_ondemandexport AS export WHERE export.content_id = on_demand_filecontent.id)"
)
OF_A_CONTENT = "EXISTS (SELECT FROM on_demand_filecontent AS whole WHERE whole.id = content_id)"


class FileContent(models.Model):
    """The bytes of a delivered file, kept once however often they are delivered; its pieces are `FilePiece`."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    kept_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="on_demand_content_has_a_hash"),
            Seen(reads=dict.fromkeys((ACCOUNTANT, CUSTOMER, RESELLER, TILL), OF_AN_EXPORT), writes={}),
        ]


class FilePiece(models.Model):
    """A part of a file's bytes, so that neither writing nor reading holds the whole file in memory.

    `packed`: by zlib; parts kept by earlier versions are as they are.
    """

    content = models.ForeignKey(FileContent, models.CASCADE, related_name="pieces")
    position = models.PositiveIntegerField()
    data = models.BinaryField()
    packed = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["content", "position"], name="on_demand_piece_once"),
            Seen(reads=dict.fromkeys((ACCOUNTANT, CUSTOMER, RESELLER, TILL), OF_A_CONTENT), writes={}),
        ]


class Mailed(models.Model):
    """What a report is sent for: to whom, in which language, and what became of the mail."""

    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(max_length=10, default="fr")
    mail_state = models.CharField(_("mail"), max_length=10, choices=MailState.choices, default=MailState.NONE)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_not_before = models.DateTimeField(null=True)
    mail_detail = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    @cached_property
    def addressee(self) -> str:
        """To whom the report goes, as the reader may read it."""
        return call_address(self.email)

    @property
    def told_by_server(self) -> str:
        """What the mail server said; nothing where the address that it names is not for the reader."""
        return self.mail_detail if self.addressee == self.email else ""


class OnDemandExport(Mailed):
    """Somebody asked for a range of closings to go to Exact or into a file.

    Without establishment: of all of the customer, or where it has `shops` of these. A monthly one has `late_since`: it
    takes as well the closings of days from then on that came after the monthly file of their days was made.

    `again`: into a file for import also goes what an earlier one held, because a person wants it so.
    `fence` grows with every worker that takes the export: one that lost it can no longer write. `handed_over_at` is
    when every closing of an export to Exact was looked at; it is done once Exact's lanes have ended them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", verbose_name=_("customer"))
    establishment = models.ForeignKey(
        Establishment, models.PROTECT, null=True, related_name="+", verbose_name=_("establishment")
    )
    first_date = models.DateField(_("from"))
    last_date = models.DateField(_("to"))
    late_since = models.DateField(null=True)
    format = models.CharField(_("format"), max_length=10, choices=OnDemandFormat.choices)
    again = models.BooleanField(_("everything again"), default=False, db_default=False)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("asked by"))
    asked_by_till = models.ForeignKey(Till, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=10, choices=OnDemandState.choices, default=OnDemandState.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    fence = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    problems = models.JSONField(default=list)
    content = models.ForeignKey(FileContent, models.PROTECT, null=True, related_name="exports")
    file_name = models.CharField(_("file"), max_length=80, blank=True)
    sheet = models.JSONField(null=True, help_text="The control sheet, for a page.")
    sheet_csv = models.BinaryField(null=True)
    takings = models.JSONField(null=True, help_text="Sales per VAT rate, receipts per means, turnover.")
    comparison = models.JSONField(null=True, help_text="Each posted entry against Exact's books.")
    read_back = models.JSONField(null=True, help_text="What the file's own bytes hold, entry by entry.")
    # The establishments of an export that is not stored yet, where it has several and not all (`shop_ids`).
    chosen: tuple[Establishment, ...] = ()

    class Meta:
        verbose_name = _("export to accounting")
        verbose_name_plural = _("exports to accounting")
        ordering = ["-asked_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(last_date__gte=F("first_date")), name="on_demand_export_dates_in_order"),
            models.CheckConstraint(
                condition=Q(late_since=None) | Q(late_since__lte=F("first_date")),
                name="on_demand_export_late_days_before",
            ),
            models.CheckConstraint(condition=Q(state__in=OnDemandState.values), name="on_demand_export_state_known"),
            models.CheckConstraint(condition=Q(format__in=OnDemandFormat.values), name="on_demand_export_format_known"),
            models.CheckConstraint(
                condition=Q(asked_by=None) | Q(asked_by_till=None), name="on_demand_export_one_asker"
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED, finished_at=None)
                | (~Q(state__in=UNFINISHED) & Q(finished_at__isnull=False)),
                name="on_demand_export_finished_has_time",
            ),
            models.CheckConstraint(condition=Q(content=None) | ~Q(file_name=""), name="on_demand_export_file_has_name"),
            models.UniqueConstraint(fields=["id", "tenant"], name="on_demand_export_with_tenant"),
            SameTenant("establishment"),
            SameTenant("asked_by_till"),
            SeenByTenant(read_by=(ACCOUNTANT,)),
        ]
        indexes = [
            models.Index(fields=["tenant", "-asked_at"], name="on_demand_export_by_tenant"),
            models.Index(fields=["establishment", "-asked_at"], name="on_demand_export_by_shop"),
            models.Index(fields=["state"], condition=Q(state__in=UNFINISHED), name="on_demand_export_unfinished"),
            models.Index(fields=["asked_at"], condition=Q(mail_state=MailState.DUE), name="on_demand_export_mail_due"),
        ]

    def __str__(self) -> str:
        return f"{self.get_format_display()} {self.first_date:%d/%m/%Y} – {self.last_date:%d/%m/%Y}"

    @property
    def to_exact(self) -> bool:
        """Whether it goes into Exact's books, and no file is made."""
        return self.format == OnDemandFormat.EXACT

    @property
    def for_import(self) -> bool:
        """Whether its file is read into other books: no closing stands in two of these unless that was asked for."""
        return self.format in FOR_IMPORT

    @property
    def finished(self) -> bool:
        """Whether it is over: done, or failed."""
        return self.state not in UNFINISHED

    @cached_property
    def some_shops(self) -> tuple[Establishment, ...]:
        """The establishments of an export that has several and not all of its customer's; none for any other export."""
        if self._state.adding:
            return self.chosen
        return tuple(it.establishment for it in self.shops.select_related("establishment"))


class OnDemandShop(models.Model):
    """One establishment of an export over several that are not all of the customer's."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    export = models.ForeignKey(OnDemandExport, models.CASCADE, related_name="shops")
    establishment = models.ForeignKey(Establishment, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        ordering = ["establishment__code", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["export", "establishment"], name="on_demand_shop_once_an_export"),
            SameTenant("export"),
            SameTenant("establishment"),
            OnlyAddedTo(),
            SeenByTenant(read_by=(ACCOUNTANT,)),
        ]


HAS_PARTS = "EXISTS (SELECT FROM on_demand_exportpart AS part WHERE part.together_id = on_demand_exportset.id)"
BY_THE_PERSON = "asked_by_id = {behind}"


class ExportSet(Mailed):
    """Exports of several customers, asked for together: one export and one file for each, one mail for all.

    It has no customer of its own: a person sees the parts of the customers they may see (docs/decisions/0044).
    `question`: a digest of what was asked, by which a double click finds the first set.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.CharField(max_length=64)
    first_date = models.DateField()
    last_date = models.DateField()
    format = models.CharField(max_length=10, choices=OnDemandFormat.choices)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-asked_at"]
        indexes = [
            models.Index(fields=["asked_by", "-asked_at"], name="on_demand_set_of_a_person"),
            models.Index(fields=["asked_at"], condition=Q(mail_state=MailState.DUE), name="on_demand_set_mail_due"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(format__in=OnDemandFormat.values), name="on_demand_set_format_known"),
            models.CheckConstraint(condition=Q(last_date__gte=F("first_date")), name="on_demand_set_dates_in_order"),
            Seen(
                reads={
                    CUSTOMER: HAS_PARTS,
                    **dict.fromkeys((RESELLER, ACCOUNTANT), f"{HAS_PARTS} OR {BY_THE_PERSON}"),
                },
                writes=dict.fromkeys((RESELLER, ACCOUNTANT), BY_THE_PERSON),
            ),
        ]


class ExportPart(models.Model):
    """One customer of a set, and its export; None where there was nothing to export."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    together = models.ForeignKey(ExportSet, models.CASCADE, related_name="parts")
    export = models.OneToOneField(OnDemandExport, models.PROTECT, null=True, related_name="part")

    class Meta:
        ordering = ["tenant__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["together", "tenant"], name="on_demand_part_once_a_customer"),
            SameTenant("export"),
            OnlyAddedTo(),
            SeenByTenant(read_by=(ACCOUNTANT,)),
        ]


class OnDemandClosingState(models.TextChoices):
    """What an export did with one closing of its range."""

    TAKEN = "taken", _("taken")
    ALREADY = "already", _("already exported")
    SKIPPED = "skipped", _("left out")
    HELD = "held", _("held")


# The closing is where the export had to bring it, by this export or an earlier one.
ARRIVED = (OnDemandClosingState.TAKEN, OnDemandClosingState.ALREADY)


class OnDemandClosing(models.Model):
    """What an export did with one closing; `problems` say why it is not in the file, or not on its way to Exact.

    `earlier`: the export whose file for import held the closing before.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    export = models.ForeignKey(OnDemandExport, models.CASCADE, related_name="closings")
    closing = models.ForeignKey("exports.StoredClosing", models.PROTECT, related_name="+")
    place = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=OnDemandClosingState.choices)
    in_exact = models.BooleanField(default=False, help_text="Its entries stood in Exact when it was taken.")
    problems = models.JSONField(default=list)
    earlier = models.ForeignKey(OnDemandExport, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["export", "closing"], name="on_demand_ondemandclosing_once"),
            SameTenant("export"),
            SameTenant("closing"),
            SameTenant("earlier"),
            SeenByTenant(read_by=(ACCOUNTANT,)),
        ]


class DeliveredClosing(models.Model):
    """A closing that a delivered file for import holds; `export` is the last one that delivered it in this format.

    The unique key lets only one of two exports deliver it at the same moment.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    closing = models.ForeignKey("exports.StoredClosing", models.PROTECT, related_name="+", db_index=False)
    format = models.CharField(max_length=10, choices=OnDemandFormat.choices)
    export = models.ForeignKey(OnDemandExport, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["closing", "format"], name="on_demand_delivered_once"),
            models.CheckConstraint(condition=Q(format__in=FOR_IMPORT), name="on_demand_delivered_for_import"),
            SameTenant("export"),
            SameTenant("closing"),
            NeverEmptied(),
            SeenByTenant(read_by=(ACCOUNTANT,)),
        ]


class KeptNumber(models.Model):
    """The EcritureNum of one entry, kept for ever: LPF art. A47 A-1, field 3.

    One sequence per company (a tenant is one legal entity), fiscal year (its last day) and journal code in the file.
    An entry is known by its closing, its kind and the journal it is booked in, whatever the file calls that; of several
    (after a correction) by `revision`. All entries of a closing that were numbered together have the same `given_at`.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    fiscal_year = models.DateField()
    journal = models.CharField(max_length=20)
    sequence = models.PositiveIntegerField()
    closing = models.ForeignKey("exports.StoredClosing", models.PROTECT, related_name="+")
    entry_kind = models.CharField(max_length=10)
    entry_journal = models.CharField(max_length=10)
    revision = models.PositiveSmallIntegerField(default=1, db_default=1)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "fiscal_year", "journal", "sequence"], name="on_demand_number_given_once"
            ),
            models.UniqueConstraint(
                fields=["closing", "entry_kind", "entry_journal", "revision"], name="on_demand_number_of_entry_kept"
            ),
            models.CheckConstraint(condition=Q(sequence__gt=0), name="on_demand_number_counts_from_one"),
            SameTenant("closing"),
            OnlyAddedTo(),
            NeverEmptied(),
            SeenByTenant(read_by=(ACCOUNTANT,)),
        ]


class ValidatedEntry(models.Model):
    """A numbered entry as a delivered FEC holds it: these bytes are what every later FEC shows under its number.

    `takings` is what it adds to sales and means of payment (`ledger.files.takings.takings_of`).
    """

    number = models.OneToOneField(KeptNumber, models.PROTECT, primary_key=True, related_name="validated")
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    content = models.ForeignKey(FileContent, models.PROTECT, related_name="+", db_index=False)
    start = models.PositiveBigIntegerField()
    length = models.PositiveIntegerField()
    takings = models.JSONField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(length__gt=0), name="on_demand_validated_has_text"),
            OnlyAddedTo(),
            NeverEmptied(),
            SeenByTenant(read_by=(ACCOUNTANT,)),
        ]


class BookYear(models.Model):
    """A fiscal year of a customer, from its first to its last day; where none is set, twelve months (`FileOptions`).

    No two of a customer overlap, none is longer than 24 months, as a company's first year may be, and one in which
    entries were numbered does not change: the database sees to it.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", verbose_name=_("customer"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))

    class Meta:
        verbose_name = _("fiscal year")
        verbose_name_plural = _("fiscal years")
        ordering = ["tenant", "first_day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gt=F("first_day")),
                name="on_demand_bookyear_ends_after_it_begins",
                violation_error_message=_("The last day comes before the first."),
            ),
            ExclusionConstraint(
                name="on_demand_bookyear_no_overlap",
                expressions=[("tenant", RangeOperators.EQUAL), (DAYS, RangeOperators.OVERLAPS)],
                violation_error_message=_("Another fiscal year of this customer holds some of these days."),
            ),
            Audited(),
            SeenByTenant(read_by=(ACCOUNTANT,)),
        ]

    def __str__(self) -> str:
        return f"{self.first_day:%d/%m/%Y} – {self.last_day:%d/%m/%Y}"


class FileSettings(models.Model):
    """How a customer's files are written; with an establishment, how that establishment's own files are.

    `options` has the shape of `on_demand.options.FileOptions`.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", verbose_name=_("customer"))
    establishment = models.OneToOneField(
        Establishment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("establishment"),
        help_text=_("Leave empty for what holds for all of the customer's files."),
    )
    options = models.JSONField(default=dict)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("file settings")
        verbose_name_plural = _("file settings")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"],
                condition=Q(establishment=None),
                name="on_demand_filesettings_one_per_tenant",
                violation_error_message=_("This customer already has file settings."),
            ),
            SameTenant("establishment"),
            Audited(silent=["updated_at"]),
            SeenByTenant(read_by=(ACCOUNTANT,), written_by=()),
        ]

    def __str__(self) -> str:
        return str(self.establishment or self.tenant)


class MonthlyExport(models.Model):
    """Each month, on a day, the month before goes into a file and to an address: of a customer, or one establishment.

    `exported_month` is the first day of the month that was exported last.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", verbose_name=_("customer"))
    establishment = models.OneToOneField(
        Establishment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("establishment"),
        help_text=_("Leave empty for one file of all of the customer's establishments."),
    )
    day = models.PositiveSmallIntegerField(_("day of the month"), default=5, help_text=_("1 to 28"))
    format = models.CharField(_("format"), max_length=10, choices=OnDemandFormat.choices, default=OnDemandFormat.FEC)
    email = models.EmailField(_("e-mail"))
    active = models.BooleanField(pgettext_lazy("an order", "active"), default=True)
    exported_month = models.DateField(_("last month exported"), null=True, editable=False)

    @cached_property
    def addressee(self) -> str:
        """To whom it goes, or went, as the reader may read it. None in force goes to a former reseller's people: such
        an order ends with the hand-over."""
        return self.email if self.active else call_address(self.email)

    class Meta:
        verbose_name = _("monthly export")
        verbose_name_plural = _("monthly exports")
        constraints = [
            models.CheckConstraint(
                condition=Q(day__gte=1, day__lte=28),
                name="on_demand_monthly_day_exists",
                violation_error_message=_("Choose a day from 1 to 28: every month has it."),
            ),
            models.UniqueConstraint(
                fields=["tenant"],
                condition=Q(establishment=None),
                name="on_demand_monthly_one_per_tenant",
                violation_error_message=_("This customer already has a monthly export of all its establishments."),
            ),
            SameTenant("establishment"),
            Audited(silent=["exported_month"]),
            SeenByTenant(shop=True, read_by=(ACCOUNTANT,)),
        ]

    def __str__(self) -> str:
        return str(self.establishment or self.tenant)
