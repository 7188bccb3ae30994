"""The one decision: what a closing becomes under given settings, at the first look and at every later one.

Accepting, looking again, reposting and its preview, replacing, the mapping's preview and files for accounting all call
this module, so that a preview shows what will happen. Nothing is written.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Self, TypeAlias

from django.utils import timezone

from exact.entries.check import as_exact_takes
from exports.coverage.judge import BEFORE_START, Counts, Disputed, NotBooked, Verdict
from exports.coverage.rows import judge_again
from exports.models import ClosingState, StoredClosing
from exports.way.prepare import Destination
from ledger.book import Booking
from ledger.check import check_bookable, check_closing
from ledger.closing import Closing
from ledger.entry import Entry
from ledger.gap import GAP_CODES
from ledger.plan import BookingPlan
from ledger.problem import Problem
from ledger.supplement import supplement

TRAINING = Problem(code="run_training", blocking=False)
NOTHING_TO_BOOK = Problem(code="run_nothing_to_book", blocking=False)
# Blocks until a person has released the closing (`exports.way.reviews`).
REVIEW = Problem(code="first_review")
NOT_COME_YET = "business_date_future"
# Problems that a person may accept: in spite of them the entries agree with the till's own figures.
WAIVABLE = frozenset(
    {
        "sale_sign",
        "turnover_total",
        "perpetual_total",
        "perpetual_break",
        "cash_expected",
        "cash_float_left",
        "closed_before_opened",
        "business_date",
        NOT_COME_YET,
        "ticket_count",
        "tickets_overlap_within",
    }
)

# Of what a till sent, problems that only its corrected version settles: no person may accept them.
TILLS_OWN = frozenset({"currency", "offered_vat", "movement_tax"})

# A person's word that what was paid beyond what was sold goes on the suspense account (`ledger.gap`).
GAP_WORD = "gap_on_suspense"

Problems: TypeAlias = tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A person must mend or decide something. `entries`: those that Exact would refuse, only to be shown."""

    problems: Problems
    entries: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        assert any(problem.blocking for problem in self.problems), "a held closing says why"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The establishment is not activated: nothing is sent, and what Exact would refuse may not be known yet."""

    problems: Problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """No entry is made, and no person has anything to do."""

    why: Problem
    problems: Problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Complete:
    """All entries of the closing are booked already: there is none to make."""

    problems: Problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """`entries`, at least one, go to `destination`; together with those that are booked they are the whole closing."""

    entries: tuple[Entry, ...]
    destination: Destination
    problems: Problems

    def __post_init__(self) -> None:
        assert self.entries, "a closing with nothing to do is not ready"


Decision: TypeAlias = Held | Waiting | Archived | Complete | Ready
STATES: dict[type[Decision], ClosingState] = {
    Held: ClosingState.HELD,
    Waiting: ClosingState.WAITING,
    Archived: ClosingState.ARCHIVED,
    Complete: ClosingState.EXPORTED,
    Ready: ClosingState.READY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """All that a decision on a closing rests on. `found`: the problems between it and its neighbours when it came.

    `standing`: its entries that are booked; `books`: the companies they are booked in, by the ids of their rows.
    `verdict`: whether the closing counts, and which part of it; None for a training.
    """

    stored: StoredClosing
    closing: Closing
    found: Problems
    verdict: Verdict | None
    standing: tuple[Entry, ...] = ()
    books: frozenset[int] = frozenset()

    @classmethod
    def at(
        cls,
        stored: StoredClosing,
        standing: tuple[Entry, ...] = (),
        books: frozenset[int] = frozenset(),
        *,
        judged: Callable[[StoredClosing, Closing], Verdict] = judge_again,
    ) -> Self:
        """A stored closing, read with its document. `judged` says whether it counts: asked anew, or as it was kept."""
        closing = Closing.from_document(stored.document)
        return cls(
            stored=stored,
            closing=closing,
            found=tuple(map(Problem.from_document, stored.found)),
            verdict=None if closing.training else judged(stored, closing),
            standing=standing,
            books=books,
        )

    @property
    def booked(self) -> Closing:
        """The part of the closing to book: all of it, or what other closings have not told already."""
        return self.verdict.closing if isinstance(self.verdict, Counts) else self.closing

    @property
    def gap_on_suspense(self) -> bool:
        """Whether a person said that what was paid beyond the sales is booked on the suspense account."""
        return GAP_WORD in self.stored.accepted_problems

    @property
    def problems(self) -> Problems:
        """The closing's problems that do not depend on where it goes."""
        return (*self.found, *check_closing(self.closing, zone=self.stored.establishment.zone))

    def holding(self, problems: Problems) -> list[Problem]:
        """Which of these problems hold the closing: those that nobody accepted, and those that nobody may accept."""
        blocking = [problem for problem in problems if problem.blocking]
        waved = WAIVABLE.intersection(self.stored.accepted_problems)
        if blocking and waved:
            waved -= {problem.code for problem in check_bookable(self.closing)}
            if self.closing.business_date > timezone.localdate():
                waved -= {NOT_COME_YET}  # while the day is in the future: its period in Exact has not begun
        if self.gap_on_suspense:
            waved |= GAP_CODES
        return [problem for problem in blocking if problem.code not in waved]


def decide(look: Look, destination: Destination) -> Decision:
    """What becomes of a closing that goes to Exact."""
    problems = look.problems
    if left_out := _leave_out(look, problems, books_from=destination.books_from):
        return left_out
    if look.holding(problems):
        return Held(problems=problems)
    booking = _book_for_exact(look, destination.plan)
    if not booking.entries and not look.holding(booking.problems):
        return _nothing_new(look, _join(problems, booking.problems))
    if not destination.is_on:
        return Waiting(problems=problems)
    problems = _join(problems, [*booking.problems, *_refuse_other_books(look, destination)])
    if booking.entries:
        problems = _join(problems, destination.refused(booking.entries, look.closing))
    if look.holding(problems):
        return Held(problems=problems, entries=booking.entries)
    if destination.reviewed and not look.standing and REVIEW.code not in look.stored.accepted_problems:
        return Held(problems=(*problems, REVIEW), entries=booking.entries)
    return Ready(entries=booking.entries, destination=destination, problems=problems)


def decide_for_file(look: Look, destination: Destination) -> Decision:
    """The same for a file: what Exact alone would refuse, whether the export to it is on, since when, and who looks at
    it first, is no obstacle there."""
    problems = look.problems
    if left_out := _leave_out(look, problems):
        return left_out
    if look.holding(problems):
        return Held(problems=problems)
    booking = _book(look, destination.plan)
    problems = _join(problems, booking.problems)
    if look.holding(problems):
        return Held(problems=problems)
    if not booking.entries:
        return _nothing_new(look, problems)
    return Ready(entries=booking.entries, destination=destination, problems=problems)


def _leave_out(look: Look, problems: Problems, *, books_from: date | None = None) -> Archived | Held | None:
    """Archive or hold a closing that does not count, or not yet; None for one that counts.

    A closing with booked entries counts, whatever the settings say now. One from before the first day, `books_from`, is
    archived with its disputes: nobody need settle them.
    """
    if look.standing:
        return None
    if look.closing.training:
        return Archived(why=TRAINING, problems=problems)
    if isinstance(look.verdict, NotBooked):
        return Archived(why=look.verdict.notes[0], problems=(*problems, *look.verdict.notes))
    disputes = look.verdict.problems if isinstance(look.verdict, Disputed) else ()
    if books_from is not None and look.closing.business_date < books_from:
        note = Problem(code=BEFORE_START, facts={"date": look.closing.business_date.isoformat()}, blocking=False)
        return Archived(why=note, problems=(*problems, *disputes, note))
    return Held(problems=(*problems, *disputes)) if disputes else None


def _refuse_other_books(look: Look, destination: Destination) -> Iterator[Problem]:
    """The problem of a closing that has entries in another company's books: one closing is booked in one company."""
    if destination.division is not None and look.books - {destination.division.pk}:
        yield Problem(code="standing_in_other_company", facts={"company": destination.division.label})


def _nothing_new(look: Look, problems: Problems) -> Archived | Complete:
    return Complete(problems=problems) if look.standing else Archived(why=NOTHING_TO_BOOK, problems=problems)


def _book(look: Look, plan: BookingPlan) -> Booking:
    return supplement(look.booked, plan, look.standing, label=look.stored.line, gap_on_suspense=look.gap_on_suspense)


def _book_for_exact(look: Look, plan: BookingPlan) -> Booking:
    booking = _book(look, plan)
    return replace(booking, problems=as_exact_takes(booking.problems))


def _join(problems: Problems, more: Iterable[Problem]) -> Problems:
    """Both lists, each problem once: the check of the settings and that of the entries can find the same one."""
    together = [*problems]
    together += [problem for problem in more if problem not in together]
    return tuple(together)
