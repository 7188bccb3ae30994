"""How long what made trouble is left alone: rows of a loop, and letters that could not be sent."""

from datetime import timedelta

import pytest

from concerns.letters import send
from tenants.put_off import FIRST_ALONE, pause_after


@pytest.mark.parametrize(
    ("times", "minutes"), [(0, 1), (1, 2), (2, 4), (3, 8), (4, 16), (5, 32), (6, 60), (7, 60), (1000, 60)]
)
def test_row__is_left_alone_twice_as_long_each_time_up_to_an_hour(times: int, minutes: int) -> None:
    assert pause_after(times) == timedelta(minutes=minutes)


@pytest.mark.parametrize(("times", "minutes"), [(0, 5), (1, 10), (2, 20), (3, 40), (4, 60), (1000, 60)])
def test_row__that_asks_others_is_left_alone_for_longer_than_a_call_takes(times: int, minutes: int) -> None:
    assert pause_after(times, first=FIRST_ALONE) == timedelta(minutes=minutes)


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (10, 60)])
def test_letter__waits_twice_as_long_each_time_up_to_an_hour(attempts: int, minutes: int) -> None:
    assert send.pause_after(attempts) == timedelta(minutes=minutes)
