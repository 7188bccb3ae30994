"""Each page with much behind it asks the database thirty times at most and can be heard; none reads all closings."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from concerns.found import SOURCES, Source
from concerns.tills import silent
from exports.models import StoredClosing
from tenants.factories import ResellerAdminFactory, SupportFactory
from tenants.models import Role, User
from tenants.viewpoint import Scope
from tests.console.heard import faults_in
from tests.world import customer, standing_around_tests
from tools.bench.addresses import every_address
from tools.bench.pages import pages_of
from tools.bench.people import logged_in
from tools.bench.size import GROWING
from tools.bench.volume import fill, store_closings

QUERIES_MAX = 35  # four of them tell PostgreSQL who is served, of which a server's thread needs two
# The page of a shop has eleven sections, and what several of them show is read once; how many they ask does not grow.
COMPOSED = {"console/shop/<int:establishment_id>/": 51, "console/check/": 29, "check of a month, one establishment": 29}
# Of today the first page asks who has not closed yet, too.
COMPOSED |= {"home, a silent night": 37, "console/set-up/<int:tenant_id>/": 36}
# What counts the closings of days: of the few days there are here nearly all, elsewhere of hundreds.
COUNT_DAYS = ("console/", "console/check/", "console/shops/", "home, ", "check of a ")
# What PostgreSQL reads from end to end for a reseller that has a twentieth of 25,000 closings, and not for support: it
# is known, and not looked into yet.
SCANNED_FOR_A_RESELLER = {"console/set-up/", "closings, page 20"}
# Rows that PostgreSQL read from end to end of tables that grow with every closing, since the test began.
READ_FROM_END_TO_END = "SELECT sum(seq_tup_read) FROM pg_stat_xact_user_tables WHERE relname = ANY(%s)"
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


def rows_read() -> int:
    """How many rows of growing tables were read without an index until now."""
    with connection.cursor() as sql:
        sql.execute(READ_FROM_END_TO_END, [[*GROWING]])
        return int(sql.fetchone()[0] or 0)


def scans_of(source: Source, person: User, closings: int) -> int:
    """How often a source of what a person must know reads as many rows as there are closings."""
    before = rows_read()
    for _concern in source(Scope(user=person)):
        pass
    return (rows_read() - before) // closings


def missing_on(answer: Any) -> list[str]:
    """What a whole page lacks for who hears it; a file or a part of a page is none."""
    text = "" if answer.streaming else answer.content.decode()
    return [*faults_in(text)][:5] if "<body" in text else []


def seed() -> dict[str, User]:
    """Two thousand customers, five thousand tills; one customer has a row of everything and 400 days behind it. Returns
    a person of each role that sees it."""
    reseller = fill(resellers=RESELLERS, tenants=TENANTS, tills=TILLS, days=DAYS)
    one = customer(reseller, "BEAUCOUP", number=81001042)
    store_closings(DAYS, DAYS_OF_THE_CUSTOMER, tenant=one.tenant.pk)
    manager = ResellerAdminFactory(reseller=reseller)
    return {it.role: it for it in (SupportFactory(), manager, one.staff, one.accountant, one.merchant)}


@pytest.fixture(scope="module")
def crowd_of_file(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[dict[str, User]]]:
    yield from standing_around_tests(seed, django_db_blocker)


@pytest.mark.parametrize("role", Role)
def test_every_page_of_a_role__asks_at_most_thirty_times_reads_no_whole_list_and_is_heard(
    crowd_of_file: list[dict[str, User]], db: None, role: Role
) -> None:
    person = crowd_of_file[0][role]
    closings = StoredClosing.objects.count()
    lists = {reverse(f"admin:{it._meta.app_label}_{it._meta.model_name}_changelist") for it in admin.site._registry}
    client, busy, reading, unheard, seen = logged_in(person), {}, {}, {}, set()
    for name, address in pages_of(person).items():
        before = rows_read()
        answer, asked = queries_of(client, address)
        scans = (rows_read() - before) // closings
        if answer.status_code == 200:
            seen.add(name)
            unheard |= {name: faults} if (faults := missing_on(answer)) else {}
        if len(asked) > COMPOSED.get(name, QUERIES_MAX):
            busy[name] = len(asked)
        known = person.reseller_id is not None and name in SCANNED_FOR_A_RESELLER
        if scans and not known and name not in COUNT_DAYS and not name.startswith(COUNT_DAYS[-2:]):
            reading[name] = scans
        if address.split("?")[0] in lists and any(sql.startswith(COUNTED) for sql in asked):
            reading[name] = "counts its rows"
    sources = {it.__name__: scans_of(it, person, closings) for it in SOURCES if it is not silent}
    reading |= {name: scans for name, scans in sources.items() if scans}
    assert (busy, reading, unheard) == ({}, {}, {})
    assert "console/exports/storedclosing/" in seen
    if role is Role.SUPPORT:
        console = [it for it in every_address() if it.route.startswith("console/") and not NO_PAGE & {*it.takes}]
        assert {it.route for it in console} - {*pages_of(person)} == {"console/logout/"}
        assert lists - {f"/{name}" for name in seen} == set()
