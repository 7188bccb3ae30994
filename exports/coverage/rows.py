"""Storing the verdict on a closing: its tickets, live or not; the part of it that is booked; the kinds that count."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.range import Range

from exact.lane.states import UNDONE
from exact.models import Posting
from exports.coverage.anew import anew_in, tickets_here, tickets_of, told_by
from exports.coverage.freed import STOOD_FOR, freed_of
from exports.coverage.judge import (
    CORRECTION_WAITS,
    DISPUTES,
    LOOKED_AT_AGAIN,
    OTHERS_SET_ASIDE,
    SAME_AGAIN,
    SET_ASIDE,
    WHICH,
    Counts,
    Disputed,
    NotBooked,
    Place,
    Practice,
    Verdict,
    judge,
)
from exports.coverage.other_books import stands_elsewhere
from exports.coverage.parts import digest_of, hours_of, live_among, span_parameters
from exports.coverage.versions import earlier_versions, not_set_aside
from exports.models import ClosingState, SetAside, StoredClosing
from exports.models.coverage import ClosingKinds, CoveredTickets, Remainder, UntoldTickets
from ledger.closing import Closing
from ledger.closing_document import document_of
from ledger.figures import is_empty
from ledger.problem import Problem
from postgres.insertion import Insertion, insert
from postgres.transactions import assert_in_transaction
from tenants.models import Establishment, User

# The constraints that let only one of two closings in that arrive at the same moment; the other is judged again.
ONCE = frozenset({"exports_tickets_once", "exports_untold_once", "exports_untold_one_kind"})

TICKETS = """
INSERT INTO exports_coveredtickets (tenant_id, closing_id, establishment_id, station, tickets, live, training)
SELECT %(tenant)s, %(closing)s, %(establishment)s, covered.station, covered.tickets, %(live)s, %(training)s
FROM unnest(%(stations)s::text[], %(tickets)s::int8range[]) AS covered (station, tickets)
"""
UNTOLD = """
INSERT INTO exports_untoldtickets (closing_id, tenant_id, establishment_id, kind, hours, alike, live)
VALUES (%(closing)s, %(tenant)s, %(establishment)s, %(kind)s, %(hours)s, %(alike)s, %(live)s)
"""
ADD_KIND = """
INSERT INTO exports_closingkinds (establishment_id, tenant_id, {column}) VALUES (%(shop)s, %(tenant)s, ARRAY[%(kind)s])
ON CONFLICT (establishment_id) DO UPDATE SET {column} = array_append(exports_closingkinds.{column}, %(kind)s)
WHERE NOT %(kind)s = ANY (exports_closingkinds.{column})
"""
ASK = """
INSERT INTO exports_closingkinds (establishment_id, tenant_id, asked_at, asked_kind)
VALUES (%(shop)s, %(tenant)s, clock_timestamp(), %(kind)s)
ON CONFLICT (establishment_id) DO UPDATE SET asked_at = clock_timestamp(), asked_kind = %(kind)s, answered_at = NULL,
    answered_by_id = NULL, answer = ''
WHERE exports_closingkinds.asked_at IS NULL OR exports_closingkinds.answered_at IS NOT NULL
"""
BOOKED = (ClosingState.READY, ClosingState.EXPORTING, ClosingState.EXPORTED, ClosingState.FAILED)


SHOP_OF = """
SELECT FROM tenants_establishment
WHERE id = (SELECT establishment_id FROM exports_storedclosing WHERE id = %s) FOR UPDATE
"""


def lock_shop(closing_id: UUID) -> None:
    """Lock a closing's establishment: its other closings, and a change of its settings, wait for this transaction.

    Call it before any of its closings is locked, as pushes lock in this order too. Must run inside a transaction.
    """
    assert_in_transaction()
    with connection.cursor() as sql:
        sql.execute(SHOP_OF, [closing_id])


def practice_of(establishment: Establishment) -> Practice:
    """Which kind of closing an establishment books, and which kinds counted there so far."""
    row = ClosingKinds.objects.filter(establishment=establishment).first() or ClosingKinds()
    return Practice(
        level=establishment.booked_level,
        told=frozenset(row.told),
        untold=frozenset(row.untold),
        question_open=row.asked_at is not None and row.answered_at is None,
        anew=anew_in(establishment.pk),
    )


def judge_again(stored: StoredClosing, closing: Closing) -> Verdict:
    """Whether a stored closing counts now. One that is in the books keeps its verdict.

    A person's word comes first: a closing that is set aside does not count, nor does a corrected version before the
    closing it corrects is set aside.
    """
    if (said := _spoken_of(stored)) is not None:
        return said
    left = Remainder.objects.filter(closing=stored.pk).first()
    if left is not None and not _is_left_otherwise(stored, left):
        return Counts(closing=Closing.from_document(left.document), over=tuple(left.over))
    if left is None and _is_in_the_books(stored):
        return Counts(closing=closing)
    place = Place(
        establishment_id=stored.establishment_id,
        till_id=stored.till_id,
        practice=practice_of(stored.establishment),
        closing_id=stored.pk,
        words=stored.accepted_problems,
    )
    verdict = judge(closing, place)
    return _wait_for_a_word(stored, closing, place, verdict) if is_told_by_others(stored) else verdict


def is_told_by_others(closing: StoredClosing) -> bool:
    """Whether the last look archived a closing because others tell its sales, or told them."""
    return closing.state == ClosingState.ARCHIVED and not STOOD_FOR.isdisjoint(it["code"] for it in closing.problems)


def is_freed(stored: StoredClosing) -> bool:
    """Whether an archived closing's sales were told by others that are set aside, and no person said that it counts."""
    if not is_told_by_others(stored):
        return False
    closing = Closing.from_document(stored.document)
    if not freed_of(stored, closing):
        return False
    verdict = judge_again(stored, closing)
    return isinstance(verdict, NotBooked) and verdict.notes[0].code == OTHERS_SET_ASIDE


def _wait_for_a_word(stored: StoredClosing, closing: Closing, place: Place, verdict: Verdict) -> Verdict:
    """Keep a closing archived whose sales others told that a person set aside since: it is not booked by itself."""
    freed = freed_of(stored, closing)
    if not freed or freed.is_settled(place.words):
        return verdict
    if isinstance(judge(closing, replace(place, words={*place.words, freed.word})), NotBooked):
        return verdict  # another closing that counts tells them
    note = Problem(code=OTHERS_SET_ASIDE, facts={"others": freed.names}, blocking=False)
    return NotBooked((note, *(verdict.notes if isinstance(verdict, NotBooked) else ())))


def _is_left_otherwise(closing: StoredClosing, left: Remainder) -> bool:
    """Whether a closing's stored rest has to be worked out anew; nothing of the closing is in the books.

    So it is when it was set aside and is not any more, or when all closings that told its sales are set aside now.
    """
    said = [*SetAside.objects.filter(closing=closing.pk).values_list("ended_at", flat=True)]
    if said and None not in said and _gave_way(closing) and not _is_in_the_books(closing):
        return True
    aside = SetAside.objects.filter(closing__in=left.over, ended_at=None).select_related("closing")
    others = [it.closing for it in aside]
    mine = told_by([closing])
    gone = bool(others) and (not mine - told_by(others) if mine else len(others) == len(left.over))
    return gone and not _is_in_the_books(closing)


def _spoken_of(closing: StoredClosing) -> Verdict | None:
    """The verdict that follows from a person's word alone; None where the closing has to be judged."""
    if aside := SetAside.objects.filter(closing=closing.pk, ended_at=None).first():
        return NotBooked((Problem(code=SET_ASIDE, facts={"why": aside.why}, blocking=False),))
    if closing.corrects_id is None or not not_set_aside(earlier_versions(closing)).exists():
        return None
    return Disputed(problems=(Problem(code=CORRECTION_WAITS, facts={"number": str(closing.number)}),))


def kept(stored: StoredClosing, closing: Closing) -> Verdict:
    """The verdict of the last look, read from the stored rows without judging anew. Load it with `remainder`."""
    left = getattr(stored, "remainder", None)
    if left is not None:
        return Counts(closing=Closing.from_document(left.document), over=tuple(left.over))
    said = [Problem.from_document(document) for document in stored.problems]
    notes = tuple(problem for problem in said if problem.code in LOOKED_AT_AGAIN)
    if stored.state == ClosingState.ARCHIVED and notes:
        return NotBooked(notes)
    # A closing from before the first day is archived together with its disputes.
    disputes = tuple(problem for problem in said if problem.blocking and problem.code in DISPUTES)
    if stored.state in (ClosingState.HELD, ClosingState.ARCHIVED) and disputes:
        return Disputed(problems=disputes)
    return Counts(closing=closing)


def _is_in_the_books(closing: StoredClosing) -> bool:
    """Whether an entry of it is in Exact, is on its way there, or is in a delivered file, so that the verdict stays.

    A closing that was set aside is undone in the next file: being in a file then does not matter.
    """
    if closing.state in BOOKED or Posting.objects.filter(~UNDONE, closing_id=closing.pk).exists():
        return True
    return stands_elsewhere(closing) and not _gave_way(closing)


def _gave_way(closing: StoredClosing) -> bool:
    """Whether a closing has rows of tickets or hours, none of which is live."""
    covered = CoveredTickets.objects.filter(closing=closing.pk).values_list("live", flat=True)
    told = [*covered, *UntoldTickets.objects.filter(closing=closing.pk).values_list("live", flat=True)]
    return bool(told) and not any(told)


def rows_of(stored: StoredClosing, closing: Closing, verdict: Verdict | None, practice: Practice) -> list[Insertion]:
    """The rows of a new closing's tickets or hours, to be inserted together with it. `verdict`: None for a training."""
    counts = isinstance(verdict, Counts)
    columns = {"live": counts, **_identify(stored)}
    mine = tickets_of(closing, stored.till_id, practice.anew)
    if mine:
        return [Insertion(TICKETS, {**columns, "training": closing.training, **span_parameters(mine)})]
    if closing.training or is_empty(closing):
        return []
    begins, ends = hours_of(closing)
    untold = {"kind": stored.kind, "hours": Range(begins, ends, "[]"), "alike": digest_of(closing)}
    return [Insertion(UNTOLD, {**columns, **untold})]


def keep(stored: StoredClosing, closing: Closing, verdict: Verdict, *, actor: User | None = None) -> None:
    """Store the verdict on a closing. Its establishment is locked, and its entries are made after this."""
    left = Remainder.objects.filter(closing=stored.pk).first()
    if left is not None and _is_left_otherwise(stored, left):
        left.delete()
    if isinstance(verdict, Counts) and verdict.partly:
        _keep_remainder(stored, closing, verdict, actor)
        return
    counts = isinstance(verdict, Counts)
    CoveredTickets.objects.filter(closing=stored.pk).exclude(live=counts).update(live=counts)
    untold = UntoldTickets.objects.filter(closing=stored.pk)
    if counts and any(said.startswith(SAME_AGAIN) for said in stored.accepted_problems):
        untold.update(alike=digest_of(closing, apart=stored.pk))
    untold.exclude(live=counts).update(live=counts)
    settle_kinds(stored, closing, verdict, practice_of(stored.establishment))


def _keep_remainder(stored: StoredClosing, closing: Closing, verdict: Counts, actor: User | None) -> None:
    """Store the rest to book of a closing that others cover in part; its tickets that no other covers are live."""
    if Remainder.objects.filter(closing=stored.pk).exists():
        return
    Remainder.objects.create(
        closing=stored,
        tenant_id=stored.tenant_id,
        document=document_of(verdict.closing),
        over=[*verdict.over],
        made_by=actor,
    )
    mine = tickets_here(stored, closing)
    free = mine - live_among(mine, stored.establishment_id)
    CoveredTickets.objects.filter(closing=stored.pk).delete()
    for tickets, live in ((free, True), (mine - free, False)):
        if tickets:
            insert(
                Insertion(TICKETS, {**_identify(stored), "live": live, "training": False, **span_parameters(tickets)})
            )


def _identify(closing: StoredClosing) -> dict[str, Any]:
    return {"closing": closing.pk, "tenant": closing.tenant_id, "establishment": closing.establishment_id}


def settle_kinds(stored: StoredClosing, closing: Closing, verdict: Verdict | None, practice: Practice) -> None:
    """Store that a kind counts for the first time, or that a second kind without tickets raises the question."""
    of_it = {"shop": stored.establishment_id, "tenant": stored.tenant_id, "kind": closing.kind.value}
    with connection.cursor() as sql:
        if isinstance(verdict, Counts) and is_new_kind(closing, verdict, practice):
            sql.execute(ADD_KIND.format(column="told" if closing.tickets else "untold"), of_it)
        if asks(verdict) and not practice.question_open:
            sql.execute(ASK, of_it)


def is_new_kind(closing: Closing, verdict: Verdict | None, practice: Practice) -> bool:
    """Whether a kind counts here for the first time: only one closing at a time may say so (`lock_shop`)."""
    return isinstance(verdict, Counts) and not practice.knows(closing) and not is_empty(closing)


def asks(verdict: Verdict | None) -> bool:
    """Whether a person must say which kind counts."""
    return isinstance(verdict, Disputed) and any(problem.code == WHICH for problem in verdict.problems)
