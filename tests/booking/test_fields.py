"""People's settings by the names that checks, forms and the API use for them: set, read back, taken away."""

from typing import Any

import pytest

from booking.fields import own_value, with_setting, with_settings
from booking.mapping import Overrides
from booking.models import Mapping

TILL = {"vat": [{"slot": 1, "rate": "20.00"}, {"slot": 3, "rate": "10.00"}]}
# The field's name, a value, and what is stored of it.
FIELDS: list[tuple[str, str, dict[str, Any]]] = [
    ("customer_account", "411100", {"customer_account": "411100"}),
    ("third_party", "7", {"third_party": "7"}),
    ("journals.sales", "71", {"sales_journal": "71"}),
    ("journals.receipts", "31", {"receipts_journal": "31"}),
    ("payment_condition", "30", {"payment_condition": "30"}),
    ("cost_center", "BAR", {"cost_center": "BAR"}),
    ("shortage", "658100", {"shortage_account": "658100"}),
    ("surplus", "758100", {"surplus_account": "758100"}),
    ("deductible_vat", "445661", {"deductible_vat_account": "445661"}),
    ("banked", "512000", {"banked_account": "512000"}),
    # The index is a place in what the till sent; what is stored goes by the slot's own number.
    ("vat[0].sales_account", "707100", {"slots": {1: {"sales_account": "707100"}}}),
    ("vat[1].vat_code", "VR", {"slots": {3: {"vat_code": "VR"}}}),
    ("vat[1].vat_account", "445712", {"slots": {3: {"vat_account": "445712"}}}),
    ("former[3@5,50].vat_code", "VB", {"former_slots": {"3@5,50": {"vat_code": "VB"}}}),
    ("family.3.Cuisine", "706000", {"slots": {3: {"family_accounts": {"Cuisine": "706000"}}}}),
    ("family.3.Vins. Bières", "706100", {"slots": {3: {"family_accounts": {"Vins. Bières": "706100"}}}}),
    ("means.CB", "511500", {"means": {"CB": {"account": "511500"}}}),
    ("means.T.R", "511800", {"means": {"T.R": {"account": "511800"}}}),
    ("means_journal.CB", "20", {"means": {"CB": {"journal": "20"}}}),
    ("means_party.UBER", "9", {"means": {"UBER": {"third_party": "9"}}}),
    ("means_by_kind.card", "511500", {"means_by_kind": {"card": {"account": "511500"}}}),
    ("means_by_kind_journal.card", "20", {"means_by_kind": {"card": {"journal": "20"}}}),
    ("means_by_kind_party.platform", "9", {"means_by_kind": {"platform": {"third_party": "9"}}}),
    ("receipts.tip", "426100", {"receipt_accounts": {"tip": "426100"}}),
    ("movements.expense", "606000", {"movement_accounts": {"expense": "606000"}}),
    ("customers.DUPONT", "12", {"named_customers": {"DUPONT": "12"}}),
    ("separate_refunds", "no", {"separate_refunds": False}),
    ("separate_families", "yes", {"separate_families": True}),
]


def mapping(overrides: dict[str, Any] | None = None) -> Mapping:
    return Mapping(parameters=TILL, overrides=overrides or {})


def stored(overrides: Overrides) -> dict[str, Any]:
    return overrides.model_dump(exclude_defaults=True)


@pytest.mark.parametrize(("field", "value", "kept"), FIELDS, ids=[row[0] for row in FIELDS])
def test_setting__is_set_read_back_and_taken_away(field: str, value: str, kept: dict[str, Any]) -> None:
    assert own_value(Overrides(), field, TILL) == ""
    overrides = with_setting(mapping(), field, value)
    assert stored(overrides) == kept
    assert own_value(overrides, field, TILL) == value
    assert stored(with_setting(mapping(stored(overrides)), field, "")) == {}


def test_settings__all_at_once_are_all_there_and_all_go_again() -> None:
    everything = {field: value for field, value, _ in FIELDS}
    overrides = with_settings(mapping(), everything)
    assert {field: own_value(overrides, field, TILL) for field in everything} == everything
    assert stored(with_settings(mapping(stored(overrides)), dict.fromkeys(everything, ""))) == {}


def test_setting__of_a_part_leaves_the_others_of_its_means_and_slot() -> None:
    before = {
        "means": {"CB": {"account": "511500", "journal": "20"}},
        "slots": {3: {"vat_code": "VR", "family_accounts": {"Cuisine": "706000"}}},
    }
    after = with_settings(mapping(before), {"means.CB": "", "family.3.Cuisine": "", "vat[1].sales_account": "706"})
    assert stored(after) == {
        "means": {"CB": {"journal": "20"}},
        "slots": {3: {"vat_code": "VR", "sales_account": "706"}},
    }


@pytest.mark.parametrize(
    ("field", "value"), [("separate_refunds", "yes"), ("separate_families", "no"), ("customer_account", "")]
)
def test_setting__as_it_is_by_default_is_not_kept(field: str, value: str) -> None:
    assert stored(with_setting(mapping(), field, value)) == {}


@pytest.mark.parametrize(
    "field", ["", "colour", "vat[0].colour", "journals.cash", "vat.sales_account", "former[3].vat_code"]
)
def test_field__that_is_none_is_a_key_error(field: str) -> None:
    with pytest.raises(KeyError):
        own_value(Overrides(), field, TILL)
    with pytest.raises(KeyError):
        with_setting(mapping(), field, "707000")
