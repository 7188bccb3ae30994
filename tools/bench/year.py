"""(j) A year of three hundred establishments, a hundred thousand closings, into one FEC by a worker."""

import time
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import LiteralString

from django.db import connection, transaction
from django.utils import timezone

from booking.mapping import take_parameters
from exports.models import ClosingState, StoredClosing
from on_demand.ask import ask_for_export
from on_demand.models import OnDemandExport, OnDemandFormat, OnDemandState
from tenants.models import Establishment, Reseller, Tenant, Till
from tools.bench.kernel import memory_mb
from tools.bench.place import POLL_S, Place
from tools.fleet.closings import PARAMETERS, closings
from tools.stack.processes import ProgramFailed

ESTABLISHMENTS = 300
CLOSINGS_EACH = 334
# Two closings a day from 2 January 2026 on.
FIRST_DAY, LAST_DAY = date(2026, 1, 1), date(2026, 6, 30)
TIMEOUT_S = 300.0

# What the first establishment closed, for each of the others.
COPIES: LiteralString = """
    INSERT INTO exports_storedclosing (id, tenant_id, establishment_id, till_id, kind, number, business_date, closed_at,
                                gross, document, state, problems, accepted_problems, created_at, state_since)
    SELECT uuidv7(), s.tenant_id, till.establishment_id, till.id, s.kind, s.number, s.business_date,
           s.closed_at, s.gross, s.document, s.state, s.problems, s.accepted_problems, s.created_at, s.state_since
    FROM exports_storedclosing s JOIN tenants_till till ON till.tenant_id = s.tenant_id AND till.id <> s.till_id
    WHERE s.tenant_id = %s
"""


def measure_year(place: Place) -> None:
    """Seconds, CPU seconds and memory of the worker from the question to the file that is kept."""
    found = place.results.setdefault("j", {})
    tenant = stored_year()
    with place.working():
        begun = place.cpu_s()
        export, peak_mb = _wait_for_export(place, tenant)
        spent = {name: now - begun.get(name, 0.0) for name, now in place.cpu_s().items()}
    assert export.finished_at is not None and export.sheet is not None and export.content is not None
    found["closings in the file"] = export.sheet["closings"]
    found["lines in the file"] = export.sheet["lines"]
    found["size of the file, MB"] = round(export.content.size / 1e6)
    found["from the question to the kept file, s"] = round((export.finished_at - export.asked_at).total_seconds(), 1)
    found["worker, CPU s"] = round(spent["worker-1"], 1)
    found["PostgreSQL, CPU s"] = round(spent["PostgreSQL"], 1)
    found["worker at its largest, MB"] = round(peak_mb)


def stored_year(*, establishments: int = ESTABLISHMENTS, closings_each: int = CLOSINGS_EACH) -> Tenant:
    """A customer with so many establishments and their closings of a year, none sent anywhere yet."""
    reseller, _ = Reseller.objects.get_or_create(name="Caisses du Canal")
    tenant = Tenant.objects.create(reseller=reseller, name="Trois cents boutiques", siren="123456789")
    shops = Establishment.objects.bulk_create(
        Establishment(tenant=tenant, code=f"B{place:03d}", name=f"Boutique {place}") for place in range(establishments)
    )
    tills = Till.objects.bulk_create(Till(tenant=tenant, establishment=shop, name="Caisse 1") for shop in shops)
    for shop in shops:
        take_parameters(shop, PARAMETERS)
    with transaction.atomic(), connection.cursor() as cursor:
        # Triggers and foreign keys asleep, as when a backup is restored; a busy disk may take its time.
        cursor.execute("SET LOCAL statement_timeout = 0")
        connection.connection.answer_max_s = None
        cursor.execute("SET LOCAL session_replication_role = replica")
        StoredClosing.objects.bulk_create(_closings_of(tills[0], closings_each), batch_size=500)
        cursor.execute(COPIES, [tenant.pk])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE exports_storedclosing")
    return tenant


def _closings_of(till: Till, count: int) -> list[StoredClosing]:
    return [
        StoredClosing(
            tenant_id=till.tenant_id,
            establishment_id=till.establishment_id,
            till=till,
            kind=document["kind"],
            number=document["number"],
            business_date=date.fromisoformat(document["business_date"]),
            closed_at=datetime.fromisoformat(document["closed_at"]),
            gross=Decimal(document["totals"]["gross"]),
            document=document,
            state=ClosingState.EXPORTED,
            state_since=timezone.now(),
        )
        for document in islice(closings("a year", first=1), count)
    ]


def _wait_for_export(place: Place, tenant: Tenant) -> tuple[OnDemandExport, float]:
    """The export, done, and how large its worker became meanwhile."""
    export = ask_for_export(tenant, establishment=None, first=FIRST_DAY, last=LAST_DAY, format=OnDemandFormat.FEC)
    peak_mb, deadline = 0.0, time.monotonic() + TIMEOUT_S
    while not export.finished:
        peak_mb = max(peak_mb, memory_mb(place.processes.pid("worker-1")))
        if time.monotonic() > deadline:
            raise ProgramFailed(f"the file was not made within {TIMEOUT_S:.0f} s")
        time.sleep(POLL_S)
        export.refresh_from_db()
    if export.state != OnDemandState.DONE:
        raise ProgramFailed(f"the export ended as {export.state}: {export.problems}")
    return export, peak_mb
