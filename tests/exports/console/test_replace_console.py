"""The console's differences from Exact: who sees them, what accepting and replacing there does."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from exact.activation.switch import switch_off
from exact.books.reconcile import accept_finding, reconcile, reopen
from exact.models import Finding, Posting, PostingState
from exports.models import StoredClosing
from tenants.factories import AccountantFactory, ResellerFactory, StaffFactory
from tenants.models import Reseller
from tests.bookkeeper import Bookkeeper
from tests.conftest import SimulatedExact, work
from tests.exports.walking import ways, yes

LIST = reverse("admin:exact_finding_changelist")


@pytest.fixture
def found(posted: Posting, exact: SimulatedExact) -> Finding:
    """A sale that a bookkeeper changed in Exact by 10.00."""
    keeper = Bookkeeper(exact, posted.division)
    keeper.send("PUT", keeper.line(posted, 250), {"AmountFC": 240.0, "VATAmountFC": 49.99})
    reconcile(posted.division)
    return Finding.objects.get()


def console(reseller: Reseller) -> Client:
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(StaffFactory(reseller=reseller))
    return client


@pytest.fixture
def own(found: Finding) -> Client:
    return console(found.tenant.reseller)


def test_list__tells_the_difference_in_french(own: Client) -> None:
    page = own.get(LIST).content.decode()
    assert "411000 : 1 400,00 € attendu, 1 390,00 € dans Exact" in page.replace("\xa0", " ").replace("\u202f", " ")


def accept(client: Client, found: Finding, **said: str) -> Any:
    return client.post(LIST, {"action": "accept", "_selected_action": [str(found.pk)], **said})


def test_accept__asks_why_and_takes_it_off_the_list(own: Client, found: Finding) -> None:
    shown = accept(own, found).context["shown"]
    unsaid = accept(own, found, confirm="yes", shown=shown, why="  ")
    assert unsaid.context["why_missing"]
    assert accept(own, found, confirm="yes", shown="of before", why="vu").context["changed"]
    assert Finding.objects.get().settled_at is None
    for _press in range(2):
        accept(own, found, confirm="yes", shown=shown, why="remise convenue")
    late = accept(own, found, confirm="yes", shown=shown, why="remise convenue", settled="all").content.decode()
    assert "différence telle quelle" not in late and "0 différence" not in late
    assert "remise convenue" in own.get(f"{LIST}?settled=all").content.decode()
    assert found.posting.reference not in own.get(LIST).content.decode()
    found.refresh_from_db()
    assert found.settled_by is not None
    page = own.get(reverse("admin:exports_storedclosing_change", args=[found.posting.closing_id]))
    assert f"différence de l’écriture {found.posting.entry_number} acceptée" in page.content.decode()
    assert "remise convenue" in page.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.update(settled_why="")


def test_replace__shows_first_and_acts_on_what_was_shown(own: Client, found: Finding, exact: SimulatedExact) -> None:
    address = reverse("admin:exact_finding_replace", args=[found.posting_id])
    shown = own.get(address)
    assert "1 390,00 €" in shown.content.decode().replace("\xa0", " ").replace("\u202f", " ")
    assert "rien n’a encore été modifié" in shown.content.decode().lower()
    digest = shown.context["shown"].digest
    keeper = Bookkeeper(exact, found.posting.division)
    keeper.send("PUT", keeper.line(found.posting, 240), {"AmountFC": 230.0, "VATAmountFC": 49.99})
    assert "a changé depuis son affichage" in own.post(address, {"shown": digest}).content.decode()
    found.posting.refresh_from_db()
    assert found.posting.state == PostingState.POSTED
    digest = own.get(address).context["shown"].digest
    assert "Dites pourquoi" in own.post(address, {"shown": digest, "why": " "}).content.decode()
    found.posting.refresh_from_db()
    assert found.posting.state == PostingState.POSTED
    assert own.post(address, {"shown": digest, "why": "montant modifié"}).status_code == 302
    work(found.posting.division)
    found.refresh_from_db()
    assert found.settlement == "replaced"
    assert reconcile(found.posting.division) == 0


def test_replace__sets_line_beside_line_and_says_that_a_number_is_missing_afterwards(
    own: Client, found: Finding
) -> None:
    page = own.get(reverse("admin:exact_finding_replace", args=[found.posting_id]))
    [journal] = page.context["compared"]
    assert [(row["words"], row["held"].get("account"), row["meant"].get("account")) for row in journal.rows] == [
        ("autre montant", "411000", "411000"),
        ("autre montant", "707000", "707000"),
        ("identique", "706000", "706000"),
        ("identique", "445711", "445711"),
        ("identique", "445712", "445712"),
    ]
    assert f"L’écriture {found.posting.entry_number} sera supprimée dans Exact" in strip_tags(page.content.decode())


def test_replace__of_an_entry_that_stays_as_it_is_offers_nothing(own: Client, posted: Posting) -> None:
    receipts = Posting.objects.get(closing_id=posted.closing_id, journal="30")
    address = reverse("admin:exact_finding_replace", args=[receipts.pk])
    shown = own.get(address)
    assert "il n’y a rien à remplacer" in shown.content.decode()
    assert 'name="why"' not in shown.content.decode()
    own.post(address, {"shown": shown.context["shown"].digest, "why": "pour rien"})
    receipts.refresh_from_db()
    assert receipts.state == PostingState.POSTED


def test_replace__of_a_deleted_entry_books_it_again(own: Client, found: Finding, exact: SimulatedExact) -> None:
    Bookkeeper(exact, found.posting.division).delete(found.posting)
    shown = own.get(reverse("admin:exact_finding_replace", args=[found.posting_id])).content.decode()
    assert ("Comptabiliser de nouveau</button>" in shown, "Remplacer l’écriture</button>" in shown) == (True, False)


def text_of(answer: Any) -> str:
    return strip_tags(answer.content.decode()).replace("\xa0", " ").replace("\u202f", " ")


def test_accountant__accepts_where_it_is_said_and_takes_it_back(found: Finding) -> None:
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(AccountantFactory(tenant=found.tenant))
    closing = StoredClosing.objects.get(pk=found.posting.closing_id)
    page = reverse("admin:exports_storedclosing_change", args=[closing.pk])
    assert "accept" in ways(client, closing)
    assert f"/console/way/accept/?closing={closing.pk}" in client.get(LIST).content.decode()
    yes(client, "accept", closing, why="remise convenue")
    assert "accept" not in ways(client, closing)
    assert "remise convenue" in text_of(client.get(page)).partition("Exact contient autre chose")[2][:600]
    days = {"first": "2026-03-01", "last": "2026-03-31"}
    check = text_of(client.get("/console/check/", days)).partition("CA par établissement")[2]
    assert "Différence avec Exact acceptée" in check
    assert "diffère" not in check
    yes(client, "reopen", closing, why="erreur, à remplacer")
    assert {"accept", "reopen"} & {*ways(client, closing)} == {"accept"}
    assert "erreur, à remplacer" in text_of(client.get(page))
    assert "diffère" in text_of(client.get("/console/check/", days)).partition("CA par établissement")[2]
    assert [*Finding.objects.order_by("pk").values_list("settlement", flat=True)] == ["accepted", ""]
    assert reconcile(found.posting.division) == 1
    assert Finding.objects.count() == 2


def test_acceptance__is_taken_back_once(found: Finding) -> None:
    person = StaffFactory(reseller=found.tenant.reseller)
    assert accept_finding(found, actor=person, why="remise")
    assert [reopen(found, actor=person, why="non") for _press in range(2)] == [True, False]
    assert Finding.objects.filter(settled_at=None).count() == 1


def test_neighbour__sees_and_does_nothing(found: Finding) -> None:
    stranger = console(ResellerFactory())
    listed = stranger.get(f"{LIST}?settled=all")
    assert listed.status_code == 200
    assert found.posting.reference not in listed.content.decode()
    address = reverse("admin:exact_finding_replace", args=[found.posting_id])
    assert stranger.get(address).status_code in (302, 404)
    assert stranger.post(address, {"shown": ""}).status_code in (302, 404)
    assert accept(stranger, found, confirm="yes", why="x").context["total"] == 0
    found.refresh_from_db()
    assert found.settled_at is None
    found.posting.refresh_from_db()
    assert found.posting.state == PostingState.POSTED


def test_replace__while_the_export_is_off_says_so_and_takes_nothing_out(
    own: Client, posted: Posting, exact: SimulatedExact
) -> None:
    switch_off(StoredClosing.objects.get(pk=posted.closing_id).establishment, way="console")
    answer = own.get(reverse("admin:exact_finding_replace", args=[posted.pk]), follow=True)
    assert "L’export de l’établissement est désactivé" in answer.content.decode()
    assert len(exact.entries(posted.division.code)) == 2
