"""Putting the task's name and the number of the request that asked for it on a task's log lines.

So all that a till's push made happen is found by the push's `X-Request-ID`, on any machine. A task that beat started
has its own id as that number, and so have the tasks it asks for.
"""

from typing import Any

import sentry_sdk
from structlog.contextvars import bind_contextvars, clear_contextvars

from exact.nudge import ASKED_IN


def begin(task: Any, task_id: str, **_: Any) -> None:
    """Celery's `task_prerun`."""
    if task.request.is_eager:
        return
    number = (task.request.headers or {}).get(ASKED_IN) or task.request.get(ASKED_IN) or task_id
    clear_contextvars()
    bind_contextvars(request_id=number, task=task.name)
    sentry_sdk.get_isolation_scope().set_tag("request_id", number)


def end(task: Any, **_: Any) -> None:
    """Celery's `task_postrun`."""
    if not task.request.is_eager:
        clear_contextvars()
