"""A worker of the product with tasks that keep a thread busy, and a quick pulse.

`celery -A tests.integration.worker_that_waits worker` (or `beat`).
"""

import time
from pathlib import Path

import structlog

from integration import pulse
from integration.celery import app

pulse.EVERY_S = 0.2
app.conf.beat_schedule = {"often": {"task": "tests.nothing", "schedule": 0.2}}


@app.task(name="tests.wait")  # type: ignore[untyped-decorator]
def wait(seconds: float, done: str) -> None:
    """Sleep, then leave a file."""
    time.sleep(seconds)
    Path(done).touch()


@app.task(name="tests.wait_for")  # type: ignore[untyped-decorator]
def wait_for(begun: str, go_on: str) -> None:
    """Leave a file, and be at work until another one is there."""
    Path(begun).touch()
    while not Path(go_on).exists():
        time.sleep(0.05)


@app.task(name="tests.tell")  # type: ignore[untyped-decorator]
def tell() -> None:
    """Log a line."""
    structlog.get_logger().info("told")
