"""A task's log lines say which task it is, and go by the number of the request that woke it.

So what a till's push made happen is found by the push's `X-Request-ID`, whichever machine did it. A task that nobody's
request woke (beat did) has its own id for that number, and so has everything it wakes.
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
