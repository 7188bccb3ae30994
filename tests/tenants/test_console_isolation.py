"""Nobody sees a neighbour: every console page, filter, look-up, form and action, as another reseller's staff."""

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from clyo_ingest.keys import issue_key
from exports.models import StoredClosing
from tenants.factories import StaffFactory, SupportFactory, TillFactory
from tenants.models import Establishment, Tenant, Till, User
from tests.conftest import PARAMETERS, Caller, closing

NOT_FOR_STAFF = {
    *("tenants.user", "tenants.membership", "tenants.lookthrough", "tenants.change"),
    *("tenants.reseller", "exact.exactapp"),
}


@pytest.fixture
def neighbour(db: None) -> Caller:
    """Another reseller's customer with a till, parameters and a closing."""
    till = TillFactory(
        establishment__name="SECRET-SHOP",
        establishment__tenant__name="SECRET-CUSTOMER",
        establishment__tenant__reseller__name="SECRET-RESELLER",
    )
    caller = Caller(till, issue_key(till))
    caller.put("parameters", PARAMETERS)
    assert caller.post("closings", closing()).status_code == 201
    return caller


@pytest.fixture
def staff(neighbour: Caller) -> Client:
    client = Client()
    client.force_login(StaffFactory())
    return client


def console_pages() -> list[str]:
    return [f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry]


@pytest.mark.parametrize("page", console_pages())
def test_list__shows_nothing_of_a_neighbour(staff: Client, page: str) -> None:
    answer = staff.get(reverse(f"admin:{page}_changelist"))
    if page.replace("_", ".", 1) in NOT_FOR_STAFF:
        assert answer.status_code == 403
    else:
        assert answer.status_code == 200
        assert "SECRET" not in answer.content.decode()


@pytest.mark.parametrize("view", ["change", "history", "delete"])
def test_row__of_a_neighbour_is_not_there(staff: Client, neighbour: Caller, view: str) -> None:
    stored = StoredClosing.objects.get()
    till = neighbour.till
    rows = {
        "exports_storedclosing": stored.pk,
        "tenants_till": till.pk,
        "tenants_establishment": till.establishment_id,
        "tenants_tenant": till.tenant_id,
        "clyo_ingest_push": till.pushes.first().pk,  # type: ignore[union-attr]
        "clyo_ingest_tillkey": till.keys.first().pk,  # type: ignore[union-attr]
        "booking_mapping": till.establishment.mapping.pk,
    }
    for page, pk in rows.items():
        answer = staff.get(reverse(f"admin:{page}_{view}", args=[pk]), follow=True)
        assert "SECRET" not in answer.content.decode(), page
        assert answer.redirect_chain or answer.status_code in (403, 404), page


def test_action__on_a_neighbours_closing_does_nothing(staff: Client) -> None:
    stored = StoredClosing.objects.get()
    before = stored.events.count()
    staff.post(
        reverse("admin:exports_storedclosing_changelist"),
        {"action": "send_again", "_selected_action": [str(stored.pk)]},
    )
    assert stored.events.count() == before


def test_action__on_a_neighbours_till_makes_no_code_and_revokes_nothing(staff: Client, neighbour: Caller) -> None:
    for action in ("make_pairing_code", "revoke"):
        staff.post(
            reverse("admin:tenants_till_changelist"), {"action": action, "_selected_action": [str(neighbour.till.pk)]}
        )
    assert neighbour.till.pairing_codes.count() == 0
    assert neighbour.get("till").status_code == 200


def test_form__does_not_accept_a_neighbours_establishment(staff: Client, neighbour: Caller) -> None:
    page = reverse("admin:tenants_till_add")
    assert "SECRET" not in staff.get(page).content.decode()
    answer = staff.post(page, {"establishment": neighbour.till.establishment_id, "name": "Intrus"})
    assert answer.status_code == 200
    assert not Till.objects.filter(name="Intrus").exists()


def test_form__does_not_accept_a_neighbours_customer(staff: Client, neighbour: Caller) -> None:
    answer = staff.post(
        reverse("admin:tenants_establishment_add"),
        {"tenant": neighbour.till.tenant_id, "code": "INTRUS", "name": "Intrus", "booked_level": "general"},
    )
    assert answer.status_code == 200
    assert not Establishment.objects.filter(code="INTRUS").exists()


@pytest.mark.parametrize("query", ["tenant__name__startswith=S", "device__startswith=a", "keys__digest__startswith=a"])
def test_lookup__in_the_address_cannot_probe_columns(staff: Client, query: str) -> None:
    page = reverse("admin:tenants_till_changelist")
    answer, whole = staff.get(f"{page}?{query}"), staff.get(page)
    assert [*answer.context["cl"].result_list] == [*whole.context["cl"].result_list]


def test_new_customer__of_a_reseller_is_its_own(staff: Client) -> None:
    answer = staff.post(reverse("admin:tenants_tenant_add"), {"name": "Crêperie du Port", "siren": ""})
    assert answer.status_code == 302, answer.content[:500]
    user = User.objects.get(pk=staff.session["_auth_user_id"])
    assert Tenant.objects.get(name="Crêperie du Port").reseller_id == user.reseller_id


def test_suspended__reseller_staff_is_out_on_the_next_call(staff: Client) -> None:
    user = User.objects.get(pk=staff.session["_auth_user_id"])
    assert user.reseller is not None
    assert staff.get(reverse("admin:index")).status_code == 200
    user.reseller.suspended_at = user.created_at
    user.reseller.save(update_fields=["suspended_at"])
    assert staff.get(reverse("admin:index")).status_code == 302


def test_support__sees_every_reseller(neighbour: Caller) -> None:
    client = Client()
    client.force_login(SupportFactory())
    assert "SECRET-SHOP" in client.get(reverse("admin:exports_storedclosing_changelist")).content.decode()
    page = client.get(
        reverse("admin:exports_storedclosing_change", args=[StoredClosing.objects.get().pk])
    ).content.decode()
    assert "1042" in page


def test_list__names_every_state_in_french(staff: Client, neighbour: Caller) -> None:
    assert neighbour.post("closings", closing(1043, training=True)).json()["state"] == "archived"
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(SupportFactory())
    page = client.get(reverse("admin:exports_storedclosing_changelist")).content.decode()
    assert re.search(r">\s*archivée\s*<", page)
    assert not re.search(r">\s*(archived|waiting)\s*<", page)
