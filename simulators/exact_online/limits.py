"""How much a caller may call (rules 1.6, 2): by minute and day, token calls by day, and the limit on errors."""

from dataclasses import dataclass, field

from .clock import DAY_MS, Clock
from .errors import Forbidden, TooManyRequests
from .readings import Readings

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
COUNTED_ERRORS = frozenset({400, 401, 403, 404})
ERRORS_MAX = 10


@dataclass(slots=True)
class LimitSettings:
    """The limits in force; `enabled` switches all of them."""

    enabled: bool = True
    per_minute: int = 60
    per_day: int = 5_000
    tokens_per_day: int = 200


@dataclass(slots=True)
class _Window:
    start: int = -1
    used: int = 0

    def roll(self, start: int) -> None:
        if start != self.start:
            self.start, self.used = start, 0


@dataclass(slots=True)
class _Usage:
    minute: _Window = field(default_factory=_Window)
    day: _Window = field(default_factory=_Window)


class RateLimits:
    """Counts calls per app and company. Windows start with the clock minute and at midnight UTC."""

    def __init__(self, clock: Clock, settings: LimitSettings, readings: Readings) -> None:
        self._clock = clock
        self.settings = settings
        self._readings = readings
        self._usage: dict[tuple[str, int | None], _Usage] = {}

    def count(self, client_id: str, division: int | None) -> dict[str, str]:
        """Take one call from the budget; the headers of the answer, or 429 with those of the empty one."""
        if not self.settings.enabled:
            return {}
        now = self._clock.now_ms()
        usage = self._usage.setdefault((client_id, division), _Usage())
        usage.minute.roll(now - now % MINUTE_MS)
        usage.day.roll(now - now % DAY_MS)
        if usage.day.used >= self.settings.per_day:
            raise TooManyRequests(self._day_headers(usage))
        if usage.minute.used >= self.settings.per_minute:
            usage.day.used += self._readings.refused_calls == "counted"
            raise TooManyRequests(self._minute_headers(usage))
        usage.minute.used += 1
        usage.day.used += 1
        return self._day_headers(usage) | self._minute_headers(usage)

    def minute_exhausted(self) -> dict[str, str]:
        """The headers of an empty minute, for a 429 that is a fault and not a count."""
        now = self._clock.now_ms()
        reset = now - now % MINUTE_MS + MINUTE_MS
        return _headers("X-RateLimit-Minutely", self.settings.per_minute, 0, reset)

    def forget(self) -> None:
        """Start counting again."""
        self._usage.clear()

    def _minute_headers(self, usage: _Usage) -> dict[str, str]:
        left = self.settings.per_minute - usage.minute.used
        return _headers("X-RateLimit-Minutely", self.settings.per_minute, left, usage.minute.start + MINUTE_MS)

    def _day_headers(self, usage: _Usage) -> dict[str, str]:
        left = self.settings.per_day - usage.day.used
        return _headers("X-RateLimit", self.settings.per_day, left, usage.day.start + DAY_MS)


def _headers(prefix: str, limit: int, left: int, reset_ms: int) -> dict[str, str]:
    """The three headers of one limit; the reset is in milliseconds (rules 2.2)."""
    return {f"{prefix}-Limit": str(limit), f"{prefix}-Remaining": str(max(left, 0)), f"{prefix}-Reset": str(reset_ms)}


class TokenLimit:
    """Counts token calls per app and user, by the day in UTC (rules 1.6)."""

    def __init__(self, clock: Clock, settings: LimitSettings) -> None:
        self._clock = clock
        self._settings = settings
        self._days: dict[tuple[str, str], _Window] = {}

    def take(self, client_id: str, user_id: str) -> bool:
        """Take one call from the day's; false when there is none left."""
        now = self._clock.now_ms()
        day = self._days.setdefault((client_id, user_id), _Window())
        day.roll(now - now % DAY_MS)
        if self._settings.enabled and day.used >= self._settings.tokens_per_day:
            return False
        day.used += 1
        return True

    def forget(self) -> None:
        """Start counting again."""
        self._days.clear()


@dataclass(frozen=True, slots=True)
class ErrorKey:
    """What the error limit counts by (rules 2.1)."""

    client_id: str
    user_id: str
    division: int | None
    endpoint: str


@dataclass(slots=True)
class _Errors:
    times: list[int] = field(default_factory=list)
    blocked_until: int = 0
    blocks: int = 0


class ErrorLimit:
    """More than ten errors an hour block a caller on an endpoint: an hour, then twice as long each time."""

    def __init__(self, clock: Clock, settings: LimitSettings, readings: Readings) -> None:
        self._clock = clock
        self._settings = settings
        self._readings = readings
        self._errors: dict[ErrorKey, _Errors] = {}

    def refuse_blocked(self, key: ErrorKey) -> None:
        """429 without rate headers, or 403, while the key is blocked."""
        if self._settings.enabled and key in self._errors and self._clock.now_ms() < self._errors[key].blocked_until:
            raise TooManyRequests({}) if self._readings.blocked_key == "429" else Forbidden

    def note(self, key: ErrorKey, status: int) -> None:
        """Count an answer, if it is one of those that count."""
        counted = COUNTED_ERRORS | {500} if self._readings.business_errors_count == "yes" else COUNTED_ERRORS
        if not self._settings.enabled or status not in counted:
            return
        now = self._clock.now_ms()
        errors = self._errors.setdefault(key, _Errors())
        errors.times = [time for time in errors.times if time > now - HOUR_MS] + [now]
        if len(errors.times) > ERRORS_MAX:
            errors.times.clear()
            errors.blocked_until = now + HOUR_MS * 2**errors.blocks
            errors.blocks += 1

    def forget(self) -> None:
        """Nobody is blocked."""
        self._errors.clear()
