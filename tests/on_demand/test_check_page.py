"""Tills, entries and Exact of a period side by side, without an export: as an accountant reads and takes it along."""

import csv
import io
import json
import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags
from time_machine import travel

from exact.models import Division, Posting
from exports.models import StoredClosing
from exports.tasks import reconcile_division
from exports.way.set_aside import set_aside
from on_demand.models import OnDemandFormat
from tenants.factories import AccountantFactory, EstablishmentFactory, StaffFactory, TillFactory
from tests.bookkeeper import Bookkeeper
from tests.conftest import Caller, SimulatedExact, work
from tests.on_demand.given import asked, done, page_of, push, shop

pytestmark = pytest.mark.django_db(transaction=True)
CHECK = "/console/check/"
MARCH = {"first": "2026-03-01", "last": "2026-03-31"}
OFFERED = Path(__file__).parent / "inputs" / "offered.json"
Linked = tuple[Caller, Division]


@pytest.fixture(autouse=True)
def no_settling(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was posted a moment ago counts as long enough ago to be missed."""
    for module in ("exact.books.reconcile", "on_demand.in_exact"):
        monkeypatch.setattr(f"{module}.settle_time", timedelta)


def accountant_of(caller: Caller) -> Client:
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(AccountantFactory(tenant=caller.till.tenant))
    return client


def words_of(answer: Any) -> str:
    text = re.sub(r"<(script|style).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(strip_tags(text.replace("<", " <"))).replace("\xa0", " ").split())


def check(caller: Caller, **more: str) -> str:
    answer = accountant_of(caller).get(CHECK, {**MARCH, **more})
    assert answer.status_code == 200
    return words_of(answer)


@pytest.fixture
def in_exact(linked: Linked) -> Caller:
    """Two closings in Exact, one with items offered; and one that is held."""
    till, division = linked
    assert till.post("closings", json.loads(OFFERED.read_text())).status_code == 201
    push(till, 1043)
    push(till, 1044, payments=[{"means": "ESP", "kind": "cash", "amount": "1.00"}])
    while work(division):
        pass
    return till


@pytest.fixture
def read(in_exact: Caller) -> Caller:
    reconcile_division(Division.objects.get().pk)
    return in_exact


def test_check__says_what_explains_the_way_from_tills_to_exact(read: Caller) -> None:
    page = check(read)
    assert "CA par établissement" in page
    row = page.partition("CA par établissement")[2].partition("Des caisses à la comptabilité")[0]
    assert "4 200,00 € 2 771,00 € 2 771,00 € -1 429,00 €" in row
    assert "pas encore tout Offerts -29,00 € Clôtures retenues -1 400,00 €" in row
    rates = page.partition("Taux de TVA")[2].partition("Moyens de paiement")[0]
    assert (
        "20,00 % · HT 750,00 € 500,00 € 500,00 € -250,00 € pas encore tout Pas encore comptabilisé -250,00 €" in rates
    )
    assert "1 973,64 € 1 973,64 € -1 026,36 € pas encore tout Offerts -26,36 € Pas encore comptabilisé" in rates
    means = page.partition("Moyens de paiement")[2].partition("Comptes")[0]
    assert "OFF Offerts 29,00 € 0,00 € 0,00 € -29,00 € expliqué Offerts -29,00 €" in means
    assert "CB Carte bancaire 1 800,00 € 1 800,00 € 1 800,00 € 0,00 € concorde" in means
    assert "Total encaissé, tous moyens de paiement 2 821,00 €" in page
    assert "Z 1044" in page.rpartition("Pas encore comptabilisé")[2]


def test_never_read__is_said_and_is_no_column_of_zeros(in_exact: Caller) -> None:
    page = check(in_exact)
    assert "Exact n’a jamais été lu pour ces établissements." in page
    assert "jamais lu" in page
    assert "4 200,00 € 2 771,00 € jamais lu –" in page
    assert " 0,00 €" not in page.partition("CA par établissement")[2].partition("Des caisses")[0]


def test_read_now__is_done_by_a_worker_and_the_page_follows_it(in_exact: Caller, exact: SimulatedExact) -> None:
    client = accountant_of(in_exact)
    question = CHECK + "?first=2026-03-01&last=2026-03-31"
    address = client.post(question)["Location"]
    under_way = client.get(address)
    assert "Exact est en cours de lecture" in words_of(under_way)
    assert 'http-equiv="refresh"' in under_way.content.decode()
    division = Division.objects.get()
    reconcile_division(division.pk)
    over = client.get(address)
    assert "Exact vient d’être lu" in words_of(over)
    assert 'http-equiv="refresh"' not in over.content.decode()
    assert "2 771,00 € 2 771,00 € -1 429,00 €" in words_of(over)
    address = client.post(question)["Location"]
    exact.control("faults", resource="sync/Financial/TransactionLines", division=division.code, fault="status_503")
    reconcile_division(division.pk)
    assert "Exact ne répond pas." in words_of(client.get(address))
    assert "2 771,00 € 2 771,00 € -1 429,00 €" in words_of(client.get(address))


def test_what_a_bookkeeper_changed__is_marked_with_the_closing_that_makes_it(
    read: Caller, exact: SimulatedExact
) -> None:
    sale = Posting.objects.get(entry_kind="sales", reference__startswith="Z1043-")
    keeper = Bookkeeper(exact, Division.objects.get())
    keeper.send("PUT", keeper.line(sale, 1000.0), {"AmountFC": 990.0})
    reconcile_division(Division.objects.get().pk)
    page = check(read)
    assert "diffère" in page.partition("CA par établissement")[2].partition("Des caisses")[0]
    assert "Dans Exact autrement que comptabilisé" in page
    assert "706000" in page.partition("Différences dans Exact")[2]
    assert "modifiée" in page.partition("Différences dans Exact")[2]
    keeper.delete(Posting.objects.get(entry_kind="sales", reference__startswith="Z1042-"))
    reconcile_division(Division.objects.get().pk)
    assert "absente" in check(read).partition("Différences dans Exact")[2]


def test_posted_since_the_reading__is_not_called_a_difference(read: Caller) -> None:
    push(read, 1045)
    while work(Division.objects.get()):
        pass
    row = check(read).partition("CA par établissement")[2].partition("Des caisses")[0]
    assert "1 écriture pas encore relue -1 400,00 €" in row
    assert "diffère" not in row
    accounts = check(read).partition("Comptes")[2]
    assert "511500 2 700,00 € 1 800,00 € -900,00 € pas encore tout Pas encore relu -900,00 €" in accounts


def test_ready_and_not_sent__is_not_booked_yet(read: Caller, exact: SimulatedExact) -> None:
    push(read, 1045)
    page = check(read)
    row = page.partition("CA par établissement")[2].partition("Des caisses")[0]
    assert "5 600,00 € 2 771,00 € 2 771,00 €" in row
    assert "Clôtures en route vers Exact -1 400,00 €" in row
    assert "CA comptabilisé 2 771,00 €" in page
    assert "diffère" not in page.partition("CA par établissement")[2]
    division = Division.objects.get()
    exact.control("faults", resource="financialtransaction/CashEntries", division=division.code, fault="status_503")
    work(division)
    half_in = check(read)
    assert "CA comptabilisé 4 171,00 €" in half_in
    assert "diffère" not in half_in.partition("CA par établissement")[2]


def test_nothing_came__is_no_agreement(read: Caller) -> None:
    EstablishmentFactory(tenant=read.till.tenant)
    page = check(read, first="2026-02-01", last="2026-02-02")
    assert "Ensemble rien à comparer" in page
    assert "concorde" not in page.partition("CA par établissement")[2]


def test_lost_link__is_said_with_the_way_to_a_new_one(in_exact: Caller) -> None:
    Division.objects.update(read_trouble="NeedsReconnect", read_tried_at=timezone.now())
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(StaffFactory(reseller=in_exact.till.tenant.reseller))
    asked_at = (timezone.now() - timedelta(minutes=1)).isoformat()
    page = client.get(CHECK, {**MARCH, "asked": asked_at}).content.decode()
    assert f'href="/console/set-up/{in_exact.till.tenant_id}/"' in page.partition("Exact n’a pas pu être lu")[2]


def test_set_aside_by_a_person__is_told_and_is_no_gap(read: Caller) -> None:
    held = StoredClosing.objects.get(number=1044)
    set_aside(held.pk, actor=StaffFactory(reseller=read.till.tenant.reseller), why="Saisie à la main")
    page = check(read)
    row = page.partition("CA par établissement")[2].partition("Des caisses")[0]
    assert "4 200,00 € 2 771,00 € 2 771,00 € -1 429,00 € expliqué Offerts -29,00 €" in row
    assert "Clôtures écartées -1 400,00 €" in row
    assert "Clôtures écartées" in page.partition("Taux de TVA")[2]
    export = done(asked(read, OnDemandFormat.CIEL))
    assert "Clôtures écartées-1 400,00 €" in page_of(export, read).replace("\xa0", " ")


def test_last_finished_month__is_what_is_shown_first(read: Caller) -> None:
    with travel("2026-04-10T10:00:00+02:00", tick=False):
        page = words_of(accountant_of(read).get(CHECK))
    assert "Contrôle · mars 2026" in page
    assert "4 200,00 €" in page


def test_days_to_come__end_with_today_and_one_day_is_named_once(read: Caller) -> None:
    with travel("2026-03-20T12:00:00Z", tick=False):
        said = check(read, last="2026-03-31")
    assert "01/03/2026 – 20/03/2026" in said
    assert "Jusqu’à aujourd’hui" in said
    one = check(read, first="2026-03-14", last="2026-03-14")
    assert "14/03/2026 – 14/03/2026" not in one


def test_longer_than_two_months__goes_by_month(read: Caller) -> None:
    page = check(read, first="2026-01-01")
    assert "mars 2026 " in page.partition("CA par établissement")[2]
    assert "Plus de 62 jours" in page
    assert "Taux de TVA" not in page


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_file__holds_the_same_rows(read: Caller, kind: str) -> None:
    answer = accountant_of(read).get(CHECK, {**MARCH, "file": kind})
    assert answer["Content-Disposition"] == f'attachment; filename="controle-20260301-20260331.{kind}"'
    if kind == "csv":
        rows = [*csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";")]
        assert rows[2][4:10] == ["3", "4200,00", "2771,00", "2771,00", "-1429,00", "pas encore tout"]
        return
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Contrôle", "Taux de TVA", "Moyens de paiement", "Comptes"]
    assert [it.value for it in book["Contrôle"][2]][4:9] == [3, 4200, 2771, 2771, -1429]


def test_neighbours_establishment__is_neither_offered_nor_accepted_nor_read(read: Caller) -> None:
    neighbour = shop()
    for client in (accountant_of(read),):
        assert neighbour.till.establishment.name not in client.get(CHECK, MARCH).content.decode()
        for place in (f"e{neighbour.till.establishment_id}", f"t{neighbour.till.tenant_id}"):
            refused = client.get(CHECK, {**MARCH, "where": place})
            assert neighbour.till.establishment.code not in words_of(refused).partition("CA par")[2]
            assert "CA par établissement" not in words_of(refused)
    stranger = accountant_of(neighbour)
    tried_at = Division.objects.get().read_tried_at
    stranger.post(f"{CHECK}?first=2026-03-01&last=2026-03-31&where=e{read.till.establishment_id}")
    assert Division.objects.get().read_tried_at == tried_at
    assert read.till.establishment.code not in words_of(stranger.get(CHECK, MARCH))


def test_several_establishments__stand_below_each_other_with_their_sum(read: Caller) -> None:
    other = TillFactory(establishment=EstablishmentFactory(tenant=read.till.tenant), tenant=read.till.tenant)
    page = check(read)
    assert f"{other.establishment} " in page
    assert "aucune clôture" in page
    assert "Ensemble 4 200,00 €" in page
    alone = check(read, where=f"e{other.establishment_id}")
    assert "Aucune clôture de ces jours n’est arrivée." in alone


def test_pages__read_the_companies_of_their_own_shops_and_sum_them_alone(
    read: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("on_demand.check.asked.PAGE_SHOPS_MAX", 2)
    for code in ("ZZ1", "ZZ2", "ZZ3"):
        EstablishmentFactory(tenant=read.till.tenant, code=code)
    client, question = accountant_of(read), CHECK + "?first=2026-03-01&last=2026-03-31"
    assert "Ensemble, sur cette page 4 200,00" in words_of(client.get(question))
    second = words_of(client.get(client.post(f"{question}&page=2")["Location"]))
    assert "Aucun de ces établissements n’est relié à Exact." in second
    assert "20,00 % · HT 750,00 € 500,00 € 500,00 €" in second  # of all that was asked for
    first = client.post(f"{question}&page=1")["Location"]
    assert "Sociétés lues : 0 sur 1." in words_of(client.get(first))
    assert "ZZ3" in words_of(client.get(f"{question}&page=99")).partition("CA par")[2]


def test_months__name_a_shop_that_was_never_read_once(in_exact: Caller) -> None:
    day = "2026-02-10"
    push(in_exact, 1045, business_date=day, opened_at=f"{day}T08:55:00+01:00", closed_at=f"{day}T23:40:00+01:00")
    page = check(in_exact, first="2026-01-01")
    assert "février 2026" in page.partition("CA par établissement")[2]
    assert "Exact n’a jamais été lu pour ces établissements." in page
    assert "1 établissement n’a jamais été lu." not in page  # said once


def test_months__show_one_of_which_exact_alone_holds_something(read: Caller) -> None:
    StoredClosing.objects.filter(number=1042).update(state="archived")
    StoredClosing.objects.exclude(number=1042).update(business_date="2026-02-10")
    rows = check(read, first="2026-01-01").partition("CA par établissement")[2].partition("Ensemble")[0]
    assert "mars 2026" in rows
    assert "0,00 € 1 371,00 € 1 371,00 € 1 371,00 € diffère" in rows


def test_month__in_the_address_is_shown_however_long_ago_and_named_when_it_cannot_be_read() -> None:
    client = accountant_of(shop())
    assert "Contrôle · janvier 2024" in words_of(client.get(CHECK, {"month": "2024-01"}))
    assert "n’est pas filtré par lui : Mois : « mars »." in words_of(client.get(CHECK, {"month": "mars"}))
    assert "n’a pas pu être lu" not in words_of(client.get(CHECK))
