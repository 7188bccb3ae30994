"""Asking for exports: from the console, one or several together; from a till; or by the calendar."""

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import date
from functools import partial

from django.db import transaction

from on_demand.models import (
    UNFINISHED,
    ExportPart,
    ExportSet,
    MailState,
    OnDemandExport,
    OnDemandFormat,
    OnDemandShop,
)
from on_demand.nudge import nudge_export
from tenants.customer_lock import CustomerGone, lock_customers
from tenants.models import Establishment, Tenant, Till, User


def ask_for_export(
    tenant: Tenant,
    *,
    establishment: Establishment | None,
    first: date,
    last: date,
    format: OnDemandFormat,
    shops: Collection[Establishment] = (),
    email: str = "",
    language: str = "fr",
    again: bool = False,
    late_since: date | None = None,
    by: User | Till | None = None,
) -> OnDemandExport:
    """Queue an export over a possible range (`period.period_faults`) and wake a worker after the commit.

    The same question, asked again before the first export has ended, returns that one. `by` is None for the calendar.
    `shops`: several of the customer's establishments, not all. `again`: a file for import also holds what an earlier
    one held. `late_since`: a monthly one (`OnDemandExport`). Raises `CustomerGone`.
    """
    assert all(it.tenant_id == tenant.pk for it in (*shops, *([establishment] if establishment else []))), "of it"
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
        # The customer's row is locked, so that a double click finds the export that the first click made.
        if not lock_customers([tenant.pk]):
            raise CustomerGone
        same = OnDemandExport.objects.filter(**asked, state__in=UNFINISHED, part=None)
        found = next((it for it in same if {*it.some_shops} == {*shops}), None)
        return found or _queue(OnDemandExport(**asked, language=language), shops)


def ask_together(
    wanted: Sequence[OnDemandExport], *, nothing: Collection[Tenant], email: str, language: str, by: User
) -> ExportSet:
    """Queue an export for each customer, with one mail for all; `wanted` are alike but for their customer, none stored.

    `nothing`: customers that have nothing to export; the set names them. The same question, asked again before the
    first set has ended, returns that set. Raises `CustomerGone`.
    """
    first = wanted[0]
    places = sorted([it.tenant_id, sorted(shop.pk for shop in it.some_shops), it.establishment_id] for it in wanted)
    days = [first.first_date.isoformat(), first.last_date.isoformat()]
    question = hashlib.sha256(json.dumps([by.pk, days, first.format, first.again, email, places]).encode()).hexdigest()
    with transaction.atomic():
        tenants = {it.tenant_id for it in wanted}
        if lock_customers(tenants) != tenants:
            raise CustomerGone
        same = ExportSet.objects.filter(question=question, parts__export__state__in=UNFINISHED)
        if found := same.first():
            return found
        together = ExportSet.objects.create(
            question=question,
            first_date=first.first_date,
            last_date=first.last_date,
            format=first.format,
            asked_by=by,
            email=email,
            language=language,
            mail_state=MailState.DUE if email else MailState.NONE,
        )
        for export in wanted:
            export.email, export.language, export.asked_by = "", language, by
            ExportPart.objects.create(
                tenant_id=export.tenant_id, together=together, export=_queue(export, export.some_shops)
            )
        for tenant in nothing:
            ExportPart.objects.create(tenant=tenant, together=together, export=None)
    return together


def _queue(export: OnDemandExport, shops: Collection[Establishment]) -> OnDemandExport:
    export.save(force_insert=True)
    for shop in shops:
        OnDemandShop.objects.create(tenant_id=export.tenant_id, export=export, establishment=shop)
    transaction.on_commit(partial(nudge_export, export.pk), robust=True)
    return export
