"""Every page with much behind it asks the database at most thirty times, and never counts the table of closings."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exports.models import Export
from tenants.factories import StaffFactory, SupportFactory
from tenants.models import Establishment, Reseller
from tests.console.volume import LAST, fill

QUERIES_MAX = 30


@pytest.fixture
def reseller(db: None) -> Reseller:
    """Enough of everything that a query per row would show: 40 customers, 60 tills, 35 days."""
    return fill(resellers=4, tenants=40, tills=60, days=35)


def pages() -> dict[str, str]:
    """The pages people open every day, with their busiest filters."""
    closings = reverse("admin:exports_export_changelist")
    export = Export.objects.filter(state="exported").latest("business_date")
    shop = Establishment.objects.get(pk=export.establishment_id)
    return {
        "home": f"{reverse('admin:index')}?day={LAST}",
        "home of a silent night": f"{reverse('admin:index')}?day={LAST + timedelta(days=1)}",
        "closings": closings,
        "to mend": f"{closings}?state=attention",
        "by problem": f"{closings}?problem=slot_without_vat_code",
        "by shop": f"{closings}?establishment__id__exact={shop.pk}",
        "by day and amount": f"{closings}?business_date_from={LAST}&business_date_to={LAST}&gross_from=900",
        "by number": f"{closings}?q={export.number}",
        "by entry number": f"{closings}?q=26700010",
        "by reference": f"{closings}?q=Z10-VOLUME",
        "by customer": f"{closings}?q=Client 3",
        "deep": f"{closings}?p=20",
        "one closing": reverse("admin:exports_export_change", args=[export.pk]),
        "causes": reverse("console_causes"),
        "log": f"{reverse('console_log')}?date={LAST}&establishment={shop.pk}",
        "set-up": reverse("console_set_up"),
        "checklist": reverse("console_set_up_customer", args=[shop.tenant_id]),
        "my account": reverse("console_account"),
        "people": reverse("admin:tenants_user_changelist"),
        "changes": reverse("admin:tenants_change_changelist"),
        "customers": reverse("admin:tenants_tenant_changelist"),
        "establishments": reverse("admin:tenants_establishment_changelist"),
        "tills": reverse("admin:tenants_till_changelist"),
        "pushes": reverse("admin:clyo_ingest_push_changelist"),
        "mappings": reverse("admin:exact_mapping_changelist"),
        "connections": reverse("admin:exact_connection_changelist"),
        "lanes": reverse("admin:exact_lane_changelist"),
    }


def queries_of(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    assert answer.status_code == 200, address
    return [query["sql"] for query in asked]


@pytest.mark.parametrize("role", ["support", "staff"])
def test_page__asks_at_most_thirty_times(reseller: Reseller, role: str) -> None:
    client = Client()
    client.force_login(SupportFactory() if role == "support" else StaffFactory(reseller=reseller))
    found = {name: queries_of(client, address) for name, address in pages().items() if _may(role, name)}
    assert {name: len(asked) for name, asked in found.items() if len(asked) > QUERIES_MAX} == {}
    counts = 'SELECT COUNT(*) AS "__count" FROM "exports_export"'
    assert [name for name, asked in found.items() if any(it.startswith(counts) for it in asked)] == []


def _may(role: str, name: str) -> bool:
    """Pages of rows a reseller's staff does not own here are somebody else's 404."""
    return role == "support" or name not in ("one closing", "log", "checklist", "people", "changes")
