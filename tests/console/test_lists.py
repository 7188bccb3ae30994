"""What stands above a list, and a list as a file: tabs, filters one by one, CSV and XLSX; and whose rows."""

import csv
import io
import re
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from openpyxl import load_workbook

from tenants.factories import SupportFactory
from tenants.models import Establishment, Tenant
from tests.clients import client_of, english_client_of
from tests.world import World

CLOSINGS = "admin:exports_storedclosing_changelist"


@pytest.fixture
def two(here: World) -> World:
    return here


def head(client: Client, **asked: Any) -> Any:
    return client.get(reverse(CLOSINGS), asked).context["list_head"]


def test_tabs_keep_the_other_filters__and_say_which_is_on(two: World) -> None:
    client = english_client_of(two.manager)
    shop = two.own.closing.establishment_id
    tabs = {tab.title: tab for tab in head(client, state="failed", establishment__id__exact=shop, p="2").tabs}
    assert [title for title, tab in tabs.items() if tab.current] == ["Failed"]
    assert tabs["Held"].address == f"?establishment__id__exact={shop}&state=held"
    assert tabs["All"].address == f"?establishment__id__exact={shop}"
    assert head(client).tabs[0].current


def test_each_filter_is_said_in_words__and_taken_off_alone(two: World) -> None:
    client = english_client_of(two.manager)
    shop = two.own.closing.establishment
    asked = {
        "q": "PROPRE",
        "state": "attention",
        "establishment__id__exact": shop.pk,
        "business_date_from": "2026-03-01",
    }
    chips = {chip.words: chip.without for chip in head(client, **asked).chips}
    assert [*chips] == [
        "Search: PROPRE",
        "State: to be dealt with",
        f"Establishment: {shop}",
        "Business date: 01/03/2026 – …",
    ]
    without = chips["State: to be dealt with"]
    assert "state=" not in without and "q=PROPRE" in without and "business_date_from=2026-03-01" in without
    foreign = two.foreign.closing.establishment
    chips_of_a_neighbour = head(client, establishment__id__exact=foreign.pk).chips
    assert "VOISIN" not in str(chips_of_a_neighbour)


def test_a_list_as_csv__has_its_filters_columns_and_amounts(two: World) -> None:
    client = english_client_of(two.manager)
    answer = client.get(reverse(CLOSINGS), {"as": "csv", "establishment__id__exact": two.own.closing.establishment_id})
    assert answer["Content-Type"].startswith("text/csv") and "attachment" in answer["Content-Disposition"]
    rows = [*csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")]
    columns, row = rows
    assert "closings-" in answer["Content-Disposition"]
    told = dict(zip(columns, row, strict=True))
    assert told["Closing"].startswith(f"Z {two.own.number}")
    assert (told["Business date"], told["Turnover"], told["State"]) == ("14/03/2026", "1400,00", "failed")


def test_every_list_is_a_file_too__of_the_readers_own_rows(two: World) -> None:
    for reader in (two.manager, two.own.accountant):
        client = english_client_of(reader)
        for name in ("exports_storedclosing", "tenants_establishment", "tenants_till", "exact_finding", "exact_lane"):
            answer = client.get(reverse(f"admin:{name}_changelist"), {"as": "xlsx"})
            assert answer.status_code == 200, name
            sheet = load_workbook(io.BytesIO(answer.content)).active
            words = " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell)
            assert "PROPRE" in words or str(two.own.number) in words, name
            assert "VOISIN" not in words and str(two.foreign.number) not in words, name


def test_a_file__says_names_as_they_are_written__and_has_no_buttons(two: World) -> None:
    name, shop = "L'Auberge & <Fils>", two.own.closing.establishment
    Tenant.objects.filter(pk=two.own.tenant.pk).update(name=name)
    Establishment.objects.filter(pk=shop.pk).update(name=name)
    client, place = english_client_of(two.manager), f"{shop.code} – {name}"
    for model, column, said in (
        ("tenants_tenant", "Customer", name),
        ("tenants_establishment", "Establishment", place),
        ("tenants_membership", "Customer", name),
        ("exact_finding", "Establishment", f"{place} – {name}"),
    ):
        answer = client.get(reverse(f"admin:{model}_changelist"), {"as": "csv"})
        columns, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
        assert said in [row[columns.index(column)] for row in rows if row], model
        assert all(columns), model
        assert not {"Edit", "Set-up", "Replace"} & {*columns}, model


def test_amounts__of_a_file_are_numbers_and_its_name_is_made_of_words(two: World) -> None:
    answer = english_client_of(two.manager).get(reverse("admin:exact_finding_changelist"), {"as": "csv"})
    columns, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert rows
    assert all(re.fullmatch(r"-?[0-9]+,[0-9]{2}", row[columns.index("Amount")]) for row in rows)
    french = client_of(two.own.staff).get(
        reverse("admin:exact_lane_changelist"), {"as": "csv"}, headers={"Accept-Language": "fr"}
    )
    assert 'filename="files-d-envoi-' in french["Content-Disposition"]


def test_a_list_too_long_for_a_file__says_so(two: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.console.ROWS_MAX", 1)
    answer = english_client_of(two.manager).get(reverse(CLOSINGS), {"as": "csv"}, follow=True)
    assert "This list has more than 1 rows" in answer.content.decode()


def test_what_is_no_file_is_the_list(two: World) -> None:
    assert english_client_of(two.manager).get(reverse(CLOSINGS), {"as": "pdf"}).status_code == 200


def test_search__says_what_it_searches(two: World) -> None:
    client = client_of(SupportFactory())
    for model, model_admin in admin.site._registry.items():
        page = client.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))
        if model_admin.search_fields and page.context:
            words = escape(str(model_admin.search_help_text or ""))
            assert words and f'placeholder="{words}"' in page.content.decode(), model


def test_amounts__are_filtered_from_one_to_another_and_not_by_days(two: World) -> None:
    page = client_of(two.manager).get(reverse(CLOSINGS)).content.decode()
    assert 'placeholder="au moins"' in page and 'placeholder="au plus"' in page


def test_empty_values__have_one_sign(two: World) -> None:
    shop = two.own.closing.establishment
    page = client_of(two.manager).get(reverse("admin:exact_activation_change", args=[shop.activation.pk]))
    assert ">-<" not in re.sub(r"\s+", "", page.content.decode())


def test_unknown_filter__of_a_list_that_is_not_allowed_is_said_on_no_later_page(two: World) -> None:
    client, lanes = client_of(two.own.merchant), reverse("admin:exact_lane_changelist")
    assert client.get(lanes, {"nonsense": "1"}).status_code == 403
    assert "nonsense" not in client.get(reverse(CLOSINGS)).content.decode()
    assert "nonsense" in client.get(reverse(CLOSINGS), {"nonsense": "1"}).content.decode()
