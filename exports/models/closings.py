"""A closing on its way to the books: its document, its state, what holds it back, and what happened to it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from uuid_utils.compat import uuid7

from exact.models import Posting
from exports.models.called import call_number
from ledger.money import BOOKS, ZERO
from postgres.guards import NeverEmptied, OnlyAddedTo, OnlyMasked, SameTenant, Unchanging
from postgres.seen import OF_TENANTS, Seen, SeenByTenant
from postgres.viewer import ACCOUNTANT, MEMBERS, RESELLER
from tenants.models import WHY_MAX, Establishment, Reseller, Tenant, Till, User
from tenants.put_off import PutOff


class ClosingState(models.TextChoices):
    """How far a closing is, in the words of the till API: held (see its problems), waiting (not activated yet), ready,
    exporting, exported, failed (Exact refused, or a person must decide), archived (training, or nothing to book)."""

    HELD = "held", _("held")
    WAITING = "waiting", _("waiting for activation")
    READY = "ready", _("ready")
    EXPORTING = "exporting", _("being exported")
    EXPORTED = "exported", _("exported")
    FAILED = "failed", _("failed")
    ARCHIVED = "archived", _("archived")


# The note of a closing that a person set aside, as `exports.coverage.judge` gives it.
NOTED_ASIDE = "set_aside"
SET_ASIDE_WORDS = pgettext_lazy("closing", "set aside")


class StoredClosing(PutOff):
    """One closing on its way. Its id is the closing's id, in the API, in the postings and in Exact's references.

    `document` is the closing as the till meant it (canonical JSON) and never changes; a trigger sees to that. `found`
    is what was odd between it and its neighbours when it came, `problems` all that the last look at it saw. `corrects`
    is the closing of the same number whose corrected version it is: it is booked once that one, and what that one
    corrects, are set aside (`exports.coverage.versions`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", verbose_name=_("customer"), db_index=False)
    establishment = models.ForeignKey(
        Establishment, models.PROTECT, related_name="+", verbose_name=_("establishment"), db_index=False
    )
    till = models.ForeignKey(Till, models.PROTECT, related_name="+", verbose_name=_("till"), db_index=False)
    kind = models.CharField(_("kind"), max_length=10)
    number = models.BigIntegerField(_("number"))
    business_date = models.DateField(_("business date"))
    closed_at = models.DateTimeField(_("closed at"))
    gross = models.DecimalField(_("turnover"), max_digits=14, decimal_places=2)
    offered = models.DecimalField(
        max_digits=14, decimal_places=2, default=ZERO, db_default=ZERO, help_text="What of the turnover was given away."
    )
    document = models.JSONField()
    state = models.CharField(_("state"), max_length=10, choices=ClosingState.choices)
    found = models.JSONField(default=list, db_default=[], help_text="What was odd when it came, for each later look.")
    problems = models.JSONField(_("problems"), default=list)
    accepted_problems = models.JSONField(default=list, help_text="Codes of problems a person waved through.")
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections", db_index=False)
    created_at = models.DateTimeField(_("received"), auto_now_add=True)
    state_since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("closing")
        verbose_name_plural = _("closings")
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=ClosingState.HELD) | ~Q(problems=[]), name="exports_closing_held_says_why"
            ),
            models.CheckConstraint(condition=Q(state__in=ClosingState.values), name="exports_closing_state_known"),
            models.UniqueConstraint(fields=["id", "tenant"], name="exports_closing_with_tenant"),
            SameTenant("establishment"),
            SameTenant("till"),
            SameTenant("corrects"),
            models.CheckConstraint(condition=~Q(corrects=F("id")), name="exports_closing_corrects_another"),
            Unchanging("document", "corrects_id"),
            NeverEmptied(),
            SeenByTenant(shop=True),
        ]
        indexes = [
            models.Index(fields=["corrects"], condition=Q(corrects__isnull=False), name="exports_corrections"),
            models.Index(fields=["establishment", "state"], name="exports_by_establishment"),
            models.Index(fields=["tenant", "-created_at"], name="exports_by_tenant"),
            models.Index(fields=["till", "-business_date"], name="exports_latest_of_till"),
            models.Index(fields=["-created_at", "id"], name="exports_newest_first"),
            models.Index(fields=["tenant", "business_date", "closed_at", "id"], name="exports_by_tenant_day"),
            models.Index(
                fields=["business_date", "closed_at"],
                condition=Q(state__in=[ClosingState.HELD, ClosingState.WAITING]),
                name="exports_looked_at_again",
            ),
            models.Index(fields=["-business_date", "-closed_at", "id"], name="exports_latest"),
            models.Index(fields=["number"], name="exports_by_number"),
            models.Index(fields=["gross"], name="exports_by_turnover"),
            # Counts of closings by day and state (first page), and when a till usually closes: from the index alone.
            models.Index(fields=["business_date", "till", "establishment", "state"], name="exports_by_day"),
            # The same counts for the few establishments of one reseller, or of one page.
            models.Index(fields=["establishment", "business_date", "state", "till"], name="exports_shop_days"),
            # Closings with a problem of one code, among the few that have any problem.
            GinIndex(
                fields=["problems"], opclasses=["jsonb_path_ops"], condition=~Q(problems=[]), name="exports_problems"
            ),
            # Closings that wait for a person: few among very many, so a partial index.
            models.Index(
                fields=["-business_date", "-closed_at"],
                condition=Q(state__in=[ClosingState.HELD, ClosingState.FAILED]),
                name="exports_to_mend",
            ),
        ]

    def __str__(self) -> str:
        return call_number(self.number)

    @property
    def full_name(self) -> str:
        """What it is called among those of other shops and days: "Z 1042 PARIS01 14/03", in every language."""
        return f"{self} {self.establishment.code} {self.business_date:%d/%m}"

    @property
    def line(self) -> str:
        """What accountants read on every line in the books, where room is short: "Z1042 PARIS01 14/03"."""
        return f"Z{self.number} {self.establishment.code} {self.business_date:%d/%m}"

    @property
    def currency(self) -> str:
        """The currency of its amounts, read from its problems: each look notes one that is not the books'."""
        others = (problem["facts"]["found"] for problem in self.problems if problem["code"] == "currency")
        return next(others, BOOKS)

    @property
    def is_set_aside(self) -> bool:
        """Whether a person said that it is not booked, and it is archived for that: each look notes it."""
        return self.state == ClosingState.ARCHIVED and any(it["code"] == NOTED_ASIDE for it in self.problems)

    @property
    def state_words(self) -> str:
        """Its state as people read it: one that was set aside is no archived one that has nothing to book."""
        return str(SET_ASIDE_WORDS if self.is_set_aside else self.get_state_display())

    @property
    def told_problems(self) -> list[dict[str, Any]]:
        """Its problems as people and tills read them: those of an archived closing hold nothing any more."""
        if self.state != ClosingState.ARCHIVED:
            return [*self.problems]
        return [{**problem, "blocking": False} for problem in self.problems]


class ClosingEvent(models.Model):
    """One change of a closing's state: from, to, when, who, why. A trigger writes the first one, "received"."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    closing = models.ForeignKey(StoredClosing, models.PROTECT, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10)
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["tenant", "at"], name="exports_event_of_a_day"),
            models.Index(fields=["actor"], condition=Q(actor__isnull=False), name="exports_event_of_a_person"),
        ]
        constraints = [
            OnlyAddedTo("DELETE"),
            OnlyMasked("why"),
            NeverEmptied(),
            SeenByTenant(),
        ]


# `reseller` is whose people began it, none of support's. Who sees one of its closings sees that it was sent again, and
# why; of whose customers are all another's by now (`HandOver`) it sees no run either.
HAS_ITEMS = "EXISTS (SELECT FROM exports_repostitem AS item WHERE item.run_id = exports_repostrun.id)"
# A run is stored before its items. No customer is handed over while one of its runs is unfinished.
JUST_BEGUN = "reseller_id = {reseller} AND actor_id = {behind} AND finished_at IS NULL"


class RunWay(models.TextChoices):
    """What a run does to each of its closings."""

    AGAIN = "again", _("sent again")
    AS_IT_IS = "as-it-is", _("taken as it is")
    SET_ASIDE = "set-aside", _("set aside")
    AFTER_ALL = "after-all", _("booked after all")
    CORRECT = "correct", _("corrected: replaced by what today's settings book")
    RELEASE = "release", _("released")


class RepostRun(models.Model):
    """Closings with which one person does the same (`way`) together, and why. It is over when no item is left to do.

    `tenant`: whose they are, of a correction, which is of one customer. Stopped: what it had begun is finished, what
    was left stays as it is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reseller = models.ForeignKey(Reseller, models.PROTECT, null=True, related_name="+", verbose_name=_("reseller"))
    tenant = models.ForeignKey(Tenant, models.PROTECT, null=True, related_name="+", verbose_name=_("customer"))
    actor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    why = models.CharField(_("why"), max_length=WHY_MAX)
    way = models.CharField(max_length=10, choices=RunWay.choices, default=RunWay.AGAIN, db_default=RunWay.AGAIN)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    stopped_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("stopped by"))

    class Meta:
        verbose_name = _("repost")
        verbose_name_plural = _("reposts")
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["started_at"], condition=Q(finished_at=None), name="exports_repost_unfinished")]
        constraints = [
            models.CheckConstraint(
                condition=Q(stopped_by=None) | Q(finished_at__isnull=False), name="exports_run_stopped_is_over"
            ),
            models.CheckConstraint(
                condition=~Q(way=RunWay.CORRECT) | Q(tenant__isnull=False), name="exports_correction_of_one_customer"
            ),
            Seen(
                reads={
                    RESELLER: f"{HAS_ITEMS} OR {JUST_BEGUN}",
                    **dict.fromkeys(MEMBERS, f"{OF_TENANTS} OR {HAS_ITEMS}"),
                },
                writes={RESELLER: "reseller_id = {reseller}", ACCOUNTANT: OF_TENANTS},
            ),
        ]

    def __str__(self) -> str:
        return self.why


class RepostItem(PutOff):
    """One closing of a run. `outcome` is empty until it was looked at; then the state it came to, or why not.

    A closing is in the hands of one run at a time. `shown` is the stamp of the settings that a correction was shown
    under: it is made under these or not at all.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    run = models.ForeignKey(RepostRun, models.CASCADE, related_name="items")
    closing = models.ForeignKey(StoredClosing, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=30, blank=True)
    shown = models.CharField(max_length=32, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "closing"], name="exports_repost_item_once"),
            models.UniqueConstraint(fields=["closing"], condition=Q(outcome=""), name="exports_repost_item_one_open"),
            SeenByTenant(),
        ]
        indexes = [models.Index(fields=["run"], condition=Q(outcome=""), name="exports_repost_to_do")]


class SetAside(models.Model):
    """A person's word that a closing is not booked, and why; `instead` is the closing that counts in its place.

    It holds until somebody has the closing looked at again. Rows are kept as history: the only change is to end one.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    closing = models.ForeignKey(StoredClosing, models.PROTECT, related_name="set_asides", db_index=False)
    instead = models.ForeignKey(StoredClosing, models.PROTECT, null=True, related_name="set_aside_for")
    why = models.CharField(_("why"), max_length=WHY_MAX)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"), db_index=False)
    at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    ended_why = models.CharField(max_length=WHY_MAX, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["closing"], condition=Q(ended_at=None), name="exports_setaside_one_open"),
            models.CheckConstraint(condition=~Q(why=""), name="exports_setaside_says_why"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_why="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_why="")),
                name="exports_setaside_end_says_why",
            ),
            models.CheckConstraint(
                condition=Q(instead=None) | ~Q(instead=F("closing")), name="exports_setaside_for_another"
            ),
            SameTenant("closing"),
            SameTenant("instead"),
            Unchanging(
                "closing_id", "instead_id", "why", "by_id", "at", once=["ended_at", "ended_by_id"], masked=["why"]
            ),
            OnlyAddedTo("DELETE"),
            NeverEmptied(),
            SeenByTenant(),
        ]
        indexes = [models.Index(fields=["closing"], name="exports_setaside_of_closing")]


class OrderKind(models.TextChoices):
    """What a replacement does once the old entries are out of Exact's books."""

    REPLACE = "replace", _("new entries in their place")
    SET_ASIDE = "set-aside", _("nothing: the closing is set aside")


class ReplacementWay(models.TextChoices):
    """How an old entry goes out of Exact's books before the new ones come (docs/decisions/0018)."""

    AGAIN = "again", _("Exact no longer has it: post it again")
    DELETE = "delete", _("delete it in Exact and post it anew")
    REVERSE = "reverse", _("reverse it in Exact and post it anew")


class Replacement(models.Model):
    """A person's order to put new `entries` in the place of old ones: the very entries that person was shown.

    `posting` is the one that was asked about; `beside` are the ids of the closing's postings that stayed as they were.
    With `kind` set aside there are no new entries: all go, and the closing is set aside for `instead`, which counts.
    Open until the postings of the new entries are made, or Exact refused to let an old entry go.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    closing = models.ForeignKey(StoredClosing, models.PROTECT, related_name="replacements")
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+")
    kind = models.CharField(
        max_length=10, choices=OrderKind.choices, default=OrderKind.REPLACE, db_default=OrderKind.REPLACE
    )
    instead = models.ForeignKey(StoredClosing, models.PROTECT, null=True, related_name="+", db_index=False)
    why = models.CharField(max_length=WHY_MAX, blank=True, default="", db_default="")
    entries = models.JSONField()
    beside = models.JSONField(default=list)
    payment_condition = models.CharField(max_length=10, blank=True)
    cost_center = models.CharField(max_length=20, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["closing"], condition=Q(done_at=None), name="exports_replacement_one_open"),
            models.UniqueConstraint(fields=["id", "tenant"], name="exports_replacement_with_tenant"),
            models.CheckConstraint(
                condition=Q(kind=OrderKind.REPLACE, instead=None)
                | (Q(kind=OrderKind.SET_ASIDE, entries=[], asked_by__isnull=False) & ~Q(why="")),
                name="exports_replacement_to_set_aside_says_why",
            ),
            SameTenant("closing"),
            SameTenant("instead"),
            SeenByTenant(),
        ]


class Replaced(models.Model):
    """One old entry of a replacement, and how it goes: `reversal` is the entry that undoes it, when it is reversed."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    replacement = models.ForeignKey(Replacement, models.PROTECT, related_name="olds")
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, choices=ReplacementWay.choices)
    reversal = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["replacement", "posting"], name="exports_replaced_once"),
            models.CheckConstraint(
                condition=Q(way=ReplacementWay.REVERSE, reversal__isnull=False)
                | (~Q(way=ReplacementWay.REVERSE) & Q(reversal=None)),
                name="exports_replaced_reversal_kept",
            ),
            SameTenant("replacement"),
            SeenByTenant(),
        ]
