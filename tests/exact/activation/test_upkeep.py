"""Life after the activation: what changes at Exact is noticed, told once, holds what comes, and lets it go again."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import time_machine
from cryptography.fernet import Fernet
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db import connection as database
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from booking.mapping import MeansOverride, Overrides, set_overrides
from booking.models import AskedMeans
from booking.questions import open_questions
from exact.activation.link_steps import forget_companies
from exact.activation.links import make_link
from exact.activation.upkeep import due_for_refresh, keep_alive, look_after, tell_of_lost_consents
from exact.models import Activation, ActivationLink, Connection, Division, Lane
from exports.models import StoredClosing
from exports.way.sweep import park_stopped, release_mended, release_waiting
from postgres.secret_text import fernet
from tenants.factories import StaffFactory, SupportFactory, TenantFactory
from tenants.models import Tenant, User
from tests.conftest import PARAMETERS, REDIRECT, Caller, SimulatedExact, closing, work
from tests.on_demand.test_mail import Postbox, serving
from tests.world import linked as linked_company


def bookkeeper(exact: SimulatedExact, division: Division) -> httpx.Client:
    """Somebody at work in the company, in Exact itself."""
    user = f"compta{division.code}@example.fr"
    asked = {"client_id": "demo-client", "redirect_uri": REDIRECT}
    code = exact.control("authorize", **asked, user=user)["code"]
    form = {**asked, "code": code, "client_secret": "demo-secret", "grant_type": "authorization_code"}
    token = exact.http.post("/api/oauth2/token", data=form).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    return httpx.Client(base_url=f"{exact.http.base_url}/api/v1/{division.code}/", headers=headers)


def change(exact: SimulatedExact, division: Division, resource: str, code: str, **changes: Any) -> None:
    with bookkeeper(exact, division) as http:
        query = {"$select": "ID", "$filter": f"trim(Code) eq '{code}'"}
        row = http.get(resource, params=query).json()["d"]["results"][0]
        answer = http.put(f"{resource}(guid'{row['ID']}')", json=changes)
        assert answer.status_code == 204, answer.text


def next_night(exact: SimulatedExact) -> None:
    """The calls that were made are of another day."""
    exact.control("settings", forget_usage=True)
    Lane.objects.update(minute=None, day=None)


def state(till: Caller) -> Any:
    return till.get("activation").json()


def console(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_account__blocked_at_exact_holds_new_closings_until_it_is_open_again(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    change(exact, division, "financial/GLAccounts", "706000", IsBlocked=True)
    look_after(division.pk)
    shown = state(till)
    assert (shown["state"], shown["label"]) == ("invalid", division.label)
    assert [(it["code"], it["field"]) for it in shown["problems"]] == [("gl_account_blocked", "vat[1].sales_account")]
    held = till.post("closings", closing()).json()
    assert (held["state"], held["problems"][0]["code"]) == ("held", "gl_account_blocked")

    change(exact, division, "financial/GLAccounts", "706000", IsBlocked=False)
    next_night(exact)
    look_after(division.pk)
    release_mended()
    work(division)
    assert (state(till)["state"], StoredClosing.objects.get().state) == ("active", "exported")


def test_percentage__changed_at_exact_is_noticed(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:
    till, division = linked
    change(exact, division, "vat/VATCodes", "VN", VATPercentages=[{"Percentage": 0.21, "LineNumber": 1}])
    look_after(division.pk)
    problem = state(till)["problems"][0]
    assert problem["code"] == "vat_rate_differs"
    assert "21" in problem["message"] and "20" in problem["message"]


def test_right__withdrawn_is_noticed_and_what_was_known_is_kept(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    user = f"compta{division.code}@example.fr"
    exact.control("rights", user=user, resource="financial/Journals", allowed=False)
    look_after(division.pk)
    assert [it["code"] for it in state(till)["problems"]] == ["right_missing"]
    exact.control("rights", user=user, resource="financial/Journals", allowed=True)
    look_after(division.pk)
    assert state(till)["state"] == "active"


def test_company__out_of_reach_is_noticed(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:
    till, division = linked
    user = f"compta{division.code}@example.fr"
    exact.control("authorize", client_id="demo-client", redirect_uri=REDIRECT, user=user, divisions=[1])
    look_after(division.pk)
    assert [it["code"] for it in state(till)["problems"]] == ["division_gone"]


def test_company__archived_at_exact_holds_until_it_is_back(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    exact.control("companies/status", division=division.code, status=2)
    look_after(division.pk)
    assert [it["code"] for it in state(till)["problems"]] == ["division_archived"]
    assert till.post("closings", closing()).json()["state"] == "held"
    exact.control("companies/status", division=division.code, status=1)
    look_after(division.pk)
    assert state(till)["state"] == "active"


def test_company__moved_by_exact_is_shown(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:
    till, division = linked
    exact.control("companies/move", division=division.code)
    look_after(division.pk)
    activation = Activation.objects.get()
    assert activation.division.moved_at == timezone.localdate()
    page = console(SupportFactory()).get(reverse("admin:exact_activation_change", args=[activation.pk]))
    assert date_format(timezone.localdate()) in page.content.decode()
    assert state(till)["state"] == "active"


def test_night__when_exact_is_away_changes_nothing(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:
    till, division = linked
    before = Division.objects.get().catalogue_read_at
    exact.control("faults", resource="vat/VATCodes", division=division.code, fault="status_503", count=1)
    look_after(division.pk)
    assert (state(till)["state"], Division.objects.get().catalogue_read_at) == ("active", before)


def test_night__reads_each_company_once(linked: tuple[Caller, Division]) -> None:
    assert [*due_for_refresh()] == []
    Division.objects.update(catalogue_read_at=timezone.now() - timedelta(hours=21))
    assert [*due_for_refresh()] == [linked[1].pk]
    Activation.objects.update(active=False)
    assert [*due_for_refresh()] == []


def test_parameters__that_exact_would_refuse_hold_and_say_why(linked: tuple[Caller, Division]) -> None:
    till, division = linked
    slots = [{**PARAMETERS["vat"][0], "vat_code": "VR"}, PARAMETERS["vat"][1]]  # type: ignore[dict-item, index]
    till.put("parameters", {**PARAMETERS, "vat": slots})
    assert state(till)["state"] == "invalid"
    assert till.post("closings", closing()).json()["state"] == "held"
    till.put("parameters", PARAMETERS)
    release_mended()
    work(division)
    assert (state(till)["state"], StoredClosing.objects.get().state) == ("active", "exported")


def test_consent__unused_for_two_weeks_is_renewed(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:
    before = Connection.objects.get().refresh_token
    keep_alive()
    assert Connection.objects.get().refresh_token == before
    exact.control("clock", advance=15 * 24 * 3600)
    try:
        with time_machine.travel(timezone.now() + timedelta(days=15)):
            keep_alive()
    finally:
        exact.control("clock", real=True)
    assert Connection.objects.get().refresh_token != before


def test_consent__lost_is_told_once_to_who_can_mend_it(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:
    till, division = linked
    staff = StaffFactory(reseller=till.till.tenant.reseller)
    StaffFactory()  # of another reseller
    assert tell_of_lost_consents() == 0
    exact.control("consents/withdraw", client_id="demo-client", user=f"compta{division.code}@example.fr")
    Connection.objects.update(access_issued_at=timezone.now() - timedelta(hours=1))
    till.post("closings", closing())
    work(division)
    assert [tell_of_lost_consents(), tell_of_lost_consents()] == [1, 0]
    to_staff, to_user = mail.outbox
    assert (to_staff.to, to_user.to) == ([staff.email], [Connection.objects.get().user_email])
    for letter in (to_staff, to_user):
        assert till.till.establishment.name in letter.body
        assert "gAAA" not in letter.body
    (page,) = re.findall(r"https?://\S+/console/\S+", to_staff.body)
    assert console(staff).get(urlsplit(page).path).status_code == 200
    (address,) = re.findall(r"https?://\S+", to_user.body)
    opened = Client().get(urlsplit(address).path)
    assert opened.status_code == 200
    assert "n’accepte plus la connexion" in opened.content.decode()


def test_consent__lost_is_told_to_each_alone_in_its_language(linked: tuple[Caller, Division]) -> None:
    till, _division = linked
    staff = StaffFactory(reseller=till.till.tenant.reseller, language="en")
    colleague = StaffFactory(reseller=till.till.tenant.reseller, language="en")
    Connection.objects.update(access_issued_at=timezone.now() - timedelta(days=21))
    Tenant.objects.update(name="L'Étoile & Fils")
    assert tell_of_lost_consents() == 1
    letters = {tuple(letter.to): letter.subject for letter in mail.outbox}
    assert letters == {
        (staff.email,): "L'Étoile & Fils: the link to Exact ends soon",
        (colleague.email,): "L'Étoile & Fils: the link to Exact ends soon",
        (Connection.objects.get().user_email,): "L'Étoile & Fils\xa0: la liaison avec Exact prend bientôt fin",
    }


def test_consent__lost_is_told_to_the_others_when_a_mail_server_refuses_one(
    linked: tuple[Caller, Division], settings: Any
) -> None:
    StaffFactory(reseller=linked[0].till.tenant.reseller, email="nobody@example.fr")
    Connection.objects.update(access_issued_at=timezone.now() - timedelta(days=21))
    box = Postbox()
    with serving(settings, box):
        assert [tell_of_lost_consents(), tell_of_lost_consents()] == [1, 0]
    assert [it["To"] for it in box.mails] == [Connection.objects.get().user_email]


def test_consent__lost_is_shown_to_its_reseller_and_support_alone(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    own, support, stranger = StaffFactory(reseller=till.till.tenant.reseller), SupportFactory(), StaffFactory()
    exact.control("consents/withdraw", client_id="demo-client", user=f"compta{division.code}@example.fr")
    Connection.objects.update(access_issued_at=timezone.now() - timedelta(hours=1))
    till.post("closings", closing())
    work(division)
    assert state(till)["state"] == "reconnect_required"
    said = "Exact n’accepte plus la connexion : les clôtures attendent, rien n’est perdu.".replace(
        " :", "\N{NO-BREAK SPACE}:"
    )
    for address in ("admin:index", "admin:exact_connection_changelist", "admin:exact_lane_changelist"):
        shown = [said in console(user).get(reverse(address)).content.decode() for user in (own, support, stranger)]
        assert shown == [True, True, False], address


def test_consent__that_cannot_be_renewed_for_20_days_warns(linked: tuple[Caller, Division]) -> None:
    till, _division = linked
    StaffFactory(reseller=till.till.tenant.reseller)
    Connection.objects.update(access_issued_at=timezone.now() - timedelta(days=21))
    shown = state(till)
    assert (shown["state"], [it["code"] for it in shown["problems"]]) == ("active", ["consent_lapses"])
    assert [tell_of_lost_consents(), tell_of_lost_consents()] == [1, 0]
    assert "bientôt fin" in mail.outbox[0].subject


def test_delete__stops_what_is_ready_and_loses_nothing(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:
    till, division = linked
    for number in (1042, 1043):
        till.post("closings", closing(number))
    answer = till.delete("activation")
    assert (answer.status_code, state(till)["state"]) == (204, "inactive")
    work(division)
    assert exact.entries(division.code) == []
    park_stopped()
    assert {*StoredClosing.objects.values_list("state", flat=True)} == {"waiting"}

    Activation.objects.update(active=True)
    release_waiting()
    work(division)
    assert {*StoredClosing.objects.values_list("state", flat=True)} == {"exported"}
    assert len(exact.entries(division.code)) == 4
    assert till.delete("activation").status_code == 204


def test_delete__leaves_the_rest_of_a_closing_that_is_half_sent_for_later(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    till.post("closings", closing())
    exact.turn_receipts_away(division)
    work(division)
    assert len(exact.entries(division.code)) == 1
    till.delete("activation")
    park_stopped()
    Lane.objects.update(paused_until=None)
    work(division)
    assert len(exact.entries(division.code)) == 1
    Activation.objects.update(active=True)
    work(division)
    assert (len(exact.entries(division.code)), StoredClosing.objects.get().state) == (2, "exported")


def test_means__unknown_is_asked_once_and_the_answer_lets_all_go(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    swile = [{"means": "SWILE", "label": "Swile", "kind": "other", "amount": "1425.00", "count": 3}]
    for number in (1042, 1043):
        answer = till.post("closings", closing(number, payments=swile)).json()
        assert answer["state"] == "held"
        assert "Swile" in answer["problems"][0]["message"]
    mapping = till.till.establishment.mapping
    assert [(it.code, it.label) for it in open_questions(mapping)] == [("SWILE", "Swile")]
    set_overrides(till.till.establishment, Overrides(means={"SWILE": MeansOverride(account="511840")}), actor=None)
    mapping.refresh_from_db()
    assert (open_questions(mapping), AskedMeans.objects.count()) == ([], 1)
    release_mended()
    work(division)
    assert {*StoredClosing.objects.values_list("state", flat=True)} == {"exported"}
    assert len(exact.entries(division.code)) == 4


def test_keys__rotated_and_the_old_one_gone(linked: tuple[Caller, Division], settings: Any) -> None:
    token, old, new = Connection.objects.get().refresh_token, settings.TOKEN_KEYS[0], Fernet.generate_key().decode()
    settings.TOKEN_KEYS = [new, old]
    call_command("reencrypt")
    settings.TOKEN_KEYS = [new]
    assert Connection.objects.get().refresh_token == token
    with database.cursor() as cursor:
        cursor.execute("SELECT refresh_token FROM exact_connection")
        (stored,) = cursor.fetchone()
    assert token not in stored
    assert fernet((new,)).decrypt(stored).decode() == token


@pytest.mark.parametrize("table", ["django_session", "exact_activationlink", "exact_activationevent"])
def test_tokens__stand_in_the_connection_alone(linked: tuple[Caller, Division], table: str) -> None:
    connection = Connection.objects.get()
    with database.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(string_agg(t::text, ''), '') FROM {table} t")
        (content,) = cursor.fetchone()
    assert connection.access_token[:40] not in content
    assert connection.refresh_token[:40] not in content


def test_links__over_keep_no_names_of_companies(linked: tuple[Caller, Division]) -> None:
    till, _division = linked
    link, _url = make_link(till.till.establishment)
    companies = [{"code": 1, "name": "Autre client", "usable": True}]
    ActivationLink.objects.filter(pk=link.pk).update(companies=companies)
    forget_companies()
    assert ActivationLink.objects.get(pk=link.pk).companies == companies
    ActivationLink.objects.filter(pk=link.pk).update(expires_at=timezone.now())
    forget_companies()
    assert ActivationLink.objects.get(pk=link.pk).companies == []


def test_tokens__are_on_no_page_and_in_no_log_line(
    linked: tuple[Caller, Division], exact: SimulatedExact, caplog: pytest.LogCaptureFixture
) -> None:
    till, division = linked
    first = Connection.objects.get()
    caplog.set_level("DEBUG")
    till.post("closings", closing())
    work(division)
    exact.control("clock", advance=700)
    try:
        with time_machine.travel(timezone.now() + timedelta(seconds=700)):
            look_after(division.pk)
    finally:
        exact.control("clock", real=True)
    second = Connection.objects.get()
    assert second.refresh_token != first.refresh_token
    person = console(SupportFactory())
    pages = [
        person.get(reverse(address, args=arguments)).content.decode()
        for address, arguments in (
            ("admin:exact_connection_changelist", []),
            ("admin:exact_connection_change", [first.pk]),
            ("admin:exact_exactapp_changelist", []),
            ("admin:exact_exactapp_change", [first.app_id]),
            ("admin:exact_activation_change", [Activation.objects.get().pk]),
        )
    ]
    said = "".join([*pages, caplog.text])
    assert "exact_call" in said and first.user_name in said
    for secret in (first.access_token, first.refresh_token, second.access_token, second.refresh_token):
        assert secret[:40] not in said
    assert first.app.client_secret not in said


def test_connection__of_another_customer_is_refused_by_the_database(linked: tuple[Caller, Division]) -> None:
    till, _division = linked
    foreign = linked_company(TenantFactory(), "autrui", code=9_999_001)
    link, _url = make_link(till.till.establishment)
    leads = (
        (ActivationLink.objects.filter(pk=link.pk), {"connection": foreign.connection}),
        (ActivationLink.objects.filter(pk=link.pk), {"division": foreign}),
        (
            Division.objects.filter(pk=till.till.establishment.activation.division_id),
            {"connection": foreign.connection},
        ),
        (Activation.objects.filter(establishment=till.till.establishment), {"division": foreign}),
    )
    for rows, to in leads:
        with pytest.raises(IntegrityError, match="same_tenant"), transaction.atomic():
            rows.update(**to)


def test_secret_of_the_app__left_empty_in_its_form_stays(linked: tuple[Caller, Division]) -> None:
    app = Connection.objects.get().app
    form = {"country": "FR", "base_url": app.base_url, "client_id": app.client_id}
    limits = {"minute_limit": 55, "day_limit": app.day_limit}
    address = reverse("admin:exact_exactapp_change", args=[app.pk])
    secret = app.client_secret
    for typed, kept in (("", secret), ("another", "another")):
        answer = console(SupportFactory()).post(address, {**form, **limits, "secret": typed})
        assert answer.status_code == 302, answer.context["errors"]
        app.refresh_from_db()
        assert (app.client_secret, app.minute_limit) == (kept, 55)
