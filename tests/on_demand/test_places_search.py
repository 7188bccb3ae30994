"""With more establishments than a form can list, one searches for them: by name, code, customer or SIREN."""

import re
from html import unescape

import pytest
from django.test import Client

from tenants.factories import EstablishmentFactory, ResellerFactory, StaffFactory
from tenants.models import Establishment, Reseller

NEW, CHECK = "/console/on_demand/ondemandexport/new/", "/console/check/"


@pytest.fixture(autouse=True)
def few_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("on_demand.places.LISTED_MAX", 2)


@pytest.fixture
def own(db: None) -> list[Establishment]:
    reseller: Reseller = ResellerFactory()
    first: Establishment = EstablishmentFactory(tenant__reseller=reseller, tenant__name="Aux Trois Mâts", code="NORD")
    second = EstablishmentFactory(tenant=first.tenant, code="SUD", name="Le Quai")
    other = EstablishmentFactory(tenant__reseller=reseller, tenant__name="Bohème", tenant__siren="552100554", code="B1")
    EstablishmentFactory(tenant__reseller=ResellerFactory(), tenant__name="Bohème d’ailleurs", code="NORD2")
    return [first, second, other]


@pytest.fixture
def client(own: list[Establishment]) -> Client:
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(StaffFactory(reseller=own[0].tenant.reseller))
    return client


def offered(client: Client, page: str, **asked: object) -> dict[str, bool]:
    """The establishments of the form, each with whether it is ticked."""
    text = client.get(page, asked).content.decode()
    ticks = re.findall(r'<input type="checkbox" name="where" value="(\w+)"( checked)?>', text)
    return {value: bool(checked) for value, checked in ticks}


@pytest.mark.parametrize("page", [NEW, CHECK])
def test_search__finds_ones_own_by_any_of_its_names(client: Client, own: list[Establishment], page: str) -> None:
    first, second, other = (f"e{it.pk}" for it in own)
    whole = f"t{own[0].tenant_id}"
    assert offered(client, page) == {}
    for sought, found in (
        ("nord", {whole, first}),
        ("quai", {whole, second}),
        ("trois mâts", {whole, first, second}),
        ("bohème", {other}),
        ("552 100", {other}),
        ("personne", set()),
    ):
        for part in ({}, {"part": "1"}):
            assert offered(client, page, sought=sought, **part) == dict.fromkeys(found, False), sought


def test_what_is_chosen__stays_ticked_with_its_customer_beside_what_is_found(
    client: Client, own: list[Establishment]
) -> None:
    first, second, other = (f"e{it.pk}" for it in own)
    ticks = {f"t{own[0].tenant_id}": False, first: True, second: False}
    for page in (NEW, CHECK):
        assert offered(client, page, where=first, sought="b1") == {**ticks, other: False}
        assert offered(client, page, where=first, sought="quai") == ticks
        assert "est affiché ci-dessus" in client.get(page, {"where": first, "sought": "quai"}).content.decode()


def test_search__is_no_question_yet(client: Client, own: list[Establishment]) -> None:
    """Also where the Enter key has pressed the form's first button."""
    asked = {"sought": "nord", "where": f"e{own[0].pk}", "show": "1", "format": "fec"}
    assert "CA par établissement" not in client.get(CHECK, asked).content.decode()
    assert 'id="preview"' not in client.get(NEW, asked).content.decode()


def test_search__says_that_there_are_more(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("on_demand.places.FOUND_MAX", 1)
    page = unescape(client.get(CHECK, {"sought": "o"}).content.decode())
    assert len(offered(client, CHECK, sought="o")) == 2  # an establishment, and all of its customer
    assert "Il y en a d’autres" in page
    assert "Aucun de vos établissements" in client.get(CHECK, {"sought": "<i>"}).content.decode()
    assert "<i>" not in client.get(CHECK, {"sought": "<i>"}).content.decode()


def test_customer_as_a_whole__is_all_it_has_however_few_were_found(client: Client, own: list[Establishment]) -> None:
    asked = {"where": f"t{own[0].tenant_id}", "show": "1", "format": "fec"}
    (chosen,) = client.get(NEW, asked).context["form"].cleaned_data["where"]
    assert ({*chosen.shops}, chosen.whole) == ({own[0], own[1]}, True)
