"""Each page with much behind it asks the database thirty times at most and can be heard; no list counts its rows."""

from typing import Any

from django.contrib import admin
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tenants.factories import ResellerAdminFactory, SupportFactory
from tests.console.heard import faults_in
from tests.world import customer
from tools.bench.addresses import every_address
from tools.bench.pages import logged_in, pages_of
from tools.bench.volume import fill, store_closings

QUERIES_MAX = 34  # four of them tell PostgreSQL who is served, of which a server's thread needs two
# The page of a shop has eleven sections, each of which asks for what it shows, and where the days of shops stand beside
# something else there are more questions, too; how many they ask does not grow.
COMPOSED = {
    "console/shop/<int:establishment_id>/": 59,
    "console/customer/<int:tenant_id>/": 35,
    "console/check/": 38,
    "check of a month, one establishment": 38,
    "check of a month, every establishment": 38,  # the same page, where somebody has one only
}
RESELLERS, TENANTS, TILLS, DAYS = 20, 2_000, 5_000, 5
DAYS_OF_THE_CUSTOMER = 400
COUNTED = 'SELECT COUNT(*) AS "__count" FROM'
# Names in links of letters, and in addresses of Django's that only lead elsewhere.
NO_PAGE = {"uidb64", "token", "content_type_id", "app_label", "url"}


def queries_of(client: Client, address: str) -> tuple[Any, list[str]]:
    """A page and what it asked the database."""
    reset_queries()  # what all pages asked together is more than is kept
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    return answer, [query["sql"] for query in asked]


def missing_on(answer: Any) -> list[str]:
    """What a whole page lacks for who hears it; a file or a part of a page is none."""
    text = "" if answer.streaming else answer.content.decode()
    return [*faults_in(text)][:5] if "<body" in text else []


def test_every_page_of_every_role__asks_at_most_thirty_times_counts_no_list_and_is_heard(db: None) -> None:
    """Two thousand customers, five thousand tills; one customer has a row of everything and 400 days behind it."""
    reseller = fill(resellers=RESELLERS, tenants=TENANTS, tills=TILLS, days=DAYS)
    one = customer(reseller, "BEAUCOUP", number=81001042)
    store_closings(DAYS, DAYS_OF_THE_CUSTOMER, tenant=one.tenant.pk)
    support = SupportFactory()
    lists = {reverse(f"admin:{it._meta.app_label}_{it._meta.model_name}_changelist") for it in admin.site._registry}
    seen: dict[str, set[str]] = {}
    for person in (support, ResellerAdminFactory(reseller=reseller), one.staff, one.accountant, one.merchant):
        client, busy, counting, unheard, seen[person.role] = logged_in(person), {}, [], {}, set()
        for name, address in pages_of(person).items():
            answer, asked = queries_of(client, address)
            if answer.status_code == 200:
                seen[person.role].add(name)
                unheard |= {name: faults} if (faults := missing_on(answer)) else {}
            if len(asked) > COMPOSED.get(name, QUERIES_MAX):
                busy[name] = len(asked)
            if address.split("?")[0] in lists and any(sql.startswith(COUNTED) for sql in asked):
                counting.append(name)
        assert (person.role, busy, counting, unheard) == (person.role, {}, [], {})
    console = [it for it in every_address() if it.route.startswith("console/") and not NO_PAGE & {*it.takes}]
    assert {it.route for it in console} - {*pages_of(support)} == {"console/logout/"}
    assert lists - {f"/{name}" for name in seen[support.role]} == set()
    assert all("console/exports/storedclosing/" in names for names in seen.values())
