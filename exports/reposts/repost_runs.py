"""Doing the same with many closings: written down first, then done one by one, by whichever worker comes by."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from exact.lane.states import MovedByAnother as PostingMoved
from exports.models import RepostItem, RepostRun, RunWay, StoredClosing
from exports.nudge import nudge_reposts
from exports.reposts.repost import CannotRepost, repost
from exports.way.accept import reconsider
from exports.way.states import MovedByAnother as ExportMoved
from exports.words.reasons import Why, because
from tenants.models import User
from tenants.put_off import due, put_off

log = structlog.get_logger()
BATCH = 50
TRIES = 5
Done = Callable[[UUID, User, str], StoredClosing]
# What a run does to a closing. Each looks at it as it is then, and leaves alone what it does not fit.
DONE_BY: dict[RunWay, Done] = {
    RunWay.AGAIN: lambda pk, actor, why: repost(pk, actor=actor, why=why),
    RunWay.AS_IT_IS: lambda pk, actor, why: reconsider(
        pk, actor=actor, why=because(Why.BOOKED_AS_IT_IS, why), accept_problems=True
    ),
}
MOVED, BROKE = "moved_by_another", "repost_broke"


def start_run(
    exports: Iterable[StoredClosing], *, actor: User, why: str, reseller_id: int | None, way: str = RunWay.AGAIN
) -> RepostRun:
    """Write a run down with its closings and wake a worker. `reseller_id` is whose run it is; None is support's."""
    with transaction.atomic():
        run = RepostRun.objects.create(actor=actor, why=why, reseller_id=reseller_id, way=way)
        RepostItem.objects.bulk_create(
            RepostItem(run=run, export=export, tenant_id=export.tenant_id) for export in exports
        )
        transaction.on_commit(nudge_reposts, robust=True)
    return run


def advance_runs() -> bool:
    """Do some of what is left of every run, so that nobody waits for another's. Returns whether there is more."""
    unfinished = RepostRun.objects.filter(finished_at=None).order_by("started_at").select_related("actor")
    left = [advance(run) for run in unfinished]
    return any(left)


def advance(run: RepostRun, *, limit: int = BATCH) -> bool:
    """Send up to `limit` closings of a run again. Returns whether some can be now; safe beside another worker."""
    left = RepostItem.objects.filter(run=run, outcome="")
    for _step in range(limit):
        with transaction.atomic():
            items = left.filter(due()).select_related("export")
            item = items.select_for_update(skip_locked=True, of=("self",)).order_by("pk").first()
            if item is None:
                break
            if outcome := _send_item(item, run):
                RepostItem.objects.filter(pk=item.pk).update(outcome=outcome)
            else:
                put_off(RepostItem, item.pk, item.put_off_count)
    if not left.exists():
        RepostRun.objects.filter(pk=run.pk, finished_at=None).update(finished_at=timezone.now())
        return False
    return left.filter(due()).exists()


def _send_item(item: RepostItem, run: RepostRun) -> str:
    """The state the closing came to, or the code of why it was left as it is. "": it made trouble, and is put off."""
    try:
        with transaction.atomic():
            return str(DONE_BY[RunWay(run.way)](item.export_id, run.actor, run.why).state)
    except CannotRepost as refusal:
        return refusal.code
    except (ExportMoved, PostingMoved):
        log.info("repost_met_another", closing=str(item.export_id))
        return MOVED
    except Exception:
        log.exception("repost_broke", closing=str(item.export_id), times=item.put_off_count + 1)
        return BROKE if item.put_off_count + 1 >= TRIES else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is."""

    total: int
    done: int
    outcomes: dict[str, int]

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total) if self.total else 100


def progress(run: RepostRun) -> Progress:
    """Counted from the run's items."""
    outcomes = Counter(RepostItem.objects.filter(run=run).values_list("outcome", flat=True))
    total = sum(outcomes.values())
    left = outcomes.pop("", 0)
    return Progress(total=total, done=total - left, outcomes=dict(outcomes))
