"""Who changed what: written by the database, for everybody who may know, and for nobody to change."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from clyo_ingest.keys import issue_key
from exact.mapping import MeansOverride, Overrides, set_overrides
from exact.models import Connection, Division, ExactApp
from tenants.factories import (
    AccountantFactory,
    EstablishmentFactory,
    ResellerAdminFactory,
    StaffFactory,
    SupportFactory,
    TillFactory,
)
from tenants.models import Change, Establishment, Operation, User
from tests.conftest import Caller


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def rename(client: Client, shop: Establishment, name: str) -> None:
    form = {"code": shop.code, "name": name, "siret": "", "booked_level": "general", "contact_email": ""}
    page = reverse("admin:tenants_establishment_change", args=[shop.pk])
    assert client.post(page, form).status_code == 302


def last() -> Change:
    return Change.objects.filter(table_name="tenants_establishment").order_by("pk").last()  # type: ignore[return-value]


def test_change__says_who_before_and_after(db: None) -> None:
    staff = StaffFactory()
    shop = EstablishmentFactory(tenant__reseller=staff.reseller, name="Avant")
    rename(client_of(staff), shop, "Après")
    change = last()
    assert (change.actor, change.seen_as, change.operation) == (staff, None, Operation.UPDATE)
    assert (change.before, change.after) == ({"name": "Avant"}, {"name": "Après"})
    assert (change.tenant, change.reseller, change.row_id) == (shop.tenant, staff.reseller, str(shop.pk))


def test_change__in_anothers_view_names_the_person_behind(db: None) -> None:
    support, staff = SupportFactory(), StaffFactory()
    shop = EstablishmentFactory(tenant__reseller=staff.reseller)
    client = client_of(support)
    client.post(reverse("hijack:acquire"), {"user_pk": staff.pk})
    rename(client, shop, "Après")
    assert (last().actor, last().seen_as) == (support, staff)
    shown = client_of(ResellerAdminFactory(reseller=staff.reseller)).get(reverse("admin:tenants_change_changelist"))
    assert f"{support}, dans la vue de {staff}" in shown.content.decode()


def test_change__after_a_rollback_in_the_same_request_still_has_its_author(db: None) -> None:
    staff = StaffFactory()
    shop = EstablishmentFactory(tenant__reseller=staff.reseller, name="Avant")
    client = client_of(staff)
    with pytest.MonkeyPatch.context() as patch:
        from tenants.console import ScopedAdmin

        def fails_then_saves(self: Any, request: Any, obj: Any, form: Any, change: bool) -> None:
            with pytest.raises(RuntimeError), transaction.atomic():
                Establishment.objects.filter(pk=obj.pk).update(name="Vain")
                raise RuntimeError
            obj.save()

        patch.setattr(ScopedAdmin, "save_model", fails_then_saves)
        rename(client, shop, "Après")
    assert (last().after, last().actor) == ({"name": "Après"}, staff)


def test_change__without_a_person_is_nobodys(db: None) -> None:
    staff = StaffFactory()
    shop = EstablishmentFactory(tenant__reseller=staff.reseller)
    rename(client_of(staff), shop, "Après")
    Establishment.objects.filter(pk=shop.pk).update(name="Du service")
    assert (last().actor, last().after) == (None, {"name": "Du service"})


@pytest.mark.parametrize("sql", ["UPDATE tenants_change SET label = ''", "DELETE FROM tenants_change"])
def test_audit__cannot_be_edited(db: None, sql: str) -> None:
    EstablishmentFactory()
    before = [*Change.objects.values_list()]
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert [*Change.objects.values_list()] == before != []


def test_secrets__are_never_in_it(linked: tuple[Caller, Division]) -> None:
    till, division = linked
    person = StaffFactory()
    person.set_password("corneille-bleue-42")
    person.save(update_fields=["password"])
    app = ExactApp.objects.get()
    app.client_secret = "ein-neues-geheimnis"
    app.save(update_fields=["client_secret"])
    row = Connection.objects.get(pk=division.connection_id)
    secrets = [person.password, "ein-neues-geheimnis", row.access_token, row.refresh_token, till.key.split("_")[2]]
    with connection.cursor() as sql:
        sql.execute("SELECT client_secret, access_token, refresh_token FROM exact_exactapp, exact_connection")
        secrets += [*sql.fetchone()]
        sql.execute("SELECT digest FROM clyo_ingest_tillkey")
        secrets += [digest for (digest,) in sql.fetchall()]
    written = str([*Change.objects.values_list("before", "after", "label")])
    assert [secret for secret in secrets if secret and secret in written] == []
    assert Change.objects.filter(table_name="tenants_user", after={"password": "•••"}).exists()
    assert Change.objects.filter(table_name="exact_exactapp", after={"client_secret": "•••"}).exists()


def test_audit__knows_mappings_and_keys(linked: tuple[Caller, Division]) -> None:
    till, _division = linked
    mapped = Overrides(means={"LYDIA": MeansOverride(account="467000")})
    set_overrides(till.till.establishment, mapped, actor=None)
    issue_key(till.till)
    tables = {*Change.objects.filter(tenant=till.till.tenant).values_list("table_name", flat=True)}
    assert tables >= {"exact_mapping", "exact_activation", "exact_connection", "clyo_ingest_tillkey", "tenants_till"}


@pytest.mark.parametrize("make", [StaffFactory, AccountantFactory])
def test_audit__is_not_shown_to_who_may_not_invite(db: None, make: Any) -> None:
    TillFactory()
    assert client_of(make()).get(reverse("admin:tenants_change_changelist")).status_code == 403


def test_audit__shows_a_reseller_its_own_alone(db: None) -> None:
    manager = ResellerAdminFactory()
    EstablishmentFactory(tenant__reseller=manager.reseller, name="Le nôtre")
    EstablishmentFactory(name="Un voisin")
    shown = client_of(manager).get(reverse("admin:tenants_change_changelist")).content.decode()
    assert "Le nôtre" in shown
    assert "Un voisin" not in shown
