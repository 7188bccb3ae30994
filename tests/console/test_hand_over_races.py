"""Two at once about a customer that changes its reseller: each press is answered, and what comes out is one of the two.

Whoever comes second really waits for the first in PostgreSQL: the test holds a row until all of them do.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import reverse

from exports.models import RepostRun
from on_demand.models import OnDemandExport
from tenants.factories import ResellerAdminFactory, ResellerFactory, SupportFactory
from tenants.models import HandOver, HandOverOffer, Tenant, User
from tenants.offering import tell_receivers
from tests.clients import client_of
from tests.world import World, world

pytestmark = pytest.mark.django_db(transaction=True)
Act = Callable[[], Any]
WAITING = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"


@pytest.fixture
def here(db: None, transactional_db: None) -> World:
    made = world()
    HandOverOffer.objects.filter(outcome="").update(outcome="withdrawn", ended_at="2026-01-01T00:00Z")
    return made


@pytest.fixture
def taker(here: World) -> User:
    return ResellerAdminFactory(reseller=here.foreign.tenant.reseller, name="VOISIN gérant")


@pytest.fixture
def support(here: World) -> User:
    return SupportFactory()


def offer_to(here: World, taker: User) -> HandOverOffer:
    page = reverse("console_hand_over", args=[here.own.tenant.pk])
    client_of(here.manager).post(page, {"email": taker.email, "why": "nous arrêtons", "notes_go_along": ""})
    tell_receivers()
    return HandOverOffer.objects.get(outcome="")


def wait_for(count: int, begun: list[Future[Any]]) -> None:
    """Until that many of what was begun wait for a lock or are over."""
    with connection.cursor() as sql:
        while not all(it.done() for it in begun):
            sql.execute(WAITING)
            if sql.fetchone()[0] + sum(it.done() for it in begun) >= count:
                return
            sql.execute("SELECT pg_sleep(0.01)")


def together(row: Any, *acts: Act) -> list[Any]:
    """What each act answers, one queued behind the other for this row."""
    with ThreadPoolExecutor(len(acts)) as pool:
        begun: list[Future[Any]] = []
        with transaction.atomic():
            type(row)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
            for number, act in enumerate(acts, start=1):
                begun.append(pool.submit(_leave_after, act))
                wait_for(number, begun)
        return [it.result() for it in begun]


def _leave_after(act: Act) -> Any:
    try:
        return act()
    finally:
        connection.close()


def take(taker: User, offer: HandOverOffer) -> Act:
    return lambda: client_of(taker).post(reverse("console_offered", args=[offer.pk]), {"take": "1"})


def decline(taker: User, offer: HandOverOffer) -> Act:
    return lambda: client_of(taker).post(reverse("console_offered", args=[offer.pk]), {"decline": "1"}, follow=True)


def withdraw(here: World) -> Act:
    page = reverse("console_hand_over", args=[here.own.tenant.pk])
    return lambda: client_of(here.manager).post(page, {"withdraw": "1"}, follow=True)


def hand_over(support: User, tenant: Tenant, to: int) -> Act:
    asked = {"to": to, "former": tenant.reseller_id, "why": "changement de revendeur"}
    return lambda: client_of(support).post(reverse("console_hand_over", args=[tenant.pk]), asked)


def repost(person: User, here: World) -> Act:
    asked = {"closing": str(here.own.closing.pk), "why": "essai", "confirm": "1"}
    return lambda: client_of(person).post(reverse("console_repost"), asked)


def given(here: World) -> list[int]:
    return [*HandOver.objects.filter(tenant=here.own.tenant).order_by("pk").values_list("to_id", flat=True)[1:]]


@pytest.mark.parametrize("row", ["tenant", "offer"])
def test_two_takes__are_one_hand_over_and_both_are_told_so(here: World, taker: User, row: str) -> None:
    offer = offer_to(here, taker)
    second = ResellerAdminFactory(reseller=taker.reseller, name="VOISIN autre")
    answers = together({"tenant": here.own.tenant, "offer": offer}[row], take(taker, offer), take(taker, offer))
    assert [it.status_code for it in answers] == [200, 200]
    assert all(here.own.tenant.name in it.content.decode() for it in answers)
    assert given(here) == [taker.reseller_id]
    assert take(second, offer)().context["over"]


@pytest.mark.parametrize("contrary", ["withdraw", "decline"])
@pytest.mark.parametrize("taken", [True, False])
def test_a_take_and_its_contrary__one_of_them_counts(here: World, taker: User, contrary: str, taken: bool) -> None:
    order = ("take", contrary) if taken else (contrary, "take")
    offer = offer_to(here, taker)
    acts = {"take": take(taker, offer), "withdraw": withdraw(here), "decline": decline(taker, offer)}
    answers = together(offer, *(acts[it] for it in order))
    assert all(it.status_code in (200, 404) for it in answers), answers
    offer.refresh_from_db()
    first = {"take": "taken", "withdraw": "withdrawn", "decline": "declined"}[order[0]]
    assert offer.outcome == first
    assert given(here) == ([taker.reseller_id] if first == "taken" else [])


@pytest.mark.parametrize("first", ["take", "support"])
def test_a_take_beside_supports_hand_over__is_one_of_the_two(
    here: World, taker: User, support: User, first: str
) -> None:
    offer, third = offer_to(here, taker), ResellerFactory()
    acts = [take(taker, offer), hand_over(support, here.own.tenant, third.pk)]
    answers = together(here.own.tenant, *(acts if first == "take" else reversed(acts)))
    assert [it.status_code for it in answers] == [200, 200]
    offer.refresh_from_db()
    expected = (taker.reseller_id, "taken") if first == "take" else (third.pk, "overtaken")
    assert (given(here), offer.outcome) == ([expected[0]], expected[1])


def test_two_hand_overs__to_two_resellers__are_the_first(here: World, support: User) -> None:
    one, other = ResellerFactory(), ResellerFactory()
    tenant = here.own.tenant
    answers = together(tenant, hand_over(support, tenant, one.pk), hand_over(support, tenant, other.pk))
    assert [it.status_code for it in answers] == [200, 200]
    assert given(here) == [one.pk]


def test_an_offer_beside_a_hand_over__is_not_made(here: World, support: User, taker: User) -> None:
    tenant, third = here.own.tenant, ResellerFactory()
    page = reverse("console_hand_over", args=[tenant.pk])
    asked = {"email": taker.email, "why": "nous arrêtons"}
    offer = lambda: client_of(here.manager).post(page, asked)  # noqa: E731
    answers = together(tenant, hand_over(support, tenant, third.pk), offer)
    assert answers[0].status_code == 200 and answers[1].status_code < 500
    assert given(here) == [third.pk]
    assert not HandOverOffer.objects.filter(tenant=tenant, outcome="").exists()


def test_a_run_that_begins_beside_a_hand_over__is_begun_by_none_of_the_former_resellers_people(
    here: World, support: User, taker: User
) -> None:
    tenant = here.own.tenant
    answers = together(tenant, hand_over(support, tenant, taker.reseller_id), repost(here.own.staff, here))
    assert answers[0].status_code == 200 and answers[1].status_code < 500
    assert given(here) == [taker.reseller_id]
    assert not RepostRun.objects.filter(why="essai").exists()


def test_a_hand_over_beside_a_run_that_begins__waits_and_is_refused(
    here: World, support: User, taker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run has begun and is not over: its first closing waits for a shop that somebody holds."""
    monkeypatch.setattr("exports.console.repost_page.AT_ONCE_MAX", 0)
    monkeypatch.setattr("exports.console.repost_page._all_stay", lambda _rows: False)  # here is no Exact to move to
    tenant = here.own.tenant
    answers = together(tenant, repost(here.own.staff, here), hand_over(support, tenant, taker.reseller_id))
    assert RepostRun.objects.filter(why="essai").exists()
    assert "encore en cours" in answers[1].content.decode()
    assert given(here) == []


def test_an_export_asked_for_beside_a_hand_over__is_not_asked_for(here: World, support: User, taker: User) -> None:
    tenant, last = here.own.tenant, here.own.closing.business_date
    asked = {"where": f"t{tenant.pk}", "first": f"{last}", "last": f"{last}", "format": "fec", "email": "a@b.example"}
    page = "/console/on_demand/ondemandexport/new/"
    run = lambda: client_of(here.own.staff).post(page, asked)  # noqa: E731
    answers = together(tenant, hand_over(support, tenant, taker.reseller_id), run)
    assert [it.status_code for it in answers] == [200, 404]
    assert not OnDemandExport.objects.filter(email="a@b.example").exists()


def test_a_form_of_the_customer_beside_a_hand_over__is_no_error(here: World, support: User, taker: User) -> None:
    tenant = here.own.tenant
    page = reverse("admin:tenants_tenant_change", args=[tenant.pk])
    asked = {"name": f"{tenant.name} bis", "siren": tenant.siren, "reseller": tenant.reseller_id}
    for person in (here.manager, support):
        form = lambda: client_of(person).post(page, asked)  # noqa: B023,E731
        answers = together(tenant, hand_over(support, tenant, taker.reseller_id), form)
        assert answers[1].status_code < 500, person
        assert Tenant.objects.get(pk=tenant.pk).reseller_id == taker.reseller_id
