"""A short chaos run with real processes: whatever is killed, nothing is lost, doubled, changed or stuck."""

import json
import os
import subprocess
import sys

import pytest

from integration.stack.services import CLONE

pytestmark = pytest.mark.usefixtures("outside")

RUN = {"MINUTES": "1", "SEED": "make test", "TENANTS": "4", "RATE": "3"}
LONGEST_S = 600


def test_chaos__a_minute_of_it_leaves_the_books_right() -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    run = subprocess.run(
        [sys.executable, "-m", "integration.chaos"],
        cwd=CLONE,
        env=environment | RUN,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
    report = json.loads((CLONE / ".local" / "chaos-run" / "report.json").read_text())
    assert report["verdict"]["in_books"] == report["verdict"]["acknowledged"] > 50
