"""Messages that say "look at the database now". A lost or doubled one changes nothing: the sweeps find what is due."""

import time

import structlog
from celery import current_app

log = structlog.get_logger()

CHECK = "exact.check"
REFRESH = "exact.refresh"

# A broker that accepts and never answers costs seconds a message: after a failure it is left alone for a while.
QUIET_S = 5.0
_quiet_until = 0.0


def nudge(task: str, *arguments: int | str) -> None:
    """Ask a worker for a task. Valkey may be away: then the next sweep does it."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        current_app.send_task(task, args=arguments)
    except Exception as error:
        # Whatever a broker's client raises while the broker is away: what was committed stays committed.
        _quiet_until = time.monotonic() + QUIET_S
        log.warning("nudge_lost", task=task, error=type(error).__name__)


def nudge_check(link_id: int) -> None:
    """Ask a worker to make the checks of an activation link."""
    nudge(CHECK, link_id)
