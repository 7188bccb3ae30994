"""GÉNÉRALE or POSTE: where the question is met, what each answer means, and the word on what others leave."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from exports import tasks
from exports.models import StoredClosing
from tenants.factories import (
    AccountantFactory,
    EstablishmentFactory,
    ResellerAdminFactory,
    StaffFactory,
    SupportFactory,
)
from tenants.models import Establishment, User
from tests.conftest import Caller
from tests.exports.coverage.covering import codes, general, push, pushed, states, station
from tests.exports.walking import page, say, stamp, yes

UNTOLD: dict[str, Any] = {"tickets": []}


def client_of(user: User) -> Client:
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(user)
    return client


def page_of(till: Caller) -> str:
    return reverse("console_level", args=[till.till.establishment_id])


def of(closing: StoredClosing) -> str:
    return reverse("admin:exports_storedclosing_change", args=[closing.pk])


@pytest.fixture
def staff(till: Caller) -> Client:
    return client_of(StaffFactory(reseller=till.till.tenant.reseller))


@pytest.fixture
def asked(till: Caller) -> list[StoredClosing]:
    """A GÉNÉRALE that counts, and a POSTE without tickets, that waits."""
    return push(till, general(**UNTOLD), station("1", **UNTOLD))


def test_question__is_on_the_first_page_and_on_the_closing_and_leads_to_its_page(
    till: Caller, staff: Client, asked: list[StoredClosing]
) -> None:
    first_page = staff.get(reverse("admin:index")).content.decode()
    assert page_of(till) in first_page
    assert "Dire quelles clôtures sont comptabilisées" in first_page
    assert page_of(till) in staff.get(of(asked[1])).content.decode()
    page = staff.get(page_of(till)).content.decode()
    assert "1 clôture attend votre réponse" in page
    assert re.findall(r'name="level" value="(\w+)"', page) == ["general", "station", "drawer"]


def test_answer__is_kept_once_and_lets_go_what_waits(till: Caller, staff: Client, asked: list[StoredClosing]) -> None:
    answer = staff.post(page_of(till), {"level": "station"}, follow=True)
    assert "POSTE dorénavant" in answer.content.decode()
    tasks.release()
    assert (states(asked), codes(asked[0])) == (["archived", "waiting"], ["other_level_booked"])
    page = staff.get(page_of(till)).content.decode()
    assert "attend votre réponse" not in page
    assert page_of(till) not in staff.get(reverse("admin:index")).content.decode()


def test_answer__that_is_no_kind_changes_nothing(till: Caller, staff: Client, asked: list[StoredClosing]) -> None:
    assert staff.post(page_of(till), {"level": "nonsense"}).status_code == 200
    assert Establishment.objects.get(pk=till.till.establishment_id).booked_level == "auto"


def test_answer__in_the_establishment_s_form_is_the_same(
    till: Caller, staff: Client, asked: list[StoredClosing]
) -> None:
    shop = till.till.establishment
    form = {"code": shop.code, "name": shop.name, "booked_level": "general"}
    assert staff.post(reverse("admin:tenants_establishment_change", args=[shop.pk]), form).status_code == 302
    tasks.sweep()
    assert states(asked) == ["waiting", "archived"]


@pytest.mark.parametrize("who", ["accountant", "neighbour"])
def test_answer__is_not_for(till: Caller, asked: list[StoredClosing], who: str) -> None:
    user = AccountantFactory(tenant=till.till.tenant) if who == "accountant" else StaffFactory()
    client = client_of(user)
    expected = 403 if who == "accountant" else 404
    assert client.get(page_of(till)).status_code == expected
    assert client.post(page_of(till), {"level": "general"}).status_code == expected
    assert Establishment.objects.get(pk=till.till.establishment_id).booked_level == "auto"


def test_new_establishment__is_asked_what_it_books_and_may_say_nothing(till: Caller, staff: Client) -> None:
    page = reverse("console_set_up_establishment", args=[till.till.tenant_id])
    assert 'name="booked_level"' in staff.get(page).content.decode()
    staff.post(page, {"name": "Chez Rien", "code": "RIEN"})
    staff.post(page, {"name": "Chez Poste", "code": "POSTE1", "booked_level": "station"})
    levels = Establishment.objects.filter(code__in=["RIEN", "POSTE1"]).values_list("code", "booked_level")
    assert dict(levels) == {"RIEN": "auto", "POSTE1": "station"}


def test_closing__that_others_stand_for_shows_both_sums(till: Caller, staff: Client) -> None:
    _one, _two, whole = push(till, station("1"), station("2"), general())
    page = re.sub(r"\s+", " ", staff.get(of(whole)).content.decode()).replace("\xa0", " ").replace("\u202f", " ")
    text = re.sub(r"<[^>]+>", "", page)
    assert "Contrôlée avec Z 7 (1), Z 7 (2) : 1 400,00 € = 1 400,00 €" in text
    assert "Comptabiliser le reste" not in page


def shown_rest(client: Client, closing: StoredClosing) -> str:
    return stamp(page(client, "rest", closing))


def test_rest__is_booked_by_support_as_it_was_shown(till: Caller) -> None:
    support = client_of(SupportFactory())
    _one, whole = push(till, station("1"), general())
    assert shown_rest(support, whole)
    yes(support, "rest", whole)
    assert states([whole]) == ["waiting"]
    last = whole.events.last()
    assert last is not None
    assert last.actor is not None


def test_rest__that_is_another_than_was_shown_is_not_booked(till: Caller) -> None:
    support = client_of(SupportFactory())
    _one, whole = push(till, station("1"), general())
    shown = shown_rest(support, whole)
    pushed(till, station("2"))
    say(support, "rest", whole, shown)
    assert states([whole]) == ["held"]


@pytest.mark.parametrize(("who", "status"), [("staff", 403), ("accountant", 403), ("neighbour", 404)])
def test_rest__is_not_for_everybody(till: Caller, who: str, status: int) -> None:
    _one, whole = push(till, station("1"), general())
    shown = shown_rest(client_of(SupportFactory()), whole)
    users = {
        "staff": lambda: StaffFactory(reseller=till.till.tenant.reseller),
        "accountant": lambda: AccountantFactory(tenant=till.till.tenant),
        "neighbour": lambda: ResellerAdminFactory(),
    }
    client = client_of(users[who]())
    assert shown_rest(client, whole) == ""
    assert say(client, "rest", whole, shown).status_code == status
    assert states([whole]) == ["held"]


def test_uncovered_tickets__are_told_on_the_first_page(till: Caller, staff: Client) -> None:
    first = {"tickets": [{"station": "1", "first": 1, "last": 100, "count": 100}]}
    second = {"tickets": [{"station": "1", "first": 111, "last": 200, "count": 90}]}
    push(till, general(1, **first), general(2, **second))
    page = staff.get(reverse("admin:index")).content.decode()
    assert "Les tickets 101 à 110 du poste 1 ne sont dans aucune clôture comptabilisée" in page


def test_shop_of_another__is_not_found(till: Caller, staff: Client) -> None:
    assert staff.get(reverse("console_level", args=[EstablishmentFactory().pk])).status_code == 404
