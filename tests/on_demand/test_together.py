"""Exports of any establishments: of one customer in one file, of several in a file each, asked and mailed together."""

import io
import re
import zipfile
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from on_demand.models import ExportSet, KeptNumber, MonthlyExport, OnDemandExport, OnDemandFormat
from on_demand.perform import due_exports, perform
from tenants.factories import AccountantFactory
from tenants.models import Membership, Role
from tests.conftest import Caller
from tests.on_demand.given import content_of, push, shop, staff_of, states_of

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "/console/on_demand/ondemandexport/new/"
MARCH = {"first": "2026-03-01", "last": "2026-03-31", "format": "fec", "email": "cabinet@example.fr"}


def words_of(answer: Any) -> str:
    return " ".join(unescape(strip_tags(answer.content.decode())).replace("\xa0", " ").split())


def place(caller: Caller) -> str:
    return f"e{caller.till.establishment_id}"


@pytest.fixture
def shops() -> list[Caller]:
    """Three shops of one customer, and one each of two others; the last has no closing in March."""
    first = shop(establishment__tenant__name="Aux Trois Mâts")
    of_same = [shop(establishment__tenant=first.till.tenant) for _ in range(2)]
    reseller = first.till.tenant.reseller
    others = [
        shop(establishment__tenant__reseller=reseller, establishment__tenant__siren=siren)
        for siren in ("552100554", "732829320")
    ]
    for caller in (first, *of_same, others[0]):
        push(caller, 1042)
    push(others[1], 1042, business_date="2026-04-02", opened_at="2026-04-02T08:55:00+02:00",
         closed_at="2026-04-02T23:40:00+02:00")  # fmt: skip
    return [first, *of_same, *others]


@pytest.fixture
def accountant(shops: list[Caller]) -> Client:
    """Somebody who looks after the three customers."""
    person = AccountantFactory(tenant=shops[0].till.tenant)
    for caller in shops[3:]:
        Membership.objects.create(user=person, tenant=caller.till.tenant, role=Role.ACCOUNTANT)
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(person)
    return client


def work() -> None:
    """Until no worker finds anything to do."""
    while found := due_exports():
        for export_id in found:
            perform(export_id)


def test_some_establishments__of_one_customer_are_one_file_with_its_numbers(
    shops: list[Caller], accountant: Client
) -> None:
    asked = {**MARCH, "where": [place(shops[0]), place(shops[2])]}
    page = words_of(accountant.get(NEW, {**asked, "show": "1"}))
    assert "2 800,00 €" in page
    accountant.post(NEW, asked)
    export = OnDemandExport.objects.get()
    assert accountant.post(NEW, asked)["Location"].endswith(f"{export.pk}/change/")
    work()
    export.refresh_from_db()
    assert {it.closing.establishment for it in export.closings.all()} == {
        shops[0].till.establishment,
        shops[2].till.establishment,
    }
    whole = accountant.post(NEW, {**MARCH, "where": f"t{shops[0].till.tenant_id}"})
    work()
    numbers = [*KeptNumber.objects.filter(journal="VE").order_by("sequence").values_list("sequence", flat=True)]
    assert numbers == [1, 2, 3]
    file = content_of(OnDemandExport.objects.get(pk=whole["Location"].split("/")[-3])).decode("iso-8859-15")
    in_file = {line.split("\t")[2] for line in file.splitlines() if line.startswith("VE\t")}
    assert in_file == {"VE000001", "VE000002", "VE000003"}
    codes = ", ".join(sorted(it.till.establishment.code for it in (shops[0], shops[2])))
    assert f"Aux Trois Mâts : {codes}" in words_of(
        accountant.get(f"/console/on_demand/ondemandexport/{export.pk}/change/")
    )


def test_several_customers__are_a_file_each_one_page_and_one_mail(shops: list[Caller], accountant: Client) -> None:
    asked = {**MARCH, "where": [f"t{shops[0].till.tenant_id}", place(shops[3]), place(shops[4])]}
    page = words_of(accountant.get(NEW, {**asked, "show": "1"}))
    assert "2 exports, un par client" in page
    assert f"Rien à exporter : {shops[4].till.establishment}" in page
    assert "La clôture la plus proche est du 02/04/2026." in page
    address = accountant.post(NEW, asked)["Location"]
    assert accountant.post(NEW, asked)["Location"] == address
    together = ExportSet.objects.get()
    assert OnDemandExport.objects.count() == 2
    assert 'http-equiv="refresh"' in accountant.get(address).content.decode()
    work()
    page = words_of(accountant.get(address))
    assert "Terminé, rien pour 1 client" in page
    assert "rien à exporter" in page
    assert "4 200,00 €" in page
    (letter,) = mail.outbox
    assert letter.to == ["cabinet@example.fr"]
    assert letter.subject.replace("\xa0", " ").endswith("3 clients : terminé, rien pour 1 client")
    assert "rien à exporter" in letter.body
    (name, packed, _type) = letter.attachments[0]
    assert name == "fec-20260301-20260331.zip"
    files = zipfile.ZipFile(io.BytesIO(packed)).namelist()
    assert sorted(it.rpartition("/")[2] for it in files) == [
        "123456789FEC20261231-controle.csv",
        "123456789FEC20261231.txt",
        "552100554FEC20261231-controle.csv",
        "552100554FEC20261231.txt",
    ]
    again = accountant.get(f"{address}zip/")
    assert zipfile.ZipFile(io.BytesIO(b"".join(again))).namelist() == files  # type: ignore[arg-type]
    together.refresh_from_db()
    assert together.mail_state == "sent"


def test_large_files__of_a_set_are_a_link_that_gives_the_zip(
    shops: list[Caller], accountant: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("on_demand.mail.ATTACHED_MAX", 1)
    accountant.post(NEW, {**MARCH, "where": [place(shops[0]), place(shops[3])]})
    work()
    (letter,) = mail.outbox
    assert letter.attachments == []
    (link,) = [line for line in letter.body.splitlines() if "/exports/file/" in line]
    packed = Client().get(link.removeprefix("http://127.0.0.1:8000"))
    assert len(zipfile.ZipFile(io.BytesIO(b"".join(packed))).namelist()) == 4  # type: ignore[arg-type]


@pytest.mark.parametrize("state", ["none", "training", "held"])
def test_export_of_nothing__cannot_be_asked(shops: list[Caller], state: str) -> None:
    till = shops[4]
    if state == "training":
        push(till, 1043, training=True, tickets=[], totals=None)
    if state == "held":
        push(till, 1043, payments=[{"means": "ESP", "kind": "cash", "amount": "1.00"}])
    client = staff_of(till)
    asked = {**MARCH, "format": "ciel", "where": place(till)}
    page = client.get(NEW, {**asked, "show": "1"}).content.decode()
    assert ">Exporter</button>" not in page
    assert {
        "none": "La clôture la plus proche est du",
        "training": "Les clôtures de ces jours sont d’école",
        "held": "Toutes les clôtures de ces jours sont retenues.",
    }[state] in unescape(page).replace("\xa0", " ")
    refused = client.post(NEW, asked)
    assert refused.status_code == 200
    assert "Rien à exporter" in words_of(refused)
    assert not OnDemandExport.objects.exists()


def test_form__presets_no_establishment_keeps_the_month_and_knows_the_last_time(
    shops: list[Caller], accountant: Client
) -> None:
    assert " checked" not in accountant.get(NEW).content.decode().partition("data-places")[2].partition("</form>")[0]
    page = accountant.get(NEW, {"month": "2026-03", "was": "2026-10 2026-10-01 2026-10-31",
                                "first": "2026-10-01", "last": "2026-10-31"}).content.decode()  # fmt: skip
    assert '<option value="2026-03" selected>' in page
    assert 'value="2026-03-31"' in page
    assert "Comme la dernière fois" not in page
    accountant.post(NEW, {**MARCH, "where": [place(shops[0]), place(shops[3]), place(shops[4])]})
    work()
    page = accountant.get(NEW).content.decode()
    (address,) = [it for it in page.split('"') if it.startswith("?where=")]
    assert f"where=t{shops[4].till.tenant_id}" in address  # who had nothing is asked again
    told = words_of(accountant.get(NEW + unescape(address)))
    assert "Rien à exporter" in told
    assert "Aux Trois Mâts" in told
    assert 'value="cabinet@example.fr"' in accountant.get(NEW + unescape(address)).content.decode()


def test_accountant__exports_into_files_and_not_to_exact(shops: list[Caller], accountant: Client) -> None:
    assert "Exact Online</option>" not in accountant.get(NEW).content.decode()
    accountant.post(NEW, {**MARCH, "format": "exact", "where": place(shops[0])})
    assert not OnDemandExport.objects.exists()
    accountant.post(NEW, {**MARCH, "format": "sage", "where": place(shops[0])})
    work()
    assert states_of(OnDemandExport.objects.get(format=OnDemandFormat.SAGE)) == {1042: "taken"}


def test_monthly_order__of_an_accountant_is_of_own_customers_and_into_files(
    shops: list[Caller], accountant: Client
) -> None:
    add = "/console/on_demand/monthlyexport/add/"
    order = {"day": "5", "format": "fec", "email": "cabinet@example.fr", "active": "on", "establishment": ""}
    tenant = str(shops[0].till.tenant_id)
    for refused in (
        {"tenant": str(shop().till.tenant_id)},
        {"tenant": tenant, "format": "exact"},
        {"tenant": tenant, "establishment": str(shops[3].till.establishment_id)},
    ):
        assert accountant.post(add, order | refused).status_code == 200
    assert not MonthlyExport.objects.exists()
    assert accountant.post(add, order | {"tenant": tenant}).status_code == 302
    assert MonthlyExport.objects.get().establishment is None


def test_more_customers_than_go_together__are_refused_and_none_is_left_out_in_silence(
    shops: list[Caller], accountant: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("on_demand.forms.CUSTOMERS_MAX", 1)
    asked = {**MARCH, "where": [place(shops[0]), place(shops[3])]}
    for answer in (accountant.get(NEW, {**asked, "show": "1"}), accountant.post(NEW, asked)):
        assert "Vous avez choisi 2 clients ; 1 au plus" in words_of(answer)
    assert not OnDemandExport.objects.exists()


def test_set_for_import_asked_again__counts_what_is_in_its_files(shops: list[Caller], accountant: Client) -> None:
    asked = {**MARCH, "format": "ciel", "where": [place(shops[0]), place(shops[3])]}
    accountant.post(NEW, asked)
    work()
    for caller in (shops[0], shops[3]):
        push(caller, 1043, 1044)
    page = words_of(accountant.get(accountant.post(NEW, asked)["Location"]))
    assert "2 800,00 €" not in page
    work()
    page = words_of(accountant.get(f"/console/on_demand/ondemandexport/together/{ExportSet.objects.first().pk}/"))
    assert page.count("Terminé22 800,00 €") == 2


def test_one_company_with_two_resellers__has_two_folders(accountant: Client, shops: list[Caller]) -> None:
    twin = shop(establishment__tenant__name=shops[0].till.tenant.name)
    push(twin, 1042)
    Membership.objects.create(user=AccountantFactory._meta.model.objects.get(pk=accountant.session["_auth_user_id"]),
                              tenant=twin.till.tenant, role=Role.ACCOUNTANT)  # fmt: skip
    address = accountant.post(NEW, {**MARCH, "where": [place(shops[0]), place(twin)]})["Location"]
    work()
    names = zipfile.ZipFile(io.BytesIO(b"".join(accountant.get(f"{address}zip/")))).namelist()  # type: ignore[arg-type]
    assert len({*names}) == 4


def test_neighbour__is_in_no_set_and_sees_none(shops: list[Caller], accountant: Client) -> None:
    neighbour = shop()
    push(neighbour, 1042)
    accountant.post(NEW, {**MARCH, "where": [place(shops[0]), place(neighbour)]})
    assert not OnDemandExport.objects.exists()
    address = accountant.post(NEW, {**MARCH, "where": [place(shops[0]), place(shops[3])]})["Location"]
    work()
    stranger = staff_of(neighbour)
    assert [stranger.get(it).status_code for it in (address, f"{address}zip/")] == [404, 404]
    only_one = Client(headers={"Accept-Language": "fr"})
    only_one.force_login(AccountantFactory(tenant=shops[3].till.tenant))
    page = words_of(only_one.get(address))
    assert shops[3].till.tenant.name in page
    assert "Aux Trois Mâts" not in page
    names = zipfile.ZipFile(io.BytesIO(b"".join(only_one.get(f"{address}zip/")))).namelist()  # type: ignore[arg-type]
    assert len(names) == 2


def test_customer__is_named_once_in_a_row_a_letter_and_on_a_control_sheet(
    shops: list[Caller], accountant: Client
) -> None:
    asked = {**MARCH, "where": [place(shops[0]), place(shops[1]), place(shops[3])]}
    page = accountant.post(NEW, asked).headers["Location"]
    export = OnDemandExport.objects.get(tenant__name="Aux Trois Mâts")
    for pk in OnDemandExport.objects.values_list("pk", flat=True):
        perform(pk)
    codes = f"{shops[0].till.establishment.code}, {shops[1].till.establishment.code}"
    row = re.findall(r'<th scope="row">(.*?)</th>', accountant.get(page).content.decode())
    assert f'Aux Trois Mâts<br><span class="console-quiet">{codes}</span>' in row
    (letter,) = mail.outbox
    assert letter.body.count("Aux Trois Mâts") == 1
    sheet = words_of(accountant.get(reverse("admin:on_demand_ondemandexport_sheet", args=[export.pk])))
    assert f"Aux Trois Mâts · {codes} · FEC" in sheet
