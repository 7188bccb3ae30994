"""Sending again what Exact refused, after its cause was mended. Never by editing a row: a new revision is made.

An entry that was ever sent is looked up in Exact first, by its lane (state `sought`): adopted if it is there after all,
else withdrawn. When no posting of the closing is under way any more, its missing entries are made by today's settings.
"""

from uuid import UUID

from django.db import transaction

from exact.lane.states import OVER, move
from exact.models import BEGUN, Posting, PostingState
from exports.models import ClosingState, StoredClosing
from exports.nudge import nudge_lane_after_commit
from exports.way.accept import reconsider
from exports.way.carry_out import go_on
from exports.way.decide import Archived, Complete, Decision, Look, Ready, decide
from exports.way.prepare import Destination, locked
from exports.way.standing import Standing
from exports.way.states import move_closing
from tenants.models import User


class CannotRepost(Exception):
    """Why this closing cannot be sent again; `code` names the sentence people read."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def repost(closing_id: UUID, *, actor: User | None, why: str) -> StoredClosing:
    """Send a failed closing again with today's settings; look again at a held or waiting one.

    A booked entry is not touched, and what it books is not booked again. Raises `CannotRepost`.
    """
    closing = StoredClosing.objects.select_related("establishment").get(pk=closing_id)
    if closing.state in (ClosingState.HELD, ClosingState.WAITING):
        return reconsider(closing_id, actor=actor, why=why)
    with transaction.atomic():
        closing = locked(closing_id)
        _send_again(closing, actor=actor, why=why)
    return closing


def outlook(closing: StoredClosing) -> Decision:
    """What would become of a closing that is sent again now, if Exact holds no entry of it that we do not know.

    Load it with `WHERE_CLOSINGS_GO`. Raises `CannotRepost`. Writes nothing.
    """
    if closing.state not in (ClosingState.HELD, ClosingState.WAITING):
        refuse_to_repost(closing)
    standing = Standing.of(closing.pk)
    return decide(Look.at(closing, standing.entries, standing.divisions), Destination.of(closing.establishment))


def refuse_to_repost(closing: StoredClosing) -> None:
    """Raise `CannotRepost` for a closing that is not failed, or of which an entry differs in Exact or is under way."""
    if closing.state != ClosingState.FAILED:
        raise CannotRepost("repost_not_failed")
    postings = Posting.objects.filter(closing_id=closing.pk).exclude(state__in=OVER)
    if postings.filter(state=PostingState.DIFFERS).exists():
        raise CannotRepost("repost_differs")
    if postings.filter(reverses__isnull=False).exclude(state=PostingState.POSTED).exists():
        raise CannotRepost("repost_replacing")
    if postings.filter(state__in=BEGUN).exists():
        raise CannotRepost("repost_under_way")


def _send_again(closing: StoredClosing, *, actor: User | None, why: str) -> None:
    decision = outlook(closing)
    problems = [problem.to_document() for problem in decision.problems]
    if not isinstance(decision, Ready | Complete | Archived):
        move_closing(closing, ClosingState.FAILED, problems=problems)
        return
    refused = [*Posting.objects.filter(closing_id=closing.pk, state=PostingState.REFUSED)]
    if not refused:
        go_on(closing, actor=actor, why=why)
        return
    move_closing(closing, ClosingState.EXPORTING, actor=actor, why=why, problems=problems)
    for posting in refused:
        move(posting, PostingState.SOUGHT, actor=actor, why=why, lookups=0)
        nudge_lane_after_commit(posting.division_id)
