"""The preview says the sums that are exported: both are added up from the same booked entries."""

import json
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags

from exact.models import Division
from ledger.files.bridge import Step
from ledger.files.control_sheet import STEPS
from on_demand import preview
from on_demand.bridge_words import STEP_WORDS
from on_demand.models import OnDemandFormat
from on_demand.perform import perform
from on_demand.report import Report
from tests.conftest import PARAMETERS, Caller, SimulatedExact, work
from tests.on_demand.given import asked, done, page_of, push, shop, staff_of

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "/console/on_demand/ondemandexport/new/"

OFFERED = Path(__file__).parent / "inputs" / "offered.json"


def look(till: Caller, file_format: str) -> Any:
    """The page that shows what an export of March would do."""
    question = {"where": f"e{till.till.establishment_id}", "first": "2026-03-01", "last": "2026-03-31", "show": "1"}
    return staff_of(till).get(NEW, {**question, "format": file_format})


def test_preview__says_the_sums_that_are_exported_with_items_offered() -> None:
    till = shop()
    assert till.post("closings", json.loads(OFFERED.read_text())).json()["problems"] == []
    shown = look(till, "ciel").context["wanted"][0].preview
    sheet = done(asked(till, OnDemandFormat.CIEL)).sheet
    assert [(it.rate, it.net, it.vat, it.gross) for it in shown.rates] == [
        tuple(Decimal(rate[name]) for name in ("rate", "net", "vat", "gross")) for rate in sheet["rates"]
    ]
    assert [(it.means, it.amount) for it in shown.means] == [
        (it["means"], Decimal(it["amount"])) for it in sheet["means"]
    ]
    assert shown.turnover == Decimal("1371.00")


def test_bridge__is_the_same_in_preview_report_mail_and_control_sheet() -> None:
    till = shop()
    till.post("closings", json.loads(OFFERED.read_text()))
    push(till, 1043)
    push(till, 1044, payments=[{"means": "ESP", "kind": "cash", "amount": "1.00"}])
    shown = look(till, "ciel").context["wanted"][0].bridge
    export = done(asked(till, OnDemandFormat.CIEL, email="compta@example.fr"))
    rows = [(it.label, it.amount.replace("\xa0", " ")) for it in shown]
    assert rows == [
        ("CA des caisses", "4 200,00 €"),
        ("Offerts", "-29,00 €"),
        ("Clôtures retenues", "-1 400,00 €"),
        ("CA comptabilisé", "2 771,00 €"),
        ("Pourboires", "50,00 €"),
        ("Total encaissé, tous moyens de paiement", "2 821,00 €"),
    ]
    page, letter = page_of(export, till), mail.outbox[-1]
    csv = letter.attachments[1][1]
    for label, amount in rows:
        assert f"{label}{amount}" in page.replace("\xa0", " ")
        assert f"{label} : {amount}" in " ".join(letter.body.split())
        assert f"{label.partition(',')[0]};{amount.removesuffix(' €').replace(' ', '')}" in csv


def test_preview__of_very_many_closings_says_which_it_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    till = shop()
    push(till, 1042, 1043, 1044)
    monkeypatch.setattr(preview, "CHECKED_MAX", 2)
    page = " ".join(look(till, "exact").content.decode().split())
    assert "Les 2 premières clôtures, jusqu’au 15/03/2026" in page
    assert "2 800,00 €" in page


def test_preview__to_exact_leaves_what_waits_for_an_activation_as_the_export_will() -> None:
    till = shop()
    push(till, 1042)
    shown = look(till, "exact").context["wanted"][0].preview
    assert [(it.step, it.amount) for it in shown.bridge.steps] == [(Step.WAITING, Decimal("-1400.00"))]
    assert done(asked(till, OnDemandFormat.EXACT)).takings["bridge"] == shown.bridge.to_document()
    in_file = look(till, "fec").context["wanted"][0].preview
    assert in_file.turnover == Decimal("1400.00")


def test_control_sheet__names_the_steps_as_the_pages_do_in_french() -> None:
    with translation.override("fr"):
        assert {step: str(words) for step, words in STEP_WORDS.items()} == STEPS


def test_preview__of_what_only_waits_for_an_activation_offers_no_export_and_leads_to_the_set_up() -> None:
    till = shop()
    push(till, 1042, 1043)
    shown = look(till, "exact")
    page = " ".join(unescape(shown.content.decode()).split())
    assert "Activez d’abord l’export." in page
    assert (">Exporter</button>" in page, f"/console/set-up/{till.till.tenant_id}/" in page) == (False, True)
    looked = shown.context["wanted"][0].preview
    assert (looked.closings, looked.waiting, looked.to_do, looked.held_count) == (2, 2, 0, 0)
    assert ">Exporter</button>" in look(till, "fec").content.decode()


def test_refused_again__is_said_with_exacts_words_before_and_after_and_is_in_no_sum(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    exact.control("periods", division=division.code, year=2026, period=3, journal="70", status="closed")
    push(till, 1042)
    work(division)
    shown = look(till, "exact")
    assert "La période est clôturée" in shown.context["wanted"][0].preview.failed[0].reasons[0]
    export = asked(till, OnDemandFormat.EXACT)
    perform(export.pk)
    work(division)
    page = page_of(done(export), till)
    assert "Non acceptées par Exact, et pourquoi" in page
    assert "La période est clôturée" in page
    customer = staff_of(till).get(reverse("console_customer", args=[export.tenant_id])).content.decode()
    facts = " ".join(strip_tags(customer).split())
    assert "31/03/2026 terminé, des clôtures restent de côté" in facts
    report = Report(export)
    assert (report.taken, report.stuck_count, report.there) == (0, 1, 0)
    assert [it["amount"] for it in export.takings["means"]] == []
    assert "Encaissements dont la vente" not in page


def test_preview__to_exact_adds_up_what_will_be_there_and_names_what_is_refused_or_held(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    push(till, 1042)
    work(division)
    exact.control("periods", division=division.code, year=2026, period=3, journal="70", status="closed")
    push(till, 1043)
    work(division)
    push(till, 1044, payments=[{"means": "ESP", "kind": "cash", "amount": "1.00"}])
    push(till, 1045)  # its entries are made, and not sent yet
    shown = look(till, "exact")
    looked = shown.context["wanted"][0].preview
    assert (looked.turnover, [(it.step, it.amount) for it in looked.bridge.steps]) == (
        Decimal("2800.00"),
        [(Step.HELD, Decimal("-1400.00")), (Step.REFUSED, Decimal("-1400.00"))],
    )
    assert [it.gross for it in looked.rates] == [Decimal("599.98"), Decimal("2200.02")]
    assert ([it.closing.number for it in looked.failed], [it.closing.number for it in looked.held]) == ([1043], [1044])
    assert (looked.failed_count, looked.held_count, looked.to_do) == (1, 1, 3)
    page = " ".join(unescape(strip_tags(shown.content.decode())).split())
    assert "1Dont retenues 1Dont en échec" in page
    assert "En échec, et que faire Corrigez la cause, puis exportez" in page
    assert "La période est clôturée" in page


def test_left_out__is_called_failed_where_it_failed_and_held_where_it_is_held(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    exact.control("periods", division=division.code, year=2026, period=3, journal="70", status="closed")
    push(till, 1042)
    work(division)
    first, second = PARAMETERS["vat"]
    wrong = {**PARAMETERS, "vat": [first, second | {"sales_account": "999999"}]}
    assert till.put("parameters", wrong).status_code == 200
    export = done(asked(till, OnDemandFormat.EXACT, email="compta@example.fr"))
    page, letter = page_of(export, till), mail.outbox[-1].body.replace("\xa0", " ")
    assert "1En échec" in page
    assert "En échec, et que faire" in page
    assert "En échec : 1." in letter
    assert "En échec, et que faire :" in letter
    assert "Retenues" not in page + letter
    push(till, 1043)
    page = page_of(done(asked(till, OnDemandFormat.EXACT)), till)
    assert "Laissées de côté, et que faire" in page
