"""The two statements of a lane without failures: enter it, and take a step. Each is one round trip and one commit.

A step records that the last posting was posted and marks the next one as being sent, in one transaction. So each POST
is announced on disk before it is made, its outcome is on disk before the next one, and a posting costs one commit. The
statements call the database functions `exact_lane_enter`, `exact_lane_step` and `exact_lane_next` (`postgres/sql`),
whose plans PostgreSQL caches. Their moves are those of `exact.lane.states`; times are the database's.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection as database

from exact.api.budget import Budget
from exact.lane.lease import Lease, LeaseLost, lease_time
from exact.lane.postings import FoundEntry
from exact.lane.states import MovedByAnother
from exact.lane.stopwatch import Stopwatch
from exact.models import Connection, Division, ExactApp, Lane, Posting
from postgres.partial_row import PartialRow

POSTING = PartialRow(
    "s.posting",
    Posting,
    "id tenant_id division_id establishment_id closing_id entry_kind journal reference entry payment_condition "
    "cost_center reverses_id state sending_since not_before doubted_at attempts lookups entry_id messages",
)
LANE = PartialRow("s.lane", Lane, "division_id fence failures minute minute_calls day day_calls")
DIVISION = PartialRow("s.division", Division, "id tenant_id code app_id connection_id")
APP = PartialRow("s.app", ExactApp, "id base_url minute_limit day_limit")
CONNECTION = PartialRow("s.connection", Connection, "id state problem access_token access_issued_at access_expires_at")
# The names are those of our own columns.
ENTER = (
    f"SELECT s.claimed, {POSTING.sql}, {LANE.sql}, {DIVISION.sql}, {APP.sql}, {CONNECTION.sql} "  # noqa: S608
    "FROM exact_lane_enter(%s, %s, %s) s"
)
STEP = f"SELECT s.verdict, s.claimed, {POSTING.sql} FROM exact_lane_step({', '.join(['%s'] * 12)}) s"  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The posting to go on with. `claimed`: this step marked it as being sent; else an earlier worker began it.

    `asked`: a stopwatch started before the claim, so it shows at least how long ago that was.
    """

    posting: Posting
    claimed: bool
    asked: Stopwatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What a step has to record: Exact booked the posting, with the right amounts."""

    posting: Posting
    found: FoundEntry
    correlation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A lane that was taken, with its first posting. `lane` has its division, app and connection."""

    lease: Lease
    lane: Lane
    due: Due


def enter(division_id: int, holder: str) -> Entered | None:
    """Take the lane and its first posting. None: another worker has it, it is paused, or there is nothing to do."""
    asked = Stopwatch()
    arguments: list[Any] = [division_id, holder, lease_time()]
    with database.cursor() as cursor:
        cursor.execute(ENTER, arguments)
        row = cursor.fetchone()
    if row is None:
        return None
    rest = iter(row)
    claimed: bool = next(rest)
    posting, lane = POSTING.read(rest), LANE.read(rest)
    lane.division = DIVISION.read(rest)
    lane.division.app, lane.division.connection = APP.read(rest), CONNECTION.read(rest)
    lease = Lease(division_id=division_id, fence=lane.fence)
    return Entered(lease=lease, lane=lane, due=Due(posting=posting, claimed=claimed, asked=asked))


def step(lease: Lease, budget: Budget, posted: Posted | None, *, go_on: bool) -> Due | None:
    """Prolong the lease, store the call counts and `posted`, and take the next posting if `go_on`.

    If there is none to take, the lane is given back. Raises `LeaseLost`, with nothing stored, and `MovedByAnother`.
    """
    asked = Stopwatch()
    outcome: list[Any] = [None, None, None, ""]
    if posted is not None:
        found = posted.found
        outcome = [posted.posting.pk, found.entry_id, found.entry_number, posted.correlation_id]
    lane: list[Any] = [lease.division_id, lease.fence, lease_time()]
    counts = [budget.minute, budget.minute_calls, budget.day, budget.day_calls]
    with database.cursor() as cursor:
        cursor.execute(STEP, [*lane, *counts, *outcome, go_on])
        [(verdict, claimed, *row)] = cursor.fetchall()
    if verdict == "lost":
        raise LeaseLost(str(lease.division_id))
    if verdict == "moved" and posted is not None:
        raise MovedByAnother(posted.posting.reference)
    return None if row[0] is None else Due(posting=POSTING.read(iter(row)), claimed=claimed, asked=asked)


def lend_session() -> None:
    """A context in which other lanes of this process may use the database session, while this one waits for Exact."""
    if getattr(database, "pool", None) is not None:
        database.close()
