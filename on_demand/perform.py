"""Performing exports: the work of a worker that got an export's message; and the exports that are due."""

from uuid import UUID

import structlog
from django.db import DatabaseError
from django.db.models import Exists, F, OuterRef, Q, Window
from django.db.models.functions import Now, RowNumber

from ledger.problem import Problem
from on_demand.claim import Claimed, Stopped, claim
from on_demand.exact_sums import ON_ITS_WAY
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
from on_demand.to_exact import export_to_exact
from on_demand.to_file import export_to_file

log = structlog.get_logger()


def perform(export_id: UUID) -> None:
    """Make an export, or nothing when another worker does it; then send its report."""
    claimed = claim(export_id)
    if claimed is not None:
        _perform(claimed)
    send_report(export_id)


def _perform(claimed: Claimed) -> None:
    try:
        if claimed.export.to_exact:
            export_to_exact(claimed)
        else:
            export_to_file(claimed)
    except Stopped:
        log.info("export_stopped", export=str(claimed.export.pk))
    except DatabaseError:
        raise  # nothing can be written: the lease runs out and the sweep finds the export again
    except Exception:
        log.exception("export_broke", export=str(claimed.export.pk))
        claimed.finish(OnDemandState.FAILED, problems=[Problem(code="run_broke").to_document()])


def due_exports() -> list[UUID]:
    """Exports no worker has: queued, left by a worker that ended, settled in Exact meanwhile, or with a report to send.

    A hundred at most, every customer's oldest first.
    """
    under_way = OnDemandClosing.objects.filter(state=OnDemandClosingState.TAKEN, closing__state__in=ON_ITS_WAY).values(
        "export_id"
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
    """An export of each set whose one mail is due: all of its exports have ended."""
    under_way = ExportPart.objects.filter(together=OuterRef("pk"), export__state__in=UNFINISHED)
    waited = Q(mail_not_before=None) | Q(mail_not_before__lt=Now())
    sets = ExportSet.objects.filter(waited, ~Exists(under_way), mail_state=MailState.DUE)
    rows = ExportPart.objects.filter(together__in=sets, export__isnull=False).order_by("together_id", "export_id")
    return [*rows.distinct("together_id").values_list("export_id", flat=True)]
