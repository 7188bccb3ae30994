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
