"""Messages that say "look at the database now". A lost or doubled one changes nothing: the sweep finds what is due."""

import time

import structlog
from celery import current_app
from django.db import transaction

log = structlog.get_logger()

RUN_LANE = "exports.run_lane"
LEARN = "exports.learn_third_parties"
RELEASE = "exports.release"

# A broker that accepts and never answers costs seconds a message: after a failure it is left alone for a while.
QUIET_S = 5.0
_quiet_until = 0.0


def nudge_lane_after_commit(division_id: int) -> None:
    """Ask a worker to run a division's lane once this transaction is on disk."""
    transaction.on_commit(lambda: nudge_lane(division_id), robust=True)


def nudge_lane(division_id: int) -> None:
    """Ask a worker to run a division's lane."""
    _send(RUN_LANE, division_id)


def nudge_learning() -> None:
    """Ask a worker to look up third parties that closings wait for."""
    _send(LEARN)


def nudge_release() -> None:
    """Ask a worker to look again at closings whose settings changed."""
    _send(RELEASE)


def _send(task: str, *arguments: int) -> None:
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        current_app.send_task(task, args=arguments)
    except Exception as error:
        # Whatever a broker's client raises while the broker is away: what was committed stays committed.
        _quiet_until = time.monotonic() + QUIET_S
        log.warning("nudge_lost", task=task, error=type(error).__name__)
