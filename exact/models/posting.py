"""What we know of Exact Online: apps, connections, divisions and their catalogue, activations, mappings, postings."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from postgres.guards import Audited, Moves, NeverEmptied, OnlyAddedTo, SameTenant, Unchanging
from postgres.secret_text import SecretText
from tenants.models import Establishment, Tenant, User
from tenants.put_off import PUT_OFF_COLUMNS, PutOff

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
        constraints = [
            Audited(secret=["client_secret"]),
        ]

    def __str__(self) -> str:
        return f"Exact Online {self.country}"


class ConnectionState(models.TextChoices):
    ACTIVE = "active", _("active")
    RECONNECT_REQUIRED = "reconnect_required", _("reconnect required")
    DISCONNECTED = "disconnected", _("disconnected")


# They change every ten minutes, and nobody may read them.
TOKEN_COLUMNS = ("access_token", "refresh_token", "access_issued_at", "access_expires_at")


class Connection(PutOff):
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
    user_id = models.CharField(max_length=40, blank=True, editable=False, db_default="", help_text="Exact's own id.")
    user_email = models.EmailField(_("e-mail address"), blank=True, db_default="")
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    told_at = models.DateTimeField(_("told by e-mail"), null=True, editable=False)
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
            models.UniqueConstraint(
                fields=["tenant", "app", "user_id"],
                condition=~Q(user_id=""),
                name="exact_connection_one_per_exact_user",
            ),
            Audited(silent=[*TOKEN_COLUMNS, "told_at", *PUT_OFF_COLUMNS]),
        ]

    def __str__(self) -> str:
        return f"{self.tenant} – {self.user_name or _('not linked yet')}"


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
    COST_CENTER = "cost_center", _("cost centre")
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


class Activation(PutOff):
    """Whether an establishment's closings go to Exact, and into which division.

    Active with problems: something was right at the activation and no longer is; new closings are held with them.
    """

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
            SameTenant("establishment"),
            SameTenant("division"),
            Audited(silent=["checked_at", "activated_at", *PUT_OFF_COLUMNS]),
        ]

    def __str__(self) -> str:
        return f"{self.establishment} → {self.division.label}"

    @property
    def sound(self) -> bool:
        """Whether closings go to Exact now."""
        return self.active and not self.problems


class ActivationChange(models.TextChoices):
    ACTIVATED = "activated", _("activated")
    REFUSED = "refused", _("refused by the checks")
    BROKEN = "broken", _("no longer sound")
    MENDED = "mended", _("sound again")
    SWITCHED_OFF = "off", _("switched off")
    DISCONNECTED = "disconnected", _("disconnected from Exact")


class ActivationEvent(models.Model):
    """One change of an activation: what, when, into which division, who or by which way."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    establishment = models.ForeignKey(Establishment, models.PROTECT, related_name="activation_events")
    division = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("when"), auto_now_add=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    way = models.CharField(_("by"), max_length=10, help_text="till, link, console or nightly")
    change = models.CharField(_("what"), max_length=20, choices=ActivationChange.choices)
    problems = models.JSONField(default=list)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            SameTenant("establishment"),
            SameTenant("division"),
            OnlyAddedTo(),
            NeverEmptied(),
        ]

    def __str__(self) -> str:
        return self.get_change_display()


class LinkStep(models.TextChoices):
    """How far the holder of an activation link has come."""

    INTRODUCTION = "introduction", _("not begun")
    LOGIN = "login", _("logging in at Exact")
    DIVISION = "division", _("choosing the company")
    CHECKS = "checks", _("settings being checked")
    DONE = "done", _("finished")


class ActivationLink(models.Model):
    """One way to the activation pages of one establishment: a secret address, for 30 minutes, for one browser.

    Secrets are stored as digests only. `turn` counts the steps made; a form carries the turn it was shown at, so that a
    second click, an old page or another tab makes no step twice. `companies` is what the Exact user may enter, as read
    at the log-in, and `more_companies` whether that is not all: others join it as they are searched for. `progress` is
    how far the checks have read.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", editable=False, verbose_name=CUSTOMER)
    establishment = models.ForeignKey(
        Establishment, models.PROTECT, related_name="activation_links", verbose_name=_("establishment")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    browser_digest = models.CharField(max_length=64, blank=True, editable=False)
    state_digest = models.CharField(max_length=64, null=True, unique=True, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("made by"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"))
    step = models.CharField(_("step"), max_length=20, choices=LinkStep.choices, default=LinkStep.INTRODUCTION)
    turn = models.PositiveIntegerField(default=0)
    connection = models.ForeignKey(Connection, models.PROTECT, null=True, related_name="+")
    companies = models.JSONField(default=list)
    more_companies = models.BooleanField(default=False, db_default=False)
    division = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+")
    checking_since = models.DateTimeField(null=True)
    check_after = models.DateTimeField(null=True)
    progress = models.JSONField(default=list)
    trouble = models.CharField(_("trouble"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("activation link")
        verbose_name_plural = _("activation links")
        indexes = [
            models.Index(fields=["check_after"], condition=Q(step="checks"), name="exact_link_checks_due"),
            models.Index(fields=["establishment", "-created_at"], name="exact_link_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(step__in=["introduction", "login"]) | Q(connection__isnull=False),
                name="exact_link_beyond_login_has_connection",
            ),
            models.CheckConstraint(
                condition=~Q(step__in=["checks", "done"]) | Q(division__isnull=False),
                name="exact_link_checked_has_division",
            ),
            SameTenant("establishment"),
            SameTenant("connection"),
            SameTenant("division"),
        ]

    def __str__(self) -> str:
        return f"{self.establishment} – {self.get_step_display()}"


class Mapping(models.Model):
    """How an establishment's closings are booked: what its tills say, and what people set over it.

    `parameters` is the till's document of `PUT /parameters`; `overrides` has the shape of `exact.mapping.Overrides`.
    `former_slots`: what the till said last of a slot at a rate that it has no more (`exact.former_slots`).
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="mappings", editable=False)
    establishment = models.OneToOneField(Establishment, models.PROTECT, related_name="mapping")
    parameters = models.JSONField(_("from the till"), default=dict, blank=True, editable=False)
    overrides = models.JSONField(_("set by people"), default=dict, blank=True)
    former_slots = models.JSONField(default=list, db_default=[], editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("mapping")
        verbose_name_plural = _("mappings")
        constraints = [
            SameTenant("establishment"),
            Audited(silent=["updated_at", "former_slots"]),
        ]

    def __str__(self) -> str:
        return str(self.establishment)


class AskedMeans(models.Model):
    """A means of payment that came with a closing and that nobody had said where to book: the one question about it.

    It is open as long as the mapping has no answer (`exact.questions.open_questions`).
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", editable=False)
    establishment = models.ForeignKey(Establishment, models.PROTECT, related_name="asked_means")
    code = models.CharField(_("code"), max_length=40)
    kind = models.CharField(_("kind"), max_length=20)
    label = models.CharField(_("label"), max_length=120, blank=True)
    asked_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["establishment", "code"], name="exact_means_asked_once"),
            SameTenant("establishment"),
        ]

    def __str__(self) -> str:
        return self.label or self.code


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
        constraints = [
            OnlyAddedTo(),
            NeverEmptied(),
        ]


class PauseCode(models.TextChoices):
    """Why a lane stands still."""

    SETTLING = "settling", _("waiting until an entry can be looked up in Exact")
    RATE_LIMITED = "rate_limited", _("the limit of calls is reached")
    RECONNECT_REQUIRED = "reconnect_required", _("the customer must log in at Exact again")
    UNAVAILABLE = "unavailable", _("Exact does not answer")
    REFUSED = "refused", _("Exact refuses the call")


class Lane(models.Model):
    """The one way into a division: who holds it, until when, what is left of the call budget, why it stands still."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    division = models.OneToOneField(Division, models.PROTECT, related_name="lane", primary_key=True)
    holder = models.CharField(_("holder"), max_length=80, blank=True)
    fence = models.PositiveBigIntegerField(default=0)
    leased_until = models.DateTimeField(_("leased until"), null=True)
    paused_until = models.DateTimeField(_("paused until"), null=True)
    pause_code = models.CharField(_("why"), max_length=30, blank=True, choices=PauseCode.choices)
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
    SOUGHT = "sought", _("being looked up before it is sent again")
    POSTED = "posted", _("posted")
    REFUSED = "refused", _("refused by Exact")
    DIFFERS = "differs", _("differs in Exact")
    REMOVING = "removing", _("being removed from Exact")
    WITHDRAWN = "withdrawn", _("withdrawn")
    REVERSED = "reversed", _("reversed in Exact")


# Drawn, and who makes each, in `exact.lane.states`.
MOVES: dict[PostingState, frozenset[PostingState]] = {
    PostingState.PENDING: frozenset({PostingState.SENDING, PostingState.WITHDRAWN}),
    PostingState.SENDING: frozenset(
        {
            PostingState.POSTED,
            PostingState.REFUSED,
            PostingState.DIFFERS,
            PostingState.UNKNOWN,
            PostingState.PENDING,
            PostingState.REMOVING,
        }
    ),
    PostingState.UNKNOWN: frozenset(
        {
            PostingState.POSTED,
            PostingState.DIFFERS,
            PostingState.PENDING,
            PostingState.REFUSED,
            PostingState.REMOVING,
        }
    ),
    PostingState.SOUGHT: frozenset({PostingState.POSTED, PostingState.DIFFERS, PostingState.WITHDRAWN}),
    PostingState.REFUSED: frozenset({PostingState.SOUGHT}),
    PostingState.DIFFERS: frozenset({PostingState.REMOVING, PostingState.REVERSED}),
    PostingState.POSTED: frozenset({PostingState.REMOVING, PostingState.REVERSED}),
    PostingState.REMOVING: frozenset({PostingState.WITHDRAWN, PostingState.DIFFERS, PostingState.REFUSED}),
    PostingState.WITHDRAWN: frozenset(),
    PostingState.REVERSED: frozenset(),
}


class Posting(models.Model):
    """Our attempt to have one entry of one closing exist in one division. Its states move as `MOVES` says.

    `closing_id` is the id of the export that asked for it (a foreign key in the database; this room does not know
    exports). `reference` is written into Exact and is how we recognise our own entry there.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", verbose_name=CUSTOMER, db_index=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="postings", verbose_name=_("division"))
    establishment = models.ForeignKey(Establishment, models.PROTECT, related_name="+", db_index=False)
    closing_id = models.UUIDField(_("closing"))
    entry_kind = models.CharField(_("entry"), max_length=10)
    journal = models.CharField(_("journal"), max_length=10)
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    reference = models.CharField(_("reference"), max_length=30, unique=True)
    entry = models.JSONField()
    payment_condition = models.CharField(max_length=10, blank=True)
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name=_("reverses"), db_index=False
    )
    cost_center = models.CharField(max_length=20, blank=True, db_default="")
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
    problems = models.JSONField(
        default=list, db_default=[], help_text="What we found ourselves, as documents of `ledger.problem.Problem`."
    )
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
            models.UniqueConstraint(
                fields=["reverses"], condition=~Q(state=PostingState.WITHDRAWN), name="exact_posting_one_reversal"
            ),
            models.CheckConstraint(
                condition=~Q(state=PostingState.SENDING) | Q(sending_since__isnull=False),
                name="exact_posting_sending_since",
            ),
            SameTenant("division"),
            SameTenant("establishment"),
            Moves("state", MOVES),
            Unchanging("reference", "entry", "closing_id", "division_id"),
            NeverEmptied(),
        ]
        indexes = [
            models.Index(
                fields=["division", "turn"],
                condition=Q(
                    state__in=[
                        PostingState.PENDING,
                        PostingState.SENDING,
                        PostingState.UNKNOWN,
                        PostingState.SOUGHT,
                        PostingState.REMOVING,
                    ]
                ),
                name="exact_posting_to_do",
            ),
            models.Index(
                fields=["division", "turn"],
                condition=Q(
                    state__in=[
                        PostingState.SENDING,
                        PostingState.UNKNOWN,
                        PostingState.SOUGHT,
                        PostingState.REMOVING,
                    ]
                ),
                name="exact_posting_under_way",
            ),
            models.Index(
                fields=["division", "closing_id"],
                condition=Q(state__in=[PostingState.REFUSED, PostingState.DIFFERS]),
                name="exact_posting_halted",
            ),
            # Few are reversals.
            models.Index(fields=["reverses"], condition=Q(reverses__isnull=False), name="exact_posting_reverses"),
            models.Index(F("exact_entry_number"), name="exact_posting_number", condition=Q(exact_entry_number__gt=0)),
            models.Index(
                fields=["division", "exact_entry_id"],
                condition=Q(exact_entry_id__isnull=False),
                name="exact_posting_entry",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class PostingEvent(models.Model):
    """One move of a posting: from, to, when, who, why.

    `why` is in the words of a person or of Exact; `reasons` are our own, as documents of `ledger.problem.Problem`.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10)
    why = models.CharField(max_length=300, blank=True)
    reasons = models.JSONField(default=list, db_default=[])
    correlation_id = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["tenant", "at"], name="exact_posting_event_of_a_day"),
            models.Index(fields=["actor"], condition=Q(actor__isnull=False), name="exact_posting_event_person"),
        ]
        constraints = [
            OnlyAddedTo(),
            NeverEmptied(),
        ]


class BookLine(models.Model):
    """One line of an entry of ours, as Exact's ledger held it when it was last read. A debit is positive."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    division = models.ForeignKey(Division, models.CASCADE, related_name="+")
    posting = models.ForeignKey(Posting, models.CASCADE, related_name="book_lines")
    line_id = models.UUIDField()
    entry_id = models.UUIDField()
    entry_number = models.BigIntegerField(_("Exact entry number"))
    journal = models.CharField(_("journal"), max_length=10)
    date = models.DateField(_("date"))
    account = models.CharField(_("account"), max_length=30)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    vat_code = models.CharField(_("VAT code"), max_length=10, blank=True, db_default="")
    description = models.CharField(_("description"), max_length=120, blank=True)

    class Meta:
        ordering = ["entry_number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["division", "line_id"], name="exact_bookline_once"),
            SameTenant("division"),
        ]
        indexes = [models.Index(fields=["division", "entry_id"], name="exact_bookline_entry")]


class FindingKind(models.TextChoices):
    MISSING = "missing", _("missing in Exact")
    CHANGED = "changed", _("changed in Exact")
    DOUBLED = "doubled", _("doubled in Exact")


class Settlement(models.TextChoices):
    REPLACED = "replaced", _("replaced")
    ACCEPTED = "accepted", _("accepted as it is")
    GONE = "gone", _("no longer found")


class Finding(models.Model):
    """Where Exact's books no longer hold what was posted. A posting has at most one that is open.

    `details` lists the differences: what (an account, "VAT", "date", "entries"), what was meant, what was found.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", verbose_name=CUSTOMER)
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="findings", verbose_name=_("posting"))
    kind = models.CharField(_("finding"), max_length=10, choices=FindingKind.choices)
    details = models.JSONField(_("differences"), default=list)
    found_at = models.DateTimeField(_("found"), auto_now_add=True)
    settled_at = models.DateTimeField(_("settled"), null=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("settled by"))
    settlement = models.CharField(_("how"), max_length=10, choices=Settlement.choices, blank=True)

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
        ]

    def __str__(self) -> str:
        return f"{self.posting.reference}: {self.get_kind_display()}"
