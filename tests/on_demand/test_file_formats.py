"""A file format that is added has everything: settings on their page, its word everywhere, a reader in the tests."""

from typing import Any

from django.contrib import admin

from clyo_ingest.export_bodies import ExportRequest
from on_demand.forms import FileSettingsForm
from on_demand.models import FOR_IMPORT, FileSettings, OnDemandFormat
from on_demand.options import FileOptions
from simulators.clyo_till.__main__ import FORMATS
from tests.on_demand.given import READERS

OWNER = {"tenant", "establishment"}


def test_every_setting_of_a_format__has_a_field_and_a_place_on_its_page() -> None:
    settings = {*FileOptions.model_fields}
    assert {*FileSettingsForm.base_fields} - OWNER == settings
    sections: Any = admin.site._registry[FileSettings].fieldsets
    assert {name for _title, section in sections for name in section["fields"]} - OWNER == settings


def test_every_format__may_be_asked_for_by_the_till_program() -> None:
    assert [*FORMATS] == OnDemandFormat.values


def test_every_file_format__is_read_by_a_reader_of_the_tests() -> None:
    assert {*READERS} == {it for it in OnDemandFormat if it.layout}


def test_every_format_for_import__is_named_where_the_api_says_what_again_means() -> None:
    told = ExportRequest.model_fields["again"].description or ""
    assert [it for it in FOR_IMPORT if f"`{it}`" not in told] == []
