"""The plan of faults of the machines, made from the seed only. Which machine is hit is decided when it happens."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Blow(StrEnum):
    """One thing that happens to a machine, and is over after a while."""

    KILL = "kill the leader"
    CUT_LEADER = "cut the leader from the other database hosts"
    CUT_WORKER = "cut a worker from the leader, not from Exact"
    FREEZE = "freeze the leader"
    FILL_DISK = "fill the leader's disk"
    STEP_CLOCK = "step the leader's clock, then kill it"


# An hour forward or back: no lease, no wait and no token is as long.
STEPS_S = (3600, -3600)
LASTS_S = (20.0, 35.0)
ROOM_S = 60.0


@dataclass(frozen=True, slots=True)
class Planned:
    """At so many seconds this begins, and it lasts so long. `choice` picks a worker, or a step of the clock."""

    at_s: float
    blow: Blow
    lasts_s: float
    choice: int


def planned(seed: str, *, length_s: float, every_s: float, without: frozenset[Blow]) -> Iterator[Planned]:
    """A blow every `every_s` seconds; each kind comes once before any comes twice."""
    dice = random.Random(f"cluster {seed}")  # noqa: S311 - repeatable, no secret
    deck: list[Blow] = []
    kinds = [blow for blow in Blow if blow not in without]
    at_s = every_s / 4
    while at_s < length_s:
        deck = deck or dice.sample(kinds, len(kinds))
        lasts = dice.uniform(*LASTS_S) * min(1.0, every_s / ROOM_S)
        yield Planned(at_s, deck.pop(), lasts, dice.randrange(2))
        at_s += every_s
