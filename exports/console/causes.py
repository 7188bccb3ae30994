"""Closings that wait for a person, grouped by what can be mended once: one VAT code, one account, one period."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import CharField, FilteredRelation, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exact.models import NEEDS_A_PERSON, Posting
from exports.console import links
from exports.console.ways_by_code import nearest_way
from exports.console.ways_out import FOUND_AGAIN
from exports.coverage.judge import WHICH
from exports.models import ClosingState, StoredClosing
from exports.words.assignments import say_seen_to
from exports.words.problems import MENDED_IN_THE_MAPPING, of_several, said_of, sentence
from tenants.models import User

READ_MAX = 5000
# A closing in one of these states waits for a person.
TO_MEND = (ClosingState.HELD, ClosingState.FAILED)
NAMED_MAX = 3
# By code, the facts that two problems must share to be one cause. All problems of a code that is not here are one.
SAME_CAUSE: dict[str, tuple[str, ...]] = {
    "slot_unmapped": ("slot", "rate"),
    "slot_rate_mismatch": ("slot", "rate", "expected"),
    "slot_without_vat_code": ("slot", "rate"),
    "slot_without_account": ("slot", "rate", "family"),
    "slot_without_vat_account": ("slot", "rate"),
    "means_unmapped": ("means", "label"),
    "receipt_unmapped": ("kind",),
    "movement_unmapped": ("kind",),
    "gl_account_unknown": ("account", "field"),
    "gl_account_blocked": ("account", "name", "field"),
    "gl_account_type": ("account", "name", "field"),
    "gl_account_not_for_sales": ("account", "name", "field"),
    "cost_center_demanded": ("account", "name", "field"),
    "vat_code_unknown": ("vat_code", "field"),
    "vat_code_blocked": ("vat_code", "name", "field"),
    "vat_code_for_purchases": ("vat_code", "name", "field"),
    "vat_code_including": ("vat_code", "name", "field"),
    "vat_rate_differs": ("vat_code", "found", "rate", "field"),
    "journal_unknown": ("journal", "field"),
    "journal_blocked": ("journal", "name", "field"),
    "journal_type": ("journal", "name", "field"),
    "journal_account_unknown": ("journal",),
    "third_party_unknown": ("third_party",),
    "third_party_not_customer": ("third_party", "name"),
    "third_party_inactive": ("third_party", "name"),
    "payment_condition_missing": ("third_party", "name"),
    "payment_condition_unknown": ("condition",),
    "period_closed": ("period", "journal"),
    "period_unknown": (),
    "gl_account_missing": ("field",),
    "vat_code_missing": ("field",),
    "third_party_missing": ("field",),
    "account_named_otherwise": ("account", "name", "found", "rate", "field"),
    "account_of_other_rate": ("account", "name", "vat_code", "found", "rate", "field"),
    "account_of_sales_for_payments": ("account", "name", "field"),
    "account_of_vat_for_payments": ("account", "name", "field"),
    "cost_center_unknown": ("account", "name", "cost_center"),
    "right_missing": ("resource",),
    "division_archived": ("division",),
    "division_gone": ("division",),
    "gone_from_exact": ("catalogue", "item"),
    "offered_without_vat": ("label",),
    "walk_in_account_used": ("label", "account", "third_party"),
    "standing_other_customer": ("account", "third_party", "account_now", "third_party_now"),
    "standing_in_other_company": ("company",),
    "line_differs_in_exact": ("account",),
    "vat_line_differs_in_exact": ("vat_code",),
    "currency": ("found",),
    "scope_unexpected": ("scope",),
    WHICH: (),
}
EXACT_SAID = "exact_said"


@dataclass(slots=True, kw_only=True)
class Cause:
    """One thing to mend, and the closings that wait for it. `key` stays the same while the cause does."""

    key: str
    code: str
    words: str
    whole: str  # of the first closing, with all its figures
    facts: Mapping[str, str] = field(default_factory=dict)  # those that make it one cause
    closings: list[StoredClosing] = field(default_factory=list)
    tenants: dict[int, str] = field(default_factory=dict)
    establishments: dict[int, str] = field(default_factory=dict)
    seen_by: list[str] = field(default_factory=list)  # of each closing that somebody sees to, who
    elsewhere: frozenset[UUID] = frozenset()  # those that stand under a larger cause, too

    @property
    def elsewhere_words(self) -> str:
        """How many of its closings another cause counts already: mended here, they wait for that one still."""
        words = ngettext(
            "{count} of them waits for another reason, too, and is counted there.",
            "{count} of them wait for another reason, too, and are counted there.",
            len(self.elsewhere),
        )
        return words.format(count=len(self.elsewhere)) if self.elsewhere else ""

    @property
    def seen_to(self) -> str:
        """Who sees to its closings, in words."""
        return say_seen_to(self.seen_by, of=len(self.closings))

    @property
    def closing_ids(self) -> list[UUID]:
        """The ids of `closings`, in their order."""
        return [closing.pk for closing in self.closings]

    @property
    def state(self) -> ClosingState:
        """Failed when one of its closings did, else held."""
        failed = any(closing.state == ClosingState.FAILED for closing in self.closings)
        return ClosingState.FAILED if failed else ClosingState.HELD

    @property
    def title(self) -> str:
        """What to mend: with its figures when it is one closing, else without what differs between them."""
        return self.whole if len(self.closings) == 1 else self.words

    @property
    def named(self) -> str:
        """The establishments, or "" when they are too many to be named."""
        return " · ".join(self.establishments.values()) if len(self.establishments) <= NAMED_MAX else ""

    @property
    def in_the_mapping(self) -> bool:
        """Whether a change of the establishment's mapping settles it, as `MENDED_IN_THE_MAPPING` says by its code."""
        return self.code in MENDED_IN_THE_MAPPING

    @property
    def goes_when_sent_again(self) -> bool:
        """Whether another look may find it gone; what the till itself sent is found again."""
        return self.code not in FOUND_AGAIN

    @property
    def mend_words(self) -> str:
        """What the way to `mend_address` is called."""
        return _("Say which closings are booked") if self.code == WHICH else _("Mend in the mapping")

    def may_be_mended_by(self, user: User) -> bool:
        """Whether a person may change something where `mend_address` leads; an accountant looks at a mapping only."""
        needed = "tenants.change_establishment" if self.code == WHICH else "booking.change_mapping"
        return bool(self.mend_address) and user.has_perm(needed)

    def nearest_way(self, user: User) -> tuple[str, str] | None:
        """Where the one closing that it holds can be mended at once: what that is called and its address."""
        [closing, *others] = self.closings
        return None if others else nearest_way(closing, self.code, user)

    @property
    def closings_address(self) -> str:
        """The closing itself when it is one, else the list of those that wait, as narrow as its filters can say it."""
        if len(self.closings) == 1:
            return reverse("admin:exports_storedclosing_change", args=[self.closings[0].pk])
        shop = next(iter(self.establishments)) if len(self.establishments) == 1 else None
        if self.code == EXACT_SAID:
            return links.closings(state=ClosingState.FAILED, establishment=shop)
        return links.closings(state="attention", problem=self.code, establishment=shop)

    @property
    def mend_address(self) -> str:
        """Where the cause is mended: the one mapping, or the list of mappings; empty when it is mended elsewhere.

        Which closings count is said for each establishment.
        """
        if self.code == WHICH and len(self.establishments) == 1:
            return reverse("console_level", args=[*self.establishments])
        if not self.in_the_mapping:
            return ""
        if len(self.establishments) == 1:
            return reverse("console_mapping", args=[*self.establishments])
        return reverse("admin:booking_mapping_changelist")


def causes_of(rows: QuerySet[StoredClosing], *, each_shop: bool = False, read_max: int = READ_MAX) -> list[Cause]:
    """The causes of what is held or failed among `rows`, the largest first; the newest `read_max` closings are read.

    With `each_shop` a cause is one establishment's: the same fault in two shops is two causes.
    """
    now = FilteredRelation("assignments", condition=Q(assignments__ended_at=None))
    seen_by = Coalesce(NullIf("now__person__name", Value("")), "now__person__email", output_field=CharField())
    waiting = rows.filter(state__in=TO_MEND).alias(now=now).annotate(seen_by=seen_by)
    names = ("tenant__name", "establishment__code", "establishment__name")
    shown = ("state", "problems", "kind", "number", "business_date", "gross")
    newest = waiting.order_by("-business_date", "-closed_at").select_related("tenant", "establishment")
    closings = [*newest.only(*shown, *names)[:read_max]]
    said = read_messages_of_exact([closing.pk for closing in closings if closing.state == ClosingState.FAILED])
    causes: dict[str, Cause] = {}
    for closing in closings:
        for code, facts, words, whole in _reasons(closing, said):
            same = (*facts.values(), str(closing.establishment_id)) if each_shop else (*facts.values(),)
            key = _key(code, same)
            cause = causes.setdefault(key, Cause(key=key, code=code, words=words, whole=whole, facts=facts))
            cause.closings.append(closing)
            cause.seen_by += [closing.seen_by] if closing.seen_by else []
            cause.tenants[closing.tenant_id] = closing.tenant.name
            cause.establishments[closing.establishment_id] = str(closing.establishment)
    found = sorted(causes.values(), key=lambda cause: (-len(cause.closings), cause.words))
    counted: set[UUID] = set()
    for cause in found:
        cause.elsewhere = frozenset(counted.intersection(cause.closing_ids))
        counted.update(cause.closing_ids)
    return found


def _reasons(
    closing: StoredClosing, said: Mapping[UUID, list[str]]
) -> Iterator[tuple[str, Mapping[str, str], str, str]]:
    """The reasons of one closing, each once: code, facts of its cause, words for many closings, words for one."""
    seen: set[tuple[str, ...]] = set()
    for message in said.get(closing.pk, []):
        if (message,) not in seen:
            seen.add((message,))
            words = _("Exact says: {message}").format(message=message)
            yield EXACT_SAID, {"message": message}, words, words
    for problem in closing.problems:
        code = problem["code"]
        kept = {name: problem["facts"][name] for name in SAME_CAUSE.get(code, ()) if name in problem["facts"]}
        same = (code, *kept.values())
        if problem["blocking"] and same not in seen:
            seen.add(same)
            yield code, kept, short_words(problem, kept), sentence(problem)


def short_words(problem: Mapping[str, Any], kept: Mapping[str, str]) -> str:
    """The problem's sentence for many closings at once, without what differs between them (amounts, tickets)."""
    return of_several({**problem, "facts": kept})


def read_messages_of_exact(closing_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """What Exact said of the entries of closings that it refused or holds otherwise, as people read it."""
    rows = Posting.objects.filter(closing_id__in=[*closing_ids], state__in=NEEDS_A_PERSON)
    said: dict[UUID, list[str]] = {}
    for posting in rows.only("closing_id", "messages", "problems"):
        said.setdefault(posting.closing_id, []).extend(said_of(posting) or [_("refused without a word")])
    return said


def _key(code: str, facts: tuple[str, ...]) -> str:
    return hashlib.sha256("\0".join((code, *facts)).encode()).hexdigest()[:16]
