"""What a person can do about a closing: one list, which its page, errors by cause and letters show.

A further way is one row here: what it is called, what it does, who may, which closings it fits, where it is walked. It
needs a page at that address that shows what will happen, asks for the reason where one is kept, and is harmless when it
is pressed twice. Which way out each problem has stands in `exports.console.ways_by_code`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exact.books.reconcile import accepted_of
from exact.lane.states import is_replaceable, stands
from exact.models import Finding, Posting, PostingState
from exports.console import links
from exports.coverage.anew import ANEW_WITHIN
from exports.coverage.freed import archived_beside
from exports.coverage.judge import CORRECTION_WAITS, PARTLY, SUMS_DIFFER, TAKEN_AT_A_WORD, WHICH
from exports.coverage.missing import Missing
from exports.coverage.rows import is_freed
from exports.models import ClosingState, NeverMade, Overtaken, SetAside, StoredClosing
from exports.way.decide import NOT_COME_YET, TILLS_OWN, WAIVABLE
from exports.way.never_made import missed_before, said_never_made
from exports.way.reviews import waits_for_review
from exports.way.set_aside import SET_ASIDE_FROM
from exports.words.problems import MENDED_IN_THE_MAPPING
from ledger.gap import GAP_CODES
from tenants.models import User

COVERED_IN_PART = frozenset({PARTLY, SUMS_DIFFER})
WAVED_THROUGH = (WAIVABLE | TAKEN_AT_A_WORD) - COVERED_IN_PART
# Problems that a suspense account does not solve: whose money it is, and which VAT was never due.
NO_GAP = frozenset({"currency", "offered_vat"})
# Problems of what the till sent: another look, by whatever settings, finds them again until a person accepts them.
FOUND_AGAIN = (WAIVABLE | GAP_CODES | TILLS_OWN) - {"business_date"}
RIVALLED = (TAKEN_AT_A_WORD | {CORRECTION_WAITS}) - {ANEW_WITHIN}
TAKEN_OUT_FROM = (ClosingState.HELD, ClosingState.FAILED, ClosingState.EXPORTED)
# How many chosen closings a form may name: each is a field of it.
CHOSEN_MAX = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS - 100
SENT_AGAIN_FROM = (ClosingState.HELD, ClosingState.FAILED, ClosingState.WAITING)


@dataclass(frozen=True)
class Stand:
    """All that decides which ways fit a closing: its row, and its postings."""

    closing: StoredClosing
    postings: Sequence[Posting]

    @classmethod
    def of(cls, closing: StoredClosing) -> Self:
        """Read it with its entries."""
        return cls(closing, [*Posting.objects.filter(closing_id=closing.pk)])

    @cached_property
    def holding(self) -> frozenset[str]:
        """The codes of the problems that hold it."""
        return frozenset(problem["code"] for problem in self.closing.problems if problem["blocking"])

    @property
    def waivable(self) -> frozenset[str]:
        """Those of them that a person may wave through now; none beside what nobody may, or before its day has come."""
        to_come = NOT_COME_YET in self.holding and self.closing.business_date > timezone.localdate()
        return frozenset() if to_come or self.holding & TILLS_OWN else self.holding & WAVED_THROUGH

    @property
    def stays_held(self) -> bool:
        """Whether another look at it, with nothing accepted, can only find again what holds it."""
        return self.held and not FOUND_AGAIN.isdisjoint(self.holding.difference(self.closing.accepted_problems))

    @property
    def held(self) -> bool:
        """Whether its state is held: it waits until something is mended, or a person decides."""
        return self.closing.state == ClosingState.HELD

    @property
    def differs(self) -> bool:
        """Whether Exact holds another entry of it than was sent."""
        return any(it.state == PostingState.DIFFERS for it in self.postings)

    @property
    def in_exact(self) -> list[Posting]:
        """Its entries in Exact that can be replaced there."""
        return [it for it in self.postings if is_replaceable(it)]

    @property
    def overtaken(self) -> bool:
        """Whether it is booked by earlier settings and today's would book it otherwise."""
        exported = self.closing.state == ClosingState.EXPORTED
        return exported and Overtaken.objects.filter(closing=self.closing.pk).exists()

    @cached_property
    def set_aside(self) -> SetAside | None:
        """How it was set aside, if it is set aside now."""
        if self.closing.state != ClosingState.ARCHIVED:
            return None
        return SetAside.objects.select_related("by").filter(closing=self.closing, ended_at=None).first()

    @cached_property
    def freed(self) -> list[StoredClosing]:
        """While it is set aside: the archived closings that tell its sales and are booked nowhere."""
        return [it for it in archived_beside(self.closing) if is_freed(it)] if self.set_aside else []

    @cached_property
    def missed(self) -> list[Missing]:
        """The numbers that are missed before it."""
        return missed_before(self.closing)

    @cached_property
    def never_made(self) -> list[NeverMade]:
        """What people said of the numbers before it: that they were never made."""
        return said_never_made(self.closing)

    @cached_property
    def differences(self) -> list[Finding]:
        """The differences with Exact of its entries that nobody settled."""
        if not self.postings:
            return []
        rows = Finding.objects.filter(posting__in=self.postings, settled_at=None).select_related("posting")
        return [*rows.order_by("pk")]

    @cached_property
    def accepted(self) -> list[Finding]:
        """The differences with Exact of its entries that a person accepted."""
        return sorted(accepted_of([it.pk for it in self.in_exact]).values(), key=lambda it: it.pk)

    @property
    def stands(self) -> bool:
        """Whether Exact has an entry of it as it was meant."""
        return any(map(stands, self.postings))


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One thing a person can do. `permission` is who may; `leads_to` gives "" where there is nowhere to go."""

    name: str
    label: str | Promise
    explanation: str | Promise
    permission: str
    fits: Callable[[Stand], bool]
    leads_to: Callable[[Stand], str]
    needs_reason: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A way for this closing and this person, in the reader's language."""

    name: str
    label: str
    explanation: str
    address: str
    needs_reason: bool


def page_of(name: str) -> Callable[[Stand], str]:
    """The address of a way's page for one closing (`exports.console.way_page`)."""
    return lambda it: links.way(name, it.closing.pk)


def _name_in_address(closings: Iterable[StoredClosing]) -> str:
    return urlencode([("closing", str(it.pk)) for it in closings])


def _lead_to_mapping(it: Stand) -> str:
    return f"{reverse('console_mapping', args=[it.closing.establishment_id])}?closing={it.closing.pk}"


def _lead_to_replacement(it: Stand) -> str:
    """The replacement of the entry that differs, else of the first; it offers to replace the others with it."""
    [first, *_others] = sorted(it.in_exact, key=lambda posting: posting.state != PostingState.DIFFERS)
    return reverse("admin:exact_finding_replace", args=[first.pk])


MEND_MAPPING = Way(
    name="mapping",
    label=_("Open the mapping"),
    explanation=_("Say which account, VAT code or journal it goes to; what waited for it goes by itself."),
    permission="booking.change_mapping",
    fits=lambda it: (it.held and not MENDED_IN_THE_MAPPING.isdisjoint(it.holding)) or _is_refused(it),
    leads_to=_lead_to_mapping,
    needs_reason=False,
)
SAY_WHICH = Way(
    name="which",
    label=_("Say which closings are booked"),
    explanation=_("GÉNÉRALE, POSTE or CAISSE: said once for the shop; what waited for it is looked at again."),
    permission="tenants.change_establishment",
    fits=lambda it: WHICH in it.holding,
    leads_to=lambda it: reverse("console_level", args=[it.closing.establishment_id]),
    needs_reason=False,
)
RELEASE = Way(
    name="release",
    label=_("Look at its entries and release it…"),
    explanation=_("It is one of the first closings: it goes to Exact once somebody has looked at its entries."),
    permission="exports.release_storedclosing",
    fits=lambda it: waits_for_review(it.closing),
    leads_to=page_of("release"),
    needs_reason=False,
)
SEND_AGAIN = Way(
    name="again",
    label=_("Send again…"),
    explanation=_("It is looked at with today's settings. What stands in Exact is never sent a second time."),
    permission="exports.repost_storedclosing",
    fits=lambda it: (
        it.closing.state in SENT_AGAIN_FROM and not (it.differs or it.stays_held or waits_for_review(it.closing))
    ),
    leads_to=lambda it: f"{reverse('console_repost')}?closing={it.closing.pk}",
)
BOOK_THE_REST = Way(
    name="rest",
    label=_("Book what is left…"),
    explanation=_("Other closings cover a part of its sales: only what it says beyond them is booked."),
    permission="exports.bookasis_storedclosing",
    fits=lambda it: it.held and not COVERED_IN_PART.isdisjoint(it.holding),
    leads_to=page_of("rest"),
)
BOOK_AS_IT_IS = Way(
    name="as-it-is",
    label=_("Book it as it is…"),
    explanation=_("The till's own figures go into the books although something about the closing is odd."),
    permission="exports.bookasis_storedclosing",
    fits=lambda it: it.held and bool(it.waivable),
    leads_to=page_of("as-it-is"),
)
CORRECT = Way(
    name="correct",
    label=_("Correct what is booked…"),
    explanation=_(
        "The settings were changed since: all that stands by the former ones is shown and corrected together."
    ),
    permission="booking.view_mapping",
    fits=lambda it: it.overtaken,
    leads_to=lambda it: reverse("console_correction", args=[it.closing.establishment_id]),
)
REPLACE = Way(
    name="replace",
    label=_("Compare and replace…"),
    explanation=_("Today's entries are put in the place of those in Exact: what goes and what comes is shown first."),
    permission="exports.replace_storedclosing",
    fits=lambda it: bool(it.in_exact),
    leads_to=_lead_to_replacement,
)
ACCEPT = Way(
    name="accept",
    label=_("Accept the difference…"),
    explanation=_("Exact stays as it is, where the accountant meant it so; it is told again only when it changes."),
    permission="exports.accept_storedclosing",
    fits=lambda it: bool(it.differences),
    leads_to=page_of("accept"),
)
TAKE_ACCEPTANCE_BACK = Way(
    name="reopen",
    label=_("Take the acceptance back…"),
    explanation=_("A difference with Exact was accepted; it is told again until it is mended or accepted anew."),
    permission="exports.accept_storedclosing",
    fits=lambda it: bool(it.accepted),
    leads_to=page_of("reopen"),
)
BOOK_THE_GAP = Way(
    name="gap",
    label=_("Book the gap on a suspense account…"),
    explanation=_(
        "The till's figures are booked, VAT to the cent; the difference goes on 471, or as the mapping says."
    ),
    permission="exports.bookasis_storedclosing",
    fits=lambda it: it.held and not GAP_CODES.isdisjoint(it.holding) and NO_GAP.isdisjoint(it.holding),
    leads_to=page_of("gap"),
)
DECIDE = Way(
    name="between",
    label=_("Say which of them counts…"),
    explanation=_("Another closing tells the same sales: one of them is booked, the other is set aside."),
    permission="exports.setaside_storedclosing",
    fits=lambda it: it.held and not RIVALLED.isdisjoint(it.holding),
    leads_to=page_of("between"),
)
LEAVE_UNBOOKED = Way(
    name="set-aside",
    label=_("Set it aside…"),
    explanation=_("It will not be booked. It stays here with your reason, and can be looked at again any time."),
    permission="exports.setaside_storedclosing",
    fits=lambda it: it.closing.state in (*SET_ASIDE_FROM, ClosingState.FAILED) and not it.in_exact,
    leads_to=page_of("set-aside"),
)
LOOK_AGAIN = Way(
    name="look-again",
    label=_("Look at it again…"),
    explanation=_("It was set aside. Looked at again it is booked, or held for what is wrong with it."),
    permission="exports.setaside_storedclosing",
    fits=lambda it: it.set_aside is not None,
    leads_to=page_of("look-again"),
)
BOOK_AFTER_ALL = Way(
    name="after-all",
    label=_("Book it after all…"),
    explanation=_("What told its sales was set aside: this closing is booked in its place, its entries shown first."),
    permission="exports.bookasis_storedclosing",
    fits=lambda it: is_freed(it.closing),
    leads_to=page_of("after-all"),
)
BOOK_THE_OTHERS = Way(
    name="others",
    label=_("Book in its place what it covered…"),
    explanation=_("Other closings tell its sales and are booked nowhere: they are shown, and booked with your reason."),
    permission="exports.bookasis_storedclosing",
    fits=lambda it: bool(it.freed),
    leads_to=lambda it: f"{reverse('console_way', args=['after-all'])}?{_name_in_address(it.freed)}",
)
TAKE_OUT = Way(
    name="take-out",
    label=_("Take its entries out of Exact…"),
    explanation=_("All of its entries are deleted in Exact, or reversed where that cannot be; then it is set aside."),
    permission="exports.takeout_storedclosing",
    fits=lambda it: it.closing.state in TAKEN_OUT_FROM and bool(it.in_exact),
    leads_to=page_of("take-out"),
)
NEVER_MADE = Way(
    name="never-made",
    label=_("Say that the missing numbers were never made…"),
    explanation=_(
        "Numbers before this closing never arrived. Where none was made of them, say so: they are missed no longer."
    ),
    permission="exports.setaside_storedclosing",
    fits=lambda it: bool(it.missed),
    leads_to=page_of("never-made"),
)
MISS_AGAIN = Way(
    name="miss-again",
    label=_("Miss the numbers before it again…"),
    explanation=_("They were said never to have been made. Missed again, they are asked for until they come."),
    permission="exports.setaside_storedclosing",
    fits=lambda it: bool(it.never_made),
    leads_to=page_of("miss-again"),
)
# In the order in which people should think of them.
WAYS: tuple[Way, ...] = (
    MEND_MAPPING,
    SAY_WHICH,
    RELEASE,
    SEND_AGAIN,
    DECIDE,
    BOOK_THE_REST,
    BOOK_AS_IT_IS,
    BOOK_THE_GAP,
    CORRECT,
    REPLACE,
    ACCEPT,
    TAKE_ACCEPTANCE_BACK,
    BOOK_AFTER_ALL,
    BOOK_THE_OTHERS,
    LOOK_AGAIN,
    LEAVE_UNBOOKED,
    TAKE_OUT,
    NEVER_MADE,
    MISS_AGAIN,
)


Hung = Callable[[Stand, User], Iterable[Offered]]
_hung: list[Hung] = []


def hang_here(ways: Hung) -> None:
    """Register `ways`, which offers further ways for a closing; called by rooms above. Registered twice, asked once."""
    if ways not in _hung:
        _hung.append(ways)


def ways_of(closing: StoredClosing, user: User, postings: Iterable[Posting] | None = None) -> list[Offered]:
    """What this person can do about this closing now, in the order of `WAYS`.

    `postings` are all of the closing's, read if they are not given. The closing is one the person may see.
    """
    stand = Stand.of(closing) if postings is None else Stand(closing, [*postings])
    own = [
        Offered(
            name=way.name,
            label=str(way.label),
            explanation=str(way.explanation),
            address=way.leads_to(stand),
            needs_reason=way.needs_reason,
        )
        for way in WAYS
        if way.fits(stand) and user.has_perm(way.permission, closing)
    ]
    return [*own, *(offered for ways in _hung for offered in ways(stand, user))]


def _is_refused(it: Stand) -> bool:
    return it.closing.state == ClosingState.FAILED and any(at.state == PostingState.REFUSED for at in it.postings)
