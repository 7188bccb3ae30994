"""Celery's doors: each loads an id and calls one verb. The database decides; a doubled message does nothing twice."""

import os
import socket
import threading

import structlog
from celery import shared_task

from exact.api.errors import ExactError
from exact.books.reconcile import reconcile
from exact.lane.lane import run_lane as run_lane_of
from exact.models import Division
from exports.nudge import (
    LEARN,
    RECONCILE,
    RELEASE,
    REPOSTS,
    RUN_LANE,
    nudge_lane,
    nudge_reconcile,
    nudge_reposts,
)
from exports.reposts.overtaken import look_on
from exports.reposts.repost_runs import advance_runs
from exports.way.after_all import look_again_at_freed
from exports.way.ended_postings import settle
from exports.way.levels import look_again_after_changes, look_again_at_disputes
from exports.way.reviews import release_reviewed
from exports.way.set_aside import release_corrected, release_instead
from exports.way.starts import look_again_after_moves
from exports.way.sweep import (
    due_divisions,
    learn_and_recheck,
    learn_and_release,
    park_stopped,
    release_mended,
    release_waiting,
    unreconciled_divisions,
)
from tenants.put_off import each, every

log = structlog.get_logger()


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
    every(learn_and_recheck, learn_and_release)


@shared_task(name=RELEASE)
def release() -> None:
    """Look again at closings that wait for an activation or for settings, must wait now, or stand by older ones."""
    _look_again()


@shared_task(name=REPOSTS)
def reposts() -> None:
    """Go on with what people send again and correct."""
    if advance_runs():
        nudge_reposts()


@shared_task(name="exports.sweep")
def sweep() -> None:
    """Find everything that is due, what only has to be woken first: no step waits for another's trouble.

    Last is what asks Exact, which may take its time.
    """
    every(_wake_lanes, nudge_reposts)
    _look_again()
    every(learn_and_recheck, learn_and_release)


def _look_again() -> None:
    every(
        park_stopped,
        release_waiting,
        release_mended,
        look_again_after_changes,
        look_again_after_moves,
        look_again_at_disputes,
        release_reviewed,
        release_instead,
        release_corrected,
        look_again_at_freed,
        look_on,
    )


def _wake_lanes() -> None:
    for division_id in due_divisions():
        nudge_lane(division_id)


@shared_task(name="exports.reconcile_due")
def reconcile_due() -> None:
    """Each night: compare every active company with its books. Comes again until all were reached."""
    for division_id in unreconciled_divisions():
        nudge_reconcile(division_id)


@shared_task(name=RECONCILE)
def reconcile_division(division_id: int) -> None:
    """Compare one company with its books, or as much of it as Exact lets through now."""
    rows = Division.objects.filter(pk=division_id).values_list("pk", "put_off_count")
    each(Division, [*rows], _reconcile, loop="reconcile")


def _reconcile(division_id: int) -> None:
    division = Division.objects.select_related("app", "connection").get(pk=division_id)
    try:
        reconcile(division)
    except ExactError as error:
        log.warning("reconcile_stopped", division=division.code, why=type(error).__name__, detail=str(error))
