"""Setting a customer up: forms that ask little, codes and links shown once, a checklist that follows the facts."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from clyo_ingest.keys import redeem_code
from exact.models import ActivationLink, Connection, ConnectionState, Division
from tenants.factories import AccountantFactory, EstablishmentFactory, StaffFactory, TenantFactory, TillFactory
from tenants.models import Establishment, Tenant, Till, User
from tests.conftest import Caller, closing, work


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def staff(db: None) -> User:
    return StaffFactory()


def progress(client: Client, tenant: Tenant) -> dict[str, set[str]]:
    """Establishment's code → steps that the checklist shows as done."""
    page = client.get(reverse("console_set_up_customer", args=[tenant.pk]))
    assert page.status_code == 200
    return {shop["progress"].facts.shop.code: {*shop["progress"].done} for shop in page.context["shops"]}


def test_flow__leads_from_the_customer_to_its_tills(staff: User) -> None:
    client = client_of(staff)
    answer = client.post(reverse("console_set_up_new"), {"name": "Le Zinc SARL", "siren": "552 100 554"}, follow=True)
    tenant = Tenant.objects.get(name="Le Zinc SARL")
    assert (tenant.reseller_id, tenant.siren) == (staff.reseller_id, "552100554")
    assert answer.redirect_chain[-1][0] == reverse("console_set_up_establishment", args=[tenant.pk])

    form = {"name": "Le Zinc de la Gare", "siret": "", "contact_email": "compta@zinc.example"}
    answer = client.post(answer.redirect_chain[-1][0], form, follow=True)
    shop = Establishment.objects.get(tenant=tenant)
    assert shop.code == "ZINCGA01"
    assert answer.redirect_chain[-1][0] == reverse("console_set_up_tills", args=[shop.pk])

    answer = client.post(answer.redirect_chain[-1][0], {"names": "Caisse bar\n\n  Caisse   salle \n"}, follow=True)
    assert [*shop.tills.values_list("name", flat=True)] == ["Caisse bar", "Caisse salle"]
    assert answer.redirect_chain[-1][0].startswith(reverse("console_set_up_customer", args=[tenant.pk]))


@pytest.mark.parametrize(
    ("page", "form", "field"),
    [
        ("customer", {"name": "X", "siren": "12"}, "siren"),
        ("customer", {"name": "", "siren": ""}, "name"),
        ("customer", {"name": "X", "siren": "552100554"}, "__all__"),
        ("establishment", {"name": "Y", "code": "SHOP01"}, "__all__"),
        ("establishment", {"name": "Y", "siret": "12"}, "siret"),
        ("tills", {"names": "Caisse 1\ncaisse 1"}, "names"),
        ("tills", {"names": "CAISSE bar"}, "names"),
    ],
)
def test_form__says_what_is_wrong_and_keeps_nothing(staff: User, page: str, form: dict[str, str], field: str) -> None:
    tenant = TenantFactory(reseller=staff.reseller, siren="552100554")
    shop = EstablishmentFactory(tenant=tenant, code="SHOP01")
    TillFactory(establishment=shop, name="Caisse bar")
    address = {
        "customer": reverse("console_set_up_new"),
        "establishment": reverse("console_set_up_establishment", args=[tenant.pk]),
        "tills": reverse("console_set_up_tills", args=[shop.pk]),
    }[page]
    answer = client_of(staff).post(address, form)
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert (Tenant.objects.count(), Establishment.objects.count(), Till.objects.count()) == (1, 1, 1)


def test_codes__are_shown_once_and_each_pairs_its_till(staff: User) -> None:
    shop = EstablishmentFactory(tenant__reseller=staff.reseller)
    tills = [TillFactory(establishment=shop), TillFactory(establishment=shop)]
    client = client_of(staff)
    page = client.post(reverse("console_set_up_codes", args=[shop.pk]))
    assert "no-store" in page["Cache-Control"]
    codes = re.findall(r'<code id="code-\d">([A-Z0-9]{4}-[A-Z0-9]{4})</code>', page.content.decode())
    assert page.content.decode().count("<svg") >= 2
    assert progress(client, shop.tenant) == {shop.code: set()}
    paired = [redeem_code(code, software="Clyo", device="") for code in codes]
    assert {till.pk for till, _key in filter(None, paired)} == {till.pk for till in tills}
    assert progress(client, shop.tenant) == {shop.code: {"tills"}}


def test_link__goes_to_the_address_and_stays_with_the_establishment(staff: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    shop = EstablishmentFactory(tenant__reseller=staff.reseller)
    client = client_of(staff)
    page = reverse("console_set_up_link", args=[shop.pk])
    client.post(page, {"contact_email": "no address"})
    assert mail.outbox == []
    client.post(page, {"contact_email": "compta@zinc.example", "keep_contact": "yes"})
    (letter,) = mail.outbox
    assert letter.to == ["compta@zinc.example"]
    shop.refresh_from_db()
    assert shop.contact_email == "compta@zinc.example"
    # Sent elsewhere once, it changes no contact.
    client.post(page, {"contact_email": "remplacant@zinc.example"})
    assert mail.outbox[-1].to == ["remplacant@zinc.example"]
    shop.refresh_from_db()
    assert shop.contact_email == "compta@zinc.example"
    shown = client.post(page, {"show": "yes"}).content.decode()
    assert "/activation/" in shown
    assert {it.made_by_id for it in ActivationLink.objects.all()} == {staff.pk}


def test_link_shown__is_said_to_end_and_no_way_leads_to_its_own_page(linked: tuple[Caller, Division]) -> None:
    till, division = linked
    shop = till.till.establishment
    Connection.objects.filter(pk=division.connection_id).update(state=ConnectionState.RECONNECT_REQUIRED)
    client = client_of(StaffFactory(reseller=till.till.tenant.reseller))
    checklist = reverse("console_set_up_customer", args=[shop.tenant_id])
    said = "met fin à celui affiché le"
    for page in (checklist, reverse("console_shop", args=[shop.pk])):
        assert said not in client.get(page).content.decode()
    client.post(reverse("console_set_up_link", args=[shop.pk]), {"show": "yes"})
    for page in (checklist, reverse("console_shop", args=[shop.pk])):
        shown = client.get(page).content.decode()
        assert said in shown
        assert 'name="keep_contact"' in shown
    assert f'href="{checklist}#' not in client.get(checklist).content.decode()


def test_first_day__that_is_no_day_is_said(staff: User) -> None:
    shop = EstablishmentFactory(tenant__reseller=staff.reseller)
    page = client_of(staff).get(reverse("console_start", args=[shop.pk]), {"from": "abc"})
    assert "« abc » n’est pas un jour" in page.content.decode().replace("\xa0", " ")


def test_checklist__follows_what_happens(linked: tuple[Caller, Division]) -> None:
    till, division = linked
    client = client_of(StaffFactory(reseller=till.till.tenant.reseller))
    code = till.till.establishment.code
    Till.objects.update(paired_at=till.till.created_at)
    before = {"tills", "link", "parameters", "mapping"}
    assert progress(client, till.till.tenant) == {code: before}
    till.post("closings", closing())
    assert progress(client, till.till.tenant) == {code: before | {"closing"}}
    assert till.till.tenant in client.get(reverse("console_set_up")).context["customers"]
    work(division)
    assert progress(client, till.till.tenant) == {code: before | {"closing", "entry"}}
    assert client.get(reverse("console_set_up")).context["customers"] == []


@pytest.mark.parametrize("page", ["new", "establishment", "tills", "codes", "link"])
def test_accountant__sees_the_checklist_and_changes_nothing(db: None, page: str) -> None:
    shop = EstablishmentFactory()
    client = client_of(AccountantFactory(tenant=shop.tenant))
    assert progress(client, shop.tenant) == {shop.code: set()}
    arguments = {"new": [], "establishment": [shop.tenant_id]}.get(page, [shop.pk])
    answer = client.post(reverse(f"console_set_up_{page}", args=arguments), {"name": "X", "names": "X", "show": "yes"})
    assert answer.status_code == 403


@pytest.mark.parametrize(("reads", "asks"), [("fr", "en"), ("en", "fr"), (None, "en")])
def test_link__is_mailed_in_the_language_of_who_gets_it(
    staff: User, settings: Any, reads: str | None, asks: str
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    User.objects.filter(pk=staff.pk).update(language=asks)
    shop = EstablishmentFactory(tenant__reseller=staff.reseller, name="Chez l’ami d'Édith")
    if reads:
        AccountantFactory(tenant=shop.tenant, email="compta@zinc.example", language=reads)
    page = reverse("console_set_up_link", args=[shop.pk])
    client_of(staff).post(page, {"contact_email": "Compta@zinc.example"}, headers={"Accept-Language": asks})
    (letter,) = mail.outbox
    french = "activer l’export vers Exact"
    assert (french in letter.subject) is (reads != "en")
    assert letter.subject.startswith("Chez l’ami d'Édith")
    assert str(staff.reseller) in letter.body
