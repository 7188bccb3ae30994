"""Writing down what was decided on a closing: its state, its postings, and who is asked or woken."""

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
from exports.way.states import move_export
from postgres.insertion import Insertion, insert
from postgres.transactions import assert_in_transaction
from tenants.models import User


def go_on(export: StoredClosing, *, actor: User | None, why: str) -> Decision:
    """Decide anew on a closing, by today's settings and beside what stands of it, and carry it out.

    `export` is locked and read with `WHERE_CLOSINGS_GO`; nothing of it is on its way. What waits unsent is made anew.
    Must run inside the transaction that locks it.
    """
    assert_in_transaction()
    withdraw_unsent(export, actor=actor, why=why)
    standing = Standing.of(export.pk)
    look = Look.at(export, standing.entries, standing.divisions)
    decision = decide(look, Destination.of(export.establishment))
    if look.verdict is not None:
        keep(export, look.closing, look.verdict, actor=actor)
    move_export(
        export,
        STATES[type(decision)],
        actor=actor,
        why=why,
        problems=[problem.to_document() for problem in decision.problems],
        accepted_problems=export.accepted_problems,
    )
    insert(*carried_out(export, decision, revision=next_revision(export.pk)))
    return decision


def withdraw_unsent(export: StoredClosing, *, actor: User | None, why: str) -> None:
    """Take back what of a locked closing waits in its lane: nobody has sent it."""
    for unsent in Posting.objects.filter(closing_id=export.pk, state=PostingState.PENDING):
        move(unsent, PostingState.WITHDRAWN, actor=actor, why=why)


def carried_out(export: StoredClosing, decision: Decision, *, revision: int) -> list[Insertion]:
    """The postings of a ready export, to be written; their lane is woken once this transaction is on disk.

    Of what is not ready people are asked for what is missing.
    """
    if isinstance(decision, Ready):
        division = decision.destination.division
        assert division is not None, "what is ready has a company to go to"
        nudge_lane_after_commit(division.pk)
        overrides = decision.destination.overrides
        made = postings_of(
            division=division,
            establishment_id=export.establishment_id,
            closing_id=export.pk,
            number=export.number,
            closed_at=export.closed_at,
            entries=decision.entries,
            payment_condition=overrides.payment_condition,
            cost_center=overrides.cost_center,
            revision=revision,
        )
        return [made]
    unmapped = [problem.facts for problem in decision.problems if problem.code == "means_unmapped"]
    ask_about_means(export.establishment, unmapped)
    learn_if_unknown(problem.code for problem in decision.problems)
    return []
