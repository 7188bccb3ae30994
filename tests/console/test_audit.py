"""Who changed what: written by the database, for everybody who may know, and for nobody to change."""

from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from booking.mapping import MeansOverride, Overrides, set_overrides
from clyo_ingest.keys import issue_key
from clyo_ingest.models import PairingCode
from exact.activation.links import make_link
from exact.models import ActivationLink, Connection, Division, ExactApp, Finding
from integration.rooms import APPS
from on_demand.models import OnDemandExport
from tenants.factories import (
    AccountantFactory,
    EstablishmentFactory,
    ResellerAdminFactory,
    ResellerFactory,
    StaffFactory,
    SupportFactory,
    TillFactory,
)
from tenants.models import Change, Establishment, LookThrough, Operation, User
from tests.conftest import PARAMETERS, Caller
from tests.world import customer

HISTORIES = (
    "exports_closingevent",
    "exact_postingevent",
    "booking_mappingevent",
    "exact_activationevent",
    "on_demand_validatedentry",
)
# Of these the reasons are masked when a person's name must go (tests/retention/test_erasure.py).
MASKED = ("exports_closingevent", "exact_postingevent")
NOT_EMPTIED = (
    *("tenants_change", "tenants_lookthrough", "exports_storedclosing", "on_demand_keptnumber", "exports_remainder"),
    *("exact_posting", "clyo_ingest_push", "clyo_ingest_receivedclosing"),
    *("on_demand_deliveredclosing", "exports_assignment"),
)
# What the service writes by itself, and what says by its own columns who did it: nobody changes it in a form.
NOT_AUDITED = {
    *HISTORIES,
    *NOT_EMPTIED,
    *("on_demand_exportset", "on_demand_exportpart", "on_demand_ondemandshop"),
    *("exports_overtaken", "exports_settingslook"),
    *("exports_coveredtickets", "exports_untoldtickets", "exports_closingkinds", "exports_levelchange"),
    *("exports_countersanew", "tenants_movedtill"),
    "tenants_suspension",  # the change that ends one is in the audit of what was suspended
    "exports_startchange",
    *("clyo_ingest_parameters", "on_demand_filecontent", "on_demand_filepiece"),
    *("exact_division", "exact_lane", "exact_catalogueitem", "exact_bookline", "booking_askedmeans", "tenants_login"),
    "tenants_savedfilter",
    *("exact_activationlink", "exact_finding", "on_demand_ondemandexport", "on_demand_ondemandclosing"),
    *(
        "exports_repostrun",
        "exports_repostitem",
        "exports_replacement",
        "exports_setaside",
        "exports_replaced",
        "concerns_letter",
        "concerns_answerlink",
        "concerns_webhookattempt",
    ),
    *("retention_pruneround", "retention_retentionact", "tenants_offerreceived"),
    "exact_past",
}


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def rename(client: Client, shop: Establishment, name: str) -> None:
    form = {"code": shop.code, "name": name, "siret": "", "booked_level": shop.booked_level, "contact_email": ""}
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


def test_what_support_does_in_anothers_view__is_support_s_in_every_history(db: None) -> None:
    one = customer(ResellerFactory(), "VUE", number=81001042)
    support, client = SupportFactory(), Client()
    client.force_login(support)
    client.post(reverse("hijack:acquire"), {"user_pk": one.staff.pk})
    shop = one.till.establishment_id

    def act(page: str, name: str, pk: Any, **said: str) -> None:
        chosen = {"action": name, "_selected_action": [str(pk)], **said}
        assert client.post(reverse(f"admin:{page}_changelist"), chosen).status_code == 302

    act("tenants_establishment", "make_activation_link", shop)
    act("tenants_till", "make_pairing_code", one.till.pk)
    finding = Finding.objects.get().pk
    asked = client.post(
        reverse("admin:exact_finding_changelist"), {"action": "accept", "_selected_action": [str(finding)]}
    )
    act("exact_finding", "accept", finding, confirm="yes", why="agreed", shown=asked.context["shown"])
    asked = {"where": f"e{shop}", "first": "2026-03-01", "last": "2026-03-31", "format": "fec", "email": ""}
    assert client.post(reverse("admin:on_demand_ondemandexport_new"), asked).status_code == 302
    assert ActivationLink.objects.order_by("pk").last().made_by == support  # type: ignore[union-attr]
    assert PairingCode.objects.order_by("pk").last().made_by == support  # type: ignore[union-attr]
    assert Finding.objects.get().settled_by == support
    assert OnDemandExport.objects.latest("asked_at").asked_by == support


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


@pytest.mark.parametrize(
    "sql",
    [
        *(f"DELETE FROM {table}" for table in HISTORIES),
        *(f"UPDATE {table}" for table in HISTORIES if table not in MASKED),
        "DELETE FROM tenants_lookthrough",
    ],
)
def test_histories__are_only_added_to(db: None, sql: str) -> None:
    changed = f"{sql} SET tenant_id = tenant_id" if sql.startswith("UPDATE") else sql
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(changed)


def test_visit__is_ended_once_and_says_nothing_else_later(db: None) -> None:
    visit = LookThrough.objects.create(actor=SupportFactory(), seen_as=StaffFactory())
    rows = LookThrough.objects.filter(pk=visit.pk)
    assert rows.update(ended_at=timezone.now()) == 1
    for changes in ({"ended_at": None}, {"seen_as": StaffFactory()}):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            rows.update(**changes)


@pytest.mark.parametrize("table", [*HISTORIES, *NOT_EMPTIED])
def test_table__cannot_be_emptied(db: None, table: str) -> None:
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")


def test_every_table__has_its_changes_written_down_or_a_reason_not_to(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger JOIN pg_proc p ON p.oid = tgfoid "
            "WHERE p.proname = 'tenants_note_change' AND tgenabled = 'O'"
        )
        audited = {table for (table,) in cursor.fetchall()}
    tables = {model._meta.db_table for room in APPS for model in apps.get_app_config(room).get_models()}
    assert tables - audited == NOT_AUDITED


def test_change__on_the_pages_of_a_link_names_the_link_and_its_holder(linked: tuple[Caller, Division]) -> None:
    till, division = linked
    shop = till.till.establishment
    link, url = make_link(shop)
    client = Client()
    assert client.post(url).status_code == 302
    row = ActivationLink.objects.filter(pk=link.pk)
    row.update(step="done", connection=division.connection, division=division, steps_made=1)
    page = reverse("activation:act", args=[link.pk])
    assert client.post(page, {"do": "off", "steps_made": "1"}).status_code == 303
    change = Change.objects.filter(table_name="exact_activation").order_by("pk").last()
    assert change is not None
    assert (change.after, change.actor, change.link) == ({"active": False}, None, link.pk)
    assert change.link_holder == f"{shop} ({division.connection.user_email})"
    shown = client_of(ResellerAdminFactory(reseller=shop.tenant.reseller)).get(
        reverse("admin:tenants_change_changelist")
    )
    assert f"lien d’activation {link.pk} de {shop}" in shown.content.decode()
    Establishment.objects.filter(pk=shop.pk).update(name="Du service")
    assert last().link is None


def test_secrets__are_never_in_it(linked: tuple[Caller, Division]) -> None:
    till, division = linked
    person = StaffFactory()
    person.set_password("corneille-bleue-42")
    person.save(update_fields=["password"])
    app = ExactApp.objects.get()
    app.client_secret = "ein-neues-geheimnis"
    app.save(update_fields=["client_secret"])
    row = Connection.objects.get(pk=division.connection_id)
    secrets = [person.password, "ein-neues-geheimnis", row.access_token, row.refresh_token, till.key.split("_", 2)[2]]
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
    assert tables >= {"booking_mapping", "exact_activation", "exact_connection", "clyo_ingest_tillkey", "tenants_till"}


def test_audit__says_what_the_till_had_said_of_a_setting(linked: tuple[Caller, Division]) -> None:
    till, _division = linked
    shop = till.till.establishment
    client = client_of(ResellerAdminFactory(reseller=shop.tenant.reseller))
    pages = reverse("admin:tenants_change_changelist"), reverse("console_shop", args=[shop.pk])

    def read() -> list[str]:
        return [unescape(strip_tags(client.get(page).content.decode())).replace("\xa0", " ") for page in pages]

    for account in ("411100", ""):
        set_overrides(shop, Overrides(customer_account=account), actor=None)
    assert till.put("parameters", {**PARAMETERS, "customer_account": "411900"}).status_code == 200
    set_overrides(shop, Overrides(customer_account="411200"), actor=None)
    for said in ("411000 (caisse) → 411100", "411100 → 411000 (caisse)", "411900 (caisse) → 411200"):
        assert [said in page for page in read()] == [True, True], said
    with CaptureQueriesContext(connection) as before:
        read()
    for account in ("411100", "", "411300"):
        set_overrides(shop, Overrides(customer_account=account), actor=None)
    with CaptureQueriesContext(connection) as after:
        read()
    assert len(after) == len(before)


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
