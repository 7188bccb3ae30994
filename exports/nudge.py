"""What this room asks workers to look at now. A lost or doubled message changes nothing."""

from collections.abc import Iterable

from django.db import transaction

from exact.company.preflight import THIRD_PARTY_UNKNOWN
from exact.nudge import nudge

RUN_LANE = "exports.run_lane"
LEARN = "exports.learn_third_parties"
RELEASE = "exports.release"
RECONCILE = "exports.reconcile"
REPOSTS = "exports.reposts"


def nudge_lane_after_commit(division_id: int) -> None:
    """Ask a worker to run a division's lane once this transaction is on disk."""
    transaction.on_commit(lambda: nudge_lane(division_id), robust=True)


def nudge_lane(division_id: int) -> None:
    """Ask a worker to run a division's lane."""
    nudge(RUN_LANE, division_id)


def nudge_learning() -> None:
    """Ask a worker to look up third parties that closings wait for."""
    nudge(LEARN)


def learn_if_unknown(codes: Iterable[str]) -> None:
    """Have third parties looked up once this transaction is on disk, if problems with these codes miss one."""
    if THIRD_PARTY_UNKNOWN in codes:
        transaction.on_commit(nudge_learning, robust=True)


def nudge_release() -> None:
    """Ask a worker to look again at closings whose settings changed."""
    nudge(RELEASE)


def nudge_reconcile(division_id: int) -> None:
    """Ask a worker to compare a division with Exact's books."""
    nudge(RECONCILE, division_id)


def nudge_reposts() -> None:
    """Ask a worker to go on with what people send again."""
    nudge(REPOSTS)
