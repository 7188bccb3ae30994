"""No customer, establishment or reseller is called by two lines: its name is written into the subjects of mails."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.urls import reverse

from tenants.customer_file import import_rows, read_file
from tenants.factories import SupportFactory, TillFactory
from tenants.models import Establishment, Reseller, Tenant, Till
from tenants.one_line import NOT_ON_A_LINE
from tests.clients import english_client_of

TWO_LINES = "Bistrot\r\nBcc: x@example.com"


@pytest.fixture
def shop(db: None) -> Establishment:
    return TillFactory(establishment__name="Bistrot").establishment


@pytest.mark.parametrize("table", [Reseller, Tenant, Establishment, Till])
def test_database__takes_no_name_of_two_lines(shop: Establishment, table: type[Model]) -> None:
    for end in ("\n", "\r", "\t", "\x0b", "\x85", "\u2028"):
        with pytest.raises(IntegrityError, match="named_on_one_line"), transaction.atomic():
            table._default_manager.update(name=f"Bistrot{end}du Canal")
    table._default_manager.update(name="Crêperie\xa0« L’Été »  🥞")


def test_database__and_forms_read_the_same_characters(db: None) -> None:
    places = [*range(1, 0x100), *range(0x2000, 0x2100)]
    with connection.cursor() as sql:
        sql.execute("SELECT it FROM unnest(%s) it WHERE chr(it) ~ %s", [places, NOT_ON_A_LINE])
        found = [place for (place,) in sql.fetchall()]
    assert found == [it for it in places if re.search(NOT_ON_A_LINE, chr(it))]
    assert all(len(f"a{chr(it)}b".splitlines()) == 1 for it in places if it not in found)


def test_file__brings_no_name_of_two_lines(shop: Establishment) -> None:
    heading, good = "client;etablissement;caisse", 'Zinc;Gare;"Caisse\n2"'
    for bad, kept in (("Zinc;Gare;B\x07ar", False), ("Zi\x1fnc;Gare;Bar", False), ("", True)):
        rows = read_file("\n".join([heading, good, bad]).encode()).rows
        assert import_rows(rows, shop.tenant.reseller, keep=True).kept is kept
    assert Till.objects.exclude(establishment=shop).get().name == "Caisse 2"


def test_forms__say_so_and_keep_nothing(shop: Establishment) -> None:
    client, tenant, till = english_client_of(SupportFactory()), shop.tenant, Till.objects.get()
    anew = {"case": "anew", "why": "x", "since": "2026-03-16T07:00"}
    for page, asked in (
        (reverse("console_set_up_new"), {"reseller": tenant.reseller_id}),
        (reverse("console_set_up_establishment", args=[tenant.pk]), {}),
        (reverse("admin:tenants_reseller_add"), {}),
        (reverse("admin:tenants_reseller_change", args=[tenant.reseller_id]), {}),
        (reverse("admin:tenants_tenant_change", args=[tenant.pk]), {"reseller": tenant.reseller_id}),
        (reverse("admin:tenants_establishment_change", args=[shop.pk]), {"code": shop.code}),
        (reverse("admin:tenants_till_change", args=[till.pk]), {}),
        (reverse("admin:tenants_till_add"), {"establishment": shop.pk}),
        (reverse("console_replace_till", args=[till.pk]), anew),
    ):
        answer = client.post(page, {"name": TWO_LINES, **asked})
        assert answer.status_code == 200, page
        assert answer.content.decode().count("A name stands on one line") == 1, page
    tables = (Reseller, Tenant, Establishment, Till)
    assert [it._default_manager.count() for it in tables] == [1, 1, 1, 1]
    assert not Establishment.objects.exclude(name="Bistrot").exists()
