"""Reseller → tenant → establishment → till. Every row below a tenant carries its tenant, and the database checks it."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.models import Session
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import dates, timezone
from django.utils.translation import gettext_lazy as _

from ledger.checks.period import MAINLAND
from postgres import plain_text  # noqa: F401 - registers the lookup by which names are searched
from postgres.guards import Audited, NeverEmptied, OnlyAddedTo, OnlyMasked, SameAs, SameTenant, Unchanging
from postgres.seen import ALL, OF_RESELLER, OF_TENANT, OF_TENANTS, ONE_OF_TENANTS, Seen, SeenByTenant
from postgres.viewer import ACCOUNTANT, CUSTOMER, DOOR, MEMBERS, MERCHANT, RESELLER, TILL
from tenants.hand_over import (
    FORMER_RESELLERS,
    GIVEN_AWAY,
    TAKEN_OVER,
    HandOver,
    HandOverOffer,
    OfferOutcome,
    OfferReceived,
)
from tenants.membership import Membership
from tenants.one_line import WHY_MAX, named_on_one_line, refuse_lines
from tenants.rights import Role
from tenants.saved_filter import SavedFilter
from tenants.siren import check_siren, check_siret, refuse_another
from tenants.suspension import Suspension
from tenants.till_name import TILL_NAME_MAX
from tenants.users import OF_SUPPORT, Letters, User

__all__ = [
    "WHY_MAX",
    "BookedLevel",
    "Change",
    "Establishment",
    "FactorReset",
    "HandOver",
    "HandOverOffer",
    "Letters",
    "LogIn",
    "LookThrough",
    "Membership",
    "MovedTill",
    "Note",
    "OfferOutcome",
    "OfferReceived",
    "Operation",
    "Reseller",
    "Role",
    "SavedFilter",
    "Suspension",
    "TakeOver",
    "Tenant",
    "Till",
    "User",
    "still_open",
]

# ISO weekdays; the names are Django's own.
WEEKDAYS = [(day + 1, name) for day, name in dates.WEEKDAYS.items()]
SUSPENDED_SINCE = _("suspended since")
SUSPENDED_WHY = _("why it is suspended")
NOTE_MAX = 2000
# Exact Online is younger, and a till's clock that nobody set says less.
FIRST_DAY_BOOKED = date(2000, 1, 1)
REVIEWS_MAX = 50
OVERSEAS = [
    ("America/Guadeloupe", _("Guadeloupe")),
    ("America/Martinique", _("Martinique")),
    ("America/Cayenne", _("French Guiana")),
    ("Indian/Reunion", _("Réunion")),
    ("Indian/Mayotte", _("Mayotte")),
    ("America/Miquelon", _("Saint-Pierre and Miquelon")),
]


def _suspended_says_why(name: str) -> models.CheckConstraint:
    """No reason is left over from a suspension that is over."""
    condition = Q(suspended_why="") | Q(suspended_at__isnull=False)
    return models.CheckConstraint(condition=condition, name=f"tenants_{name}_why_while_suspended")


# A reseller reads the names of those who handed a customer over to it: a history shows them instead of their people's.
OF_ONE_RESELLER = {
    **dict.fromkeys((CUSTOMER, TILL), "id = {reseller}"),
    RESELLER: f"id = {{reseller}} OR id IN ({FORMER_RESELLERS})",
}
OF_MEMBERS = "id IN (SELECT reseller_id FROM tenants_tenant)"  # the resellers of the customers that the member sees


class Reseller(models.Model):
    """A company that sells and looks after tills: it manages its own customers and nobody else's."""

    name = models.CharField(_("name"), max_length=120, unique=True, validators=[refuse_lines])
    suspended_at = models.DateTimeField(SUSPENDED_SINCE, null=True, blank=True)
    suspended_why = models.CharField(SUSPENDED_WHY, max_length=WHY_MAX, blank=True, default="", db_default="")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("reseller")
        verbose_name_plural = _("resellers")
        ordering = ["name"]
        constraints = [
            named_on_one_line("reseller"),
            _suspended_says_why("reseller"),
            Audited(),
            Seen(reads={DOOR: ALL, **OF_ONE_RESELLER, **dict.fromkeys(MEMBERS, OF_MEMBERS)}, writes={}),
        ]

    def __str__(self) -> str:
        return self.name


# Who may lock the row, as whoever asks for an export on demand does, a till too: a role may lock what it may write.
OF_ONE = {
    RESELLER: "reseller_id = {reseller}",
    **dict.fromkeys((CUSTOMER, TILL), "id = {tenant}"),
    ACCOUNTANT: f"id = {ONE_OF_TENANTS}",
}
OF_MERCHANT = {MERCHANT: f"id = {ONE_OF_TENANTS}"}


class Tenant(models.Model):
    """A reseller's customer: one legal entity, whose books are one or more divisions of Exact Online."""

    reseller = models.ForeignKey(Reseller, models.PROTECT, related_name="tenants", verbose_name=_("reseller"))
    name = models.CharField(_("legal name"), max_length=120, validators=[refuse_lines])
    siren = models.CharField(
        _("SIREN"),
        max_length=9,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{9}\Z", _("A SIREN has nine digits. Check the number.")), check_siren],
    )
    suspended_at = models.DateTimeField(SUSPENDED_SINCE, null=True, blank=True)
    suspended_why = models.CharField(SUSPENDED_WHY, max_length=WHY_MAX, blank=True, default="", db_default="")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["reseller", "siren"],
                condition=~Q(siren=""),
                name="tenants_tenant_one_per_siren",
                violation_error_message=_("This reseller already has a customer with this SIREN. Check the number."),
            ),
            named_on_one_line("tenant"),
            _suspended_says_why("tenant"),
            Audited(silent=["reseller_id"]),  # whose it is, each row says; that it becomes another's, a `HandOver`
            Seen(reads={DOOR: ALL, **OF_ONE, **OF_MERCHANT}, writes=OF_ONE),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raises `ValidationError` for another SIREN than the one under which numbers were given."""
        super().clean()
        if self.pk is not None:
            stored = Tenant.objects.values_list("siren", flat=True).get(pk=self.pk)
            refuse_another(stored, self.siren, tenant_id=self.pk)


class BookedLevel(models.TextChoices):
    """Which closings go into the books: by themselves the first that covers a ticket, or one kind that is said.

    The others of the same sales only check its sum.
    """

    AUTO = "auto", _("automatic: the first closing that covers a ticket")
    GENERAL = "general", _("general closings")
    STATION = "station", _("station closings")
    DRAWER = "drawer", _("drawer closings")


def still_open(prefix: str = "") -> Q:
    """Of establishments, or of rows that lead to one by `prefix`: those whose sales are still their own today."""
    return Q(**{f"{prefix}ended_on": None}) | Q(**{f"{prefix}ended_on__gt": timezone.localdate()})


def zone_of(time_zone: str) -> ZoneInfo:
    """The zone that an establishment's `time_zone` names."""
    return ZoneInfo(time_zone) if time_zone else MAINLAND


OF_ESTABLISHMENT = {CUSTOMER: OF_TENANT, RESELLER: OF_RESELLER, TILL: "id = {establishment}"}


class Establishment(models.Model):
    """A shop or restaurant of a tenant."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="establishments", verbose_name=_("customer"))
    code = models.CharField(
        _("code"),
        max_length=10,
        validators=[RegexValidator(r"^[A-Z0-9]+$", _("Capital letters and digits only."))],
        help_text=_("Short name on every entry, e.g. PARIS01."),
    )
    name = models.CharField(_("name"), max_length=120, validators=[refuse_lines])
    siret = models.CharField(
        _("SIRET"),
        max_length=14,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{14}\Z", _("A SIRET has fourteen digits. Check the number.")), check_siret],
    )
    booked_level = models.CharField(
        _("what is booked"),
        max_length=10,
        choices=BookedLevel.choices,
        default=BookedLevel.AUTO,
        help_text=_("Leave it automatic unless you are asked which closings count."),
    )
    contact_email = models.EmailField(
        _("contact's e-mail address"),
        blank=True,
        db_default="",
        help_text=_("Who links the establishment to Exact, and is told when the link ends."),
    )
    opening_days = ArrayField(
        models.PositiveSmallIntegerField(choices=WEEKDAYS),
        verbose_name=_("opening days"),
        null=True,
        blank=True,
        help_text=_("Days a closing is expected on. Empty: learned from the last four weeks."),
    )
    time_zone = models.CharField(
        _("overseas"),
        max_length=30,
        choices=OVERSEAS,
        blank=True,
        default="",
        db_default="",
        help_text=_("Where it is by the clock; empty in metropolitan France. Its days begin and end there."),
    )
    # Both are set by `exports.start` alone, which shows first what comes of it.
    books_from = models.DateField(
        _("booked in Exact from"),
        null=True,
        editable=False,
        help_text="The first business date that goes to Exact; None: every one. What is before was booked by hand.",
    )
    reviews_left = models.PositiveSmallIntegerField(
        _("closings still to review"),
        default=0,
        db_default=0,
        editable=False,
        help_text="While any are left, a person looks at each closing before it goes to Exact.",
    )
    suspended_at = models.DateTimeField(SUSPENDED_SINCE, null=True, blank=True)
    suspended_why = models.CharField(SUSPENDED_WHY, max_length=WHY_MAX, blank=True, default="", db_default="")
    # The first business date that is another company's (`TakeOver`). What is before is still taken.
    ended_on = models.DateField(_("taken over on"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("establishment")
        verbose_name_plural = _("establishments")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "code"],
                name="tenants_establishment_one_per_code",
                violation_error_message=_(
                    "This customer already has an establishment with this code. Choose another code."
                ),
            ),
            models.UniqueConstraint(fields=["id", "tenant"], name="tenants_establishment_with_tenant"),
            # Parts of keys, so that whoever changes one waits for the closings being taken, and they for him.
            models.UniqueConstraint(fields=["id", "booked_level"], name="tenants_establishment_with_level"),
            models.UniqueConstraint(
                fields=["id", "books_from", "reviews_left"], name="tenants_establishment_with_start"
            ),
            models.UniqueConstraint(fields=["id", "ended_on"], name="tenants_establishment_with_end"),
            models.CheckConstraint(
                condition=Q(books_from=None) | Q(books_from__gte=FIRST_DAY_BOOKED), name="tenants_establishment_start"
            ),
            models.CheckConstraint(
                condition=Q(reviews_left__lte=REVIEWS_MAX), name="tenants_establishment_reviews_few"
            ),
            models.CheckConstraint(
                condition=models.Q(booked_level__in=BookedLevel.values), name="tenants_establishment_level_known"
            ),
            named_on_one_line("establishment"),
            _suspended_says_why("establishment"),
            Audited(),
            Seen(reads=OF_ESTABLISHMENT | dict.fromkeys(MEMBERS, OF_TENANTS), writes=OF_ESTABLISHMENT),
        ]

    def __str__(self) -> str:
        return f"{self.code} – {self.name}"

    @property
    def has_ended(self) -> bool:
        """Whether its sales are another company's by now."""
        return self.ended_on is not None and self.ended_on <= timezone.localdate()

    @property
    def zone(self) -> ZoneInfo:
        """Whose midnight ends its days."""
        return zone_of(self.time_zone)


class Till(models.Model):
    """A register that pushes its closings. It is known by its key (`clyo_ingest`), paired once from the console."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="tills", editable=False, verbose_name=_("customer"))
    establishment = models.ForeignKey(
        Establishment, models.PROTECT, related_name="tills", verbose_name=_("establishment")
    )
    name = models.CharField(
        _("name"), max_length=TILL_NAME_MAX, validators=[refuse_lines], help_text=_("e.g. Caisse bar")
    )
    device = models.CharField(_("device"), max_length=120, blank=True, editable=False)
    software = models.CharField(_("software"), max_length=60, blank=True, editable=False)
    suspended_at = models.DateTimeField(SUSPENDED_SINCE, null=True, blank=True)
    suspended_why = models.CharField(SUSPENDED_WHY, max_length=WHY_MAX, blank=True, default="", db_default="")
    # Put away for good: kept for its history, no key, nothing expected. `continues` is the till whose place it took,
    # with counters of its own (`clyo_ingest.replacing`).
    ended_at = models.DateTimeField(_("put away since"), null=True, editable=False)
    ended_why = models.CharField(
        _("why it was put away"), max_length=WHY_MAX, blank=True, default="", db_default="", editable=False
    )
    continues = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="continued_by", editable=False, verbose_name=_("in place of")
    )
    paired_at = models.DateTimeField(_("paired"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("till")
        verbose_name_plural = _("tills")
        ordering = ["establishment__code", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "name"],
                name="tenants_till_one_per_name",
                violation_error_message=_("This establishment already has a till with this name. Choose another name."),
            ),
            models.UniqueConstraint(fields=["id", "tenant"], name="tenants_till_with_tenant"),
            models.UniqueConstraint(fields=["id", "establishment"], name="tenants_till_with_establishment"),
            models.CheckConstraint(
                condition=Q(ended_why="") | Q(ended_at__isnull=False), name="tenants_till_why_while_ended"
            ),
            models.CheckConstraint(condition=~Q(continues=F("id")), name="tenants_till_continues_another"),
            named_on_one_line("till"),
            SameTenant("establishment"),
            SameAs("continues", "establishment_id"),
            _suspended_says_why("till"),
            Unchanging("tenant_id", "establishment_id"),
            Audited(),
            SeenByTenant(shop=True, written_by=()),
        ]

    def __str__(self) -> str:
        return f"{self.establishment.code} – {self.name}"

    @property
    def suspended(self) -> bool:
        """Whether the till, its establishment, its customer or the reseller is suspended.

        Reads all four rows: load them with `select_related("establishment__tenant__reseller")`.
        """
        establishment, tenant = self.establishment, self.establishment.tenant
        return any(row.suspended_at for row in (self, establishment, tenant, tenant.reseller))


# Who sees either of the two establishments; a member, who sees the former one.
SEEN_SHOPS = "IN (SELECT id FROM tenants_establishment)"
OF_EITHER_END = f"former_id {SEEN_SHOPS} OR successor_id {SEEN_SHOPS}"


class TakeOver(models.Model):
    """An establishment goes on as another customer's: from a business date on its sales are the `successor`'s.

    In force while it has a date, which is the former establishment's own; taken back it has none, and may come into
    force again. Nothing that was booked moves (docs/decisions/0054).
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", editable=False, verbose_name=_("customer"))
    former = models.ForeignKey(Establishment, models.PROTECT, related_name="given_up", verbose_name=_("establishment"))
    successor = models.OneToOneField(
        Establishment, models.PROTECT, related_name="take_over", verbose_name=_("goes on as")
    )
    ended_on = models.DateField(_("from"), null=True)
    why = models.CharField(_("why"), max_length=WHY_MAX)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("said on"), auto_now_add=True)

    class Meta:
        verbose_name = _("establishment taken over")
        verbose_name_plural = _("establishments taken over")
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["former"], condition=Q(ended_on__isnull=False), name="tenants_takeover_one_in_force"
            ),
            # The successor is made for it, or came back with it: so who took over from whom never runs in a circle.
            models.CheckConstraint(condition=Q(former__lt=F("successor")), name="tenants_takeover_by_a_later_one"),
            SameTenant("former"),
            SameAs("former", "ended_on"),
            Unchanging("former_id", "successor_id", "by_id", "at"),
            Audited(),
            Seen(reads={RESELLER: OF_EITHER_END, **dict.fromkeys(MEMBERS, OF_TENANTS)}, writes={RESELLER: OF_RESELLER}),
        ]


class MovedTill(models.Model):
    """The same device under the former establishment and under the one that took it over.

    What it closed before that day belongs to `former`, whichever key it comes with. The database holds both to the two
    ends of one take-over (`tenants_moved_till.sql`).
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", editable=False)
    former = models.ForeignKey(Till, models.PROTECT, related_name="+")
    till = models.OneToOneField(Till, models.PROTECT, related_name="moved_from")

    class Meta:
        constraints = [
            SameTenant("former"),
            OnlyAddedTo(),
            Seen(reads={RESELLER: OF_RESELLER}, writes={RESELLER: OF_RESELLER}),
        ]


# Notes by people of a former reseller are seen by the present one if the former said so when it last handed over.
OF_COLLEAGUES = "author_id IN (SELECT id FROM tenants_user WHERE reseller_id = {reseller})"
WENT_ALONG = (
    "COALESCE((SELECT given.notes_go_along FROM tenants_handover AS given JOIN tenants_user AS writer "
    "ON writer.reseller_id = given.reseller_id WHERE given.tenant_id = tenants_note.tenant_id "
    "AND writer.id = tenants_note.author_id ORDER BY given.id DESC LIMIT 1), true)"
)


class Note(models.Model):
    """What somebody wrote down of a customer, of one establishment of it, or of one closing, for all who look after it.

    `closing_id` is a closing's of that establishment (a foreign key in the database; this room does not know closings).
    Signed, dated and only added to. A text can be taken out when a person's name must go (`retention.erasure`); the
    audit says who wrote when, not what. Those it is written about do not read it.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", verbose_name=_("customer"))
    establishment = models.ForeignKey(
        Establishment, models.PROTECT, null=True, related_name="+", verbose_name=_("establishment")
    )
    closing_id = models.UUIDField(null=True)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    text = models.TextField(_("note"), max_length=NOTE_MAX)
    written_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="tenants_note_says_something"),
            models.CheckConstraint(
                condition=Q(closing_id=None) | Q(establishment__isnull=False), name="tenants_note_closing_has_shop"
            ),
            SameTenant("establishment"),
            OnlyAddedTo("DELETE"),
            OnlyMasked("text"),
            NeverEmptied(),
            Audited(secret=["text"]),
            Seen(
                reads={RESELLER: f"{OF_RESELLER} AND ({OF_COLLEAGUES} OR {WENT_ALONG})"},
                writes={RESELLER: OF_RESELLER},
            ),
        ]
        indexes = [
            models.Index(fields=["closing_id"], condition=Q(closing_id__isnull=False), name="tenants_note_of_closing"),
        ]

    def __str__(self) -> str:
        return self.text


class LookThrough(models.Model):
    """Support worked inside another person's view: who, whose, from when to when. Added and closed, never edited."""

    actor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("support"))
    seen_as = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("in the view of"))
    reseller = models.ForeignKey(Reseller, models.PROTECT, null=True, related_name="+", verbose_name=_("reseller"))
    began_at = models.DateTimeField(_("from"), auto_now_add=True)
    ended_at = models.DateTimeField(_("to"), null=True)

    class Meta:
        verbose_name = _("visit by support")
        verbose_name_plural = _("visits by support")
        ordering = ["-began_at"]
        constraints = [
            Unchanging("actor_id", "seen_as_id", "reseller_id", "began_at", once=["ended_at"]),
            OnlyAddedTo("DELETE"),
            NeverEmptied(),
            Seen(
                reads={
                    RESELLER: "reseller_id = {reseller} OR seen_as_id IN (SELECT user_id FROM tenants_membership)",
                    **dict.fromkeys(MEMBERS, "seen_as_id = {person}"),
                },
                writes={},
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor} → {self.seen_as}"


class FactorReset(models.Model):
    """Somebody's second factor was taken away by another, because device and recovery codes were lost.

    `reseller` is the person's own, whose administrators read it; only support reads of anybody else's. Only added to.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="factor_resets", verbose_name=_("person"))
    reseller = models.ForeignKey(Reseller, models.PROTECT, null=True, related_name="+", verbose_name=_("reseller"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    why = models.CharField(_("why"), max_length=WHY_MAX)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("reset of a second factor")
        verbose_name_plural = _("resets of second factors")
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=~Q(user=F("by")), name="tenants_factorreset_by_another"),
            models.CheckConstraint(condition=~Q(why=""), name="tenants_factorreset_says_why"),
            OnlyAddedTo("DELETE"),
            OnlyMasked("why"),
            NeverEmptied(),
            Audited(),
            Seen(reads={RESELLER: "reseller_id = {reseller}"}, writes={}),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.why}"


# A reseller's administrator also ends log-ins of the reseller's people and of members; never of support or strangers.
NO_STRANGER = f"NOT ({OF_SUPPORT}) AND (reseller_id IS NULL OR reseller_id = {{reseller}})"
OF_WHO_IS_BEHIND = {
    DOOR: ALL,
    **dict.fromkeys(MEMBERS, "user_id = {behind}"),
    RESELLER: f"user_id = {{behind}} OR user_id IN (SELECT id FROM tenants_user WHERE {NO_STRANGER})",  # noqa: S608
}


class LogIn(models.Model):
    """A session somebody is logged in with, seen at most five minutes ago. It ends with the session's own row."""

    user = models.ForeignKey(User, models.CASCADE, related_name="log_ins", verbose_name=_("user"))
    session = models.OneToOneField(Session, models.CASCADE, related_name="log_in")
    address = models.GenericIPAddressField(_("address"), null=True)
    browser = models.CharField(_("browser"), max_length=300, blank=True)
    began_at = models.DateTimeField(_("since"), auto_now_add=True)
    seen_at = models.DateTimeField(_("last used"))

    class Meta:
        verbose_name = _("log-in")
        verbose_name_plural = _("log-ins")
        ordering = ["-seen_at"]
        constraints = [
            Seen(reads=OF_WHO_IS_BEHIND, writes=OF_WHO_IS_BEHIND),
        ]

    def __str__(self) -> str:
        return self.browser


class Operation(models.TextChoices):
    """What was done to a row."""

    INSERT = "insert", _("newly made")
    UPDATE = "update", _("was changed")
    DELETE = "delete", _("was deleted")


def _keep_reference(to: type[models.Model], name: Any) -> Any:
    """A reference of the audit: it outlives what it points to, and writing it locks no row."""
    return models.ForeignKey(to, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, verbose_name=name)


OF_HISTORY = (
    f"reseller_id = {{reseller}} AND (tenant_id IS NULL OR table_name = 'tenants_handover' "
    f"OR tenant_id <> ALL (ARRAY({GIVEN_AWAY}))) OR tenant_id = ANY (ARRAY({TAKEN_OVER}))"
)


class Change(models.Model):
    """One change of one row: who, when, what it was and became. Triggers write it and refuse its change (`audit`).

    `before` and `after` hold the columns that differ, by their names; values nobody may read are "•••". What was done
    on the pages of an activation link names the link's number and its holder in the place of a person; `letter` is the
    number of the link in a letter by which the person did it, without a log-in. Names of persons can be taken out
    (`retention.erasure`), nothing else changes.

    `reseller` is whose the customer was that day. What happened to a customer is read by whoever looks after it now;
    who handed it over reads of it only that (docs/decisions/0060).
    """

    at = models.DateTimeField(_("when"))
    actor = _keep_reference(User, _("who"))
    seen_as = _keep_reference(User, _("in the view of"))
    reseller = _keep_reference(Reseller, _("reseller"))
    tenant = _keep_reference(Tenant, _("customer"))
    table_name = models.CharField(_("kind"), max_length=63)
    row_id = models.CharField(max_length=40)
    label = models.CharField(_("what"), max_length=200, blank=True)
    operation = models.CharField(_("operation"), max_length=6, choices=Operation.choices)
    link = models.BigIntegerField(_("activation link"), null=True)
    letter = models.BigIntegerField(_("answer to a letter"), null=True)
    link_holder = models.CharField(_("holder of the link"), max_length=400, blank=True, default="", db_default="")
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="tenants_change_newest"),
            models.Index(fields=["reseller", "-at"], name="tenants_change_of_reseller"),
            models.Index(fields=["table_name", "row_id", "-at"], name="tenants_change_of_row"),
        ]
        constraints = [
            OnlyAddedTo("DELETE"),
            OnlyMasked("label", "before", "after", "link_holder"),
            NeverEmptied(),
            Seen(reads={RESELLER: OF_HISTORY, ACCOUNTANT: OF_TENANTS}, writes={}),
        ]

    def __str__(self) -> str:
        return " – ".join(filter(None, (self.label, self.get_operation_display())))
