"""Customers and tills from a file: seen before they are kept, all or none, the same twice, and only one's own."""

import re
from typing import Any

import pytest
import tablib
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tenants.customer_file import template
from tenants.factories import AccountantFactory, ResellerFactory, StaffFactory, SupportFactory, TenantFactory
from tenants.models import Establishment, Reseller, Tenant, Till, User

HEADINGS = "client;siren;etablissement;code;siret;e-mail;caisse"
ZINC = "Le Zinc SARL;552100554;Le Zinc de la Gare;ZINC01;55210055400013;compta@zinc.example;Caisse bar"


@pytest.fixture
def staff(db: None) -> User:
    return StaffFactory()


def look(user: User, *rows: str, name: str = "clients.csv", content: bytes = b"", **form: Any) -> tuple[Client, Any]:
    """The answer to a file, and the client that got it."""
    client = Client()
    client.force_login(user)
    file = SimpleUploadedFile(name, content or "\n".join([HEADINGS, *rows]).encode())
    return client, client.post(reverse("console_import"), {"file": file, **form})


def keep(client: Client, shown: Any) -> Any:
    found = re.search(r'name="looked_at" value="([^"]+)"', shown.content.decode())
    assert found, shown.content.decode()
    return client.post(reverse("console_import"), {"looked_at": found[1]}, follow=True)


def there() -> tuple[int, int, int]:
    return Tenant.objects.count(), Establishment.objects.count(), Till.objects.count()


def test_file__is_looked_at_then_kept(staff: User) -> None:
    client, shown = look(
        staff, ZINC, ZINC.replace("Caisse bar", "Caisse salle"), "Fournil;;Fournil du Marché;;;;Caisse 1"
    )
    assert there() == (0, 0, 0)
    assert [len(row.outcome) for row in shown.context["outcome"].rows] == [3, 1, 3]
    keep(client, shown)
    assert there() == (2, 2, 3)
    assert {*Tenant.objects.values_list("reseller", flat=True)} == {staff.reseller_id}
    shop = Establishment.objects.get(siret="55210055400013")
    assert (shop.code, shop.contact_email, shop.tenant.siren) == ("ZINC01", "compta@zinc.example", "552100554")
    assert Establishment.objects.get(name="Fournil du Marché").code == "FOURNI01"


def test_same_file_again__changes_nothing(staff: User) -> None:
    rows = (ZINC, "Fournil;;Fournil du Marché;;;;Caisse 1")
    keep(*look(staff, *rows))
    before = there()
    _client, shown = look(staff, *rows)
    assert shown.context["outcome"].changes == 0
    assert there() == before


def test_siret__finds_an_establishment_again_under_a_new_name(staff: User) -> None:
    keep(*look(staff, ZINC))
    client, shown = look(staff, ZINC.replace("Zinc de la Gare", "Grand Zinc").replace("ZINC01", ""))
    keep(client, shown)
    shop = Establishment.objects.get()
    assert (shop.name, shop.code) == ("Le Grand Zinc", "ZINC01")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (";552100554;Le Zinc;;;;Caisse", "client"),
        ("Le Zinc;12;Le Zinc;;;;Caisse", "siren"),
        ("Le Zinc SARL;552100554;Le Zinc;;12345678900011;;Caisse", "SIREN"),
        ("Le Zinc;;Le Zinc;zinc-1;;;Caisse", "code"),
        ("Le Zinc;;Le Zinc;;;no address;Caisse", "e-mail"),
        ("Autre nom;552100554;Le Zinc de la Gare;ZINC01;55210055400013;;Caisse 2", "Le Zinc SARL"),
        (f"Le Zinc;;Le Zinc;;;;{'x' * 61}", "caisse"),
    ],
)
def test_one_wrong_row__says_why_and_nothing_is_kept(staff: User, row: str, words: str) -> None:
    _client, shown = look(staff, ZINC, row)
    good, wrong = shown.context["outcome"].rows
    assert good.errors == []
    assert words in " ".join(wrong.errors)
    assert "looked_at" not in shown.content.decode()
    assert there() == (0, 0, 0)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("clients.csv", b"nothing;here\n1;2"),
        ("clients.csv", HEADINGS.encode()),
        ("clients.xlsx", b"no spreadsheet"),
        ("clients.csv", b"x" * 1_000_001),
    ],
)
def test_unreadable_file__is_refused_with_a_reason(staff: User, name: str, content: bytes) -> None:
    _client, shown = look(staff, name=name, content=content)
    assert shown.context["form"].errors["file"]


def test_spreadsheet__with_numbers_for_sirens_is_read(staff: User) -> None:
    sheet = tablib.Dataset(
        ("Le Zinc SARL", 552100554, "Le Zinc", None, 55210055400013.0, None, "Bar"), headers=HEADINGS.split(";")
    )
    keep(*look(staff, name="clients.xlsx", content=sheet.export("xlsx")))
    assert Establishment.objects.get().siret == "55210055400013"


def test_windows_csv__with_accents_is_read(staff: User) -> None:
    content = f"{HEADINGS}\nCafé Élan;;Café;;;;Caisse".encode("cp1252")
    keep(*look(staff, content=content))
    assert Tenant.objects.get().name == "Café Élan"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_example__can_be_read_back(staff: User, kind: str) -> None:
    client = Client()
    client.force_login(staff)
    example = client.get(reverse("console_import"), {"template": kind}).content
    assert len(example) == len(template(kind)) or kind == "xlsx"
    keep(*look(staff, name=f"clients.{kind}", content=example))
    assert there() == (2, 2, 3)


def test_reseller__imports_for_itself_whatever_the_form_says(staff: User) -> None:
    other = ResellerFactory()
    TenantFactory(reseller=other, name="Le Zinc SARL", siren="552100554")
    client, shown = look(staff, ZINC, reseller=other.pk)
    if shown.context.get("outcome"):
        keep(client, shown)
    assert Tenant.objects.filter(reseller=other).count() == 1
    assert not Establishment.objects.filter(tenant__reseller=other).exists()


def test_preview__of_another_person_is_not_kept(staff: User) -> None:
    _client, shown = look(staff, ZINC)
    colleague = Client()
    colleague.force_login(StaffFactory(reseller=staff.reseller))
    assert keep(colleague, shown).status_code == 403
    assert there() == (0, 0, 0)


def test_support__chooses_the_reseller(db: None) -> None:
    reseller: Reseller = ResellerFactory()
    keep(*look(SupportFactory(), ZINC, reseller=reseller.pk))
    assert Tenant.objects.get().reseller == reseller


def test_accountant__imports_nothing(db: None) -> None:
    _client, shown = look(AccountantFactory(), ZINC)
    assert shown.status_code == 403
