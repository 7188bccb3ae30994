"""Asking for a run: from the console, from a till, or by the calendar."""

from datetime import date
from functools import partial

from django.db import transaction

from on_demand.models import UNFINISHED, OnDemandExport, OnDemandFormat
from on_demand.nudge import nudge_run
from tenants.models import Establishment, Tenant, Till, User


def ask_for_run(
    tenant: Tenant,
    *,
    establishment: Establishment | None,
    first: date,
    last: date,
    format: OnDemandFormat,
    email: str = "",
    language: str = "fr",
    again: bool = False,
    late_since: date | None = None,
    by: User | Till | None = None,
) -> OnDemandExport:
    """Queue a run over a possible range (`period.period_faults`) and wake a worker once it is on disk.

    The same question again, while the first is not answered, is that first run. `by` is None for the calendar.
    `again`: a file for import also holds what an earlier one held. `late_since`: a monthly one (`OnDemandExport`).
    """
    assert establishment is None or establishment.tenant_id == tenant.pk, "an establishment of that customer"
    asked = {
        "tenant": tenant,
        "establishment": establishment,
        "first_date": first,
        "last_date": last,
        "format": format,
        "again": again,
        "late_since": late_since,
        "email": email,
        "asked_by": by if isinstance(by, User) else None,
        "asked_by_till": by if isinstance(by, Till) else None,
    }
    with transaction.atomic():
        # The customer's row is locked, so that a double click finds the run that the first click made.
        Tenant.objects.select_for_update(no_key=True).filter(pk=tenant.pk).values_list("pk").get()
        run = OnDemandExport.objects.filter(**asked, state__in=UNFINISHED).first()
        if run is None:
            run = OnDemandExport.objects.create(**asked, language=language)
            transaction.on_commit(partial(nudge_run, run.pk), robust=True)
    return run
