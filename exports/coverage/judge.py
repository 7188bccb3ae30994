"""Which closing counts: the first that covers a ticket; one over the same tickets is checked against it, never added.

Tills export each closing, whatever its kind: a GÉNÉRALE tells the sales of its POSTES again. `judge` says what becomes
of one, at every look, while its establishment is locked (`exports.way.locked_till`, `exports.coverage.rows.lock_shop`).
`exports.coverage.rows` stores the verdict, and the database refuses two closings that count and cover one ticket.
"""

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

from exports.coverage.anew import ANEW_WITHIN, Anew, anew_within, tickets_of
from exports.coverage.parts import (
    Part,
    alike,
    beside_in_hours,
    beside_in_tickets,
    live_among,
    met,
    siblings,
    together,
)
from exports.models.closings import NOTED_ASIDE
from ledger.closing import Closing
from ledger.closing_document import document_of
from ledger.figures import Figures, is_empty, remainder
from ledger.kinds import ClosingKind
from ledger.problem import Problem
from ledger.tickets import TicketSet
from tenants.models import BookedLevel

OVERLAP = "tickets_overlap"
PARTLY = "partly_booked"
SUMS_DIFFER = "sums_differ"
SAME_AGAIN = "same_again"
WHICH = "which_closing_counts"
CHECKED = "checked_against"
WITHIN = "covered_within"
OTHER_LEVEL = "other_level_booked"
SET_ASIDE = NOTED_ASIDE
# Others told its sales, and are set aside now: it counts once a person says so (`exports.coverage.freed`).
OTHERS_SET_ASIDE = "others_set_aside"
CORRECTION_WAITS = "correction_waits"
UNCOVERED = "tickets_uncovered"
HOURS_UNCOVERED = "hours_uncovered"
# From before the establishment's first day (`exports.way.decide`): archived, and looked at again if that day moves.
BEFORE_START = "before_start"
# The disputes to which a person may say "book it as it is". Of a closing that others cover in part, the rest is booked.
TAKEN_AT_A_WORD = frozenset({OVERLAP, PARTLY, SUMS_DIFFER, SAME_AGAIN, ANEW_WITHIN})
# The notes of archived closings that are looked at again when it changes which closings count.
LOOKED_AT_AGAIN = frozenset({CHECKED, WITHIN, OTHER_LEVEL, SET_ASIDE, OTHERS_SET_ASIDE})
# The disputes for which a closing is held until a person, or another closing, settles them.
DISPUTES = frozenset({*TAKEN_AT_A_WORD, WHICH, CORRECTION_WAITS, "scope_unexpected", "scope_missing"})
NAMED_MAX = 20
NAME_LENGTH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The closing is booked: `closing` is the part to book, all of it or what is left `over` those other closings."""

    closing: Closing
    over: tuple[UUID, ...] = ()

    @property
    def partly(self) -> bool:
        """Whether other closings told part of it, so that only the rest is booked."""
        return bool(self.over)


@dataclass(frozen=True, slots=True)
class NotBooked:
    """The closing is not booked, as its sales are booked already, or another kind is; the notes say which."""

    notes: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """A person must decide. `left`: what would be booked after a yes, where that is known.

    `word`: how a yes to this very dispute is stored; empty where no yes helps.
    """

    problems: tuple[Problem, ...]
    left: Closing | None = None
    over: tuple[UUID, ...] = ()
    word: str = ""


Verdict: TypeAlias = Counts | NotBooked | Disputed


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """Which kind an establishment books, and which kinds counted there so far, with tickets told and without.

    `anew`: which of its stations began to count tickets anew, and when.
    """

    level: str
    told: frozenset[str] = frozenset()
    untold: frozenset[str] = frozenset()
    question_open: bool = False
    anew: tuple[Anew, ...] = ()

    def beside(self, closing: Closing) -> frozenset[str]:
        """The other kinds that count here, and of which no tickets show whether they tell the same sales."""
        kinds = self.untold if closing.tickets else self.told | self.untold
        return kinds - {closing.kind.value}

    def knows(self, closing: Closing) -> bool:
        """Whether a closing of this kind has counted before: one with tickets, or one without, as this one is."""
        return closing.kind.value in (self.told if closing.tickets else self.untold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a closing is judged by besides its document: its establishment, till and id, and what counts there.

    `contested`: compare it with other closings. False for a new closing at first: it is inserted as if no other told
    its sales, and judged again if the database refuses its tickets or hours. `words`: disputes a person said yes to.
    """

    establishment_id: int
    till_id: int
    practice: Practice
    closing_id: UUID | None = None
    contested: bool = True
    words: Collection[str] = ()

    def accepted(self, asked: Disputed) -> bool:
        """Whether a person said yes to this very dispute, and not to an earlier one of the closing."""
        return bool(asked.word) and asked.word in self.words

    @property
    def counts_after_all(self) -> bool:
        """Whether a person said that it is booked although its establishment books another kind."""
        return any(said.startswith(OTHERS_SET_ASIDE) for said in self.words)

    def tickets_of(self, closing: Closing) -> TicketSet:
        """The tickets that a closing of this till covers here."""
        return tickets_of(closing, self.till_id, self.practice.anew)


def judge(closing: Closing, place: Place) -> Verdict:
    """Whether a closing counts. Writes nothing, so that previews may ask too."""
    if problem := _misplaced_scope(closing):
        return Disputed(problems=(problem,))
    level, kind = place.practice.level, closing.kind.value
    if level not in (BookedLevel.AUTO, kind) and not place.counts_after_all:
        return NotBooked((_note(OTHER_LEVEL, level=level), *_find_uncovered(closing, place)))
    if is_empty(closing) and not closing.tickets:
        return Counts(closing=closing)
    unclear = place.practice.beside(closing) or (place.practice.question_open and not closing.tickets)
    if level == BookedLevel.AUTO and unclear:
        return Disputed(problems=(Problem(code=WHICH),))
    for asked in (_same_again(closing, place), _anew_within(closing, place)):
        if asked and not place.accepted(asked):
            return asked
    return _judge_by_hours(closing, place) or _judge_by_tickets(closing, place)


def rests_on_others(verdict: Verdict | None) -> bool:
    """Whether another closing, stored in the same moment, could have changed this verdict."""
    match verdict:
        case NotBooked(notes):
            return any(note.code == WITHIN for note in notes)
        case Disputed(problems=problems):
            return any(problem.code in (PARTLY, SUMS_DIFFER) for problem in problems)
    return False


def _misplaced_scope(closing: Closing) -> Problem | None:
    """A general closing has no scope, any other has one: else the same closing would have two identities."""
    if closing.kind is ClosingKind.GENERAL and closing.scope:
        return Problem(code="scope_unexpected", pointer="/scope", facts={"scope": closing.scope})
    if closing.kind is not ClosingKind.GENERAL and not closing.scope.strip():
        return Problem(code="scope_missing", pointer="/scope")
    return None


def _same_again(closing: Closing, place: Place) -> Disputed | None:
    """The dispute of a closing without tickets that has the hours and figures of another number: it may be the same."""
    if closing.tickets and not place.practice.untold:
        return None
    for other in alike(closing, place.establishment_id, place.closing_id):
        facts = {"other": other.name, "found": closing.money(closing.turnover)}
        said = (Problem(code=SAME_AGAIN, facts=facts),)
        return Disputed(problems=said, word=_word(said))
    return None


def _anew_within(closing: Closing, place: Place) -> Disputed | None:
    """The dispute of a closing during which another till was replaced by one that counts from 1."""
    said = tuple(anew_within(closing, place.till_id, place.practice.anew))
    return Disputed(problems=said, word=_word(said)) if said else None


def _judge_by_tickets(closing: Closing, place: Place) -> Verdict:
    mine = place.tickets_of(closing)
    others_count = place.practice.told - {closing.kind.value}
    parts = (
        beside_in_tickets(mine, place.establishment_id, place.closing_id)
        if mine and (place.contested or others_count)
        else []
    )
    if not parts:
        return Counts(closing=closing)
    # When the hours do not overlap, another day has the same ticket numbers: if a person agrees, all of it is booked.
    other_days = [part for part in parts if not met(closing, part.closing)]
    odd = [part for part in parts if part in other_days or part.kind == closing.kind]
    same_days = [part for part in parts if part not in other_days]
    other_day = Counts(closing=closing, over=tuple(part.id for part in other_days))
    found = _judge_beside(closing, mine, same_days, place) if same_days else other_day
    return _ask_of_problems_first(found, _overlaps(mine, odd), place) if odd else found


def _ask_of_problems_first(found: Verdict, problems: tuple[Problem, ...], place: Place) -> Verdict:
    """Ask about these problems together with what the closing comes to, so that one yes answers both."""
    if isinstance(found, Disputed) and found.left is None:
        return found
    rest: Closing | None = None
    over: tuple[UUID, ...] = ()
    if isinstance(found, Counts):
        rest, over = found.closing, found.over
    elif isinstance(found, Disputed):
        rest, over = found.left, found.over
    asked = Disputed(problems=problems, word=_word(problems, rest, over))
    if not place.accepted(asked):
        return asked
    return found if rest is None else Counts(closing=rest, over=over)


def _judge_beside(closing: Closing, mine: TicketSet, parts: list[Part], place: Place) -> Verdict:
    """The verdict beside others of the same hours that cover some of its tickets."""
    booked = together(parts)
    if booked == mine:
        return _compare_sums(closing, [closing], parts, place)
    if mine.is_within(booked):
        return _judge_within(closing, mine, parts, place)
    if booked - mine:
        # Each covers tickets that the other does not, so the rest is not the difference of their sums.
        return Disputed(problems=_overlaps(mine, parts))
    return _judge_rest(closing, [closing], parts, place, code=PARTLY)


def _judge_within(closing: Closing, mine: TicketSet, parts: list[Part], place: Place) -> Verdict:
    """A POSTE after its GÉNÉRALE, which told all of it: not booked. With the last POSTE the sums are compared."""
    booked = together(parts)
    fellows = siblings(closing, booked, place.establishment_id, place.closing_id)
    told = together(fellows)
    if told & mine or told | mine != booked:
        return NotBooked((_note(WITHIN, others=_name_parts(parts)),))
    return _compare_sums(closing, [*(it.closing for it in fellows), closing], parts, place)


def _judge_by_hours(closing: Closing, place: Place) -> Verdict | None:
    """The verdict where one side tells no tickets: closings of another kind in the same hours tell the same sales."""
    if not place.practice.beside(closing) and not (place.contested and not closing.tickets):
        return None
    parts = beside_in_hours(closing, place.establishment_id, place.closing_id)
    if not parts:
        return None
    if Figures.of([closing]) == Figures.of(part.closing for part in parts):
        return NotBooked((_note(CHECKED, **_sums([closing], parts)),))
    if closing.kind is ClosingKind.GENERAL:
        return _judge_rest(closing, [closing], parts, place, code=PARTLY)
    if all(part.kind is ClosingKind.GENERAL for part in parts):
        return NotBooked((_note(WITHIN, others=_name_parts(parts)),))
    return Disputed(problems=(_tell_sums(SUMS_DIFFER, [closing], parts),))


def _compare_sums(closing: Closing, told: list[Closing], parts: list[Part], place: Place) -> Verdict:
    if Figures.of(told) == Figures.of(part.closing for part in parts):
        return NotBooked((_note(CHECKED, **_sums(told, parts)),))
    return _judge_rest(closing, told, parts, place, code=SUMS_DIFFER)


def _judge_rest(closing: Closing, told: list[Closing], parts: list[Part], place: Place, *, code: str) -> Verdict:
    left = remainder(closing, told, [part.closing for part in parts])
    problems, over = (_tell_sums(code, told, parts),), tuple(part.id for part in parts)
    asked = Disputed(problems=problems, left=left, over=over, word=_word(problems, left, over))
    return Counts(closing=left, over=over) if place.accepted(asked) else asked


def _word(problems: tuple[Problem, ...], rest: Closing | None = None, over: Iterable[UUID] = ()) -> str:
    """How a yes is stored: it holds for these problems and for booking this rest beside these closings only."""
    said = [[it.to_document() for it in problems], rest and document_of(rest), sorted(map(str, over))]
    name = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:NAME_LENGTH]
    return f"{problems[0].code}_{name}"


def _find_uncovered(closing: Closing, place: Place) -> list[Problem]:
    """Warn of the sales of a closing that is not booked, as another kind is, which no closing of that kind tells.

    Looked for when a GÉNÉRALE arrives, which comes last, and at every later look.
    """
    if closing.kind is not ClosingKind.GENERAL and place.closing_id is None:
        return []
    mine = place.tickets_of(closing)
    if mine:
        return uncovered(mine - live_among(mine, place.establishment_id, but=place.closing_id))
    if place.closing_id is None or is_empty(closing):
        return []
    return [] if beside_in_hours(closing, place.establishment_id, place.closing_id) else [_note(HOURS_UNCOVERED)]


def uncovered(tickets: TicketSet) -> list[Problem]:
    """Warn of tickets that no closing covers that counts."""
    facts = [{"station": it.station, "first": str(it.first), "last": str(it.last)} for it in [*tickets][:NAMED_MAX]]
    return [Problem(code=UNCOVERED, pointer="/tickets", facts=it, blocking=False) for it in facts]


def _overlaps(mine: TicketSet, parts: Iterable[Part]) -> tuple[Problem, ...]:
    """What is shared with each: of what it stands for, else of what it told and was booked at a word beside others."""
    found = [
        {"station": it.station, "first": str(it.first), "last": str(it.last), "other": str(part.number)}
        for part in parts
        for it in (mine & part.tickets or mine & part.told)
    ]
    return tuple(Problem(code=OVERLAP, pointer="/tickets", facts=facts) for facts in found[:NAMED_MAX])


def _tell_sums(code: str, told: list[Closing], parts: list[Part]) -> Problem:
    """Both sums, by name: what this closing says (with its siblings), and what is booked of it by how many others."""
    found, booked = _grosses(told, parts)
    facts = {"difference": told[0].money(found - booked), "count": str(len(parts))}
    return Problem(code=code, facts={**_sums(told, parts), **facts})


def _sums(told: list[Closing], parts: list[Part]) -> dict[str, str]:
    found, booked = _grosses(told, parts)
    money = told[0].money
    return {"others": _name_parts(parts), "found": money(found), "expected": money(booked)}


def _grosses(told: list[Closing], parts: list[Part]) -> tuple[Decimal, Decimal]:
    return Figures.of(told).gross, Figures.of(part.closing for part in parts).gross


def _name_parts(parts: Iterable[Part]) -> str:
    names = [part.name for part in parts]
    return ", ".join(names) if len(names) <= NAMED_MAX else f"{', '.join(names[:NAMED_MAX])} …"


def _note(code: str, **facts: str) -> Problem:
    return Problem(code=code, facts=facts, blocking=False)
