"""Messages that say "look at the database now". A lost or doubled one changes nothing: the sweep finds what is due."""

from uuid import UUID

import structlog
from celery import current_app
from kombu.exceptions import OperationalError

log = structlog.get_logger()

RUN_LANE = "exports.run_lane"
LEARN = "exports.learn_third_parties"
RELEASE = "exports.release"
RECONCILE = "exports.reconcile"
RUN = "exports.perform_run"


def nudge_lane(division_id: int) -> None:
    """Ask a worker to run a division's lane."""
    _send(RUN_LANE, division_id)


def nudge_learning() -> None:
    """Ask a worker to look up third parties that closings wait for."""
    _send(LEARN)


def nudge_release() -> None:
    """Ask a worker to look again at closings whose settings changed."""
    _send(RELEASE)


def nudge_reconcile(division_id: int) -> None:
    """Ask a worker to compare a division with Exact's books."""
    _send(RECONCILE, division_id)


def nudge_run(run_id: UUID) -> None:
    """Ask a worker to perform a run of the export on demand."""
    _send(RUN, str(run_id))


def _send(task: str, *arguments: int | str) -> None:
    try:
        current_app.send_task(task, args=arguments)
    except OperationalError as error:
        log.warning("nudge_lost", task=task, error=type(error).__name__)
