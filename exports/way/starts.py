"""From which day an establishment's closings go to Exact: saying it, moving it, and looking again at what it concerns.

What is before that day was booked by hand: it is archived, named so, and comes back when the day is moved to before it.
Nothing that is in Exact, or was ever sent there, is taken out by moving the day (docs/decisions/0050).
"""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from exact.lane.states import OVER
from exact.models import Posting, PostingState
from exports.models import ClosingState, StoredClosing
from exports.models.start import StartChange
from exports.nudge import nudge_release
from exports.way.accept import reconsider
from exports.way.park import park
from exports.way.states import FROM_BEFORE_START
from exports.words.reasons import Why
from tenants.models import Establishment
from tenants.put_off import each, in_turn

BATCH = 500
NOT_BEGUN = (PostingState.PENDING, *OVER)


def say_start(establishment_id: int, day: date | None, *, why: str = "") -> None:
    """Set the first day that is booked; None: every day. The audit and a trigger note who set it."""
    with transaction.atomic():
        shop = Establishment.objects.select_for_update(of=("self",)).get(pk=establishment_id)
        if shop.books_from == day:
            return
        shop.books_from = day
        shop.save(update_fields=["books_from"])
        if why:
            newest = StartChange.objects.filter(establishment=shop, done_at=None).order_by("-at", "-pk")
            StartChange.objects.filter(pk=newest.values("pk")[:1]).update(why=why)
        transaction.on_commit(nudge_release, robust=True)


def before_start(establishment: Establishment) -> QuerySet[StoredClosing]:
    """The closings that are archived because they are from before the first day that is booked."""
    return StoredClosing.objects.filter(FROM_BEFORE_START, establishment=establishment)


def coming_back(establishment: Establishment, day: date | None) -> QuerySet[StoredClosing]:
    """The archived closings that would be looked at again if `day` were the first that is booked."""
    rows = before_start(establishment)
    return rows if day is None else rows.filter(business_date__gte=day)


def leaving(establishment: Establishment, day: date) -> QuerySet[StoredClosing]:
    """The closings before `day` of which no entry was ever sent: archived if `day` were the first that is booked."""
    begun = Posting.objects.filter(closing_id=OuterRef("pk")).exclude(state__in=NOT_BEGUN)
    unsent = [ClosingState.HELD, ClosingState.WAITING, ClosingState.READY]
    rows = StoredClosing.objects.filter(establishment=establishment, business_date__lt=day, state__in=unsent)
    return rows.filter(~Exists(begun))


def look_again_after_moves() -> int:
    """Go on looking again at closings of establishments whose first day was moved. Returns how many looks."""
    looked = 0
    for change in StartChange.objects.filter(done_at=None).select_related("establishment").order_by("at")[:BATCH]:
        shop = change.establishment
        rows = coming_back(shop, shop.books_from)
        if shop.books_from is not None:
            rows = rows | leaving(shop, shop.books_from)
        looked += each(StoredClosing, in_turn(rows, "business_date", "closed_at", limit=BATCH), _look, loop="start")
        if not rows.exists():
            StartChange.objects.filter(pk=change.pk).update(done_at=timezone.now())
    return looked


def _look(closing_id: UUID) -> None:
    park(closing_id, why=Why.START_MOVED)
    reconsider(closing_id, why=Why.START_MOVED)
