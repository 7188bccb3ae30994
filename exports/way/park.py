"""Taking ready closings back when their establishment's export was switched off or led into another company.

None of their entries was sent. They wait, and are booked anew after the next activation, by the settings of that time.
A closing with a booked entry is not taken back: its other entries belong in the same books.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from exact.lane.states import MovedByAnother, move
from exact.models import Posting, PostingState
from exports.models import ClosingState, StoredClosing
from exports.way.states import move_closing
from exports.words.reasons import Why


def stopped_closings() -> QuerySet[StoredClosing]:
    """Closings with entries to send that must not be sent."""
    elsewhere = Q(establishment__activation__active=False) | ~Q(establishment__activation__division=F("division"))
    postings = Posting.objects.filter(elsewhere, state=PostingState.PENDING)
    return StoredClosing.objects.filter(state=ClosingState.READY, pk__in=postings.values("closing_id"))


def park(closing_id: UUID, *, why: Why = Why.SWITCHED_OFF) -> None:
    """Let a ready closing wait again. Does nothing once anything of it is under way."""
    try:
        with transaction.atomic():
            closing = StoredClosing.objects.select_for_update(of=("self",)).get(pk=closing_id)
            postings = [*Posting.objects.filter(closing_id=closing_id).exclude(state=PostingState.WITHDRAWN)]
            if closing.state != ClosingState.READY or any(it.state != PostingState.PENDING for it in postings):
                return
            for posting in postings:
                move(posting, PostingState.WITHDRAWN, why=why)
            move_closing(closing, ClosingState.WAITING, why=why)
    except MovedByAnother:
        # The lane claimed an entry meanwhile: it counts as sent before the activation was switched off.
        return
