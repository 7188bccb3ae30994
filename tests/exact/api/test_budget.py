"""How many calls may still be made, and when to go on: our own count, corrected by Exact's headers (rules.md §2)."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from exact.api.budget import Budget, next_midnight, next_minute
from exact.api.errors import RateLimited

NOW = datetime(2026, 3, 14, 23, 58, 20, 500, tzinfo=UTC)
THIS_MINUTE, TODAY = datetime(2026, 3, 14, 23, 58, tzinfo=UTC), date(2026, 3, 14)
MIDNIGHT = datetime(2026, 3, 15, 0, 0, 2, tzinfo=UTC)
NEXT_MINUTE = datetime(2026, 3, 14, 23, 59, 1, tzinfo=UTC)
PARIS = timezone(timedelta(hours=1))


def budget(**known: Any) -> Budget:
    """Sixty calls a minute and five thousand a day, counted in the windows of `NOW` unless said otherwise."""
    windows: dict[str, Any] = {"minute": THIS_MINUTE, "day": TODAY}
    return Budget(minute_limit=60, day_limit=5000, **(windows | known))


def milliseconds(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000))


@pytest.mark.parametrize(
    ("known", "until"),
    [
        ({}, None),
        ({"minute_calls": 59}, None),
        ({"minute_calls": 60}, NEXT_MINUTE),
        ({"minute_calls": 61}, NEXT_MINUTE),
        ({"minute_calls": 49, "minute_reserve": 10}, None),
        ({"minute_calls": 50, "minute_reserve": 10}, NEXT_MINUTE),
        ({"minute_calls": 60, "minute": THIS_MINUTE - timedelta(minutes=1)}, None),
        ({"minute_calls": 60, "minute": None}, None),
        ({"day_calls": 4999}, None),
        ({"day_calls": 5000}, MIDNIGHT),
        ({"day_calls": 4500, "day_reserve": 500}, MIDNIGHT),
        ({"day_calls": 4499, "day_reserve": 500}, None),
        ({"day_calls": 5000, "day": TODAY - timedelta(days=1)}, None),
        ({"day_calls": 5000, "day": None}, None),
        ({"minute_calls": 60, "day_calls": 5000}, MIDNIGHT),
        ({"blocked_until": NOW + timedelta(seconds=1)}, NOW + timedelta(seconds=1)),
        ({"blocked_until": NOW}, None),
        ({"blocked_until": NOW + timedelta(seconds=1), "day_calls": 5000}, NOW + timedelta(seconds=1)),
    ],
)
def test_spend__takes_a_call_or_says_when_to_go_on(known: dict[str, Any], until: datetime | None) -> None:
    spent = budget(**known)
    before = spent.empty(NOW), spent.minute_calls, spent.day_calls
    if until is None:
        spent.spend(NOW)
        assert (spent.minute_calls, spent.day_calls) == (before[1] + 1, before[2] + 1)
    else:
        with pytest.raises(RateLimited) as limited:
            spent.spend(NOW)
        assert limited.value.until == until
        assert (spent.minute_calls, spent.day_calls) == before[1:]


def test_windows__turn_with_the_clock_minute_and_the_day_in_utc() -> None:
    """The day of Exact is that of UTC: in Paris it is Sunday for an hour before Exact's Saturday ends."""
    spent = budget(minute_calls=60, day_calls=4000)
    spent.spend(datetime(2026, 3, 15, 0, 59, 0, tzinfo=PARIS))
    assert (spent.minute_calls, spent.day_calls, spent.day) == (1, 4001, TODAY)
    spent.spend(datetime(2026, 3, 15, 1, 0, 0, tzinfo=PARIS))
    assert (spent.minute_calls, spent.day_calls, spent.day) == (1, 1, date(2026, 3, 15))


@pytest.mark.parametrize(
    ("headers", "minute_calls", "day_calls"),
    [
        ({}, 10, 100),
        ({"x-ratelimit-minutely-remaining": "20"}, 40, 100),
        ({"x-ratelimit-minutely-remaining": "55"}, 10, 100),
        ({"x-ratelimit-minutely-remaining": "0"}, 60, 100),
        ({"x-ratelimit-remaining": "1000"}, 10, 4000),
        ({"x-ratelimit-remaining": "4999"}, 10, 100),
        ({"x-ratelimit-minutely-remaining": "50", "x-ratelimit-remaining": "4800"}, 10, 200),
        ({"x-ratelimit-minutely-remaining": "-1", "x-ratelimit-remaining": "many"}, 10, 100),
        ({"x-ratelimit-minutely-remaining": "", "x-ratelimit-limit": "5000"}, 10, 100),
    ],
)
def test_observe__believes_exact_where_it_counts_more_calls(
    headers: Mapping[str, str], minute_calls: int, day_calls: int
) -> None:
    """What others spend of the same limit is never ours to forget; fewer calls than we know of are not believed."""
    seen = budget(minute_calls=10, day_calls=100)
    seen.observe(headers, NOW)
    assert (seen.minute_calls, seen.day_calls) == (minute_calls, day_calls)


@pytest.mark.parametrize(
    ("headers", "until"),
    [
        ({}, NOW + timedelta(seconds=61)),
        ({"x-ratelimit-remaining": "0"}, MIDNIGHT),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-minutely-reset": milliseconds(NOW)}, MIDNIGHT),
        ({"x-ratelimit-remaining": "7"}, NOW + timedelta(seconds=61)),
        ({"x-ratelimit-minutely-reset": milliseconds(THIS_MINUTE.replace(minute=59))}, NEXT_MINUTE),
        # A reset that has passed, by our clock, and one that nobody would wait for.
        ({"x-ratelimit-minutely-reset": milliseconds(NOW - timedelta(hours=1))}, NOW + timedelta(seconds=1)),
        ({"x-ratelimit-minutely-reset": milliseconds(NOW + timedelta(hours=1))}, NOW + timedelta(minutes=2)),
        ({"x-ratelimit-minutely-reset": "0"}, NOW + timedelta(seconds=61)),
        ({"x-ratelimit-minutely-reset": "soon"}, NOW + timedelta(seconds=61)),
    ],
)
def test_exhausted__goes_on_when_exact_says_and_a_minute_later_when_it_says_nothing(
    headers: Mapping[str, str], until: datetime
) -> None:
    limited = budget()
    assert limited.exhausted(headers, NOW) == until
    empty = limited.empty(NOW)
    assert empty is not None
    assert empty.until == until
    assert limited.empty(until) is None


@pytest.mark.parametrize(
    ("now", "minute", "midnight"),
    [
        (NOW, NEXT_MINUTE, MIDNIGHT),
        (datetime(2026, 3, 14, 0, 0, tzinfo=UTC), datetime(2026, 3, 14, 0, 1, 1, tzinfo=UTC), MIDNIGHT),
        (datetime(2026, 3, 15, 0, 30, tzinfo=PARIS), datetime(2026, 3, 15, 0, 31, 1, tzinfo=PARIS), MIDNIGHT),
        (
            datetime(2026, 12, 31, 23, 59, 59, 999, tzinfo=UTC),
            datetime(2027, 1, 1, 0, 0, 1, tzinfo=UTC),
            datetime(2027, 1, 1, 0, 0, 2, tzinfo=UTC),
        ),
    ],
)
def test_next__minute_and_midnight_a_moment_after_they_begin(
    now: datetime, minute: datetime, midnight: datetime
) -> None:
    assert (next_minute(now), next_midnight(now)) == (minute, midnight)
