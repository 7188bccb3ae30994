"""What accountants and a restaurant's own people meet: their first page, and no link to where they may not go."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from concerns.concern import Condition
from concerns.found import concerns_of
from exact.models import ActivationLink, Connection, ConnectionState, LinkWay
from exports.models import StoredClosing
from on_demand.models import OnDemandExport
from tenants.models import Establishment, Membership, Till
from tenants.scope import visible_to
from tenants.viewpoint import Scope
from tests.clients import client_of
from tests.world import World

LINKED = re.compile(r'(?:href|action|formaction)="([^"#]+)')


def forbidden(client: Client, pages: list[str]) -> set[str]:
    """The links of these pages that the person may not follow."""
    met: dict[str, str] = {}
    for page in pages:
        answer = client.get(page, follow=True)
        assert answer.status_code == 200, page
        for found in LINKED.findall(answer.content.decode()):
            place = urlsplit(urljoin(page, unescape(found)))
            if place.path.startswith("/console/") and place.path != reverse("admin:logout"):
                met.setdefault(place.path, f"{place.path}?{place.query}")
    return {path for path, address in met.items() if client.get(address).status_code == 403}


@pytest.mark.parametrize("who", ["accountant", "merchant"])
def test_no_link__leads_where_a_person_may_not_go(here: World, who: str) -> None:
    own = here.own
    pages = [
        reverse("admin:index"),
        reverse("admin:exports_storedclosing_changelist"),
        reverse("admin:exports_storedclosing_change", args=[own.closing.pk]),
        reverse("console_shops"),
        reverse("console_shop", args=[own.till.establishment_id]),
        reverse("console_customer", args=[own.tenant.pk]),
        reverse("console_set_up_customer", args=[own.tenant.pk]),
    ]
    if who == "accountant":
        pages += [
            reverse("admin:exact_finding_changelist"),
            reverse("admin:on_demand_ondemandexport_new"),
            reverse("admin:on_demand_ondemandexport_changelist"),
            reverse("admin:on_demand_ondemandexport_change", args=[own.export.pk]),
            reverse("admin:on_demand_monthlyexport_changelist"),
            reverse("console_causes"),
            reverse("console_check"),
        ]
    assert forbidden(client_of(getattr(own, who)), pages) == set()


def test_merchant__sees_its_shop_with_its_month_and_links_it_again_in_two_clicks(here: World) -> None:
    client, shop = client_of(here.own.merchant), here.own.till.establishment
    Connection.objects.filter(tenant=here.own.tenant).update(state=ConnectionState.RECONNECT_REQUIRED)
    page = client.get(reverse("admin:index"))
    shown = page.content.decode()
    assert page.context["own_shops"][0]["shop"] == shop
    assert f"Z {here.own.number}" in shown
    assert 'class="console-month"' in shown
    assert page.context["own_shops"][0]["stands"].condition == Condition.LINK_LOST
    assert [it.condition for it in concerns_of(Scope(user=here.own.merchant))] == [Condition.LINK_LOST]
    assert here.sister.mark not in shown
    to_link = reverse("console_relink", args=[shop.pk])
    assert f'action="{to_link}"' in shown
    answer = client.post(to_link)
    assert answer.status_code == 302
    link = ActivationLink.objects.filter(establishment=shop, way=LinkWay.SHOWN).latest("created_at")
    assert link.made_by == here.own.merchant
    assert client.get(urlsplit(answer["Location"]).path).status_code == 200
    assert client.post(reverse("console_relink", args=[here.sister.till.establishment_id])).status_code == 404
    assert client_of(here.own.accountant).post(to_link).status_code == 403


def test_merchant__is_told_only_what_it_can_mend(here: World) -> None:
    assert concerns_of(Scope(user=here.own.accountant)) != []
    assert concerns_of(Scope(user=here.own.merchant)) == []
    Connection.objects.filter(tenant=here.own.tenant).update(doubted_at=timezone.now())
    assert Condition.LINK_DOUBTFUL in {it.condition for it in concerns_of(Scope(user=here.own.accountant))}
    assert concerns_of(Scope(user=here.own.merchant)) == []


def test_merchant__is_asked_to_close_the_till_and_not_to_ask_its_own_shop(here: World) -> None:
    till = Till.objects.get(pk=here.own.till.pk)
    Establishment.objects.filter(pk=till.establishment_id).update(opening_days=[1, 2, 3, 4, 5, 6, 7])
    Till.objects.filter(pk=till.pk).update(paired_at=timezone.now())
    StoredClosing.objects.filter(till=till).update(business_date=timezone.localdate() - timedelta(days=3))
    said = {}
    for person in (here.own.merchant, here.own.accountant):
        (silent,) = [it for it in concerns_of(Scope(user=person)) if it.condition is Condition.SILENT]
        said[person] = silent.words
    assert "revendeur" in said[here.own.merchant]
    assert "Renseignez-vous" in said[here.own.accountant]


def test_member_without_a_customer__is_told_so(here: World) -> None:
    for person in (here.own.merchant, here.own.accountant):
        Membership.objects.filter(user=person).update(ended_at=here.manager.created_at)
        page = client_of(person).get(reverse("admin:index"))
        assert page.status_code == 200
        assert here.own.mark not in page.content.decode().replace(str(person), "")


def test_accountant__exports_several_customers_into_files_and_never_to_exact(here: World) -> None:
    client, page = client_of(here.bookkeeper), reverse("admin:on_demand_ondemandexport_new")
    form: dict[str, Any] = {"first": "2026-03-01", "last": "2026-03-31", "format": "fec", "email": ""}
    before = OnDemandExport.objects.count()
    for customer in (here.own, here.foreign):
        answer = client.post(page, form | {"where": f"e{customer.till.establishment_id}"})
        assert answer.status_code == 302, answer.context["form"].errors
        assert client.get(answer["Location"]).status_code == 200
    refused = client.post(page, form | {"where": f"e{here.own.till.establishment_id}", "format": "exact"})
    assert [*refused.context["form"].errors] == ["format"]
    stranger = client.post(page, form | {"where": f"e{here.sister.till.establishment_id}"})
    assert [*stranger.context["form"].errors] == ["where"]
    asked = OnDemandExport.objects.order_by("-asked_at")[:2]
    assert OnDemandExport.objects.count() == before + 2
    assert {it.asked_by for it in asked} == {here.bookkeeper}


@pytest.mark.parametrize("who", ["accountant", "merchant", "staff"])
def test_no_form__leads_where_a_person_may_not_go(here: World, who: str) -> None:
    person = getattr(here.own, who)
    client, forms = client_of(person), []
    for model in admin.site._registry:
        row = visible_to(person, model._default_manager.all()).first()
        page = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
        if row is not None and client.get(address := reverse(page, args=[row.pk])).status_code == 200:
            forms.append(address)
    assert forms
    assert forbidden(client, forms) == set()
