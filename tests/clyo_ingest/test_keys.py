"""POST /key/rotate: the old key works until the new one is first used, at most 48 hours."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from clyo_ingest.models import TillKey
from tests.clyo_ingest.given import LEVELS, suspend
from tests.conftest import Caller, colleague


@pytest.fixture
def clock() -> Iterator[Any]:
    """Time stands still until a test moves it."""
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def rotated(till: Caller) -> Caller:
    answer = till.post("key/rotate", {})
    assert answer.status_code == 201
    return Caller(till.till, answer.json()["key"])


def status(caller: Caller) -> int:
    code: int = caller.get("till").status_code
    return code


def test_rotate__old_key_works_until_the_new_one_is_used(clock: Any, till: Caller) -> None:
    clock.shift(timedelta(minutes=1))
    new = rotated(till)
    clock.shift(timedelta(minutes=1))
    assert status(till) == 200
    assert status(new) == 200
    assert (status(till), status(new)) == (401, 200)


@pytest.mark.parametrize(("age", "expected"), [(timedelta(hours=47, minutes=59), 200), (timedelta(hours=48), 401)])
def test_rotate__old_key_ends_after_two_days(clock: Any, till: Caller, age: timedelta, expected: int) -> None:
    new = rotated(till)
    clock.shift(age)
    assert status(till) == expected
    assert status(new) == 200


def test_rotate__again_does_not_prolong_the_old_key(clock: Any, till: Caller) -> None:
    rotated(till)
    clock.shift(timedelta(hours=47))
    new = rotated(till)
    clock.shift(timedelta(hours=2))
    assert (status(till), status(new)) == (401, 200)


def test_rotate__again_ends_the_key_whose_answer_was_lost(clock: Any, till: Caller) -> None:
    clock.shift(timedelta(minutes=1))
    lost = rotated(till)
    clock.shift(timedelta(minutes=1))
    new = rotated(till)
    clock.shift(timedelta(minutes=1))
    assert status(new) == 200
    assert (status(till), status(lost)) == (401, 401)


def test_rotate__leaves_other_tills_alone(clock: Any, till: Caller) -> None:
    other = colleague(till)
    clock.shift(timedelta(minutes=1))
    assert status(rotated(till)) == 200
    clock.shift(timedelta(hours=72))
    assert status(other) == 200


def test_rotate__shows_the_key_once(till: Caller) -> None:
    secret = rotated(till).key.split("_", 2)[2]
    assert secret not in str([*TillKey.objects.values()])


@pytest.mark.parametrize("level", LEVELS)
def test_rotate__suspended_is_403(till: Caller, level: str) -> None:
    suspend(till.till, level)
    assert till.post("key/rotate", {}).status_code == 403
    assert TillKey.objects.count() == 1


def test_rotate__without_a_key_is_401(till: Caller) -> None:
    assert Caller(till.till, "nonsense").post("key/rotate", {}).status_code == 401
