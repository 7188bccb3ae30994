"""Whether the worker or the clock of this machine is at work: `python -m integration.heartbeat worker` (or `beat`).

Exits 0, or 1 with a sentence that says what is wrong: for a container's check and for Kubernetes' exec probe. The
program itself writes down in a file what it last found well, by the clock that counts on while a machine sleeps and
that nobody sets; this command only reads it, and needs nothing but the standard library.
"""

import argparse
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# What each role must have found well, and how many seconds that may be ago.
ROLES: Mapping[str, Mapping[str, float]] = {
    # A worker looks every 10 s.
    "worker": {"database": 60.0, "broker": 60.0},
    # Beat asks for the letters every minute, and for the sweeps more often.
    "beat": {"send": 150.0},
}
SENTENCES = {
    "database": "the database has not answered",
    "broker": "no message has come through the broker",
    "send": "no task has been sent",
}
FOLDER = "HEARTBEAT_FOLDER"
COUNTER = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class NoPlace(Exception):
    """The folder of the heartbeats is another user's: what it says is not to be believed."""


def now() -> float:
    """Seconds of this machine's own counter, the same for all its programs."""
    return time.clock_gettime(COUNTER)


def folder() -> Path:
    """Where heartbeats lie: what HEARTBEAT_FOLDER says, else a folder of this user's alone. Raises `NoPlace`."""
    named = os.environ.get(FOLDER)
    path = Path(named) if named else Path(tempfile.gettempdir()) / f"clyo-exact-{os.getuid()}"
    path.mkdir(mode=0o700, exist_ok=True)
    if path.is_symlink() or path.stat().st_uid != os.getuid():
        raise NoPlace(f"{path} belongs to somebody else")
    return path


def write(role: str, found_well: Mapping[str, float]) -> None:
    """Keep when each thing was last found well, by `now`; whoever reads meanwhile reads the whole of it."""
    path = folder() / role
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps(found_well))
    fresh.replace(path)


def forget(role: str) -> None:
    """The program has ended: it beats no more."""
    (folder() / role).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is not well, for a person."""

    words: str


def faults(role: str, within: float | None = None) -> list[Fault]:
    """What is wrong with this machine's worker or beat; empty when it is well. `within`: another limit, in seconds."""
    try:
        written = json.loads((folder() / role).read_text())
    except (FileNotFoundError, NoPlace) as error:
        return [Fault(f"{role}: it has not begun to beat ({error})")]
    ages = {name: now() - written.get(name, float("-inf")) for name in ROLES[role]}
    limits = {name: within or limit for name, limit in ROLES[role].items()}
    return [
        Fault(f"{role}: {SENTENCES[name]} {_how_long(age)}; {limits[name]:.0f} s are allowed")
        for name, age in ages.items()
        if not 0 <= age <= limits[name]
    ]


def _how_long(age: float) -> str:
    return f"for {age:.0f} s" if math.isfinite(age) else "since it began"


def main() -> int:
    """0 when the role that is asked for is well, else 1, with a sentence for each thing that is wrong."""
    parser = argparse.ArgumentParser(prog="python -m integration.heartbeat", description=__doc__)
    parser.add_argument("role", choices=ROLES)
    parser.add_argument("--within", type=float, metavar="SECONDS", help="how old each beat may be, instead of ours")
    asked = parser.parse_args()
    found = faults(asked.role, asked.within)
    sys.stdout.write("".join(f"{fault.words}\n" for fault in found) or f"{asked.role}: well\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
