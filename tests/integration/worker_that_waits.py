"""A worker of the product with a task that keeps a thread busy: `celery -A tests.integration.worker_that_waits`."""

import time
from pathlib import Path

from integration.celery import app


@app.task(name="tests.wait")  # type: ignore[untyped-decorator]
def wait(seconds: float, done: str) -> None:
    """Sleep, then leave a file."""
    time.sleep(seconds)
    Path(done).touch()
