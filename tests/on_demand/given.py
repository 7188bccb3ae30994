"""Exports on demand in few words."""

import json
from collections.abc import Callable
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from clyo_ingest.keys import issue_key
from exports.models import StoredClosing
from on_demand.ask import ask_for_export
from on_demand.content import read_content
from on_demand.models import OnDemandClosing, OnDemandExport, OnDemandFormat
from on_demand.perform import perform
from simulators.clyo_till.week.files import write_week
from tenants.factories import EstablishmentFactory, StaffFactory, TenantFactory, TillFactory
from tests.conftest import PARAMETERS, Caller, closing
from tests.ledger.files.readers.ciel import read_ciel
from tests.ledger.files.readers.fec import read_fec
from tests.ledger.files.readers.line import ReadLine
from tests.ledger.files.readers.sage import read_sage
from tests.ledger.files.readers.sage_text import read_sage_text

MARCH = {"first": date(2026, 3, 1), "last": date(2026, 3, 31)}
READERS: dict[OnDemandFormat, Callable[[bytes], list[ReadLine]]] = {
    OnDemandFormat.FEC: read_fec,
    OnDemandFormat.CIEL: read_ciel,
    OnDemandFormat.SAGE: read_sage,
    OnDemandFormat.SAGE_TEXT: read_sage_text,
}
FILES = tuple(READERS)


def shop(**more: Any) -> Caller:
    """A paired till with parameters, of a customer with a SIREN, not linked to Exact."""
    row = TillFactory(**{"establishment__tenant__siren": "123456789", **more})
    caller = Caller(row, issue_key(row))
    assert caller.put("parameters", PARAMETERS).status_code == 200
    return caller


def push(caller: Caller, *numbers: int, **changes: Any) -> list[StoredClosing]:
    """Push closings, a day after the other."""
    pushed = []
    for number in numbers:
        day = f"2026-03-{number - 1042 + 14:02d}"
        dates = {
            "business_date": day,
            "opened_at": f"{day}T08:55:00+01:00",
            "closed_at": f"{day}T23:40:00+01:00",
        }
        answer = caller.post("closings", closing(number, **(dates | changes)))
        assert answer.status_code == 201, answer.content
        pushed.append(StoredClosing.objects.get(pk=answer.json()["id"]))
    return pushed


def asked(caller: Caller, format: OnDemandFormat, **more: Any) -> OnDemandExport:
    """An export over the till's establishment in March, queued."""
    establishment = caller.till.establishment
    given = {"establishment": establishment, **MARCH, **more}
    return ask_for_export(establishment.tenant, format=format, **given)


def done(export: OnDemandExport) -> OnDemandExport:
    """The export after a worker had it."""
    perform(export.pk)
    export.refresh_from_db()
    return export


def content_of(export: OnDemandExport) -> bytes:
    assert export.content is not None, export.problems
    return b"".join(read_content(export.content))


def staff_of(caller: Caller) -> Client:
    """A browser in which somebody of the till's reseller is logged in."""
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(StaffFactory(reseller=caller.till.tenant.reseller))
    return client


def page_in(export: OnDemandExport, caller: Caller) -> str:
    """The export's page as the reseller gets it."""
    return staff_of(caller).get(reverse("admin:on_demand_ondemandexport_change", args=[export.pk])).content.decode()


def page_of(export: OnDemandExport, caller: Caller) -> str:
    """The words of the export's page as the reseller reads them, in one line."""
    return " ".join(unescape(strip_tags(page_in(export, caller))).split())


def states_of(export: OnDemandExport) -> dict[int, str]:
    """What became of each closing, by number."""
    rows = OnDemandClosing.objects.filter(export=export).select_related("closing")
    return {row.closing.number: row.state for row in rows}


def demo_week(folder: Path) -> list[Caller]:
    """The two bistros of the demo's week, their tills with keys and parameters; closings are pushed by the caller."""
    tenant = TenantFactory(siren="123456789")
    callers = []
    for till_folder in write_week(folder):
        code = till_folder.name.partition("-")[0]
        row = TillFactory(establishment=EstablishmentFactory(tenant=tenant, code=code), tenant=tenant)
        caller = Caller(row, issue_key(row))
        assert caller.put("parameters", json.loads((till_folder / "parameters.json").read_text())).status_code == 200
        callers.append(caller)
    return callers


def push_week(callers: list[Caller], folder: Path) -> None:
    for caller, till_folder in zip(callers, sorted(folder.iterdir()), strict=True):
        for path in sorted(till_folder.glob("closings/*.json")):
            assert caller.post("closings", json.loads(path.read_text())).status_code == 201
