"""Differences from Exact stand in the menu, on the first page, with the closing, and the till is told of them."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from exact.books.reconcile import accept_finding, reconcile
from exact.models import Division, Finding, FindingKind, Posting, PostingState
from tenants.factories import MerchantFactory, StaffFactory, SupportFactory
from tenants.models import Membership, User
from tests.bookkeeper import Bookkeeper
from tests.clients import english_client_of
from tests.conftest import Caller, SimulatedExact, closing, work
from tests.world import World


def read(user: User, address: str) -> str:
    """A page's words, in one line."""
    client = Client()
    client.force_login(user)
    page = client.get(address)
    assert page.status_code == 200
    return " ".join(unescape(strip_tags(page.content.decode())).split()).replace("\xa0", " ")


def staff_of(division: Division) -> User:
    person: User = StaffFactory(reseller=division.tenant.reseller)
    return person


@pytest.fixture
def gone(posted: Posting, exact: SimulatedExact) -> Posting:
    """A sale that somebody deleted in Exact, found by the comparison."""
    Bookkeeper(exact, posted.division).delete(posted)
    reconcile(posted.division)
    return posted


def test_green__says_what_was_compared_and_when(posted: Posting) -> None:
    person = staff_of(posted.division)
    assert "pas encore été comparées avec Exact" in read(person, reverse("admin:index"))
    reconcile(posted.division)
    page = read(person, reverse("admin:index"))
    assert "Comparé avec Exact le" in page
    assert "2 écritures. Aucune différence." in page


def test_found__stands_in_the_menu_on_the_first_page_and_leads_to_the_closing(gone: Posting) -> None:
    person, other = staff_of(gone.division), StaffFactory()
    page = read(person, reverse("admin:index"))
    assert "1 écriture diffère dans Exact" in page
    assert "Différences 1" in page
    assert "1 400,00 €" in page
    assert f"écriture {gone.entry_number}" in page
    assert f"écriture {gone.entry_number}" not in read(other, reverse("admin:index"))
    assert "Différences 1" not in read(other, reverse("admin:index"))


def test_closing__says_that_its_entry_is_gone_until_a_person_accepts_it(gone: Posting) -> None:
    person = staff_of(gone.division)
    address = reverse("admin:exports_storedclosing_change", args=[gone.closing_id])
    assert "Son écriture n’est plus dans Exact" in read(person, address)
    listed = reverse("admin:exports_storedclosing_changelist")
    assert "n’est plus dans Exact Son écriture n’est plus dans Exact" in read(person, f"{listed}?state=differs")
    accept_finding(Finding.objects.get(), actor=person, why="agreed")
    assert "Son écriture n’est plus dans Exact" not in read(person, address)
    assert "Z 1042" not in read(person, f"{listed}?state=differs")


def test_till__is_told_of_its_own(gone: Posting, linked: tuple[Caller, Division], till: Caller) -> None:
    caller, division = linked
    caller.post("closings", closing(1043))
    work(division)
    answer = caller.get(f"closings/{gone.closing_id}").json()
    (difference,) = answer["differences"]
    assert (difference["kind"], difference["reference"]) == ("missing", gone.reference)
    assert "n’est plus dans Exact" in difference["message"]
    listed = {row["identity"]["number"]: len(row["differences"]) for row in caller.get("closings").json()["results"]}
    assert listed == {1042: 1, 1043: 0}
    assert caller.get("till").json()["differences"] == 1
    assert till.get("till").json()["differences"] == 0
    Finding.objects.update(settled_at="2026-03-20T03:00:00Z", settlement="gone")
    assert caller.get(f"closings/{gone.closing_id}").json()["differences"] == []
    assert caller.get("till").json()["differences"] == 0


def test_compare_now__asks_for_ones_own_companies(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr("exports.console.findings_page.nudge_reconcile", asked.append)
    client = Client()
    client.force_login(here.own.staff)
    assert client.post(reverse("admin:exact_finding_compare")).status_code == 302
    own = Division.objects.filter(tenant__in=[here.own.tenant, here.sister.tenant])
    assert sorted(asked) == sorted(own.values_list("pk", flat=True))


def test_compare_now__is_not_for_who_only_reads(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr("exports.console.findings_page.nudge_reconcile", asked.append)
    client = Client()
    client.force_login(here.own.merchant)
    assert client.post(reverse("admin:exact_finding_compare")).status_code == 403
    assert asked == []


def test_list__counts_nothing_that_it_did_not_and_says_why_it_is_empty(here: World) -> None:
    client = english_client_of(here.own.staff)
    page = reverse("admin:exact_finding_changelist")
    assert "9999999999" not in client.get(page).content.decode()
    beyond = client.get(page, {"p": "999", "kind__exact": "missing"}).content.decode()
    assert "The list has no such page." in beyond
    assert 'href="?kind__exact=missing"' in beyond
    filtered = client.get(page, {"kind__exact": "changed"}).content.decode()
    assert ("No row fits what is asked." in filtered, "Take all filters off" in filtered) == (True, True)
    Finding.objects.update(settled_at="2026-03-20T03:00:00Z", settlement="gone")
    empty = client.get(page).content.decode()
    assert "There is nothing here." in empty
    assert "Take all filters off" not in empty


def test_accountant__compares_and_is_led_to_replacing_where_the_reseller_lets_it(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr("exports.console.findings_page.nudge_reconcile", asked.append)
    client = Client()
    client.force_login(here.bookkeeper)
    page = reverse("admin:exact_finding_changelist")
    assert client.post(reverse("admin:exact_finding_compare")).status_code == 302
    assert len(asked) == 2
    monkeypatch.setattr("exports.console.findings_page.is_replaceable", lambda it: it.state == PostingState.REFUSED)
    assert "/replace/" not in client.get(page).content.decode()
    Membership.objects.filter(user=here.bookkeeper, tenant=here.own.tenant).update(may_replace=True)
    shown = client.get(page).content.decode()
    own, foreign = (Finding.objects.get(tenant=it.tenant).posting_id for it in (here.own, here.foreign))
    assert (f"/replace/{own}/" in shown, f"/replace/{foreign}/" in shown) == (True, False)
    assert client.get(reverse("admin:exact_finding_replace", args=[foreign])).status_code == 403
    assert "/console/way/accept/" in shown  # nothing is changed in Exact, so it needs no leave


def test_menu__counts_to_a_hundred(gone: Posting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exports.console.findings_page.MENU_COUNTS_TO", 2)
    second = Posting.objects.exclude(pk=gone.pk).get()
    Finding.objects.create(tenant=gone.tenant, posting=second, kind=FindingKind.DOUBLED)
    assert "Différences 1+" in read(SupportFactory(), reverse("admin:index"))


def test_merchant__is_told_who_sees_to_it_and_led_to_no_page_that_is_not_theirs(gone: Posting) -> None:
    owner = MerchantFactory(tenant=gone.tenant)
    address = reverse("admin:exports_storedclosing_change", args=[gone.closing_id])
    page = read(owner, address)
    assert "Votre revendeur s’en charge. Rien n’est perdu entre-temps." in page
    assert "acceptez la différence" not in page
    client = Client()
    client.force_login(owner)
    own_links = re.findall(r'href="(/console/[^"]+)"', client.get(address).content.decode())
    assert {it: client.get(unescape(it)).status_code for it in own_links if "finding" in it} == {}
    told = "1 écriture diffère dans Exact. Votre revendeur s’en charge."
    assert told in read(owner, reverse("admin:index"))
    assert told not in read(staff_of(gone.division), reverse("admin:index"))
    assert "Comparer et remplacer" in read(staff_of(gone.division), address)


def test_search__says_of_a_closing_what_the_list_says(gone: Posting) -> None:
    page = read(staff_of(gone.division), f"{reverse('console_search')}?q=1042")
    assert "1 400,00 € · n’est plus dans Exact" in page
