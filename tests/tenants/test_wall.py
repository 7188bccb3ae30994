"""The second wall: with the one scoping function taken away, PostgreSQL still shows everybody its own rows only."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction
from django.db.models import Model, QuerySet
from django.test import Client
from django.urls import reverse

from clyo_ingest.keys import viewer_of_till
from exact.models import Division, Posting
from exports.models import StoredClosing
from integration.rooms import APPS, ROOMS
from postgres.rows import begins
from postgres.seen import Seen
from postgres.viewer import (
    AT_THE_DOOR,
    CUSTOMER,
    DOOR,
    EVERYTHING,
    MEMBERS,
    RESELLER,
    TILL,
    Viewer,
    _told,
    serving,
    viewer,
)
from tenants.factories import SupportFactory
from tenants.models import Establishment, Membership, Tenant, Till, User
from tenants.rights import MEMBERS_IN_POSTGRES
from tenants.scope import _is_closed_to, visible_to
from tenants.wall import viewer_of, viewer_of_customer
from tests.conftest import PARAMETERS, ROOT, closing
from tests.console.test_isolation_walk import PEOPLE, Walker, rows_of, snapshot
from tests.world import Customer, World, world

OURS = [model for room in APPS for model in apps.get_app_config(room).get_models()]
# Who may see all customers' rows, and what for: each looks something up by a secret, asks whether a name is taken, or
# or whether the company that took a shop over has a closing too, has asked itself whether one person may take away the
# lost second factor of another, or has a customer change hands.
PAST_THE_WALL = {
    "clyo_ingest/former.py",
    "clyo_ingest/keys.py",
    "concerns/answers/links.py",
    "exact/activation/links.py",
    "exact/company/companies.py",
    "exports/way/came_again.py",
    "on_demand/link.py",
    "tenants/factor_reset.py",
    "tenants/handing_over.py",
    "tenants/invitation.py",
    "tenants/offering.py",
    "tenants/users.py",
    "tenants/wall.py",
}
# Without a right to the table, or without a person to whom its rows would be shown.
CLOSED = re.compile("permission denied for table|invalid input syntax for type bigint|malformed array literal")


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every query of the console has forgotten whose rows it may show; not which tables are closed to whom."""

    def all_of_them(user: User | AnonymousUser, rows: QuerySet[Any]) -> QuerySet[Any]:
        role = MEMBERS_IN_POSTGRES.get(getattr(user, "role", ""))
        return rows.none() if role and _is_closed_to(role, rows.model) else rows

    monkeypatch.setattr(visible_to, "__code__", all_of_them.__code__)


def viewers(here: World) -> dict[str, tuple[Viewer, list[Customer]]]:
    """Who looks, and whose rows must not be there."""
    return {
        "reseller": (viewer_of(here.manager), [here.foreign]),
        "accountant": (viewer_of(here.own.accountant), [here.sister, here.foreign]),
        "bookkeeper": (viewer_of(here.bookkeeper), [here.sister]),
        "merchant": (viewer_of(here.own.merchant), [here.sister, here.foreign]),
        "link": (viewer_of_customer(here.own.tenant), [here.sister, here.foreign]),
        "till": (viewer_of_till(here.own.till), [here.sister, here.foreign]),
    }


def seen(model: type[Model], whom: Viewer) -> set[Any] | None:
    """The keys of all rows of a table that PostgreSQL shows; None where the table is closed."""
    with serving(whom):
        try:
            with transaction.atomic():
                return {*model._default_manager.values_list("pk", flat=True)}
        except DatabaseError as error:
            assert CLOSED.search(str(error)), error
            return None


def test_every_table__says_who_sees_it() -> None:
    silent = [model for model in OURS if not any(isinstance(it, Seen) for it in model._meta.constraints)]
    assert silent == [], "say it in Meta.constraints: SeenByTenant() or Seen(reads=…, writes=…)"


def test_policies__are_those_of_the_models_and_hold_for_no_other_role(db: None) -> None:
    with connection.cursor() as sql:
        sql.execute("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'")
        found = {*sql.fetchall()}
        sql.execute(
            "SELECT table_name FROM information_schema.role_table_grants WHERE grantee = ANY (%s) "
            "AND table_name NOT IN (SELECT relname FROM pg_class WHERE relrowsecurity)",
            [[TILL, CUSTOMER, *MEMBERS, RESELLER]],
        )
        open_tables = {name for (name,) in sql.fetchall()}
    said = {
        (model._meta.db_table, name)
        for model in OURS
        for it in model._meta.constraints
        if isinstance(it, Seen)
        for name, _what in it.policies()
    }
    libraries = {(table, name) for table, name in found if table.startswith(("django_", "otp_"))}
    assert found - libraries == said
    assert {table for table, _name in libraries} >= {"django_session", "otp_totp_totpdevice", "django_admin_log"}
    assert open_tables == {"django_content_type", "auth_permission"}


def test_service__is_no_superuser_and_passes_no_policy_by(db: None) -> None:
    with connection.cursor() as sql:
        sql.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user")
        assert sql.fetchone() == (False,)


@pytest.mark.parametrize("who", ["reseller", "accountant", "bookkeeper", "merchant", "link", "till"])
def test_no_table__shows_a_neighbours_row(here: World, who: str) -> None:
    whom, strangers = viewers(here)[who]
    shown = {}
    for model in OURS:
        keys = seen(model, whom)
        for stranger in strangers:
            theirs = {*rows_of(model, stranger).values_list("pk", flat=True)}
            if model._meta.model_name == "reseller" and stranger is here.sister:
                theirs.clear()  # the same reseller's
            if model is User and stranger is here.sister:
                theirs.discard(stranger.staff.pk)
            assert not keys or not keys & theirs, f"{who} sees {stranger.mark}'s {model._meta.label}"
        shown[model] = keys
    own = here.own
    assert own.tenant.pk in (shown[Tenant] or ())
    assert own.closing.pk in (shown[StoredClosing] or ())
    assert (here.sister.closing.pk in (shown[StoredClosing] or ())) == (who == "reseller")


def test_door__shows_no_customers_row(here: World) -> None:
    open_tables = {model._meta.model_name for model in OURS if seen(model, AT_THE_DOOR) is not None}
    assert open_tables == {"user", "login", "membership", "reseller", "tenant"}


def test_till__sees_its_establishment_only(here: World) -> None:
    shop = Establishment.objects.create(tenant=here.own.tenant, code="AUTRE", name="Autre")
    till = Till.objects.create(tenant=here.own.tenant, establishment=shop, name="Autre")
    assert seen(Till, viewer_of_till(till)) == {till.pk}
    assert seen(Establishment, viewer_of_till(till)) == {shop.pk}
    assert seen(StoredClosing, viewer_of_till(till)) == set()
    assert seen(Till, viewer_of(here.own.accountant)) == {till.pk, here.own.till.pk}


@pytest.mark.parametrize("who", ["reseller", "till"])
def test_nobody__writes_into_a_neighbours_rows(here: World, who: str) -> None:
    whom, _strangers = viewers(here)[who]
    before = snapshot([here.foreign])
    with serving(whom):
        assert Till.objects.filter(pk=here.foreign.till.pk).update(name="à moi") == 0
        assert Division.objects.update(name="à moi") == (2 if who == "reseller" else 1)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Till.objects.create(
                tenant=here.foreign.tenant, establishment=here.foreign.till.establishment, name="intruse"
            )
        with pytest.raises(DatabaseError, match=r"row-level security|same_tenant|never changes"), transaction.atomic():
            Till.objects.filter(pk=here.own.till.pk).update(tenant_id=here.foreign.tenant.pk)
    assert snapshot([here.foreign]) == before


@pytest.mark.parametrize("who", ["accountant", "merchant"])
def test_a_customers_people__read_its_tills_and_settings_and_write_none(here: World, who: str) -> None:
    whom, _strangers = viewers(here)[who]
    with serving(whom):
        assert [*Till.objects.all()] == [here.own.till]
        for rows in (Till.objects.all(), Establishment.objects.all(), Division.objects.all()):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                rows.update(name="à moi")
        assert StoredClosing.objects.filter(pk=here.foreign.closing.pk).exists() is False


@pytest.mark.parametrize(
    ("who", "closed"),
    [
        ("accountant", {"tillkey", "push", "note"}),
        ("merchant", {"tillkey", "push", "note", "change", "filesettings", "ondemandexport", "monthlyexport"}),
    ],
)
def test_a_customers_people__find_tables_closed_that_concern_them_not(here: World, who: str, closed: set[str]) -> None:
    whom, _strangers = viewers(here)[who]
    assert closed <= {str(model._meta.model_name) for model in OURS if seen(model, whom) is None}
    assert {person.pk for person in (here.own.accountant, here.own.merchant)} <= (seen(User, whom) or set())
    assert here.foreign.accountant.pk not in (seen(User, whom) or set())


def test_reseller__changes_nobody_who_may_work_for_others_too(here: World) -> None:
    with serving(viewer_of(here.manager)):
        assert User.objects.filter(pk=here.bookkeeper.pk).update(name="à moi") == 0
        assert Membership.objects.filter(user=here.bookkeeper).update(may_replace=True) == 1


def test_reseller__makes_nobody_support(here: World) -> None:
    with serving(viewer_of(here.manager)), pytest.raises(DatabaseError, match="row-level security"):
        User.objects.filter(pk=here.manager.pk).update(role="support", reseller=None)


# The index by which closings or postings are read, in whichever way.
INDEX_OF_ROWS = re.compile(r"Index (?:Only )?Scan (?:using|on) (ex(?:act|ports)_\w+)")


@pytest.mark.parametrize("role", [RESELLER, *MEMBERS])
def test_policies__leave_queries_their_indices_and_take_none_of_their_own(here: World, role: str) -> None:
    """A member's customers were read by an index, all closings of each, wherever a query asked for a till's."""
    own = here.own.closing
    told = Viewer(role=role, reseller=own.tenant.reseller_id, tenants=(own.tenant_id,))
    asked = [
        StoredClosing.objects.filter(till=own.till_id, business_date__lte=own.business_date),
        StoredClosing.objects.filter(gross=own.gross),
        Posting.objects.filter(begins("reference", "Z1")),
    ]
    for rows in asked:
        freely, walled = plan_of(rows, EVERYTHING), plan_of(rows, told)
        (index,) = set(
            INDEX_OF_ROWS.findall(freely)
        )  # which one is for statistics to say, and other tests leave theirs
        assert index in INDEX_OF_ROWS.findall(walled), walled
        assert not re.search("Index Cond:.*tenant_id.*InitPlan", walled), walled
    without_one = plan_of(StoredClosing.objects.filter(kind="general"), told)
    assert not re.search("Index Cond:.*tenant_id.*InitPlan", without_one), without_one


def plan_of(rows: QuerySet[Any], told: Viewer) -> str:
    """How PostgreSQL would read these rows for who is told; never from end to end, which it does with short tables."""
    with serving(told), connection.cursor() as sql:
        sql.execute("SET LOCAL enable_seqscan = off")
        return str(rows.order_by().values("pk").explain())


@pytest.mark.parametrize("role", [RESELLER, CUSTOMER, TILL, *MEMBERS])
def test_who_was_not_told__fails_aloud(here: World, role: str) -> None:
    with serving(Viewer(role=role)), pytest.raises(DatabaseError, match=CLOSED):
        StoredClosing.objects.count()


def test_support_and_the_service__see_all(here: World) -> None:
    assert viewer_of(SupportFactory()) == EVERYTHING == viewer()
    assert len(seen(Tenant, EVERYTHING) or ()) == 3


@pytest.mark.parametrize("role", ["reseller_admin", "accountant"])
def test_forgetful_pages__show_and_do_nothing_of_a_neighbour(here: World, forgotten: None, role: str) -> None:
    """Lists with every filter and action, choices, forms with a neighbour's rows, and each row's own page."""
    user = PEOPLE[role](here)
    strangers = here.strangers_of(user)
    before = snapshot(strangers)
    walker = Walker(Client(), strangers, follow=True)
    walker.client.force_login(user)
    for model, model_admin in admin.site._registry.items():
        walker.walk_admin(model, model_admin)
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        for row in rows_of(model, walker.tried)[:1]:
            walker.get(reverse(f"admin:{name}_change", args=[row.pk]))
    for page in ("admin:index", "console_log", "console_causes"):
        walker.get(reverse(page), {"tenant": walker.tried.tenant.pk, "day": "2026-03-14", "date": "2026-03-14"})
    assert snapshot(strangers) == before
    assert walker.visited > 150
    assert str(here.own.number) in walker.client.get(reverse("admin:exports_storedclosing_changelist")).content.decode()


def test_forgetful_page__of_support_shows_all(here: World, forgotten: None) -> None:
    client = Client()
    client.force_login(SupportFactory())
    page = client.get(reverse("admin:exports_storedclosing_changelist")).content.decode()
    assert all(str(it.number) in page for it in (here.own, here.sister, here.foreign))


def test_support__in_another_view_sees_as_that_person(here: World, forgotten: None) -> None:
    client = Client()
    support = SupportFactory()
    client.force_login(support)
    closings = reverse("admin:exports_storedclosing_changelist")
    client.post(reverse("hijack:acquire"), {"user_pk": here.own.staff.pk})
    assert str(here.foreign.number) not in client.get(closings).content.decode()
    client.post(reverse("hijack:release"))
    assert str(here.foreign.number) in client.get(closings).content.decode()


def test_connection__serves_nobody_any_more_after_a_request(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(here.manager)
    calls: list[Viewer] = []

    def fall(*_: Any, **__: Any) -> Any:
        calls.append(viewer())
        StoredClosing.objects.raw("SELECT nothing FROM nowhere")[0]

    monkeypatch.setattr("integration.console.home.night_of", fall)
    with transaction.atomic():
        client.get(reverse("admin:index"))
        transaction.set_rollback(True)
    assert [it.role for it in calls] == [RESELLER]
    here.own.caller.post("closings", {"kind": "nonsense"})
    assert viewer() == EVERYTHING
    with connection.cursor() as sql:
        sql.execute("SELECT current_user = session_user")
        assert sql.fetchone() == (True,)


def role_of_connection() -> str:
    with connection.cursor() as sql:
        sql.execute("SELECT current_user")
        return str(sql.fetchone()[0])


def test_thread_of_a_server__lets_nothing_of_one_till_through_to_who_comes_next(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told nothing at the end of a push; the next request tells it, or finds its own till out."""
    client = Client()
    client.force_login(here.foreign.staff)
    monkeypatch.setattr(_told, "rests", True)
    monkeypatch.setattr(_told, "serves", AT_THE_DOOR)
    unknown = {"Authorization": f"Bearer {here.own.caller.key[:-1]}x"}
    for _again in range(2):
        assert here.own.caller.get("closings").json()["results"][0]["id"] == str(here.own.closing.pk)
        assert role_of_connection() == TILL
        assert here.foreign.caller.get("closings").json()["results"][0]["id"] == str(here.foreign.closing.pk)
        assert Client().get("/api/v1/till", headers=unknown).json()["code"] == "key_unknown"
        assert role_of_connection() == DOOR
        here.own.caller.get("till")
        assert Client().post("/api/v1/pair", {"code": "K7QM2PXD"}, content_type="application/json").status_code != 500
        assert role_of_connection() == DOOR
        here.own.caller.get("till")
        page = client.get(reverse("admin:exports_storedclosing_changelist")).content.decode()
        assert (str(here.foreign.number) in page, str(here.own.number) in page) == (True, False)
        assert role_of_connection() == DOOR
    monkeypatch.undo()
    with serving(AT_THE_DOOR):
        assert role_of_connection() == DOOR
    assert role_of_connection() != DOOR


def test_connection__made_anew_in_a_request_serves_the_same(transactional_db: None) -> None:
    here = world()
    with serving(viewer_of(here.own.accountant)):
        connection.close()
        assert [*Tenant.objects.all()] == [here.own.tenant]
    assert Tenant.objects.count() == 3


def test_key_of_another_pepper_or_none__leaves_the_connection_at_the_door(here: World) -> None:
    known = here.own.caller.key
    answer = Client().get("/api/v1/till", headers={"Authorization": f"Bearer {known[:-1]}x"})
    assert (answer.status_code, answer.json()["code"]) == (401, "key_unknown")
    assert here.own.caller.put("parameters", PARAMETERS).status_code == 200
    assert here.own.caller.post("closings", closing(number=7, tickets=[], totals=None)).status_code == 201


def test_whole_view__is_asked_for_in_named_places_only() -> None:
    asks = re.compile(r"serving\(EVERYTHING\)|change_to\(EVERYTHING\)|return EVERYTHING")
    found = {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if asks.search(path.read_text())
    }
    assert found == PAST_THE_WALL
