"""Celery's doors: each loads an id and calls one verb. The database decides; a doubled message does nothing twice."""

import os
import socket
import threading

from celery import shared_task

from exact.lane import run_lane as run_lane_of
from exports.nudge import LEARN, RELEASE, REPOSTS, RUN_LANE, nudge_lane, nudge_reposts
from exports.repost_runs import advance_runs
from exports.settle import settle
from exports.sweep import due_divisions, learn_and_release, release_mended, release_waiting


def _holder() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"[-80:]


@shared_task(name=RUN_LANE)
def run_lane(division_id: int) -> None:
    """Run one division's lane for a while."""
    if run_lane_of(division_id, holder=_holder(), settled=settle):
        nudge_lane(division_id)


@shared_task(name=LEARN)
def learn_third_parties() -> None:
    """Look up the third parties that closings wait for."""
    learn_and_release()


@shared_task(name=RELEASE)
def release() -> None:
    """Look again at closings that wait for an activation or for settings."""
    release_waiting()
    release_mended()


@shared_task(name=REPOSTS)
def reposts() -> None:
    """Go on with what people send again."""
    if advance_runs():
        nudge_reposts()


@shared_task(name="exports.sweep")
def sweep() -> None:
    """Find everything that is due and wake its lane."""
    release_waiting()
    learn_and_release()
    nudge_reposts()
    for division_id in due_divisions():
        nudge_lane(division_id)
