"""Finding a closing by any number in hand, and reading its story on one page."""

import pytest
from django.test import Client
from django.urls import reverse

from exact.models import CatalogueItem, Division
from exports.models import StoredClosing
from tenants.factories import AccountantFactory, StaffFactory
from tests.conftest import Caller, SimulatedExact, closing, work
from tests.exports.reposts.test_repost import set_period

CHANGELIST = "admin:exports_storedclosing_changelist"


@pytest.fixture
def booked(linked: tuple[Caller, Division]) -> tuple[Client, StoredClosing]:
    """Two closings, the first of them exported, and a person of their reseller."""
    till, division = linked
    first = till.post("closings", closing(1042)).json()["id"]
    work(division)
    till.post("closings", closing(1043))
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(StaffFactory(reseller=till.till.tenant.reseller))
    return client, StoredClosing.objects.get(pk=first)


def found(client: Client, **query: str) -> set[int]:
    return {stored.number for stored in client.get(reverse(CHANGELIST), query).context["cl"].result_list}


def test_search__by_number_ticket_reference_and_entry_number(booked: tuple[Client, StoredClosing]) -> None:
    client, stored = booked
    from exact.models import Posting

    posting = Posting.objects.filter(closing_id=stored.pk).order_by("turn")[0]
    terms = ["1042", "Z1042", "80500", posting.reference, posting.reference[:12], str(posting.entry_number)]
    assert {term: found(client, q=term) for term in terms} == {term: {1042} for term in terms}
    assert found(client, q=stored.establishment.code) == {1042, 1043}
    assert found(client, q="nothing at all") == set()


def test_filters__narrow_the_list(booked: tuple[Client, StoredClosing]) -> None:
    client, stored = booked
    assert found(client, state="exported") == {1042}
    assert found(client, state="moving") == {1043}
    assert found(client, state="attention") == set()
    assert found(client, gross_from="1399", gross_to="1401") == {1042, 1043}
    assert found(client, gross_from="1401") == set()
    assert found(client, business_date_from="2026-03-15") == set()
    assert found(client, establishment__id__exact=str(stored.establishment_id)) == {1042, 1043}


def test_page__of_an_exported_closing_shows_the_z_and_both_entries(booked: tuple[Client, StoredClosing]) -> None:
    client, stored = booked
    page = client.get(reverse("admin:exports_storedclosing_change", args=[stored.pk]))
    text = page.content.decode()
    assert page.context["next_step"].tone == "good"
    name = CatalogueItem.objects.get(kind="gl_account", code="707000").name
    assert name
    assert name in text
    assert [entry.debit for entry in page.context["entries"]] == [entry.credit for entry in page.context["entries"]]
    for words in ("1\u00a0400,00\u00a0€", "Carte bancaire", "411000", "tickets 80412 à 80533", "Le document brut"):
        assert words in text, words


def test_page__names_in_words_what_the_till_gave_no_label(linked: tuple[Caller, Division]) -> None:
    till, _division = linked
    moved = {"movements": [{"kind": "bank_deposit", "amount": "-300.00"}, {"kind": "other", "amount": "1.00"}]}
    paid = [{"means": "CB", "kind": "card", "amount": "1400.00"}, {"means": "ESP", "kind": "cash", "amount": "80.00"}]
    more = [{"kind": "settlement", "amount": "80.00", "account": "0000002"}]
    told = closing(payments=paid, other_receipts=more, cash=moved)
    identity = till.post("closings", told).json()["id"]
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(StaffFactory(reseller=till.till.tenant.reseller))
    page = client.get(reverse("admin:exports_storedclosing_change", args=[identity])).content.decode()
    for words in (
        "Clôture générale",
        "Dépôt d’espèces en banque",
        "Autres mouvements d’espèces",
        "Règlements de créances",
    ):
        assert words in page, words
    assert "bank_deposit" not in page.partition("console-raw")[0]


def test_page__of_a_refused_closing_says_exacts_words_and_what_to_do(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    set_period(exact, division, "closed")
    closing_id = till.post("closings", closing()).json()["id"]
    work(division)
    client = Client()
    client.force_login(StaffFactory(reseller=till.till.tenant.reseller))
    page = client.get(reverse("admin:exports_storedclosing_change", args=[closing_id]))
    step = page.context["next_step"]
    assert step.tone == "danger"
    assert [way.name for way in page.context["ways"]][:2] == ["mapping", "again"]
    assert step.reasons
    assert any(it.correlation_id for it in page.context["history"])
    assert reverse("console_repost") in page.content.decode()


def test_page__lets_an_accountant_read_but_not_send(booked: tuple[Client, StoredClosing]) -> None:
    _client, stored = booked
    StoredClosing.objects.filter(pk=stored.pk).update(
        state="held", problems=[{"code": "sale_total", "facts": {}, "pointer": "", "blocking": True}]
    )
    reader = Client()
    reader.force_login(AccountantFactory(tenant=stored.tenant))
    page = reader.get(reverse("admin:exports_storedclosing_change", args=[stored.pk]))
    assert page.status_code == 200
    assert reverse("console_repost") not in page.content.decode()
    assert "Votre revendeur s’en charge." in page.content.decode()
    assert "est indiqué ci-dessous" not in page.content.decode()
