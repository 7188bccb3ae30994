"""The lease on a lane: one worker at a time may write into a division; the lease runs out when its holder dies.

Each acquisition (`exact.lane.statements.enter`) raises the fence number, and every write of the lane names it, so that
a worker that slept through the end of its lease can change nothing any more. The ends of leases and pauses are times of
the database: a machine whose clock is an hour wrong must not stop a lane for an hour, nor enter a held one.
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
    """How long a lease lasts: longer than any call, so that it cannot end while its holder's POST is in flight."""
    return timedelta(seconds=settings.EXACT_TIMEOUT_S + settings.EXACT_LEASE_MARGIN_S)


class LeaseLost(Exception):
    """The lease ran out and another worker has the lane: stop, write nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A lane that a worker holds: the row, who holds it, and the fence number of this acquisition."""

    division_id: int
    fence: int


def renew(lease: Lease, budget: Budget) -> None:
    """Prolong the lease and store the call counts. Raises `LeaseLost`.

    Inside a transaction the row stays locked until it commits, so that no other worker takes the lane meanwhile.
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
    """Raise `LeaseLost` when a posting was claimed too long ago to be sent now.

    A worker may sleep for minutes between its claim and its POST, as on a machine that hangs or is moved. By then
    another one may have taken the lane, looked the entry up, and be sending it.
    """
    if claimed.elapsed() > timedelta(seconds=settings.EXACT_TIMEOUT_S):
        raise LeaseLost("too late to send")


def release(lease: Lease, budget: Budget) -> None:
    """Give the lane back. Does nothing when the lease was lost."""
    _select_held(lease).update(
        holder="",
        leased_until=None,
        minute=budget.minute,
        minute_calls=budget.minute_calls,
        day=budget.day,
        day_calls=budget.day_calls,
    )


def pause(lease: Lease, *, wait: timedelta, code: PauseCode, detail: str, failures: int | None = None) -> None:
    """Pause the lane for `wait`, and store why. After that the sweep wakes it."""
    changes = {} if failures is None else {"failures": failures}
    _select_held(lease).update(
        paused_until=Now() + wait, pause_code=code, pause_detail=detail[:PAUSE_DETAIL_MAX], **changes
    )


def pause_for(lease: Lease, posting: Posting, *, code: PauseCode) -> bool:
    """Pause the lane until a posting may be looked up. Returns False if that time has come already."""
    early = Posting.objects.filter(pk=posting.pk, not_before__gt=Now())
    return (
        _select_held(lease)
        .filter(Exists(early))
        .update(paused_until=Subquery(early.values("not_before")), pause_code=code, pause_detail=posting.reference)
        > 0
    )


def _select_held(lease: Lease) -> QuerySet[Lane]:
    return Lane.objects.filter(division_id=lease.division_id, fence=lease.fence)
