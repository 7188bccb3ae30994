"""The lane of a division, and the postings that go through it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from exact.models.app import CUSTOMER
from exact.models.company import Division
from postgres.guards import Moves, NeverEmptied, OnlyAddedTo, OnlyMasked, SameTenant, Unchanging
from postgres.seen import SeenByTenant
from tenants.models import Establishment, Tenant, User


class PauseCode(models.TextChoices):
    """Why a lane stands still."""

    SETTLING = "settling", _("waiting until an entry can be looked up in Exact")
    RATE_LIMITED = "rate_limited", _("the limit of calls is reached")
    RECONNECT_REQUIRED = "reconnect_required", _("the customer must log in at Exact again")
    CONSENT_IN_DOUBT = "consent_in_doubt", _("Exact refused the link; it is tried again")
    UNAVAILABLE = "unavailable", _("Exact does not answer")
    REFUSED = "refused", _("Exact refuses the call")


class Lane(models.Model):
    """The one way into a division: who holds it, until when, what is left of the call budget, why it stands still."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    division = models.OneToOneField(
        Division, models.PROTECT, related_name="lane", primary_key=True, verbose_name=_("division")
    )
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
        constraints = [
            SeenByTenant(),
        ]

    def __str__(self) -> str:
        return self.division.label


class PostingState(models.TextChoices):
    """Where a posting stands. A further state is a row here and its moves in `MOVES`, which docs/states.md draws."""

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
    PostingState.PENDING: frozenset({PostingState.SENDING, PostingState.UNKNOWN, PostingState.WITHDRAWN}),
    PostingState.SENDING: frozenset(
        {
            PostingState.POSTED,
            PostingState.REFUSED,
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
# What becomes of the entry in Exact is not known for certain yet: it is being sent, looked up or taken out.
BEGUN = (PostingState.SENDING, PostingState.UNKNOWN, PostingState.SOUGHT, PostingState.REMOVING)
# The lane has something to do with it.
OPEN = (PostingState.PENDING, *BEGUN)
# The order of the entries of closings. Two of one closing have the same turn where they were made one after the other.
IN_TURN = ("turn", "revision", "id")
NEEDS_A_PERSON = (PostingState.REFUSED, PostingState.DIFFERS)


class Posting(models.Model):
    """Our attempt to have one entry of one closing exist in one division. Its states move as `MOVES` says.

    `closing_id`: the id of its stored closing (a foreign key in the database; this room does not know `exports`).
    `reference` is written into Exact, where it identifies our entry.
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
    doubted_at = models.DateTimeField(
        null=True, help_text="When it was last doubted whether Exact has it, as the database's past had come back."
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lookups = models.PositiveSmallIntegerField(default=0)
    # Id and number that Exact gave the entry. As text: another target has ids and numbers of another form.
    entry_id = models.CharField(max_length=60, null=True)
    entry_number = models.CharField(_("Exact entry number"), max_length=60, null=True)
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
                condition=~Q(state=PostingState.POSTED) | Q(entry_id__isnull=False, posted_at__isnull=False),
                name="exact_posting_posted_has_entry",
            ),
            models.CheckConstraint(condition=~Q(entry_id="") & ~Q(entry_number=""), name="exact_posting_entry_named"),
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
            SeenByTenant(shop=True),
        ]
        indexes = [
            models.Index(
                fields=["division", "turn"],
                condition=Q(state__in=[*OPEN]),
                name="exact_posting_to_do",
            ),
            models.Index(
                fields=["division", "turn"],
                condition=Q(state__in=[*BEGUN]),
                name="exact_posting_under_way",
            ),
            models.Index(
                fields=["division", "closing_id"],
                condition=Q(state__in=[*NEEDS_A_PERSON]),
                name="exact_posting_halted",
            ),
            # A partial index: few postings are reversals.
            models.Index(fields=["reverses"], condition=Q(reverses__isnull=False), name="exact_posting_reverses"),
            models.Index(F("entry_number"), name="exact_posting_number", condition=Q(entry_number__isnull=False)),
            models.Index(
                fields=["division", "entry_id"],
                condition=Q(entry_id__isnull=False),
                name="exact_posting_entry",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def doubted(self) -> bool:
        """Whether an entry of it may have been sent before the database was restored, which the row does not know."""
        return self.doubted_at is not None and (self.sending_since is None or self.sending_since < self.doubted_at)

    @property
    def whole_number(self) -> int | None:
        """`entry_number` as an integer, as the till API and reports promise. None: there is none, or it is not one."""
        number = self.entry_number or ""
        return int(number) if number.isdecimal() else None


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
            OnlyAddedTo("DELETE"),
            OnlyMasked("why"),
            NeverEmptied(),
            SeenByTenant(),
        ]
