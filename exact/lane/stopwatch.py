"""How long ago something was on this machine, whatever its clock says the time is.

A clock that is set right is not time that went by; a machine that was frozen or moved has lost time that its own
counters may not have seen. So both are asked, and the longer answer counts: here it is better to stop too early.
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
