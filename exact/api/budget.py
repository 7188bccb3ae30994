"""How many calls a division's app may still make: 60 a minute and 5,000 a day by default (rules.md §2.1).

We count each call before it is made, and correct the count by Exact's headers after it: other tools of the customer are
not in our count, and Exact's clock decides when a window ends. A part of both limits is reserved for people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings

from exact.api.errors import RateLimited
from exact.models import ExactApp, Lane

MINUTE = timedelta(minutes=1)


@dataclass(slots=True, kw_only=True)
class Budget:
    """The calls of one division, in windows of a clock minute and a UTC day. `reserve`: the share left for people."""

    minute_limit: int
    day_limit: int
    minute_reserve: int = 0
    day_reserve: int = 0
    minute: datetime | None = None
    minute_calls: int = 0
    day: date | None = None
    day_calls: int = 0
    blocked_until: datetime | None = None

    def spend(self, now: datetime) -> None:
        """Take one call out of the budget. Raises `RateLimited` when nothing is left; no call must be made then."""
        if empty := self.empty(now):
            raise empty
        self.minute_calls += 1
        self.day_calls += 1

    def empty(self, now: datetime) -> RateLimited | None:
        """Why no call may be made now, with the moment to go on; None when one may be."""
        self._turn_windows(now)
        if self.blocked_until and now < self.blocked_until:
            return RateLimited("Exact's limit is reached", until=self.blocked_until)
        if self.day_calls >= self.day_limit - self.day_reserve:
            return RateLimited("the calls of this day are used up", until=next_midnight(now))
        if self.minute_calls >= self.minute_limit - self.minute_reserve:
            return RateLimited("the calls of this minute are used up", until=next_minute(now))
        return None

    def observe(self, headers: Mapping[str, str], now: datetime) -> None:
        """Correct the counts by what Exact says is left. Headers may be missing or only one pair (rules.md §2.2)."""
        self._turn_windows(now)
        if (left := _number(headers, "x-ratelimit-minutely-remaining")) is not None:
            self.minute_calls = max(self.minute_calls, self.minute_limit - left)
        if (left := _number(headers, "x-ratelimit-remaining")) is not None:
            self.day_calls = max(self.day_calls, self.day_limit - left)

    def exhausted(self, headers: Mapping[str, str], now: datetime) -> datetime:
        """After a 429: the moment to go on, by the headers of the answer; in a minute when it has none."""
        day_left = _number(headers, "x-ratelimit-remaining")
        if day_left == 0:
            self.blocked_until = next_midnight(now)
        else:
            reset = _number(headers, "x-ratelimit-minutely-reset")
            at = datetime.fromtimestamp(reset / 1000, UTC) if reset else now + MINUTE
            self.blocked_until = min(max(at, now) + timedelta(seconds=1), now + 2 * MINUTE)
        return self.blocked_until

    def _turn_windows(self, now: datetime) -> None:
        minute, day = _windows_of(now)
        if self.minute != minute:
            self.minute, self.minute_calls = minute, 0
        if self.day != day:
            self.day, self.day_calls = day, 0


def lane_budget(lane: Lane, app: ExactApp, *, for_people: bool = False) -> Budget:
    """The budget of a division, from the counts last stored. The lane leaves a share of it for people."""
    return Budget(
        minute_limit=app.minute_limit,
        day_limit=app.day_limit,
        minute_reserve=0 if for_people else settings.EXACT_MINUTE_RESERVE,
        day_reserve=0 if for_people else settings.EXACT_DAY_RESERVE,
        minute=lane.minute,
        minute_calls=lane.minute_calls,
        day=lane.day,
        day_calls=lane.day_calls,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Calls made in the current clock minute and the current UTC day."""

    minute: int
    day: int


def calls_of_now(lane: Lane, now: datetime) -> Calls:
    """How many calls a division made in the windows of `now`; what is on disk may be of earlier ones."""
    minute, day = _windows_of(now)
    return Calls(minute=lane.minute_calls if lane.minute == minute else 0, day=lane.day_calls if lane.day == day else 0)


def _windows_of(now: datetime) -> tuple[datetime, date]:
    return now.replace(second=0, microsecond=0), now.astimezone(UTC).date()


def next_minute(now: datetime) -> datetime:
    """A second into the next clock minute: Exact's window may turn a little later than ours."""
    return now.replace(second=1, microsecond=0) + MINUTE


def next_midnight(now: datetime) -> datetime:
    """The next midnight UTC, when Exact's day turns."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(0, 0, 2), UTC)


def _number(headers: Mapping[str, str], name: str) -> int | None:
    value = headers.get(name, "")
    return int(value) if value.isdigit() else None
