"""The file of last month, by itself, on the day an establishment chose."""

from datetime import date, timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from exports.runs.ask import ask_for_run
from exports.runs.models import ExportRun, MonthlyExport, RunFormat

log = structlog.get_logger()


def ask_for_due_months() -> list[ExportRun]:
    """Ask for last month's run of every establishment whose day has come. However often called: one run a month."""
    today = timezone.localdate()
    last = today.replace(day=1) - timedelta(days=1)
    month = last.replace(day=1)
    due = MonthlyExport.objects.filter(Q(exported_month=None) | Q(exported_month__lt=month), active=True)
    asked = []
    for pk in due.filter(day__lte=today.day).values_list("pk", flat=True):
        try:
            asked.append(_ask(pk, month, last))
        except Exception:
            # It is due again in an hour; the others' files are made now.
            log.exception("monthly_not_asked", monthly_export=pk)
    return [run for run in asked if run is not None]


def _ask(pk: int, month: date, last: date) -> ExportRun | None:
    """Claim the month and ask for its run, both or neither."""
    with transaction.atomic():
        rows = MonthlyExport.objects.select_for_update(of=("self",)).select_related("tenant", "establishment")
        monthly = rows.get(pk=pk)
        if not monthly.active or (monthly.exported_month is not None and monthly.exported_month >= month):
            return None
        MonthlyExport.objects.filter(pk=pk).update(exported_month=month)
        return ask_for_run(
            monthly.tenant,
            establishment=monthly.establishment,
            first=month,
            last=last,
            format=RunFormat(monthly.format),
            email=monthly.email,
        )
