"""Counts of a worker's tasks by outcome, and when each last succeeded. A worker is one process with threads."""

import threading
import time
from typing import Any

from celery.worker.state import active_requests
from prometheus_client import Counter, Gauge, Histogram

from integration.pulse import HEAR

TASKS = Counter("clyo_tasks", "Tasks, by what they came to.", ["task", "outcome"])
SECONDS = Histogram(
    "clyo_task_seconds",
    "How long tasks took.",
    ["task"],
    buckets=(0.01, 0.05, 0.25, 1, 5, 30, 120, 600, 3600),
)
LAST_DONE = Gauge("clyo_task_last_done_timestamp_seconds", "When each task last went well.", ["task"])
THREADS = Gauge("clyo_worker_threads", "Threads of this worker: all there are, and those at work.", ["which"])

_of_thread = threading.local()


def prepare(instance: Any, **_: Any) -> None:
    """Celery's `celeryd_after_setup`: create every series, so that it exists before its first count."""
    for name in instance.app.tasks:
        if _is_ours(name):
            TASKS.labels(name, "done")
            TASKS.labels(name, "failed")
    THREADS.labels("all").set(instance.concurrency)
    THREADS.labels("at_work").set_function(lambda: len(active_requests))


def begin(**_: Any) -> None:
    """Celery's `task_prerun`."""
    _of_thread.began = time.monotonic()


def end(sender: Any, state: str | None = None, **_: Any) -> None:
    """Celery's `task_postrun`."""
    if not _is_ours(sender.name):
        return
    done = state == "SUCCESS"
    TASKS.labels(sender.name, "done" if done else "failed").inc()
    SECONDS.labels(sender.name).observe(time.monotonic() - _of_thread.began)
    if done:
        LAST_DONE.labels(sender.name).set_to_current_time()


def _is_ours(name: str) -> bool:
    return not name.startswith("celery.") and name != HEAR
