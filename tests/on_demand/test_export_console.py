"""The screen "Export vers comptabilité": preview, start, report, download, cancel; and who may not."""

import re
from html import unescape
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from time_machine import travel

from on_demand.link import SIGNER, signed_address
from on_demand.models import FileSettings, KeptNumber, OnDemandExport, OnDemandFormat
from tests.conftest import Caller
from tests.on_demand.given import asked, content_of, done, page_of, push, shop, staff_of

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "/console/on_demand/ondemandexport/new/"
MARCH = {"first": "2026-03-01", "last": "2026-03-31"}


def question(caller: Caller, **changes: str) -> dict[str, str]:
    return {"where": f"e{caller.till.establishment_id}", **MARCH, "format": "fec", "email": "", **changes}


def figures_in(page: str) -> dict[str, str]:
    """The large figures of a page, by what stands below them."""
    found = re.findall(r'console-figure-count">(.*?)</span><span>(.*?)</span>', page)
    return {words: figure for figure, words in found}


def test_preview__says_what_will_be_done_and_starts_nothing() -> None:
    till = shop()
    push(till, 1042, 1045)
    push(till, 1046, payments=[{"means": "ESP", "kind": "cash", "amount": "1.00"}])
    page = " ".join(staff_of(till).get(NEW, {**question(till), "show": "1"}).content.decode().split())
    assert "Comparez-les au Z imprimé" in page
    assert f"{till.till.establishment.code} · {till.till.name} · Z 1043 – 1044" in page
    assert figures_in(page) == {
        "Clôtures de la période": "3",
        "Déjà dans Exact": "0",
        "Pour le fichier": "2",
        "Retenues": "1",
        "Non comptabilisées (école, vides, écartées)": "0",
    }
    assert "4 200,00 €" in page
    assert not OnDemandExport.objects.exists()


def test_report__of_which_something_is_left_out_is_not_green() -> None:
    till = shop()
    push(till, 1042)
    boxes = {}
    for format in (OnDemandFormat.CIEL, OnDemandFormat.EXACT):
        export = done(asked(till, format))
        page = staff_of(till).get(reverse("admin:on_demand_ondemandexport_change", args=[export.pk])).content.decode()
        boxes[export.format] = re.findall(r'console-box is-(\w+)"', page)
    assert boxes == {"ciel": ["good"], "exact": ["warning", "warning"]}
    words = page_of(export, till)
    assert f"Z 1042 {till.till.establishment.code} 14/03" in words
    assert "n’est pas relié à Exact" in words


@pytest.mark.parametrize(
    ("preset", "days"),
    [
        ({"preset": "today"}, ("2026-03-20", "2026-03-20")),
        ({"preset": "yesterday"}, ("2026-03-19", "2026-03-19")),
        ({"preset": "this_week"}, ("2026-03-16", "2026-03-20")),
        ({"preset": "last_week"}, ("2026-03-09", "2026-03-15")),
        ({"preset": "this_month"}, ("2026-03-01", "2026-03-20")),
        ({"preset": "last_month"}, ("2026-02-01", "2026-02-28")),
        ({"preset": "month", "month": "2026-02"}, ("2026-02-01", "2026-02-28")),
        ({"preset": "month", "month": "2026-03"}, ("2026-03-01", "2026-03-20")),
        ({"preset": "month", "month": "x"}, ("2026-02-01", "2026-02-28")),
    ],
    ids=lambda it: it.get("month") or it["preset"] if isinstance(it, dict) else it[0],
)
def test_preset__fills_its_days_in_and_none_to_come(preset: dict[str, str], days: tuple[str, str]) -> None:
    with travel("2026-03-20T10:00:00+01:00", tick=False):
        page = staff_of(shop()).get(NEW, preset).content.decode()
    assert re.findall(r'name="(?:first|last)" value="([^"]*)"', page) == [*days]
    assert "février 2026" in page


def test_account__that_the_file_cannot_hold_is_said_with_its_setting_in_words() -> None:
    till = shop()
    FileSettings.objects.create(
        tenant=till.till.tenant, options={"journals": {"70": {"code": "VENTES", "name": "Ventes"}}}
    )
    mapping = till.till.establishment.mapping
    mapping.overrides = {"slots": {"2": {"sales_account": "706000000000"}}}
    mapping.save(update_fields=["overrides"])
    push(till, 1042, 1043)
    other = shop(establishment__tenant=till.till.tenant)
    push(other, 1042)
    export = done(asked(till, OnDemandFormat.CIEL, establishment=None))
    assert (export.state, export.content) == ("failed", None)
    page = page_of(export, till)
    assert page.count("Le journal VENTES dépasse les 2 caractères") == 1
    assert "(réglages des fichiers, journaux, 70)" in page
    assert f"{till.till.establishment.code} (paramétrage comptable, TVA 2, compte de ventes)" in page
    assert "Aucun fichier n’a été fait." in page


def test_start__queues_the_export_and_shows_its_page() -> None:
    till = shop()
    push(till, 1042)
    client = staff_of(till)
    answer = client.post(NEW, question(till))
    export = OnDemandExport.objects.get()
    assert answer["Location"].endswith(f"/{export.pk}/change/")
    assert 'http-equiv="refresh"' in client.get(answer["Location"]).content.decode()
    done(export)
    page = client.get(answer["Location"]).content.decode()
    assert 'http-equiv="refresh"' not in page
    assert export.asked_by is not None and "123456789FEC20261231.txt" in page
    file = client.get(reverse("admin:on_demand_ondemandexport_file", args=[export.pk]))
    export.refresh_from_db()
    assert b"".join(file) == content_of(export)  # type: ignore[arg-type]
    assert (
        export.sheet["sha256"]
        in client.get(reverse("admin:on_demand_ondemandexport_sheet", args=[export.pk])).content.decode()
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first": "2026-03-31", "last": "2026-03-01"}, "Le dernier jour précède le premier."),
        ({"last": "2099-01-01"}, "Ce jour n’est pas encore arrivé."),
        ({"first": "2024-01-01"}, "366 jours"),
        ({"format": "pdf"}, "pdf"),
    ],
)
def test_question__that_is_not_possible_is_said_and_starts_nothing(changes: dict[str, str], words: str) -> None:
    till = shop()
    assert words in staff_of(till).post(NEW, question(till, **changes)).content.decode()
    assert not OnDemandExport.objects.exists()


def test_export__is_cancelled_from_its_page() -> None:
    till = shop()
    export = asked(till, OnDemandFormat.FEC)
    staff_of(till).post(reverse("admin:on_demand_ondemandexport_cancel", args=[export.pk]))
    export.refresh_from_db()
    assert export.state == "cancelled"


@pytest.mark.parametrize("place", ["e", "t"])
def test_neighbours_establishment__is_neither_offered_nor_accepted(place: str) -> None:
    till, neighbour = shop(), shop()
    client = staff_of(till)
    assert neighbour.till.establishment.name not in client.get(NEW).content.decode()
    pk = neighbour.till.establishment_id if place == "e" else neighbour.till.tenant_id
    client.post(NEW, question(till, where=f"{place}{pk}"))
    assert not OnDemandExport.objects.exists()


@pytest.mark.parametrize("view", ["change", "file", "sheet", "sheet_csv"])
def test_neighbours_export__is_not_there(view: str) -> None:
    till = shop()
    push(till, 1042)
    export = done(asked(till, OnDemandFormat.FEC))
    stranger = staff_of(shop())
    answer = stranger.get(reverse(f"admin:on_demand_ondemandexport_{view}", args=[export.pk]))
    assert answer.status_code == (302 if view == "change" else 404)
    assert Client().get(reverse(f"admin:on_demand_ondemandexport_{view}", args=[export.pk])).status_code == 302
    stranger.post(reverse("admin:on_demand_ondemandexport_cancel", args=[asked(till, OnDemandFormat.CIEL).pk]))
    assert OnDemandExport.objects.get(format="ciel").state == "queued"


def test_signed_link__gives_the_file_for_seven_days_and_no_other() -> None:
    till = shop()
    push(till, 1042)
    export = done(asked(till, OnDemandFormat.CIEL))
    path = signed_address(export).removeprefix("http://127.0.0.1:8000")
    assert b"".join(Client().get(path)) == content_of(export)  # type: ignore[arg-type]
    assert Client().get(f"{path}x").status_code == 404
    other = signing.TimestampSigner(salt="another").sign(str(export.pk))
    assert Client().get(reverse("export-file", args=[other])).status_code == 404
    with travel("2026-01-01T12:00:00+01:00", tick=False):
        old = SIGNER.sign(str(export.pk))
    over = Client().get(reverse("export-file", args=[old]))
    assert over.status_code == 410


def test_settings__are_tables_of_rows_and_refuse_half_a_row() -> None:
    till = shop()
    client = staff_of(till)
    form: dict[str, Any] = {
        "tenant": str(till.till.tenant_id),
        "establishment": "",
        "journals_0": ["70", ""],
        "journals_1": ["VT", ""],
        "journals_2": ["Ventes", ""],
        "third_parties_0": "0000002",
        "third_parties_1": "COMPT",
        "third_parties_2": "Comptoir",
        "third_parties_3": "411COMPT",
        "accounts_0": "511500",
        "accounts_1": "Cartes",
        "last_month": "12",
        "ciel_decimal_sign": ",",
        "ciel_charset": "ascii",
        "sage_label_width": "35",
        "sage_text_separator": "tab",
        "sage_text_charset": "cp1252",
        "sage_text_headings": "on",
    }
    add = reverse("admin:on_demand_filesettings_add")
    half = client.post(add, {**form, "journals_1": ["", ""]}).content.decode()
    assert "Ligne 1 : il manque « Code dans le fichier »." in unescape(half).replace("\xa0", " ")
    twice = client.post(add, {**form, "accounts_0": ["511500", "511500"], "accounts_1": ["Cartes", "CB"]})
    assert "Ligne 2 : « 511500 » y est deux fois." in unescape(twice.content.decode()).replace("\xa0", " ")
    assert "sans accents (ASCII)" in client.get(add).content.decode()
    assert client.post(add, form).status_code == 302
    row = FileSettings.objects.get()
    assert row.options["journals"] == {"70": {"code": "VT", "name": "Ventes"}}
    assert (row.options["sage_text_separator"], row.options["ciel_decimal_sign"]) == ("\t", ",")
    assert staff_of(shop()).post(add, form).status_code == 200
    push(till, 1042)
    done(asked(till, OnDemandFormat.FEC))
    assert KeptNumber.objects.exists()
    change = reverse("admin:on_demand_filesettings_change", args=[row.pk])
    assert 'name="third_parties_3" value="411COMPT"' in client.get(change).content.decode()
    refused = client.post(change, {**form, "last_month": "3"})
    assert (refused.status_code, "exercice" in refused.content.decode()) == (200, True)
