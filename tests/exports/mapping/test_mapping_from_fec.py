"""A mapping from the accountant's FEC: what is proposed, ticked, filled in and saved; and who may not."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from exact.company.facts import REVENUE
from exact.models import CatalogueItem, CatalogueKind, Division
from tenants.factories import AccountantFactory, EstablishmentFactory, ResellerAdminFactory
from tenants.models import Establishment
from tests.clients import english_client_of
from tests.conftest import Caller
from tests.exports.mapping.test_mapping_page import address, cell, of, saved, words_of

HEAD = "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tEcritureLib\tDebit\tCredit"
LINES = (
    "70\tVentes\t1\t20250314\t411000\tClients\tZ\t1232,00\t0",
    "70\tVentes\t1\t20250314\t70601000\tRestauration sur place\tZ\t0\t1000,00",
    "70\tVentes\t1\t20250314\t44571200\tTVA 10 %\tZ\t0\t100,00",
    "70\tVentes\t1\t20250314\t70702000\tBoissons 20 %\tZ\t0\t110,00",
    "70\tVentes\t1\t20250314\t44571100\tTVA collectée\tZ\t0\t22,00",
    "OD\tDivers\t2\t20250315\t51181000\tTitres-restaurant papier\tZ\t200,00\t0",
    "OD\tDivers\t2\t20250315\t46720000\tUber Eats\tZ\t300,00\t0",
    "OD\tDivers\t2\t20250315\t411000\tClients\tZ\t0\t500,00",
)


def fec(*lines: str) -> bytes:
    return "\r\n".join([HEAD, *lines]).encode("cp1252")


@pytest.fixture
def shop(linked: tuple[Caller, Division]) -> Establishment:
    return linked[0].till.establishment


@pytest.fixture
def client(shop: Establishment) -> Client:
    return english_client_of(ResellerAdminFactory(reseller=shop.tenant.reseller))


def read(client: Client, shop: Establishment, content: bytes, name: str = "fec.txt") -> Any:
    return client.post(address(shop, "console_mapping_fec"), {"file": SimpleUploadedFile(name, content)})


def test_what_it_proposes__is_saved_only_when_ticked_and_saved(client: Client, shop: Establishment) -> None:
    page = read(client, shop, fec(*LINES))
    proposed = {it.setting.field: it.value for it, _label, _why in of(page, "proposals")}
    assert proposed["vat[1].sales_account"] == "706010"
    assert proposed["vat[0].sales_account"] == "707020"
    assert proposed["means_by_kind.meal_voucher"] == "511810"
    assert "vat[1].vat_account" not in proposed and of(page, "confirmed") >= 4  # 445712, 445711, 411000, journal 70
    assert [it.number for it in of(page, "unknown")] == ["46720000"]
    assert "1,000.00 € · 1 entry shows 10" in words_of(page).replace("\xa0", " ")
    assert saved(shop) == {}

    taken = {"shown": of(page, "shown"), "do": "preview", "set:vat[1].sales_account": "706010"}
    form = client.post(address(shop), taken)
    assert cell(form, "vat[1].sales_account").value == "706010" and saved(shop) == {}
    client.post(address(shop), taken | {"do": "save"})
    assert saved(shop) == {"slots": {"2": {"sales_account": "706010"}}}

    again = read(client, shop, fec(*LINES))
    assert "vat[1].sales_account" not in {it.setting.field for it, _label, _why in of(again, "proposals")}


def test_an_account_that_is_one_of_sales_in_exact__is_not_proposed_for_a_means(
    client: Client, shop: Establishment
) -> None:
    account = CatalogueItem.objects.get(kind=CatalogueKind.GL_ACCOUNT, code="511810")
    account.facts["Type"] = REVENUE
    account.save()
    page = read(client, shop, fec(*LINES))
    assert "511810" not in {it.value for it, _label, _why in of(page, "proposals")}
    assert [it.number for it in of(page, "unknown")] == ["46720000"]


def zipped(*files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for at, content in enumerate(files):
            file.writestr(f"{at}.txt", content)
    return packed.getvalue()


def test_it_may_be_zipped(client: Client, shop: Establishment) -> None:
    assert of(read(client, shop, zipped(fec(*LINES)), "fec.zip"), "proposals")
    assert "The ZIP holds 2 files" in words_of(read(client, shop, zipped(b"a", b"b"), "fec.zip"))
    broken = zipped(fec(*LINES))
    assert "cannot be opened" in words_of(read(client, shop, broken[:60] + b"xxxx" + broken[64:], "fec.zip"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"client;siren\nDupont;1\n", "This is no FEC"),
        (fec(LINES[0].replace("1232,00", "1,2,3")), "Row 2, column Debit: “1,2,3” cannot be read"),
        (fec(), "no entry"),
    ],
)
def test_what_is_none_is_said_and_nothing_is_lost(
    client: Client, shop: Establishment, content: bytes, words: str
) -> None:
    page = read(client, shop, content)
    assert page.status_code == 200 and words in words_of(page)


def test_who_may_not_set_anything_gets_no_proposal(client: Client, shop: Establishment) -> None:
    reader = english_client_of(AccountantFactory(tenant=shop.tenant))
    assert reader.get(address(shop, "console_mapping_fec")).status_code == 403
    other = EstablishmentFactory()
    assert client.get(reverse("console_mapping_fec", args=[other.pk])).status_code == 404
    assert read(client, other, fec(*LINES)).status_code == 404
