"""The one search box: what it finds by what, what it says when it finds nothing, and whose rows stay unseen."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.clients import english_client_of
from tests.world import World


@pytest.fixture
def two(here: World) -> World:
    return here


def found(client: Client, term: str) -> dict[str, list[str]]:
    page = client.get(reverse("console_search"), {"q": term})
    assert page.status_code == 200
    return {str(section.title): [hit.title for hit in section.hits] for section in page.context["sections"]}


def test_anything_leads_to_its_page(two: World) -> None:
    own = two.own
    client = english_client_of(own.staff)
    closing = own.closing
    day = f"{closing.business_date:%d/%m/%Y}"
    for term in (str(closing.number), f"Z{closing.number}", day, f"{closing.gross:.2f}".replace(".", ",")):
        assert f"Z {closing.number}" in found(client, term)["Closings"], term
    shop = closing.establishment
    assert found(client, shop.code)["Establishments"] == [str(shop)]
    assert own.tenant.name in found(client, own.mark)["Customers"]
    assert found(client, f"{own.mark} lien")["Who linked Exact"] == [f"{own.mark} lien"]
    page = client.get(reverse("console_search"), {"q": own.tenant.name}).content.decode()
    assert reverse("console_customer", args=[own.tenant.pk]) in page


def test_a_task__is_found_by_its_words_by_who_may_do_it(two: World) -> None:
    assert found(english_client_of(two.own.staff), "company move")["Guided tasks"] == [
        "Move an establishment to another company"
    ]
    assert "Guided tasks" not in found(english_client_of(two.own.accountant), "company")


def test_nothing_found__is_said_with_what_was_looked_for(two: World) -> None:
    client = english_client_of(two.own.staff)
    page = client.get(reverse("console_search"), {"q": "zzzz"}).content.decode()
    assert "Nothing was found" in page and "closings by number, ticket" in page
    assert "Type at least two characters" in client.get(reverse("console_search"), {"q": "z"}).content.decode()
    assert client.get(reverse("console_search")).status_code == 200


def test_a_neighbours_rows_are_never_found(two: World) -> None:
    for reader in (two.own.staff, two.own.accountant, two.bookkeeper):
        client = english_client_of(reader)
        for other in two.strangers_of(reader):
            for term in (other.mark, str(other.number), other.tenant.name, other.staff.email):
                assert other.mark not in str(found(client, term)), (reader, term)


def test_name__is_found_without_its_accents_and_before_its_closings(two: World) -> None:
    own = two.own
    shop = own.till.establishment
    type(shop).objects.filter(pk=shop.pk).update(name="Crêperie du Cœur d’Été", code="PONT01")
    client = english_client_of(own.staff)
    for term in ("creperie", "CREPERIE", "coeur", "d'ete", "crêperie du cœur"):
        assert found(client, term)["Establishments"] == ["PONT01 – Crêperie du Cœur d’Été"], term
        listed = client.get(reverse("admin:tenants_establishment_changelist"), {"q": term})
        assert [it.pk for it in listed.context["cl"].result_list] == [shop.pk], term
        assert "Crêperie du Cœur" in client.get(reverse("console_shops"), {"q": term}).content.decode(), term
    assert next(iter(found(client, "creperie"))) == "Establishments"
    assert next(iter(found(client, str(own.closing.number)))) == "Closings"
    assert "Establishments" not in found(client, "cr%perie")


def test_day__is_found_in_words_by_month_and_of_a_shop(two: World) -> None:
    own = two.own
    shop, closing = own.till.establishment, own.closing
    type(shop).objects.filter(pk=shop.pk).update(name="Crêperie du Pont", code="PONT01")
    client = english_client_of(own.staff)
    day = closing.business_date
    assert f"{day:%Y-%m-%d}" == "2026-03-14"
    terms = (
        "14 mars 2026",
        "14 March 2026",
        "mars 2026",
        "Mars 2026",
        "03/2026",
        "PONT01 14/03/2026",
        "PONT01 mars 2026",
    )
    for term in (*terms, "creperie du pont 14 mars 2026", "14/03/2026 PONT01", f"PONT01 {closing.number}"):
        hits = found(client, term).get("Closings", [])
        assert f"Z {closing.number}" in hits, term
        assert len(hits) == 1 or "pont" not in term.lower(), term
    for term in ("15 mars 2026", "avril 2026", "PONT01 15/03/2026", "NULLE01 14/03/2026"):
        assert "Closings" not in found(client, term), term
