"""What we know of Exact Online: apps, connections, divisions and their catalogue, activations, mappings, postings."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exact.secret_text import SecretText
from tenants.models import Establishment, Tenant, User

CUSTOMER = _("customer")


class ExactApp(models.Model):
    """Our registration at Exact, one per country: an account of one country is not reached through another's host."""

    country = models.CharField(_("country"), max_length=2, unique=True, help_text=_("ISO code, e.g. FR"))
    base_url = models.URLField(_("host"), help_text=_("e.g. https://start.exactonline.fr"))
    client_id = models.CharField(_("client id"), max_length=120)
    client_secret = SecretText(_("client secret"), editable=False)
    minute_limit = models.PositiveIntegerField(_("calls a minute and company"), default=60)
    day_limit = models.PositiveIntegerField(_("calls a day and company"), default=5000)

    class Meta:
        verbose_name = _("app registration")
        verbose_name_plural = _("app registrations")

    def __str__(self) -> str:
        return f"Exact Online {self.country}"


class ConnectionState(models.TextChoices):
    ACTIVE = "active", _("active")
    RECONNECT_REQUIRED = "reconnect_required", _("reconnect required")
    DISCONNECTED = "disconnected", _("disconnected")


class Connection(models.Model):
    """One Exact user's consent for one tenant. The row is locked while its tokens are renewed."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="connections", verbose_name=CUSTOMER)
    app = models.ForeignKey(ExactApp, models.PROTECT, verbose_name=_("app registration"))
    state = models.CharField(_("state"), max_length=20, choices=ConnectionState.choices, default=ConnectionState.ACTIVE)
    access_token = SecretText(editable=False, default="")
    refresh_token = SecretText(editable=False, default="")
    access_issued_at = models.DateTimeField(_("token issued"), null=True, editable=False)
    access_expires_at = models.DateTimeField(_("token expires"), null=True, editable=False)
    user_name = models.CharField(_("Exact user"), max_length=120, blank=True)
    user_language = models.CharField(_("language"), max_length=10, blank=True)
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints = [
            models.UniqueConstraint(fields=["id", "tenant"], name="exact_connection_with_tenant"),
            models.CheckConstraint(
                condition=~Q(state=ConnectionState.ACTIVE) | ~Q(refresh_token__isnull=True),
                name="exact_connection_active_has_token",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tenant} – {self.user_name or _('not linked yet')}"


class Division(models.Model):
    """A company in Exact Online that belongs to one tenant. A closing is always posted to a stored division."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="divisions", verbose_name=CUSTOMER)
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="divisions", verbose_name=_("connection"))
    app = models.ForeignKey(ExactApp, models.PROTECT, editable=False)
    code = models.PositiveIntegerField(_("code"))
    name = models.CharField(_("name"), max_length=120)
    catalogue_read_at = models.DateTimeField(_("catalogue read"), null=True, editable=False)
    journal_accounts = models.JSONField(default=dict, editable=False, help_text="Each journal's own GL account.")

    class Meta:
        verbose_name = _("division")
        verbose_name_plural = _("divisions")
        constraints = [
            models.UniqueConstraint(
                fields=["app", "code"],
                name="exact_division_one_tenant",
                violation_error_message=_("This Exact company is already linked."),
            ),
            models.UniqueConstraint(fields=["id", "tenant"], name="exact_division_with_tenant"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What the till and people read: "8301 - CLYO"."""
        return f"{self.code} - {self.name}"


class CatalogueKind(models.TextChoices):
    GL_ACCOUNT = "gl_account", _("GL account")
    VAT_CODE = "vat_code", _("VAT code")
    JOURNAL = "journal", _("journal")
    THIRD_PARTY = "third_party", _("third party")
    PAYMENT_CONDITION = "payment_condition", _("payment condition")
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
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Activation(models.Model):
    """Whether an establishment's closings go to Exact, and into which division."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="activations", editable=False)
    establishment = models.OneToOneField(Establishment, models.PROTECT, related_name="activation")
    division = models.ForeignKey(Division, models.PROTECT, related_name="activations")
    active = models.BooleanField(_("active"), default=False)
    problems = models.JSONField(_("problems"), default=list, blank=True)
    checked_at = models.DateTimeField(_("checked"), null=True)
    activated_at = models.DateTimeField(_("activated"), null=True)

    class Meta:
        verbose_name = _("activation")
        verbose_name_plural = _("activations")
        constraints = [
            models.CheckConstraint(condition=Q(active=False) | Q(problems=[]), name="exact_activation_active_is_sound"),
        ]

    def __str__(self) -> str:
        return f"{self.establishment} → {self.division.label}"


class Mapping(models.Model):
    """How an establishment's closings are booked: what its tills say, and what people set over it.

    `parameters` is the till's document of `PUT /parameters`; `overrides` has the shape of `exact.mapping.Overrides`.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="mappings", editable=False)
    establishment = models.OneToOneField(Establishment, models.PROTECT, related_name="mapping")
    parameters = models.JSONField(_("from the till"), default=dict, blank=True, editable=False)
    overrides = models.JSONField(_("set by people"), default=dict, blank=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("mapping")
        verbose_name_plural = _("mappings")

    def __str__(self) -> str:
        return str(self.establishment)


class MappingEvent(models.Model):
    """One change of a mapping: who, when, from what to what."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    mapping = models.ForeignKey(Mapping, models.PROTECT, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at"]


class Lane(models.Model):
    """The one way into a division: who holds it, until when, what is left of the call budget, why it stands still."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    division = models.OneToOneField(Division, models.PROTECT, related_name="lane", primary_key=True)
    holder = models.CharField(_("holder"), max_length=80, blank=True)
    fence = models.PositiveBigIntegerField(default=0)
    leased_until = models.DateTimeField(_("leased until"), null=True)
    paused_until = models.DateTimeField(_("paused until"), null=True)
    pause_code = models.CharField(_("why"), max_length=30, blank=True)
    pause_detail = models.CharField(_("detail"), max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0)
    minute = models.DateTimeField(null=True)
    minute_calls = models.PositiveIntegerField(_("calls this minute"), default=0)
    day = models.DateField(null=True)
    day_calls = models.PositiveIntegerField(_("calls today"), default=0)

    class Meta:
        verbose_name = _("lane")
        verbose_name_plural = _("lanes")

    def __str__(self) -> str:
        return self.division.label


class PostingState(models.TextChoices):
    PENDING = "pending", _("waiting its turn")
    SENDING = "sending", _("being sent")
    UNKNOWN = "unknown", _("outcome unknown")
    POSTED = "posted", _("posted")
    REFUSED = "refused", _("refused by Exact")
    DIFFERS = "differs", _("differs in Exact")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Posting(models.Model):
    """Our attempt to have one entry of one closing exist in one division. `exact.states` says which moves are allowed.

    `closing_id` is the id of the export that asked for it (a foreign key in the database; this room does not know
    exports). `reference` is written into Exact and is how we recognise our own entry there.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", verbose_name=CUSTOMER)
    division = models.ForeignKey(Division, models.PROTECT, related_name="postings", verbose_name=_("division"))
    closing_id = models.UUIDField(_("closing"))
    entry_kind = models.CharField(_("entry"), max_length=10)
    journal = models.CharField(_("journal"), max_length=10)
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    reference = models.CharField(_("reference"), max_length=30, unique=True)
    entry = models.JSONField()
    payment_condition = models.CharField(max_length=10, blank=True)
    business_date = models.DateField(_("business date"))
    turn = models.CharField(max_length=60, help_text="Sorts postings of a division into the order of their closings.")
    state = models.CharField(_("state"), max_length=10, choices=PostingState.choices, default=PostingState.PENDING)
    sending_since = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lookups = models.PositiveSmallIntegerField(default=0)
    exact_entry_id = models.UUIDField(null=True)
    exact_entry_number = models.BigIntegerField(_("Exact entry number"), null=True)
    messages = ArrayField(models.TextField(), default=list, verbose_name=_("what Exact said"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    posted_at = models.DateTimeField(_("posted"), null=True)

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["turn"]
        constraints = [
            models.UniqueConstraint(
                fields=["closing_id", "entry_kind", "journal", "revision"], name="exact_posting_one_per_entry"
            ),
            models.UniqueConstraint(
                fields=["division"], condition=Q(state=PostingState.SENDING), name="exact_posting_one_on_the_wire"
            ),
            models.CheckConstraint(
                condition=~Q(state=PostingState.POSTED) | Q(exact_entry_id__isnull=False, posted_at__isnull=False),
                name="exact_posting_posted_has_entry",
            ),
            models.CheckConstraint(
                condition=~Q(state=PostingState.SENDING) | Q(sending_since__isnull=False),
                name="exact_posting_sending_since",
            ),
        ]
        indexes = [
            models.Index(
                fields=["division", "turn"],
                condition=Q(state__in=[PostingState.PENDING, PostingState.SENDING, PostingState.UNKNOWN]),
                name="exact_posting_due",
            ),
            models.Index(F("exact_entry_number"), name="exact_posting_number", condition=Q(exact_entry_number__gt=0)),
        ]

    def __str__(self) -> str:
        return self.reference


class PostingEvent(models.Model):
    """One move of a posting: from, to, when, who, why."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10)
    why = models.CharField(max_length=300, blank=True)
    correlation_id = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["tenant", "at"], name="exact_posting_event_of_a_day")]
