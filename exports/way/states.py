"""The states of a closing, the allowed moves between them, and the function for the moves that are made in Python.

(new) ─▶ held | waiting | ready | archived          ready ─▶ exporting ─▶ exported | failed
held, waiting, failed ─▶ whatever a new look at it finds          ready ─▶ waiting (before anything was sent)
failed ─▶ exporting (what Exact refused is looked up there before it is sent again) ─▶ whatever a new look finds
exported ─▶ archived (the last of its entries was reversed)
exported, failed ─▶ exporting (an entry is being replaced, or all of them are taken out)
archived ─▶ whatever a new look finds, where others stand for it, its being set aside is over, or it is from before the
first day (a trigger allows no other)

exporting, exported and failed follow from the postings: as soon as one is posted, refused or differs, a trigger makes
the move and its event (`exports_follow_posting.sql`), in the lane's transaction. All other moves are made here.
"""

from django.contrib.postgres.functions import TransactionNow
from django.db import transaction
from django.db.models import Q

from exports.coverage.judge import BEFORE_START, LOOKED_AT_AGAIN
from exports.models import ClosingEvent, ClosingState, StoredClosing
from tenants.models import User

# Where a new look at a closing may lead; `exported` when all of it stands already.
_AFRESH = frozenset(
    {ClosingState.HELD, ClosingState.WAITING, ClosingState.READY, ClosingState.ARCHIVED, ClosingState.EXPORTED}
)
MOVES: dict[ClosingState, frozenset[ClosingState]] = {
    ClosingState.HELD: _AFRESH | {ClosingState.EXPORTING},
    ClosingState.WAITING: _AFRESH,
    ClosingState.READY: frozenset(
        {ClosingState.EXPORTING, ClosingState.EXPORTED, ClosingState.FAILED, ClosingState.WAITING}
    ),
    ClosingState.EXPORTING: _AFRESH | {ClosingState.FAILED},
    ClosingState.FAILED: _AFRESH | {ClosingState.EXPORTING},
    ClosingState.EXPORTED: frozenset({ClosingState.EXPORTING, ClosingState.FAILED, ClosingState.ARCHIVED}),
    ClosingState.ARCHIVED: _AFRESH,
}


MAY_COME_BACK = LOOKED_AT_AGAIN | {BEFORE_START}


def may_come_back(closing: StoredClosing) -> bool:
    """Whether an archived closing may be booked after all: it is archived because others count in its place, because a
    person set it aside, or because it is from before the first day that is booked. Each of these can change."""
    codes = {problem["code"] for problem in closing.problems}
    return closing.state == ClosingState.ARCHIVED and not MAY_COME_BACK.isdisjoint(codes)


# The same for rows of the database.
FROM_BEFORE_START = Q(state=ClosingState.ARCHIVED, problems__contains=[{"code": BEFORE_START}])


def is_before_start(closing: StoredClosing) -> bool:
    """Whether a closing is archived only because it is from before the start of the export to Exact."""
    codes = {problem["code"] for problem in closing.problems}
    return closing.state == ClosingState.ARCHIVED and BEFORE_START in codes


class MovedByAnother(Exception):
    """The closing's state is another one by now than when the row was read: another process moved it first."""


def move_closing(
    closing: StoredClosing, to: ClosingState, *, why: str = "", actor: User | None = None, **changes: object
) -> None:
    """Change the state and write its event, in one transaction. Raises `MovedByAnother`.

    `state_since` is the beginning of the transaction, by the database's clock: later changes were not seen by it.
    """
    before = ClosingState(closing.state)
    assert to in MOVES[before] or to == before, f"{before} → {to} is not a move"
    assert before != ClosingState.ARCHIVED or to == before or may_come_back(closing), "archived with nothing to book"
    with transaction.atomic(savepoint=False):
        rows = StoredClosing.objects.filter(pk=closing.pk, state=before)
        if rows.update(state=to, state_since=TransactionNow(), **changes) != 1:
            raise MovedByAnother(str(closing.pk))
        if to != before:
            ClosingEvent.objects.create(
                tenant_id=closing.tenant_id, closing=closing, actor=actor, before=before, after=to, why=why[:300]
            )
    closing.state = to
    for name, value in changes.items():
        setattr(closing, name, value)
