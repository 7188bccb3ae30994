"""Celery's doors: each loads an id and calls one verb. The database decides; a doubled message does nothing twice."""

import os
import socket
import threading

from celery import shared_task

from exact.lane import run_lane as run_lane_of
from exports.nudge import LEARN, RELEASE, RUN_LANE, nudge_lane
from exports.settle import settle
from exports.sweep import (
    due_divisions,
    learn_and_recheck,
    learn_and_release,
    park_stopped,
    release_mended,
    release_waiting,
)


def _holder() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"[-80:]


@shared_task(name=RUN_LANE)
def run_lane(division_id: int) -> None:
    """Run one division's lane for a while."""
    if run_lane_of(division_id, holder=_holder(), settled=settle):
        nudge_lane(division_id)


@shared_task(name=LEARN)
def learn_third_parties() -> None:
    """Look up the third parties that activations and closings wait for."""
    learn_and_recheck()
    learn_and_release()


@shared_task(name=RELEASE)
def release() -> None:
    """Look again at closings that wait for an activation or for settings, or must wait now."""
    park_stopped()
    release_waiting()
    release_mended()


@shared_task(name="exports.sweep")
def sweep() -> None:
    """Find everything that is due and wake its lane."""
    park_stopped()
    release_waiting()
    release_mended()
    learn_and_recheck()
    learn_and_release()
    for division_id in due_divisions():
        nudge_lane(division_id)
