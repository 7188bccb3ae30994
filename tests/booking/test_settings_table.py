"""The table of settings, row by row: each is read where it is written, holds once it is set, and has its words."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from booking.codes import CodeKind
from booking.effective import effective_settings
from booking.fields import own_value, with_settings
from booking.mapping import MeansOverride, Overrides, SlotOverride, booking_plan
from booking.models import Mapping
from booking.places import NO, YES
from booking.setting import Group, Setting, Source
from booking.setting_labels import label
from booking.settings_table import ROWS, TABLE, find
from booking.subjects import Seen, Situation, Subject
from clyo_ingest.document import ParametersDocument
from ledger.kinds import PaymentKind
from ledger.plan import BookingPlan, MeansPlan, SlotPlan

SENT = {
    "vat": [{"slot": 2, "rate": "10.00", "sales_account": "till 1", "vat_code": "till 2", "vat_account": "till 3"}],
    "customer_account": "till 4",
    "third_party": "till 5",
    "journals": {"sales": "71", "receipts": "31", "cash": "CA"},
    "software": {"name": "Clyo", "version": "1"},
}
NOT_BOOKED_BY = {"CA", "Clyo", "1"}  # what the till says besides settings
SEEN = Seen(
    means={"CB": ("Carte", PaymentKind.CARD), "CPT": ("En compte", PaymentKind.ON_ACCOUNT)},
    families=frozenset({(2, "Cuisine")}),
    slots=frozenset({(3, Decimal("5.50"))}),
    customers=frozenset({"DUPONT"}),
)
Row = tuple[Group[Any], Setting[Any]]
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1].field)


def mapped(**values: str) -> Mapping:
    """An establishment whose till has spoken, with what people set by field."""
    mapping = Mapping(parameters=SENT)
    mapping.overrides = with_settings(mapping, values).model_dump(mode="json", exclude_defaults=True)
    return mapping


def subject_of(group: Group[Any]) -> Subject[Any]:
    """The last subject of a group: of kinds and means one that nothing is known of, so everything is asked."""
    return [*group.subjects.of(Situation.of(mapped(), SEEN))][-1]


def another_value(setting: Setting[Any], number: int) -> str:
    """A value other than by default: a code of digits, as journals need, and no for what is yes."""
    if setting.code is None:
        return NO if setting.field == "separate_refunds" else YES
    return str(9000 + number)


def everything() -> dict[str, str]:
    return {
        setting.field_of(subject_of(group).name): another_value(setting, number)
        for number, (group, setting) in enumerate(ROWS)
    }


@each_row
def test_row__set_is_in_force_and_taken_away_leaves_nothing(row: Row) -> None:
    group, setting = row
    field, value = setting.field_of(subject_of(group).name), another_value(setting, 1)
    mapping = mapped(**{field: value})
    own = Overrides.model_validate(mapping.overrides)
    assert own_value(own, field, SENT) == value
    (now,) = [it for it in effective_settings(mapping, SEEN) if it.field == field]
    assert (now.value, now.own, now.source) == (value, value, Source.RESELLER)
    assert with_settings(mapping, {field: ""}) == Overrides()


@each_row
def test_row__set_changes_no_other(row: Row) -> None:
    group, setting = row
    field = setting.field_of(subject_of(group).name)
    before = {it.field: it.own for it in effective_settings(mapped(), SEEN)}
    after = {it.field: it.own for it in effective_settings(mapped(**{field: another_value(setting, 1)}), SEEN)}
    assert {it for it in after if after[it] != before.get(it, "")} == {field}


@each_row
def test_row__is_found_by_its_field_and_no_other_is(row: Row) -> None:
    group, setting = row
    subject = subject_of(group)
    field = setting.field_of(subject.name)
    assert find(field) == (group, setting, subject.name)
    assert [it for _group, it in ROWS if it.name_in(field) is not None] == [setting]


@each_row
@pytest.mark.parametrize("language", ["en", "fr"])
def test_row__has_words(row: Row, language: str) -> None:
    group, setting = row
    with translation.override(language):
        words = label(group, setting, subject_of(group))
        english = setting.label.format_map({"name": "…", **subject_of(group).facts, "setting": "…"})
    assert words
    assert "…" not in words and "{" not in words
    if language == "fr":
        assert words != english


def test_rows__reach_all_that_people_may_set() -> None:
    own = with_settings(mapped(), everything())
    untouched = {name for name, it in Overrides.model_fields.items() if getattr(own, name) == it.get_default()}
    assert untouched == set()
    slot, former = own.slots[2], own.former_slots["3@5,50"]
    assert {name for name in SlotOverride.model_fields if not getattr(slot, name)} == set()
    assert {name for name in SlotOverride.model_fields if not getattr(former, name)} == {"family_accounts"}
    for means in (own.means["CPT"], own.means_by_kind[PaymentKind.OTHER]):
        assert {name for name in MeansOverride.model_fields if not getattr(means, name)} == set()


def test_rows__reach_all_that_a_plan_says() -> None:
    usual, other = (booking_plan(it, journal_accounts={}) for it in (mapped(), mapped(**everything())))
    same = {name for name in BookingPlan.__dataclass_fields__ if getattr(usual, name) == getattr(other, name)}
    assert same == set()
    slot = usual.slots[2], other.slots[2]
    assert {it for it in SlotPlan.__dataclass_fields__ if getattr(slot[0], it) == getattr(slot[1], it)} == {
        "slot",
        "rate",
    }
    means = MeansPlan(), other.means["CPT"]
    assert {it for it in MeansPlan.__dataclass_fields__ if getattr(means[0], it) == getattr(means[1], it)} == set()


def test_rows__reach_all_that_the_till_says() -> None:
    assert ParametersDocument.model_validate(SENT).model_dump(mode="json", exclude_unset=True) == SENT
    told = {
        str(setting.sent(SENT, subject.key))
        for group, setting in ROWS
        if setting.sent
        for subject in group.subjects.sent_in(SENT)
    }
    assert told == {it for it in texts_in(SENT) if it not in {"2", "10.00", *NOT_BOOKED_BY}}


def texts_in(document: Any) -> set[str]:
    if isinstance(document, dict):
        return {it for value in document.values() for it in texts_in(value)}
    if isinstance(document, list):
        return {it for value in document for it in texts_in(value)}
    return {str(document)}


@pytest.mark.parametrize(
    "field",
    ["", "vat", "vat[0]", "vat[x].vat_code", "vat[9].vat_code", "former[2].vat_code", "means_by_kind.x", "slots.2"],
)
def test_fields__that_are_no_settings(field: str) -> None:
    with pytest.raises((KeyError, ValueError, IndexError)):
        own_value(Overrides(), field, SENT)


def test_codes__of_every_kind_are_set_somewhere() -> None:
    assert {setting.code for _group, setting in ROWS} == {*CodeKind, None}


def test_columns__head_every_cell_of_a_row_or_none() -> None:
    assert all(len(it.columns) in (0, len(it.settings)) for it in TABLE)
