"""A short chaos run with real processes: whatever is killed, nothing is lost, doubled, changed or stuck."""

import json
import os
import subprocess
import sys

import pytest

from tools.chaos.schedule import BLOWS, schedule
from tools.stack.services import CLONE

# Twice as fast as a long run, by a seed whose plan has every blow and is through within the half minute.
RUN = {"MINUTES": "0.5", "SEED": "make test 30", "TENANTS": "4", "RATE": "6", "EVERY": "2"}
LONGEST_S = 600


def test_schedule__of_the_run_has_every_blow_and_ends_in_time() -> None:
    plan = schedule(RUN["SEED"], length_s=30, every_s=2)
    for blow in BLOWS:
        done = sum(event.verb is blow.begins and event.target in blow.targets for event in plan)
        assert done >= BLOWS.count(blow), blow
    assert plan[-1].at_s < 30


@pytest.mark.usefixtures("outside")
def test_chaos__half_a_minute_of_it_leaves_the_books_right() -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    run = subprocess.run(
        [sys.executable, "-m", "tools.chaos"],
        cwd=CLONE,
        env=environment | RUN,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
    report = json.loads((CLONE / ".local" / "chaos-run" / "report.json").read_text())
    assert {str(event) for event in schedule(RUN["SEED"], length_s=30, every_s=2)} <= {*report["done"]}
    assert report["verdict"]["in_books"] == report["verdict"]["acknowledged"] > 50
