"""Storing what was decided on a closing: its state and its postings; asking people, and waking the lane."""

from booking.questions import ask_about_means
from exact.lane.postings import next_revision, postings_of
from exact.lane.states import move
from exact.models import Posting, PostingState
from exports.coverage.rows import keep
from exports.models import StoredClosing
from exports.nudge import learn_if_unknown, nudge_lane_after_commit
from exports.way.decide import STATES, Decision, Look, Ready, decide
from exports.way.prepare import Destination
from exports.way.standing import Standing
from exports.way.states import move_closing
from postgres.insertion import Insertion, insert
from postgres.transactions import assert_in_transaction
from tenants.models import User


def go_on(closing: StoredClosing, *, actor: User | None, why: str) -> Decision:
    """Decide anew on a closing, by today's settings and by what is booked of it already, and store the decision.

    `closing` is locked and read with `WHERE_CLOSINGS_GO`; no posting of it is being sent. Unsent ones are made anew.
    Must run inside the transaction that locks it.
    """
    assert_in_transaction()
    withdraw_unsent(closing, actor=actor, why=why)
    standing = Standing.of(closing.pk)
    look = Look.at(closing, standing.entries, standing.divisions)
    decision = decide(look, Destination.of(closing.establishment))
    if look.verdict is not None:
        keep(closing, look.closing, look.verdict, actor=actor)
    move_closing(
        closing,
        STATES[type(decision)],
        actor=actor,
        why=why,
        problems=[problem.to_document() for problem in decision.problems],
        accepted_problems=closing.accepted_problems,
    )
    insert(*carried_out(closing, decision, revision=next_revision(closing.pk)))
    return decision


def withdraw_unsent(closing: StoredClosing, *, actor: User | None, why: str) -> None:
    """Withdraw the postings of a locked closing that wait in their lane and were never sent."""
    for unsent in Posting.objects.filter(closing_id=closing.pk, state=PostingState.PENDING):
        move(unsent, PostingState.WITHDRAWN, actor=actor, why=why)


def carried_out(closing: StoredClosing, decision: Decision, *, revision: int) -> list[Insertion]:
    """The postings of a ready closing, for the caller to insert; their lane is woken once the transaction commits.

    For a closing that is held, the questions on its unmapped means of payment are noted instead.
    """
    if isinstance(decision, Ready):
        division = decision.destination.division
        assert division is not None, "what is ready has a company to go to"
        nudge_lane_after_commit(division.pk)
        overrides = decision.destination.overrides
        made = postings_of(
            division=division,
            establishment_id=closing.establishment_id,
            closing_id=closing.pk,
            number=closing.number,
            closed_at=closing.closed_at,
            entries=decision.entries,
            payment_condition=overrides.payment_condition,
            cost_center=overrides.cost_center,
            revision=revision,
        )
        return [made]
    unmapped = [problem.facts for problem in decision.problems if problem.code == "means_unmapped"]
    ask_about_means(closing.establishment, unmapped)
    learn_if_unknown(problem.code for problem in decision.problems)
    return []
