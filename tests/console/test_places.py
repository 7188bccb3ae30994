"""The pages of a shop and of a customer, as those see them who may: nobody else finds them."""

import pytest
from django.test import Client
from django.urls import reverse

from exports.console import links
from tenants.factories import SupportFactory
from tenants.models import User
from tests.world import World, world


@pytest.fixture
def here(db: None) -> World:
    return world()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_pages__say_what_a_place_is(here: World) -> None:
    shop = here.own.till.establishment
    staff = client_of(here.own.staff)
    page = text_of(staff, links.shop(shop.pk))
    for words in ("PROPRE boutique", shop.code, "PROPRE SARL", "PROPRE livres", "PROPRE caisse"):
        assert words in page
    assert "PROPRE maison" not in page
    assert "PROPRE maison" in text_of(client_of(SupportFactory()), links.shop(shop.pk))
    page = text_of(staff, links.customer(here.own.tenant.pk))
    assert links.shop(shop.pk) in page


def test_shops__are_the_persons_own(here: World) -> None:
    page = text_of(client_of(here.own.accountant), reverse("console_shops"))
    assert links.shop(here.own.till.establishment_id) in page
    assert links.shop(here.sister.till.establishment_id) not in page


@pytest.mark.parametrize("stranger", ["sister", "foreign"])
def test_places_of_others__are_not_found(here: World, stranger: str) -> None:
    other = getattr(here, stranger)
    client = client_of(here.own.accountant)
    assert client.get(links.shop(other.till.establishment_id)).status_code == 404
    assert client.get(links.customer(other.tenant.pk)).status_code == 404
