"""How long a lane stands still after failures, and what it is said to stand still for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exact.api.errors import (
    ExactError,
    Forbidden,
    NeedsReconnect,
    OutcomeUnknown,
    RateLimited,
    Refused,
    RefusedInDoubt,
    Unavailable,
)
from exact.lane import lane
from exact.lane.lane import backoff, pause_code, wait_after
from exact.lane.records import ERROR_PAUSE
from exact.models import PauseCode


@pytest.mark.parametrize(
    ("failures", "longest_s"),
    [
        (1, 2),
        (2, 4),
        (3, 8),
        (4, 16),
        (5, 32),
        (6, 64),
        (7, 128),
        (8, 256),
        (9, 512),
        (10, 900),
        (100, 900),
        (9999, 900),
    ],
)
@pytest.mark.parametrize(("chance", "of_longest"), [(0.0, 0.5), (0.5, 0.75), (1.0, 1.0)])
def test_backoff__doubles_up_to_a_quarter_of_an_hour_and_half_of_it_is_chance(
    failures: int, longest_s: int, chance: float, of_longest: float, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.EXACT_BACKOFF_MAX_S = 900
    monkeypatch.setattr(lane.random, "random", lambda: chance)
    assert backoff(failures) == timedelta(seconds=longest_s * of_longest)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RateLimited("429", until=datetime(2026, 3, 14, tzinfo=UTC)), PauseCode.RATE_LIMITED),
        (NeedsReconnect("the refresh token is dead"), PauseCode.RECONNECT_REQUIRED),
        (Unavailable("Exact cannot be reached"), PauseCode.UNAVAILABLE),
        (OutcomeUnknown("no answer"), PauseCode.REFUSED),
        (RefusedInDoubt(["An error has occurred."], status=500), PauseCode.REFUSED),
        (Refused(["Obligatoire : Client"], status=500), PauseCode.REFUSED),
        (Forbidden("Forbidden", status=403), PauseCode.REFUSED),
    ],
)
def test_pause_code__says_why_the_lane_stands_still(error: ExactError, code: str) -> None:
    assert pause_code(error) == code


NOW = datetime(2026, 3, 14, 23, 58, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "failures", "wait"),
    [
        (RateLimited("429", until=NOW + timedelta(seconds=61)), 1, timedelta(seconds=61)),
        (RateLimited("429", until=NOW + timedelta(hours=1)), 9, timedelta(hours=1)),
        (RateLimited("429", until=NOW - timedelta(seconds=1)), 1, timedelta()),
        (NeedsReconnect("the refresh token is dead"), 1, timedelta(seconds=300)),
        (NeedsReconnect("the refresh token is dead"), 9, timedelta(seconds=300)),
        (Unavailable("Exact cannot be reached"), 1, timedelta(seconds=2)),
        (Unavailable("Exact cannot be reached"), 4, timedelta(seconds=16)),
        (Unavailable("Exact cannot be reached"), 99, timedelta(seconds=900)),
        (OutcomeUnknown("no answer"), 1, ERROR_PAUSE),
        (Refused(["Obligatoire : Client"], status=500), 9, ERROR_PAUSE),
        (Forbidden("Forbidden", status=403), 1, ERROR_PAUSE),
    ],
)
def test_wait__after_what_stopped_the_lane(
    error: ExactError, failures: int, wait: timedelta, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.EXACT_BACKOFF_MAX_S, settings.EXACT_RECONNECT_PAUSE_S = 900, 300
    monkeypatch.setattr(lane.random, "random", lambda: 1.0)
    assert wait_after(error, failures, now=NOW) == wait
