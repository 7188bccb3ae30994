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
from exact.lane.lane import backoff, pause_code
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
