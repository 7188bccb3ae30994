"""A person's name and address leave the service; what was done stays, and the books are whole."""

from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client

from exact.models import Connection, Finding, PostingEvent
from exports.models import ClosedDays, ClosingEvent, NeverMade, RepostRun, SetAside
from on_demand.models import MonthlyExport, OnDemandExport
from retention.erasure import REASONS, StillUsed, erase_person
from tenants.models import Change, Establishment, Note, SavedFilter, User
from tests.world import World


def everything() -> str:
    """All texts of all tables, as one."""
    with connection.cursor() as sql:
        sql.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        tables = [name for (name,) in sql.fetchall()]
        told = []
        for table in tables:
            sql.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{table}\" t")
            told.append(sql.fetchone()[0])
    return "\n".join(told)


def test_person__is_nowhere_any_more_and_what_they_did_stays(here: World) -> None:
    person = here.own.staff
    person.name = "Camille Ozanne"
    person.email = "Camille@Ozanne.example"
    person.save()
    client = Client()
    client.force_login(person)
    assert client.get("/console/").status_code == 200
    ClosingEvent.objects.create(
        tenant=here.own.tenant, closing=here.own.closing, actor=person, before="failed", after="ready", why="renvoi"
    )
    OnDemandExport.objects.update(email="camille@ozanne.example")
    Connection.objects.filter(tenant=here.own.tenant).update(user_email="camille@ozanne.example", user_name="Camille")
    SavedFilter.objects.create(person=person, listed="tenants.user", name="Mme Ozanne", asked="q=x")
    SavedFilter.objects.create(
        person=here.manager, listed="tenants.user", name="Elle", asked="q=camille%40ozanne.example"
    )
    assert "ozanne" in everything().lower()

    done = erase_person("camille@ozanne.example")

    assert "ozanne" not in everything().lower()
    assert done["tenants.User"] == 1 and done["tenants.Change"] >= 2 and done["sessions.Session"] == 1
    person.refresh_from_db()
    assert person.suspended_at is not None and not person.has_usable_password()
    assert ClosingEvent.objects.filter(actor=person, why="renvoi").exists()
    assert client.get("/console/").status_code == 302, "logged out"
    assert erase_person("camille@ozanne.example") == {}


def test_notes_that_name_a_person__are_masked_where_that_person_is_known(here: World) -> None:
    person = here.own.accountant
    User.objects.filter(pk=person.pk).update(name="Camille Ozanne")
    texts = (
        (here.own, "Voir avec camille ozanne.", "•••"),
        (here.foreign, f"Demander à {person.email.upper()}", "•••"),
        (here.foreign, "Une autre Camille Ozanne y travaille", None),
        (here.own, "Camille Ozannette rappelle lundi", None),
    )
    notes = [
        (Note.objects.create(tenant=it.tenant, author=it.staff, text=text), after or text) for it, text, after in texts
    ]
    assert erase_person(person.email)["tenants.Note"] == 2
    assert [Note.objects.get(pk=note.pk).text for note, _after in notes] == [after for _note, after in notes]


def test_other_people__keep_their_names(here: World) -> None:
    erase_person(here.own.staff.email)
    told = everything()
    assert here.own.accountant.email in told and here.foreign.staff.email in told
    assert here.foreign.staff.name in told


def test_address_that_something_goes_to__is_refused_and_nothing_is_erased(here: World) -> None:
    order = MonthlyExport.objects.get(tenant=here.own.tenant)
    User.objects.filter(pk=here.own.staff.pk).update(email=order.email)
    with pytest.raises(StillUsed) as used:
        erase_person(order.email)
    assert str(order) in used.value.places[0]
    assert User.objects.filter(email=order.email).exists()
    with pytest.raises(CommandError, match="Change this first"):
        call_command("erase_person", order.email, "--yes", stdout=StringIO())


def test_command__asks_whether_it_is_meant(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _question: "somebody@else.example")
    with pytest.raises(CommandError, match="Nothing was erased"):
        call_command("erase_person", here.own.staff.email, stdout=StringIO())
    out = StringIO()
    call_command("erase_person", here.own.staff.email, "--yes", stdout=out)
    assert "1 tenants.User" in out.getvalue()
    out = StringIO()
    call_command("erase_person", "nobody@else.example", "--yes", stdout=out)
    assert "Nothing names nobody@else.example." in out.getvalue()


@pytest.mark.parametrize(
    "forged",
    [
        {"label": "Somebody else"},
        {"before": {"name": "Somebody else"}},
        {"after": {}},
        {"after": {"name": "Somebody else"}},
        {"after": {"name": "•••", "more": "•••"}},
        {"after": "•••"},
        {"row_id": "•••"},
        {"operation": "•••"},
    ],
)
def test_audit__is_masked_and_never_rewritten(here: World, forged: dict[str, Any]) -> None:
    change = Change.objects.filter(table_name="tenants_user", operation="insert").first()
    assert change is not None
    with pytest.raises(IntegrityError, match="and masked"), transaction.atomic():
        Change.objects.filter(pk=change.pk).update(**forged)
    with pytest.raises(IntegrityError, match="only added to"), transaction.atomic():
        Change.objects.filter(pk=change.pk).delete()


def test_reasons__are_all_columns_in_which_people_say_why() -> None:
    said = {
        (table, field.name)
        for table in apps.get_models()
        for field in table._meta.fields
        if field.name in ("note", "why") or field.name.endswith("_why")
    }
    assert said == {*REASONS}


def test_reasons_that_name_a_person__are_masked_and_nothing_else_of_their_rows(here: World) -> None:
    person, shop, closing = here.own.accountant, here.own.till.establishment, here.own.closing
    User.objects.filter(pk=person.pk).update(name="Camille Ozanne")
    words = "Vu avec Camille Ozanne au téléphone"
    event = {"before": "failed", "after": "ready", "actor": here.manager, "why": words}
    ClosingEvent.objects.create(tenant=here.own.tenant, closing=closing, **event)
    ClosingEvent.objects.create(tenant=here.foreign.tenant, closing=here.foreign.closing, **event)
    Establishment.objects.filter(pk=shop.pk).update(suspended_at=here.manager.created_at, suspended_why=words)
    RepostRun.objects.filter(pk=here.own.run.pk).update(why=words)
    SetAside.objects.filter(closing=closing).update(ended_why=words)
    NeverMade.objects.filter(closing=closing).update(ended_why=words)
    ClosedDays.objects.filter(establishment=shop).update(note=words)
    accepted = Finding.objects.filter(tenant=here.own.tenant)
    assert accepted.update(settled_why=words)

    done = erase_person(person.email)

    assert (done["exports.ClosingEvent"], done["exports.SetAside"], done["exports.RepostRun"]) == (1, 1, 1)
    assert (done["exports.ClosedDays"], done["exports.NeverMade"], done["exact.Finding"]) == (1, 1, 1)
    shop.refresh_from_db()
    assert (shop.suspended_why, shop.suspended_at is not None) == ("•••", True)
    assert [it.why for it in ClosingEvent.objects.filter(after="ready").order_by("tenant")] == ["•••", words]
    assert everything().count("Camille Ozanne") == 1, "another's, of the same name, elsewhere"
    for forged in ({"why": "forged"}, {"after": "held"}):
        for events in (ClosingEvent.objects.all(), PostingEvent.objects.all()):
            with pytest.raises(IntegrityError, match="and masked"), transaction.atomic():
                events.update(**forged)
    aside = SetAside.objects.filter(closing=closing)
    with pytest.raises(IntegrityError), transaction.atomic():
        aside.update(why="forged")
    aside.update(why="•••")
