"""No customer, establishment or reseller is called by two lines: its name is written into the subjects of mails."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.urls import reverse

from tenants.factories import EstablishmentFactory, SupportFactory
from tenants.models import Establishment, Reseller, Tenant
from tenants.one_line import NOT_ON_A_LINE
from tests.clients import english_client_of

TWO_LINES = "Bistrot\r\nBcc: x@example.com"


@pytest.fixture
def shop(db: None) -> Establishment:
    return EstablishmentFactory(name="Bistrot")


@pytest.mark.parametrize("table", [Reseller, Tenant, Establishment])
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


def test_forms__say_so_and_keep_nothing(shop: Establishment) -> None:
    client, tenant = english_client_of(SupportFactory()), shop.tenant
    for page, asked in (
        (reverse("console_set_up_new"), {"reseller": tenant.reseller_id}),
        (reverse("console_set_up_establishment", args=[tenant.pk]), {}),
        (reverse("admin:tenants_reseller_add"), {}),
        (reverse("admin:tenants_reseller_change", args=[tenant.reseller_id]), {}),
        (reverse("admin:tenants_tenant_change", args=[tenant.pk]), {"reseller": tenant.reseller_id}),
        (reverse("admin:tenants_establishment_change", args=[shop.pk]), {"code": shop.code}),
    ):
        answer = client.post(page, {**asked, "name": TWO_LINES})
        assert answer.status_code == 200, page
        assert answer.content.decode().count("A name stands on one line") == 1, page
    assert (Reseller.objects.count(), Tenant.objects.count(), Establishment.objects.count()) == (1, 1, 1)
    assert not Establishment.objects.exclude(name="Bistrot").exists()
