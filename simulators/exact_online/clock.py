"""The program's clock, which tests can move (issue: tokens, rate windows and dates without waiting)."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

DAY_MS = 86_400_000


class Clock:
    """Real time plus an offset, or a moment that stands still while frozen."""

    def __init__(self, real_time_s: Callable[[], float] = time.time) -> None:
        self._real_time_s = real_time_s
        self._offset_ms = 0
        self._frozen_at_ms: int | None = None

    def now_ms(self) -> int:
        """Milliseconds since the epoch, UTC."""
        if self._frozen_at_ms is not None:
            return self._frozen_at_ms
        return int(self._real_time_s() * 1000) + self._offset_ms

    @property
    def offset_ms(self) -> int:
        """How far this clock is ahead of the machine's."""
        return self.now_ms() - int(self._real_time_s() * 1000)

    @property
    def frozen(self) -> bool:
        """Whether time stands still."""
        return self._frozen_at_ms is not None

    def advance(self, milliseconds: int) -> None:
        """Go forward (or back) by so much."""
        self.set(self.now_ms() + milliseconds)

    def set(self, moment_ms: int) -> None:
        """Go to this moment."""
        if self._frozen_at_ms is not None:
            self._frozen_at_ms = moment_ms
        else:
            self._offset_ms = moment_ms - int(self._real_time_s() * 1000)

    def freeze(self, frozen: bool) -> None:
        """Stop the clock, or let it run on from where it stands."""
        now = self.now_ms()
        self._frozen_at_ms = now if frozen else None
        if not frozen:
            self.set(now)

    def reset(self) -> None:
        """Real time again."""
        self._offset_ms = 0
        self._frozen_at_ms = None


def wall_clock_ms(moment_ms: int, zone: ZoneInfo) -> int:
    """The local wall clock written as if it were UTC: how Created and Modified come out (rules 3.7)."""
    return moment_ms + utc_offset_s(moment_ms, zone) * 1000


def utc_offset_s(moment_ms: int, zone: ZoneInfo) -> int:
    """How far the zone is ahead of UTC at that moment."""
    offset = datetime.fromtimestamp(moment_ms / 1000, zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def wall_clock_text(wall_ms: int) -> str:
    """A wall clock as text, without a zone."""
    return datetime.fromtimestamp(wall_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def date_of(ms: int) -> date:
    """The calendar date of a date-only value (rules 3.7: UTC midnight of the local date)."""
    return datetime.fromtimestamp(ms // 1000, UTC).date()


def ms_of(day: date) -> int:
    """A calendar date as its UTC midnight, in milliseconds."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


def iso(moment_ms: int) -> str:
    """A moment as text, to the second, for people."""
    return datetime.fromtimestamp(moment_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
