"""An export to Exact: what is not there yet goes there, once, however many exports cover the same days."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exact.activation.switch import activate
from exact.models import Connection, ConnectionState, Division, Posting
from exports.models import StoredClosing
from on_demand.claim import claim
from on_demand.models import OnDemandClosing, OnDemandExport, OnDemandFormat
from on_demand.perform import due_exports, perform
from tenants.factories import AccountantFactory
from tests.conftest import PARAMETERS, Caller, SimulatedExact, work
from tests.on_demand.given import asked, done, page_in, page_of, push, shop, staff_of, states_of

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "/console/on_demand/ondemandexport/new/"
MIDDLE_OF_MARCH = date(2026, 3, 15)


def side_by_side(*calls: Callable[[], object]) -> None:
    """Run calls in threads of their own that begin together."""
    barrier = threading.Barrier(len(calls))
    failures: list[BaseException] = []

    def begin(call: Callable[[], object]) -> None:
        try:
            barrier.wait()
            call()
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=begin, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_held_closing__is_sent_once_its_settings_are_mended(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    first, second = PARAMETERS["vat"]
    assert (
        till.put("parameters", {**PARAMETERS, "vat": [first, second | {"sales_account": "999999"}]}).status_code == 200
    )
    (held,) = push(till, 1042)
    assert held.state == "held"
    assert till.put("parameters", PARAMETERS).status_code == 200
    export = done(asked(till, OnDemandFormat.EXACT))
    assert (export.state, states_of(export)) == ("running", {1042: "taken"})
    work(division)
    export = done(export)
    assert export.state == "done"
    assert export.comparison["equal"] and export.comparison["closings"] == 1, export.comparison
    assert len(exact.entries(division.code)) == 2


def test_range__that_stands_in_exact_is_not_sent_again(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:
    till, division = linked
    push(till, 1042)
    work(division)
    export = done(asked(till, OnDemandFormat.EXACT))
    work(division)
    assert (export.state, states_of(export)) == ("done", {1042: "already"})
    assert len(exact.entries(division.code)) == 2


def test_overlapping_exports__over_refused_closings_post_each_entry_once(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    for journal in ("70", "30"):
        exact.control("periods", division=division.code, year=2026, period=3, journal=journal, status="closed")
    closings = push(till, 1042, 1043, 1044)
    work(division)
    assert {it.state for it in StoredClosing.objects.all()} == {"failed"}
    for journal in ("70", "30"):
        exact.control("periods", division=division.code, year=2026, period=3, journal=journal, status="open")
    activate(till.till.establishment.activation)
    exports = [asked(till, OnDemandFormat.EXACT), asked(till, OnDemandFormat.EXACT, last=MIDDLE_OF_MARCH)]
    side_by_side(*(lambda export=export: perform(export.pk) for export in exports), lambda: work(division))
    while work(division):
        pass
    assert [it["journal"] for it in exact.entries(division.code)].count("70") == len(closings)
    assert len(exact.entries(division.code)) == 2 * len(closings)
    assert not Posting.objects.filter(closing_id__in=[it.pk for it in closings], state="differs").exists()
    assert [done(export).state for export in exports] == ["done", "done"]


def test_one_export__told_to_two_workers_is_done_by_one(linked: tuple[Caller, Division]) -> None:
    till, _ = linked
    push(till, 1042)
    export = asked(till, OnDemandFormat.CIEL)
    side_by_side(lambda: perform(export.pk), lambda: perform(export.pk))
    export.refresh_from_db()
    assert (export.state, export.attempts) == ("done", 1)


def test_lost_message__and_dead_worker_are_found_by_the_sweep() -> None:
    till = shop()
    push(till, 1042)
    export = asked(till, OnDemandFormat.CIEL)
    assert due_exports() == [export.pk]
    assert claim(export.pk) is not None
    assert due_exports() == []
    OnDemandExport.objects.filter(pk=export.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    assert due_exports() == [export.pk]
    assert done(export).state == "done"


def test_export__that_ends_every_worker_fails() -> None:
    export = asked(shop(), OnDemandFormat.CIEL)
    for _attempt in range(5):
        assert claim(export.pk) is not None
        OnDemandExport.objects.filter(pk=export.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    assert claim(export.pk) is None
    export.refresh_from_db()
    assert (export.state, export.problems[0]["code"]) == ("failed", "run_broke")


def test_unlinked_shop__is_told_to_activate() -> None:
    till = shop()
    push(till, 1042)
    export = done(asked(till, OnDemandFormat.EXACT))
    assert (export.state, states_of(export)) == ("done", {1042: "held"})
    assert OnDemandClosing.objects.get(export=export).problems[0]["code"] == "run_waiting"


def test_lost_link__is_said_before_and_after_with_whose_turn_it_is(linked: tuple[Caller, Division]) -> None:
    till, division = linked
    shop = till.till.establishment
    push(till, 1042)
    Connection.objects.filter(pk=division.connection_id).update(state=ConnectionState.RECONNECT_REQUIRED)
    asking = {"where": f"e{shop.pk}", "first": "2026-03-01", "last": "2026-03-31", "format": "exact", "show": "1"}
    shown = " ".join(unescape(staff_of(till).get(NEW, asking).content.decode()).split())
    assert "Ce qui est envoyé attend une nouvelle connexion à Exact" in shown
    assert "Envoyez un nouveau lien à la personne qui se connecte à Exact." in shown
    export = done(asked(till, OnDemandFormat.EXACT))
    assert export.state == "running"
    page = page_of(export, till)
    assert "Des écritures attendent une nouvelle connexion à Exact et partiront d’elles-mêmes ensuite." in page
    assert "Envoyez un nouveau lien à la personne qui se connecte à Exact." in page
    assert f'href="/console/set-up/{shop.tenant_id}/#shop-{shop.pk}"' in page_in(export, till)
    assert "partent vers Exact" not in page
    accountant = Client(headers={"Accept-Language": "fr"})
    accountant.force_login(AccountantFactory(tenant=shop.tenant))
    seen = accountant.get(reverse("admin:on_demand_ondemandexport_change", args=[export.pk])).content.decode()
    who = f"{shop.tenant.reseller} peut envoyer un nouveau lien à la personne qui se connecte à Exact."
    assert (who in unescape(seen), "Envoyez un nouveau lien" in seen) == (True, False)
    Connection.objects.filter(pk=division.connection_id).update(state=ConnectionState.ACTIVE, doubted_at=timezone.now())
    assert "Des écritures attendent Exact et partiront d’elles-mêmes." in page_of(export, till)
    Connection.objects.filter(pk=division.connection_id).update(doubted_at=None)
    assert "les écritures partent vers Exact" in page_of(export, till)
