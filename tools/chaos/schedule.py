"""What goes wrong, and when: a plan made of the seed alone, so that a run can be run again."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """What is done to a program, to the tokens or to Exact."""

    KILL = "kill -9"
    START = "start"
    FREEZE = "freeze"
    THAW = "thaw"
    KILL_BACKEND = "kill -9 a session of"
    FLUSH = "flush"
    EXPIRE = "expire the tokens of"
    STORM = "429 storm at"
    OUTAGE = "503 from"
    CALM = "calm down"


EXACT, WEB, BEAT, BROKER, DATABASE, EVERYBODY = "exact", "web", "beat", "broker", "database", "everybody"
WORKERS = ("worker-1", "worker-2", "worker-3")
HOLDS_NEW_TOKENS = (EXACT, *WORKERS)


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """At so many seconds, do this."""

    at_s: float
    verb: Verb
    target: str

    def __str__(self) -> str:
        return f"{self.verb} {self.target}"

    @property
    def endangers_new_tokens(self) -> bool:
        """Whether it hits somebody who may hold a token that nobody else has."""
        return self.verb in (Verb.KILL, Verb.FREEZE) and self.target in HOLDS_NEW_TOKENS


@dataclass(frozen=True, slots=True)
class Blow:
    """One thing that can happen: what begins it, what ends it, and how long it lasts at least and at most."""

    begins: Verb
    targets: tuple[str, ...]
    ends: Verb | None = None
    shortest_s: float = 0.5
    longest_s: float = 5.0


# A freeze outlasts the lease and the settle delay of a run (see `pace`): another worker has taken over by then.
FREEZE_S = (13.0, 16.0)
BLOWS = (
    Blow(Verb.KILL, WORKERS, Verb.START),
    Blow(Verb.KILL, WORKERS, Verb.START),
    Blow(Verb.FREEZE, WORKERS, Verb.THAW, *FREEZE_S),
    Blow(Verb.FREEZE, WORKERS, Verb.THAW, *FREEZE_S),
    Blow(Verb.KILL, (WEB,), Verb.START),
    Blow(Verb.KILL, (BEAT,), Verb.START),
    Blow(Verb.KILL, (BROKER,), Verb.START),
    Blow(Verb.FREEZE, (BROKER,), Verb.THAW, 2.0, 8.0),
    Blow(Verb.FLUSH, (BROKER,)),
    Blow(Verb.KILL, (DATABASE,), Verb.START, 0.5, 3.0),
    Blow(Verb.KILL_BACKEND, (DATABASE,)),
    Blow(Verb.KILL, (EXACT,), Verb.START, 0.5, 3.0),
    Blow(Verb.EXPIRE, (EVERYBODY,)),
    Blow(Verb.STORM, (EXACT,), Verb.CALM, 1.0, 3.0),
    Blow(Verb.OUTAGE, (EXACT,), Verb.CALM, 2.0, 6.0),
)
# Whoever dies between Exact's new token and our commit loses the consent; nobody can close that window (rules.md §1.8).
# So neither Exact nor a worker is hit just before or while all tokens are renewed. The database may be.
RENEWAL_S = 10.0


def schedule(seed: str, *, length_s: float, every_s: float) -> list[Event]:
    """The events of a run, in order. Each kind of blow comes once before any comes twice; no program is hit twice
    at once; what was begun is ended."""
    return sorted(_events(random.Random(f"schedule {seed}"), length_s, every_s))  # noqa: S311 - repeatable, no secret


def _events(dice: random.Random, length_s: float, every_s: float) -> Iterator[Event]:
    busy_until: dict[str, float] = {}
    deck: list[Blow] = []
    now = every_s * dice.random()
    while now < length_s:
        deck = deck or dice.sample(BLOWS, len(BLOWS))
        blow = deck.pop()
        lasts = dice.uniform(blow.shortest_s, blow.longest_s) if blow.ends else 0.0
        target = dice.choice(blow.targets)
        begins = max(now, busy_until.get(target, 0.0))
        if blow.begins is Verb.EXPIRE:
            # Ours are aged in the database, so it must be up at the beginning.
            begins = max(begins, *(busy_until.get(name, 0.0) for name in (DATABASE, *HOLDS_NEW_TOKENS)))
            busy_until |= dict.fromkeys(HOLDS_NEW_TOKENS, begins + RENEWAL_S) | {DATABASE: begins + 0.5}
        else:
            busy_until[target] = begins + lasts + 0.5
        yield Event(begins, blow.begins, target)
        if blow.ends:
            yield Event(begins + lasts, blow.ends, target)
        now += every_s * (0.5 + dice.random())
