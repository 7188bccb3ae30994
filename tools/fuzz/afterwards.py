"""What happens to a push once it was answered: it is looked at again, sent, put into files, told in letters, shown."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta

import structlog
from django.core import mail
from django.urls import reverse

from clyo_ingest.models import Push
from concerns.letters.round import go_round
from exact.lane.lane import run_lane
from exact.models import Activation
from exports.models import ClosingState, StoredClosing
from exports.way.accept import reconsider
from exports.way.ended_postings import settle
from exports.way.levels import look_again_after_changes, look_again_at_disputes
from exports.way.sweep import park_stopped, release_mended, release_waiting
from on_demand.ask import ask_for_export
from on_demand.models import OnDemandExport, OnDemandFormat, OnDemandState
from on_demand.perform import perform
from tools.bench.pages import pages_of
from tools.bench.people import logged_in
from tools.fuzz.documents import DAYS, FIRST_DAY
from tools.fuzz.promises import unescaped
from tools.fuzz.stage import Stage

log = structlog.get_logger()

HELD_MAX = 30
LANE_TURNS = 3
RUNS_MAX = 4
ROWS_SHOWN = 6
SWEEPS: tuple[Callable[[], object], ...] = (
    park_stopped,
    release_waiting,
    release_mended,
    look_again_after_changes,
    look_again_at_disputes,
)


def afterwards(stage: Stage, dice: random.Random, *, whole: bool) -> Iterator[str]:
    """Do all that is done later with what this batch pushed; `whole` with letters and every page. What went wrong."""
    yield from _try_steps("the sweep", *SWEEPS)
    held = StoredClosing.objects.filter(till=stage.booking, state=ClosingState.HELD).values_list("pk", flat=True)
    yield from _try_steps("another look", *(_look_again(pk) for pk in held[:HELD_MAX]))
    yield from _try_steps("the lane", lambda: _send(stage))
    yield from _of_exports(stage)
    if put_off := StoredClosing.objects.filter(till=stage.booking, put_off_count__gt=0).count():
        yield f"{put_off} closings that were put off"
    if whole:
        yield from _of_letters()
    yield from _of_pages(stage, dice, whole=whole)


def _try_steps(what: str, *steps: Callable[[], object]) -> Iterator[str]:
    for step in steps:
        try:
            step()
        except Exception as error:
            log.exception("raised", what=what)
            yield f"{what} raised {type(error).__name__}: {error}"[:300]


def _look_again(closing_id: object) -> Callable[[], object]:
    return lambda: reconsider(closing_id, why="fuzz", accept_problems=True)  # type: ignore[arg-type]


def _send(stage: Stage) -> None:
    division = Activation.objects.get(establishment=stage.booking.establishment).division_id
    for _turn in range(LANE_TURNS):
        if not run_lane(division, holder="fuzz", settled=settle):
            return


def _of_exports(stage: Stage) -> Iterator[str]:
    """What the till asked for, and a file of each format over all that was pushed."""
    shop = stage.booking.establishment
    for file in (it for it in OnDemandFormat if it.layout):
        last = FIRST_DAY + timedelta(days=DAYS)
        ask_for_export(shop.tenant, establishment=shop, first=FIRST_DAY, last=last, format=file)
    exports = OnDemandExport.objects.filter(
        tenant__in=[shop.tenant_id, stage.changing.tenant_id], state=OnDemandState.QUEUED
    )
    for export in exports.order_by("-asked_at")[: RUNS_MAX * 2]:
        yield from _try_steps(f"an export ({export.format})", lambda pk=export.pk: perform(pk))  # type: ignore[misc]
        export.refresh_from_db()
        if "run_broke" in {problem["code"] for problem in export.problems}:
            yield f"an export ({export.format}) that broke"


def _of_letters() -> Iterator[str]:
    yield from _try_steps("letters", lambda: go_round(early=True))
    for message in getattr(mail, "outbox", []):
        for content, _type in getattr(message, "alternatives", []):
            yield from (f"a letter: {said}" for said in unescaped(str(content)))
    mail.outbox = []


def _of_pages(stage: Stage, dice: random.Random, *, whole: bool) -> Iterator[str]:
    client = logged_in(stage.support)
    client.raise_request_exception = False
    for path in [*_rows(stage, dice), *(pages_of(stage.support).values() if whole else ())]:
        answer = client.get(path)
        if answer.status_code >= 500:
            yield f"a page with a {answer.status_code}: {path}"
        if "text/html" in answer.headers.get("Content-Type", "") and not answer.streaming:
            yield from (f"{path}: {said}" for said in unescaped(answer.content.decode()))


def _rows(stage: Stage, dice: random.Random) -> Iterator[str]:
    """Some pushes and closings of the batch, each on its page; and the log of the day, as a page and as a text."""
    tills = [stage.booking.pk, stage.changing.pk]
    pushes = [*Push.objects.filter(till__in=tills).values_list("pk", flat=True)]
    closings = [*StoredClosing.objects.filter(till__in=tills).values_list("pk", flat=True)]
    for name, keys in (("clyo_ingest_push", pushes), ("exports_storedclosing", closings)):
        for key in dice.sample(keys, min(ROWS_SHOWN, len(keys))):
            yield reverse(f"admin:{name}_change", args=[key])
    for till in (stage.booking, stage.changing):
        log = f"{reverse('console_log')}?establishment={till.establishment_id}"
        yield from (log, f"{log}&as=text")
        yield reverse("console_mapping", args=[till.establishment_id])
    yield f"{reverse('admin:exports_storedclosing_changelist')}?till__id__exact={stage.booking.pk}"
    yield f"{reverse('admin:clyo_ingest_push_changelist')}?answer=refused"
