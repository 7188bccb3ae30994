"""What was sent and answered, and what broke a promise: added up over batches and processes."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tools.fuzz.call import Call
from tools.fuzz.doors import Answer

# Of one kind of failure, so many are kept to be looked at.
EXAMPLES_MAX = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A broken promise, the call that broke it (None: it came to light afterwards), and what the log said."""

    said: str
    batch: int
    call: Call | None
    log: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)

    def to_document(self) -> dict[str, Any]:
        """JSON-ready, for the file that reproduces it."""
        call = self.call.to_document() if self.call else None
        return {"said": self.said, "batch": self.batch, "call": call, "names": self.names, "log": [*self.log]}


@dataclass(slots=True)
class Tally:
    """The figures of a run, or of a part of it."""

    kinds: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    over_socket: int = 0
    cpu_s: float = 0.0
    failures: list[Failure] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)
    slowest: list[tuple[float, str, tuple[str, ...]]] = field(default_factory=list)

    @property
    def inputs(self) -> int:
        """How many calls were made."""
        return self.kinds.total()

    def note(self, call: Call, answer: Answer, code: str) -> None:
        """Count an answered call: its kind, status and code, its CPU seconds, the slowest kept."""
        self.kinds[call.kind] += 1
        self.answers[f"{answer.status} {code}".strip()] += 1
        self.cpu_s += answer.cpu_s
        self.slowest = sorted([*self.slowest, (answer.cpu_s, call.kind, call.said)], key=lambda it: -it[0])[
            :EXAMPLES_MAX
        ]

    def fail(self, failure: Failure) -> None:
        """Count a broken promise; of each kind the first `EXAMPLES_MAX` are kept whole."""
        name = failure.said.split(":")[0]
        self.failed[name] += 1
        if self.failed[name] <= EXAMPLES_MAX:
            self.failures.append(failure)

    def add(self, other: "Tally") -> None:
        """Take the figures of another part in."""
        self.kinds += other.kinds
        self.answers += other.answers
        self.states += other.states
        self.over_socket += other.over_socket
        self.cpu_s += other.cpu_s
        kept = Counter(it.said.split(":")[0] for it in self.failures)
        self.failures += [it for it in other.failures if kept[it.said.split(":")[0]] < EXAMPLES_MAX]
        self.failed += other.failed
        self.slowest = sorted([*self.slowest, *other.slowest], key=lambda it: -it[0])[:EXAMPLES_MAX]
