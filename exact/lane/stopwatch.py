"""How much time has passed on this machine, even if its clock is set meanwhile.

A clock that is corrected shows time that did not pass; a counter may miss time while a machine is frozen or moved. So
both are read and the longer time counts: for a lease it is safer to stop too early.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

# Counts on while a machine sleeps, where the system has such a counter.
COUNTER = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def _counter() -> float:
    return time.clock_gettime(COUNTER)


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """Started when it is made."""

    _at: datetime = field(default_factory=timezone.now)
    _counted: float = field(default_factory=_counter)

    def elapsed(self) -> timedelta:
        """The time since then."""
        return max(timezone.now() - self._at, timedelta(seconds=_counter() - self._counted))
