"""One customer at a time: chosen on any page, it narrows every list, and hides nothing that an address names."""

import pytest
from django.test import Client
from django.urls import reverse

from exports.models import ClosingState, StoredClosing
from tenants.factories import SupportFactory
from tenants.models import Membership, Tenant
from tests.clients import client_of
from tests.world import Customer, World, handed_over

CLOSINGS = reverse("admin:exports_storedclosing_changelist")


def choose(client: Client, customer: Customer | None, *, at: str = CLOSINGS) -> str:
    form = {"customer": customer.tenant.pk if customer else "", "next": at}
    answer = client.post(reverse("console_choose"), form)
    assert answer.status_code == 302
    return str(answer["Location"])


def shown(client: Client, address: str, here: World) -> set[str]:
    """Whose marks the content of a page shows, beside the choice itself."""
    page = client.get(address, follow=True).content.decode()
    content = page.partition("console-chosen")[2].partition("</form>")[2]
    return {it.mark for it in (here.own, here.sister, here.foreign) if it.mark in content}


@pytest.mark.parametrize(
    "name",
    ["exports_storedclosing_changelist", "exact_finding_changelist", "on_demand_ondemandexport_changelist", "index"],
)
def test_choice__narrows_lists_first_page_findings_and_exports_until_it_is_taken_back(here: World, name: str) -> None:
    client, page = client_of(here.bookkeeper), reverse(f"admin:{name}")
    assert shown(client, page, here) == {here.own.mark, here.foreign.mark}
    choose(client, here.own)
    assert shown(client, page, here) == {here.own.mark}
    choose(client, here.foreign)
    assert shown(client, page, here) == {here.foreign.mark}
    choose(client, None)
    assert shown(client, page, here) == {here.own.mark, here.foreign.mark}


def test_what_an_address_names__opens_whatever_is_chosen(here: World) -> None:
    client = client_of(here.bookkeeper)
    choose(client, here.foreign)
    shop, closing = here.own.till.establishment_id, here.own.closing
    for address in (
        reverse("admin:exports_storedclosing_change", args=[closing.pk]),
        f"{CLOSINGS}?establishment__id__exact={shop}",
        f"{reverse('console_log')}?establishment={shop}",
        reverse("console_shop", args=[shop]),
    ):
        assert client.get(address).status_code == 200, address
        assert here.own.mark in shown(client, address, here), address
    stranger = reverse("admin:exports_storedclosing_change", args=[here.sister.closing.pk])
    assert client.get(stranger).status_code == 302


def test_choice__is_no_way_to_a_customer_that_is_not_ones_own(here: World) -> None:
    client = client_of(here.bookkeeper)
    choose(client, here.sister)
    assert shown(client, CLOSINGS, here) == {here.own.mark, here.foreign.mark}
    choose(client, here.own)
    Membership.objects.filter(user=here.bookkeeper, tenant=here.own.tenant).update(ended_at=here.manager.created_at)
    page = client.get(CLOSINGS).content.decode()
    assert (here.own.mark in page, here.foreign.mark in page) == (False, True)


def test_choice__leads_back_to_its_list_and_from_a_row_to_the_first_page(here: World) -> None:
    client = client_of(here.bookkeeper)
    home, row = reverse("admin:index"), reverse("admin:exports_storedclosing_change", args=[here.own.closing.pk])
    assert choose(client, here.own, at=f"{CLOSINGS}?state__exact=failed") == CLOSINGS
    for elsewhere in (row, "https://ailleurs.example/console/", "//ailleurs.example", "/console/rien", ""):
        assert choose(client, here.own, at=elsewhere) == home


def test_choice__is_offered_to_who_has_several_customers_only(here: World) -> None:
    for person, offered in (
        (here.bookkeeper, True),
        (here.manager, True),
        (here.own.accountant, False),
        (here.own.merchant, False),
    ):
        page = client_of(person).get(CLOSINGS).content.decode()
        assert ("chosen-customer" in page) == offered, person.role


def test_reseller__narrows_too_and_acts_on_what_is_shown_only(here: World) -> None:
    client = client_of(here.manager)
    choose(client, here.sister)
    assert shown(client, CLOSINGS, here) == {here.sister.mark}
    keys = [str(it.closing.pk) for it in (here.own, here.sister)]
    asked = client.post(CLOSINGS, {"action": "send_again", "_selected_action": keys}).content.decode()
    assert [key in asked for key in keys] == [False, True]
    handed_over(here.sister.tenant, here.foreign.tenant.reseller)
    assert here.own.mark in client.get(CLOSINGS).content.decode()


def test_what_an_address_names__is_asked_for_and_sent_whatever_is_chosen(here: World) -> None:
    client, shop = client_of(here.manager), here.own.till.establishment_id
    choose(client, here.sister)
    asked, again = {"closing": str(here.own.closing.pk)}, reverse("console_repost")
    assert client.get(again, asked).context["total"] == 1
    assert client.post(again, asked).context["total"] == 1
    for name in ("console_check", "admin:on_demand_ondemandexport_new"):
        for place in (f"e{shop}", f"t{here.own.tenant.pk}"):
            page = client.get(reverse(name), {"where": place, "show": "1"})
            assert "where" not in page.context["form"].errors, (name, place)
            stranger = client.get(reverse(name), {"where": f"e{here.foreign.till.establishment_id}", "show": "1"})
            assert "where" in stranger.context["form"].errors


def test_a_way_for_all_of_a_cause__takes_those_of_the_chosen_customer_only(here: World) -> None:
    both = [here.own.closing.pk, here.sister.closing.pk]
    held = [{"code": "currency", "facts": {"found": "USD"}, "pointer": "", "blocking": True}]
    StoredClosing.objects.filter(pk__in=both).update(state=ClosingState.HELD, problems=held)
    client, way = client_of(here.manager), reverse("console_way", args=["set-aside"])
    (cause,) = client.get(reverse("console_causes")).context["causes"]
    assert client.get(way, {"cause": cause.key}).context["total"] == 2
    choose(client, here.sister)
    assert client.get(way, {"cause": cause.key}).context["closing"] == here.sister.closing


def test_many_customers__are_searched_for_among_ones_own(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than are listed; support's always."""
    monkeypatch.setattr("tenants.chosen.LISTED_MAX", 1)
    find = reverse("console_find_customer")
    Tenant.objects.filter(pk=here.sister.tenant.pk).update(siren="552100554")
    code = here.own.till.establishment.code
    for reader, stranger in ((here.manager, True), (here.bookkeeper, False), (SupportFactory(), False)):
        client = client_of(reader)
        assert "chosen-search" in client.get(CLOSINGS).content.decode(), reader.role
        found = {
            term: client.get(find, {"q": term, "part": "1"}).content.decode() for term in ("sarl", code, "5521 00")
        }
        assert (here.own.mark in found["sarl"], here.own.mark in found[code]) == (True, True)
        assert (here.foreign.mark in found["sarl"]) is not stranger
        assert ("<html" in found["sarl"], "<h1" in client.get(find, {"q": "sarl"}).content.decode()) == (False, True)
        assert (here.sister.mark in found["5521 00"]) == (reader != here.bookkeeper)
        choose(client, here.own)
        page = client.get(CLOSINGS)
        assert {*page.context["cl"].result_list} == {here.own.closing}, reader.role
        assert client.get(find, {"q": "rien"}).context["found"] == []
        choose(client, None)
        assert len(page.context["cl"].result_list) < len(client.get(CLOSINGS).context["cl"].result_list)


def test_choice_nobody_offers_any_more__is_forgotten(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.chosen.LISTED_MAX", 1)
    client = client_of(here.manager)
    choose(client, here.foreign)
    assert {*client.get(CLOSINGS).context["cl"].result_list} == {here.own.closing, here.sister.closing}
    choose(client, here.sister)
    handed_over(here.sister.tenant, here.foreign.tenant.reseller)
    assert {*client.get(CLOSINGS).context["cl"].result_list} == {here.own.closing}
