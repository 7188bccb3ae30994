"""Doing the same with many closings: stored first as a run, then done one by one, by any worker.

A constraint lets a closing be in one open run at a time. If a worker dies, the next one goes on with its closing from
where it is.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from exact.api.errors import ExactError, RateLimited
from exact.lane.states import MovedByAnother as PostingMoved
from exports.models import RepostItem, RepostRun, RunWay, StoredClosing
from exports.nudge import nudge_reposts
from exports.reposts.correction import dry_run_of
from exports.reposts.replace import CannotReplace, DryRun, order
from exports.reposts.repost import CannotRepost, repost
from exports.reposts.take_out import leave_unbooked
from exports.way.accept import reconsider
from exports.way.after_all import book_after_all
from exports.way.reviews import release
from exports.way.set_aside import CannotSetAside
from exports.way.states import MovedByAnother as ExportMoved
from exports.words.reasons import Why, because
from tenants.customer_lock import hold_customers
from tenants.models import User
from tenants.put_off import FIRST_ALONE, due, put_off

log = structlog.get_logger()
# How many closings of a run that asks Exact about each are done in a row: fewer, so that other runs get their turn.
BATCH, BATCH_OF_CORRECTIONS = 50, 10
TRIES = 5
Done = Callable[[UUID, User, str], StoredClosing]
# What a run does to a closing, by its way. Each function looks at the closing as it is then, and changes nothing where
# it does not apply.
DONE_BY: dict[RunWay, Done] = {
    RunWay.AGAIN: lambda pk, actor, why: repost(pk, actor=actor, why=why),
    RunWay.RELEASE: lambda pk, actor, why: release(pk, actor=actor, why=why),
    RunWay.AS_IT_IS: lambda pk, actor, why: reconsider(
        pk, actor=actor, why=because(Why.BOOKED_AS_IT_IS, why), accept_problems=True
    ),
    RunWay.AFTER_ALL: lambda pk, actor, why: book_after_all(pk, actor=actor, why=why),
    RunWay.SET_ASIDE: lambda pk, actor, why: leave_unbooked(pk, actor=actor, why=why),
}
MOVED, BROKE = "moved_by_another", "repost_broke"
STOPPED, NO_ANSWER, LINK_LOST = "run_stopped", "correct_no_answer", "correct_link_lost"


class InAnotherRun(Exception):
    """Each of the closings is in the hands of another run already; `run` is one of those, None when it just ended."""

    def __init__(self, run: RepostRun | None) -> None:
        super().__init__()
        self.run = run


def start_run(
    wanted: Iterable[StoredClosing],
    *,
    actor: User,
    why: str,
    reseller_id: int | None,
    way: str = RunWay.AGAIN,
    tenant_id: int | None = None,
    shown: Mapping[int, str] | None = None,
) -> RepostRun:
    """Store a run with its closings and wake a worker. `reseller_id`: the reseller whose run it is; None: support's.

    `tenant_id`: the customer of a correction. `shown`: for each establishment, the stamp of the settings that the
    correction was shown under. Closings in another open run are left out, and those of a customer that was handed over
    to another reseller meanwhile; none is until the run stands. Raises `InAnotherRun` when none is left.
    """
    closings = [*wanted]
    with transaction.atomic():
        own = hold_customers(it.tenant_id for it in closings)
        closings = [it for it in closings if it.tenant_id in own]
        run = RepostRun.objects.create(actor=actor, why=why, reseller_id=reseller_id, tenant_id=tenant_id, way=way)
        RepostItem.objects.bulk_create(
            (
                RepostItem(
                    run=run,
                    closing=closing,
                    tenant_id=closing.tenant_id,
                    shown=shown[closing.establishment_id] if shown else "",
                )
                for closing in closings
            ),
            ignore_conflicts=True,
        )
        if not RepostItem.objects.filter(run=run).exists():
            raise InAnotherRun(_find_run_of(closings))
        transaction.on_commit(nudge_reposts, robust=True)
    return run


def _find_run_of(closings: Iterable[StoredClosing]) -> RepostRun | None:
    items = RepostItem.objects.filter(closing__in=[it.pk for it in closings], outcome="").select_related("run")
    item = items.order_by("-run__started_at").first()
    return item.run if item else None


def stop_run(run: RepostRun, *, by: User) -> None:
    """Stop a run: begun closings are finished, the rest stay as they are. Does nothing to one that is over."""
    with transaction.atomic():
        open_ones = RepostRun.objects.filter(pk=run.pk, finished_at=None)
        if open_ones.update(finished_at=timezone.now(), stopped_by=by):
            RepostItem.objects.filter(run=run, outcome="").update(outcome=STOPPED)


def advance_runs() -> bool:
    """Do some closings of every open run, so that no run waits for another. Returns whether there is more to do."""
    unfinished = RepostRun.objects.filter(finished_at=None).order_by("started_at").select_related("actor")
    left = [advance(run) for run in unfinished]
    return any(left)


def advance(run: RepostRun, *, limit: int = 0) -> bool:
    """Do up to `limit` closings of a run. Returns whether more can be done now; safe beside another worker."""
    left = RepostItem.objects.filter(run=run, outcome="")
    take, batch = (_correct_next, BATCH_OF_CORRECTIONS) if run.way == RunWay.CORRECT else (_do_next, BATCH)
    paused = False
    for _step in range(limit or batch):
        try:
            if not take(run, left):
                break
        except RateLimited:
            paused = True
            break
    if not left.exists():
        RepostRun.objects.filter(pk=run.pk, finished_at=None).update(finished_at=timezone.now())
        return False
    return not paused and left.filter(due()).exists()


def _do_next(run: RepostRun, left: QuerySet[RepostItem]) -> bool:
    """Do the next closing that is due, in one transaction. Returns whether there was one."""
    with transaction.atomic():
        items = left.filter(due()).select_related("closing")
        item = items.select_for_update(skip_locked=True, of=("self",)).order_by("pk").first()
        if item is None:
            return False
        if outcome := _send_item(item, run):
            RepostItem.objects.filter(pk=item.pk).update(outcome=outcome)
        else:
            put_off(RepostItem, item.pk, item.put_off_count)
    return True


def _send_item(item: RepostItem, run: RepostRun) -> str:
    """Do one closing. Returns its new state, or the code of why it was left as it is; "": it failed and is put off."""
    try:
        with transaction.atomic():
            return str(DONE_BY[RunWay(run.way)](item.closing_id, run.actor, run.why).state)
    except (CannotRepost, CannotReplace, CannotSetAside) as refusal:
        return refusal.code
    except (ExportMoved, PostingMoved):
        log.info("repost_met_another", closing=str(item.closing_id))
        return MOVED
    except Exception:
        return _note_trouble(item)


def _correct_next(run: RepostRun, left: QuerySet[RepostItem]) -> bool:
    """Correct the next closing that is due. Returns whether there was one. Raises `RateLimited`.

    Exact is asked outside of any transaction. Meanwhile the closing is put off, so that no second worker takes it; if
    this worker dies, it is due again after that.
    """
    item = left.filter(due()).order_by("pk").first()
    if item is None:
        return False
    if not put_off(RepostItem, item.pk, item.put_off_count, first=FIRST_ALONE):
        return True  # another worker took it first
    try:
        outcome = _correct_item(item, run)
    except RateLimited as empty:
        RepostItem.objects.filter(pk=item.pk).update(put_off_until=empty.until, put_off_count=item.put_off_count)
        raise
    if outcome:
        RepostItem.objects.filter(pk=item.pk, outcome="").update(outcome=outcome)
    return True


def _correct_item(item: RepostItem, run: RepostRun) -> str:
    """Correct one closing. Returns its new state, or the code of why it was left as it is; "" to try again later."""
    try:
        shown = dry_run_of(item.closing_id, shown=item.shown)
        return _order(item, run, shown)
    except CannotReplace as refusal:
        return refusal.code
    except (ExportMoved, PostingMoved):
        log.info("correction_met_another", closing=str(item.closing_id))
        return MOVED
    except RateLimited:
        raise
    except ExactError as error:
        log.warning("correction_not_answered", closing=str(item.closing_id), error=type(error).__name__)
        given_up = LINK_LOST if error.link_lost else NO_ANSWER
        return given_up if item.put_off_count + 1 >= TRIES else ""
    except Exception:
        return _note_trouble(item)


def _order(item: RepostItem, run: RepostRun, shown: DryRun) -> str:
    """Order what the dry run showed, unless the run was stopped meanwhile, and end the item in the same transaction."""
    with transaction.atomic():
        held = RepostItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
        if held.outcome:
            return held.outcome
        closing = order(shown, actor=run.actor, why=run.why).closing
        held.outcome = closing.state
        held.save(update_fields=["outcome"])
    return held.outcome


def _note_trouble(item: RepostItem) -> str:
    log.exception("repost_broke", closing=str(item.closing_id), times=item.put_off_count + 1)
    return BROKE if item.put_off_count + 1 >= TRIES else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is."""

    total: int
    done: int
    outcomes: dict[str, int]

    @property
    def percent(self) -> int:
        """0 to 100; 100 for a run without items."""
        return round(100 * self.done / self.total) if self.total else 100


def progress(run: RepostRun) -> Progress:
    """How far a run is, counted over all its items."""
    return progress_of(RepostItem.objects.filter(run=run))


def progress_of(items: QuerySet[RepostItem]) -> Progress:
    """How far a run is, counted over `items`: those that the person may see."""
    outcomes = Counter(items.order_by().values_list("outcome", flat=True))
    total = sum(outcomes.values())
    left = outcomes.pop("", 0)
    return Progress(total=total, done=total - left, outcomes=dict(outcomes))
