"""The plan of a chaos run: repeatable, complete, and fair to what cannot be mended."""

import time
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from simulators.exact_online.faults import Fault
from tools.chaos.__main__ import _storm
from tools.chaos.pace import Pace
from tools.chaos.schedule import BLOWS, HOLDS_NEW_TOKENS, RENEWAL_S, Event, Verb, schedule
from tools.chaos.weather import LEFT_OUT, SHARES

MINUTES = schedule("a seed", length_s=600, every_s=4)
ENDS = {Verb.KILL: Verb.START, Verb.FREEZE: Verb.THAW}


def of(target: str) -> list[Event]:
    return [event for event in MINUTES if event.target == target]


def test_schedule__is_made_of_the_seed_alone() -> None:
    assert schedule("a seed", length_s=600, every_s=4) == MINUTES
    assert schedule("another", length_s=600, every_s=4) != MINUTES


def test_schedule__every_kind_of_blow_comes_within_one_round() -> None:
    events = schedule("short", length_s=60, every_s=60 / len(BLOWS) / 1.6)
    assert {event.verb for event in events} >= {blow.begins for blow in BLOWS}


def test_schedule__what_is_hit_comes_back_before_it_is_hit_again() -> None:
    for target in {event.target for event in MINUTES}:
        blows = [event for event in of(target) if event.verb in {*ENDS, *ENDS.values()}]
        assert len(blows) % 2 == 0
        for begin, end in [*pairwise(blows)][::2]:
            assert end.verb is ENDS[begin.verb]


def test_schedule__nothing_that_holds_a_new_token_dies_while_they_are_renewed() -> None:
    for expiry in (event for event in MINUTES if event.verb is Verb.EXPIRE):
        for name in HOLDS_NEW_TOKENS:
            for begin, end in [*pairwise(of(name))]:
                down = begin.verb in ENDS and begin.at_s < expiry.at_s + RENEWAL_S and end.at_s > expiry.at_s
                assert not down, (expiry, begin, end)


def test_storm__that_comes_late_still_leaves_renewals_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now, performed = [0.0], []

    def sleep(seconds: float) -> None:
        now[0] += seconds

    def perform(event: Event) -> None:
        sleep(8 if event.verb is Verb.START else 0)  # a program that is slow to start holds up what follows
        performed.append((now[0], event))

    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", sleep)
    stage: Any = SimpleNamespace(perform=perform, ended_by_themselves=list, weather=SimpleNamespace(usual=lambda: None))
    _storm(Pace(seed="a seed", minutes=10), stage, fleet=SimpleNamespace(pushed=[]))  # type: ignore[arg-type]
    for ended_at, expiry in performed:
        if expiry.verb is Verb.EXPIRE:
            soon = [event for at, event in performed if ended_at < at < ended_at + RENEWAL_S]
            assert not [event for event in soon if event.endangers_new_tokens]


def test_schedule__the_database_is_up_when_tokens_end() -> None:
    for seed in range(20):
        events = schedule(str(seed), length_s=600, every_s=4)
        hits = [event for event in events if event.target == "database" and event.verb in {*ENDS, *ENDS.values()}]
        for expiry in (event for event in events if event.verb is Verb.EXPIRE):
            assert not any(down.at_s <= expiry.at_s <= up.at_s for down, up in [*pairwise(hits)][::2])


def test_weather__uses_every_fault_the_simulator_knows() -> None:
    assert {*SHARES, *LEFT_OUT} == {*Fault}
