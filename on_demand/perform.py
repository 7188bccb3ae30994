"""Performing runs: the work of a worker that got a run's message; and the runs that are due."""

from uuid import UUID

import structlog
from django.db import DatabaseError
from django.db.models import Exists, F, OuterRef, Q, Window
from django.db.models.functions import Now, RowNumber

from ledger.problem import Problem
from on_demand.claim import Stopped, Work, claim
from on_demand.mail import send_report
from on_demand.models import (
    UNFINISHED,
    ExportPart,
    ExportSet,
    MailState,
    OnDemandClosing,
    OnDemandClosingState,
    OnDemandExport,
    OnDemandState,
)
from on_demand.to_exact import ON_ITS_WAY, run_to_exact
from on_demand.to_file import run_to_file

log = structlog.get_logger()


def perform(run_id: UUID) -> None:
    """Do a run, or nothing when another worker does it; then send its report."""
    work = claim(run_id)
    if work is not None:
        _perform(work)
    send_report(run_id)


def _perform(work: Work) -> None:
    try:
        if work.run.to_exact:
            run_to_exact(work)
        else:
            run_to_file(work)
    except Stopped:
        log.info("run_stopped", run=str(work.run.pk))
    except DatabaseError:
        raise  # nothing can be written: the lease runs out and the sweep finds the run again
    except Exception:
        log.exception("run_broke", run=str(work.run.pk))
        work.finish(OnDemandState.FAILED, problems=[Problem(code="run_broke").to_document()])


def due_runs() -> list[UUID]:
    """Runs no worker has: queued, left by a worker that ended, settled in Exact meanwhile, or with a report to send.

    A hundred at most, every customer's oldest first.
    """
    under_way = OnDemandClosing.objects.filter(state=OnDemandClosingState.TAKEN, closing__state__in=ON_ITS_WAY).values(
        "run_id"
    )
    left = Q(state=OnDemandState.RUNNING, handed_over_at=None, leased_until__lt=Now())
    settled = Q(state=OnDemandState.RUNNING, handed_over_at__isnull=False, leased_until__lt=Now()) & ~Q(
        pk__in=under_way
    )
    mail = Q(mail_state=MailState.DUE) & (Q(mail_not_before=None) | Q(mail_not_before__lt=Now()))
    due = OnDemandExport.objects.filter(
        Q(state=OnDemandState.QUEUED) | left | settled | mail | Q(pk__in=_list_of_due_sets())
    )
    place = Window(RowNumber(), partition_by=F("tenant_id"), order_by=F("asked_at").asc())
    return [*due.annotate(place=place).order_by("place", "asked_at").values_list("pk", flat=True)[:100]]


def _list_of_due_sets() -> list[UUID]:
    """A run of each set whose one mail is due: all of its runs have ended."""
    under_way = ExportPart.objects.filter(together=OuterRef("pk"), run__state__in=UNFINISHED)
    waited = Q(mail_not_before=None) | Q(mail_not_before__lt=Now())
    sets = ExportSet.objects.filter(waited, ~Exists(under_way), mail_state=MailState.DUE)
    rows = ExportPart.objects.filter(together__in=sets, run__isnull=False).order_by("together_id", "run_id")
    return [*rows.distinct("together_id").values_list("run_id", flat=True)]
