"""Support prepares archives and erasures on a page that does neither, and sees what became of the last ones."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from retention.models import ActKind, RetentionAct
from tenants.factories import SupportFactory
from tenants.models import User
from tests.world import World

PAGE = "/console/leaving/"


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_page__is_for_support_alone(here: World) -> None:
    assert reverse("console_retention") == PAGE
    for person in (here.manager, here.own.staff, here.own.accountant, here.own.merchant):
        client = browser(person)
        assert client.get(PAGE, {"customer": here.own.tenant.pk}).status_code == 403
        assert client.post(PAGE, {"address": here.own.staff.email}).status_code == 403
        assert PAGE not in client.get(f"/console/customer/{here.own.tenant.pk}/").content.decode()


def test_archive__is_counted_and_its_command_given(here: World) -> None:
    client, key = browser(SupportFactory()), here.own.tenant.pk
    assert f"{PAGE}?customer={key}" in client.get(f"/console/customer/{key}/").content.decode()
    answer = client.get(PAGE, {"customer": key})
    leaving = answer.context["leaving"]
    assert leaving.command == f"manage.py archive_customer {key} --to client-{key}.zip"
    closings, _entries, _pushes, files, _people, notes = [count for _what, count in leaving.counted]
    assert (closings, files, notes) == (1, 1, 1)
    assert client.get(PAGE, {"customer": "0"}).status_code == client.get(PAGE, {"customer": "x"}).status_code == 404


def test_erasure__is_prepared_and_what_keeps_it_from_being_done_is_said(here: World) -> None:
    client, person = browser(SupportFactory()), here.own.accountant
    forgotten = client.post(PAGE, {"address": person.email.upper()}).context["forgotten"]
    assert (forgotten.person, forgotten.customers, forgotten.uses) == (person, 1, [])
    assert User.objects.get(pk=person.pk).email == person.email, "nothing was done"
    ordered = client.post(PAGE, {"address": "mois@propre.example"}).context["forgotten"]
    assert ordered.person is None and len(ordered.uses) == 1
    odd = client.post(PAGE, {"address": "o'neil@exemple.fr"}).context["forgotten"]
    assert odd.command == "manage.py erase_person 'o'\\''neil@exemple.fr'"
    assert client.post(PAGE, {"address": "nobody; rm -rf /"}).context["address_error"]


def test_runs__are_written_down_and_shown_without_a_name(here: World) -> None:
    person, out = here.own.staff, StringIO()
    name, address = person.name, person.email
    call_command("erase_person", address, "--look", stdout=out)
    assert "1 tenants.User" in out.getvalue()
    assert User.objects.get(pk=person.pk).email == address and not RetentionAct.objects.exists(), "it only looked"
    call_command("erase_person", address, "--yes", stdout=StringIO())
    with pytest.raises(CommandError, match="Change this first"):
        call_command("erase_person", "mois@propre.example", "--yes", stdout=StringIO())
    refused, done = RetentionAct.objects.all()
    assert (done.kind, done.person_id, done.failed, done.rows["tenants.User"]) == (ActKind.ERASURE, person.pk, "", 1)
    assert (refused.person, refused.failed) == (None, "StillUsed") and refused.ended_at is not None
    page = browser(SupportFactory()).get(PAGE).content.decode()
    assert f"Personne effacée {person.pk}" in page and "StillUsed" in page
    assert name not in page and address not in page
