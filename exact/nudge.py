"""Messages that say "look at the database now". A lost or doubled one changes nothing: the sweeps find what is due."""

import structlog
from celery import current_app
from kombu.exceptions import OperationalError

log = structlog.get_logger()

CHECK = "exact.check"
REFRESH = "exact.refresh"


def nudge(task: str, *arguments: int) -> None:
    """Ask a worker for a task. Valkey may be away: then the next sweep does it."""
    try:
        current_app.send_task(task, args=arguments)
    except OperationalError as error:
        log.warning("nudge_lost", task=task, error=type(error).__name__)


def nudge_check(link_id: int) -> None:
    """Ask a worker to make the checks of an activation link."""
    nudge(CHECK, link_id)
