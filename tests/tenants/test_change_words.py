"""Stored values of the audit as people read them."""

from typing import Any

import pytest
from django.apps import apps
from django.db.models import JSONField
from django.utils import translation

from integration.rooms import APPS
from postgres.guards import Audited
from tenants.change_words import ANYTHING, _by_tills, _tellers, differences, in_words, kind_of, who_did
from tenants.models import Change, Establishment, Operation

MAPPING = "booking_mapping"


def told(table: str, before: Any, after: Any, language: str = "fr") -> list[tuple[str, str]]:
    change = Change(table_name=table, operation=Operation.UPDATE, before=before, after=after)
    with translation.override(language):
        return [(name, words.replace("\xa0", " ")) for name, words in differences(change)]


@pytest.mark.parametrize(("value", "words"), [(None, ""), ({}, ""), (True, "yes"), ("x", "x"), ({"a": 1}, "…")])
def test_a_value_in_words(value: Any, words: str) -> None:
    with translation.override("en"):
        assert in_words(value) == words


def test_opening_days_are_named() -> None:
    with translation.override("fr"):
        days = Establishment._meta.get_field("opening_days")
        assert in_words([2, 3], days) == "mardi, mercredi"


def test_a_mapping_is_told_setting_by_setting__as_its_page_calls_them() -> None:
    till = {"customer_account": "411000", "journals": {"sales": "70", "receipts": "30", "cash": "CA"}}
    lines = told(MAPPING, {"parameters": till}, {"parameters": till | {"customer_account": "411100"}})
    assert lines == [("Compte clients", "411000 → 411100")]
    people = {"means": {"TR": {"account": "511840"}}, "separate_families": True}
    assert told(MAPPING, {"overrides": {}}, {"overrides": people}) == [
        ("Moyen de paiement TR", "– → 511840"),
        ("Une ligne par famille", "oui"),
    ]


def test_file_settings_are_told_as_their_form_calls_them() -> None:
    after = {"journals": {"70": {"code": "VE", "name": "Ventes caisse"}}, "draft": True, "ciel_decimal_sign": ","}
    assert told("on_demand_filesettings", {"options": {}}, {"options": after}, "en") == [
        ("Journals", "– → 70 = VE Ventes caisse"),
        ("FEC as a draft", "now yes"),
        ("Ciel: decimal sign", "point → comma"),
    ]


def test_what_only_a_program_says_is_left_out() -> None:
    refused = {"problem": "invalid_grant The refresh token is no longer valid.", "user_language": "fr-FR"}
    assert told("exact_connection", {"problem": "", "user_language": ""}, refused) == [("langue", "– → Français")]
    with translation.override("fr"):
        assert kind_of(Change(table_name="otp_totp_totpdevice")) == "second facteur"
    assert told("otp_totp_totpdevice", {}, {"key": "•••", "digits": 6}) == []


@pytest.mark.parametrize(
    ("table", "after", "who"),
    [
        (MAPPING, {"parameters": {}}, "the till"),
        (MAPPING, {"overrides": {}}, "the service, by itself"),
        ("tenants_till", {"paired_at": "2026-03-14T08:00:00Z", "software": "Clyo 5"}, "the till"),
        ("tenants_till", {"name": "Bar"}, "the service, by itself"),
        ("clyo_ingest_tillkey", {"prefix": "AB12CD34"}, "the till"),
        ("exact_activation", {"active": True}, "the service, by itself"),
    ],
)
def test_nobody_s_change_is_the_till_s_or_the_service_s(table: str, after: Any, who: str) -> None:
    change = Change(table_name=table, operation=Operation.UPDATE, before={}, after=after)
    with translation.override("en"):
        assert who_did(change) == who


def test_every_document_that_is_audited_has_somebody_to_tell_it() -> None:
    models = [model for room in APPS for model in apps.get_app_config(room).get_models()]
    audited = {it: audit for it in models for audit in it._meta.constraints if isinstance(audit, Audited)}
    documents = {
        (model._meta.db_table, field.column)
        for model, audit in audited.items()
        for field in model._meta.concrete_fields
        if isinstance(field, JSONField) and field.column not in audit.silent
    }
    assert documents - {*_tellers} == set()
    tables = {model._meta.db_table: {it.column for it in model._meta.concrete_fields} for model in audited}
    assert all((columns or set()) <= tables[table] for table, columns in _by_tills.items() if columns is not ANYTHING)
    assert {column for table, column in _tellers if column not in tables[table]} == set()
