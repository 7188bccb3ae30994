"""Who may write into a division now: one worker at a time, by a lease row that runs out when its holder dies.

Every acquisition (`exact.lane.statements.enter`) raises the fence; every write of the lane asks for that fence, so a
worker that slept through the end of its lease can change nothing any more. Ends of leases and pauses are times of the
database: two machines never agree quite, and one that is an hour off must not stop a lane for an hour, or break into
it.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, QuerySet, Subquery
from django.db.models.functions import Now

from exact.api.budget import Budget
from exact.lane.stopwatch import Stopwatch
from exact.models import Lane, PauseCode, Posting

PAUSE_DETAIL_MAX = 300


def lease_time() -> timedelta:
    """Longer than the longest call, so that a lease cannot end while a POST of its holder is in flight."""
    return timedelta(seconds=settings.EXACT_TIMEOUT_S + settings.EXACT_LEASE_MARGIN_S)


class LeaseLost(Exception):
    """The lease ran out and another worker has the lane: stop, write nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A held lane."""

    division_id: int
    fence: int


def renew(lease: Lease, budget: Budget) -> None:
    """Prolong the lease and put the call counts on disk. Raises `LeaseLost`.

    In the transaction of a claim the row stays locked until that commits, so no other worker takes the lane meanwhile.
    """
    renewed = _select_held(lease).update(
        leased_until=Now() + lease_time(),
        minute=budget.minute,
        minute_calls=budget.minute_calls,
        day=budget.day,
        day_calls=budget.day_calls,
    )
    if renewed != 1:
        raise LeaseLost(str(lease.division_id))


def check_in_time(claimed: Stopwatch) -> None:
    """Raises `LeaseLost` when a write that was claimed so long ago has become too late to send.

    A worker may sleep for minutes between its claim and its POST (a machine that hangs or is moved). By then another
    has taken the lane, has looked whether the entry is there, and sends it.
    """
    if claimed.elapsed() > timedelta(seconds=settings.EXACT_TIMEOUT_S):
        raise LeaseLost("too late to send")


def release(lease: Lease, budget: Budget) -> None:
    """Give the lane back. Does nothing when it was lost."""
    _select_held(lease).update(
        holder="",
        leased_until=None,
        minute=budget.minute,
        minute_calls=budget.minute_calls,
        day=budget.day,
        day_calls=budget.day_calls,
    )


def pause(lease: Lease, *, wait: timedelta, code: PauseCode, detail: str, failures: int | None = None) -> None:
    """Let the lane stand still for a while, and say why. The sweep wakes it then."""
    changes = {} if failures is None else {"failures": failures}
    _select_held(lease).update(
        paused_until=Now() + wait, pause_code=code, pause_detail=detail[:PAUSE_DETAIL_MAX], **changes
    )


def pause_for(lease: Lease, posting: Posting, *, code: PauseCode) -> bool:
    """Let the lane stand still until a posting may be looked up. Returns whether there is anything to wait for."""
    early = Posting.objects.filter(pk=posting.pk, not_before__gt=Now())
    return (
        _select_held(lease)
        .filter(Exists(early))
        .update(paused_until=Subquery(early.values("not_before")), pause_code=code, pause_detail=posting.reference)
        > 0
    )


def _select_held(lease: Lease) -> QuerySet[Lane]:
    return Lane.objects.filter(division_id=lease.division_id, fence=lease.fence)
