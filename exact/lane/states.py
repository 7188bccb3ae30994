"""The states of a posting, the allowed moves between them, and the function for moves that no step of a lane makes.

    pending ──claim──▶ sending ──answer──▶ posted | refused
       ▲                  │ └─not sent──▶ pending
       │                  └─no answer / killed worker──▶ unknown
       └──looked up twice, not there────────────────────┘ ├──found──▶ posted | differs
                                                          └──not there, and Exact had said no──▶ refused
    refused ──repost──▶ sought ──not there──▶ withdrawn (a new revision is made)
                          └──found──▶ posted | differs
    posted, differs ──replace──▶ removing ──deleted in Exact──▶ withdrawn (a new revision is made)
                                    └──Exact refuses──▶ differs
    sending, unknown ──Exact made another entry of it──▶ removing ──deleted in Exact──▶ refused
                                                            └──Exact refuses──▶ differs
    posted, differs ──its reversal was posted──▶ reversed

Who makes them: the lane, claim and answer in the database's functions (`exact.lane.statements`), all else by `move`;
people by `exports.reposts.repost` and `exports.reposts.replace`; `exports.way.park` when an activation is switched off.
Each move is an event in the same transaction. The model says which moves there are (`exact.models.MOVES`), and a
trigger refuses every other.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from exact.models import MOVES, Posting, PostingEvent, PostingState
from ledger.problem import Problem
from tenants.models import User

OVER = (PostingState.WITHDRAWN, PostingState.REVERSED)
# In these states Exact has an entry of the posting, with the amounts that were meant or with others.
IN_EXACT = (PostingState.POSTED, PostingState.DIFFERS)
# Exact has the entry as it was meant, and it counts: it is no reversal, nor undone by one.
STANDING = Q(state=PostingState.POSTED, reverses=None)
# Postings of which nothing counts: those that are over, and reversals, which stay beside the entry they undid.
UNDONE = Q(state__in=OVER) | Q(state=PostingState.POSTED, reverses__isnull=False)
# Postings whose entry a person may have taken out of Exact: it is there, as it was meant or not, and is no reversal.
REPLACEABLE = Q(state__in=IN_EXACT, reverses=None)


def stands(posting: Posting) -> bool:
    """Whether this posting fulfils `STANDING`, without a query."""
    return posting.state == PostingState.POSTED and posting.reverses_id is None


def is_undone(posting: Posting) -> bool:
    """Whether this posting fulfils `UNDONE`, without a query."""
    return posting.state in OVER or (posting.state == PostingState.POSTED and posting.reverses_id is not None)


def is_replaceable(posting: Posting) -> bool:
    """Whether this posting fulfils `REPLACEABLE`, without a query."""
    return posting.state in IN_EXACT and posting.reverses_id is None


class MovedByAnother(Exception):
    """The posting was not in the expected state any more: another worker or person moved it first."""


def move(
    posting: Posting,
    to: PostingState,
    *,
    why: str = "",
    reasons: Sequence[Problem] = (),
    actor: User | None = None,
    correlation_id: str = "",
    **changes: Any,
) -> None:
    """Move a posting, with its event, in one transaction. `changes` are further columns to set.

    `why`: the words of a person or of Exact. `reasons`: problems of ours, which pages turn into sentences.

    The UPDATE names the state that `posting` was read in: raises `MovedByAnother` if the row is in another one by now.
    """
    before = PostingState(posting.state)
    assert to in MOVES[before], f"{before} → {to} is not a move"
    with transaction.atomic(savepoint=False):
        # The event is written before the move, so that it comes before the events that the move's trigger writes.
        PostingEvent.objects.create(
            tenant_id=posting.tenant_id,
            posting=posting,
            actor=actor,
            before=before,
            after=to,
            why=why[:300],
            reasons=[reason.to_document() for reason in reasons],
            correlation_id=correlation_id,
        )
        moved = Posting.objects.filter(pk=posting.pk, state=before).update(state=to, **changes)
        if moved != 1:
            raise MovedByAnother(posting.reference)
    posting.state = to
    for name, value in changes.items():
        setattr(posting, name, value)


def wait(posting: Posting, long: timedelta, *, lookups: int) -> None:
    """Look an unknown posting up again after `long`; `lookups` says how often that was done."""
    Posting.objects.filter(pk=posting.pk, state=posting.state).update(not_before=Now() + long, lookups=lookups)
    posting.lookups = lookups
