"""What is in force, setting by setting, and whose value it is: the till's, people's, or the default."""

from decimal import Decimal
from typing import Any

import pytest

from booking.effective import InForce, effective_settings
from booking.models import Mapping
from booking.setting import Source
from booking.subjects import Seen
from ledger.closing import PaymentKind

SENT = {"slot": 2, "rate": "10.00", "sales_account": "706000", "vat_code": "VR"}
TILL = {
    "vat": [SENT, {"slot": 4, "rate": "0.00"}],
    "customer_account": "411000",
    "third_party": "0000002",
    "journals": {"sales": "71", "receipts": "CA"},
}
BY_TILL, BY_PEOPLE, BY_DEFAULT = Source.TILL, Source.RESELLER, Source.DEFAULT


def in_force(
    overrides: dict[str, Any] | None = None, seen: Seen | None = None, former: list[dict[str, Any]] | None = None
) -> dict[str, InForce]:
    mapping = Mapping(parameters=TILL, overrides=overrides or {}, former_slots=former or [])
    settings = effective_settings(mapping, seen)
    assert len({it.field for it in settings}) == len(settings)
    return {it.field: it for it in settings}


ROWS: list[tuple[dict[str, Any], str, str, Source]] = [
    ({}, "customer_account", "411000", BY_TILL),
    ({"customer_account": "411900"}, "customer_account", "411900", BY_PEOPLE),
    ({}, "third_party", "0000002", BY_TILL),
    ({}, "journals.sales", "71", BY_TILL),
    ({"sales_journal": "72"}, "journals.sales", "72", BY_PEOPLE),
    # A journal that is no number is none of Exact's: the default is taken (till API).
    ({}, "journals.receipts", "30", BY_DEFAULT),
    ({}, "payment_condition", "", BY_DEFAULT),
    ({"payment_condition": "30"}, "payment_condition", "30", BY_PEOPLE),
    ({}, "vat[0].sales_account", "706000", BY_TILL),
    ({}, "vat[0].vat_account", "445712", BY_DEFAULT),
    ({"slots": {"2": {"vat_account": "445799"}}}, "vat[0].vat_account", "445799", BY_PEOPLE),
    ({"slots": {"2": {"vat_code": "VX"}}}, "vat[0].vat_code", "VX", BY_PEOPLE),
    ({"slots": {"4": {"vat_code": "VX"}}}, "vat[0].vat_code", "VR", BY_TILL),
    ({}, "means_by_kind.card", "511500", BY_DEFAULT),
    ({"means_by_kind": {"card": {"account": "511501"}}}, "means_by_kind.card", "511501", BY_PEOPLE),
    # A kind that people gave a journal keeps no account by default.
    ({"means_by_kind": {"card": {"journal": "20"}}}, "means_by_kind.card", "", BY_DEFAULT),
    ({"means_by_kind": {"card": {"journal": "20"}}}, "means_by_kind_journal.card", "20", BY_PEOPLE),
    ({"means": {"CB": {"account": "511502"}}}, "means.CB", "511502", BY_PEOPLE),
    ({}, "receipts.tip", "426100", BY_DEFAULT),
    ({}, "receipts.rounding", "", BY_DEFAULT),
    ({}, "movements.expense", "607000", BY_DEFAULT),
    ({}, "shortage", "658000", BY_DEFAULT),
    ({}, "suspense", "471000", BY_DEFAULT),
    ({"suspense_account": "471100"}, "suspense", "471100", BY_PEOPLE),
    ({}, "banked", "", BY_DEFAULT),
    ({"named_customers": {"DUPONT": "12"}}, "customers.DUPONT", "12", BY_PEOPLE),
    ({"slots": {"2": {"family_accounts": {"Vins": "706100"}}}}, "family.2.Vins", "706100", BY_PEOPLE),
    ({}, "separate_refunds", "yes", BY_DEFAULT),
    ({"separate_refunds": False}, "separate_refunds", "no", BY_PEOPLE),
]


@pytest.mark.parametrize(("overrides", "field", "value", "source"), ROWS)
def test_setting(overrides: dict[str, Any], field: str, value: str, source: Source) -> None:
    setting = in_force(overrides)[field]
    assert (setting.value, setting.source) == (value, source)
    assert setting.own == (value if source is BY_PEOPLE else "")


SEEN: list[tuple[dict[str, Any], Seen, str, str, Source]] = [
    # A means of payment that came goes where its kind goes, until it is mapped by itself.
    ({}, Seen(means={"CB": ("Carte", PaymentKind.CARD)}), "means.CB", "511500", BY_DEFAULT),
    (
        {"means_by_kind": {"card": {"account": "511501"}}},
        Seen(means={"CB": ("Carte", PaymentKind.CARD)}),
        "means.CB",
        "511501",
        BY_PEOPLE,
    ),
    ({}, Seen(means={"BON": ("Bon", PaymentKind.OTHER)}), "means.BON", "", BY_DEFAULT),
    ({}, Seen(families=frozenset({(2, "Vins")})), "family.2.Vins", "706000", BY_TILL),
    ({}, Seen(families=frozenset({(9, "Vins")})), "family.9.Vins", "", BY_TILL),
    ({}, Seen(customers=frozenset({"DURAND"})), "customers.DURAND", "DURAND", BY_TILL),
    ({}, Seen(slots=frozenset({(2, Decimal("5.50"))})), "former[2@5,50].vat_code", "", BY_TILL),
]


@pytest.mark.parametrize(("overrides", "seen", "field", "value", "source"), SEEN)
def test_setting__of_what_closings_brought(
    overrides: dict[str, Any], seen: Seen, field: str, value: str, source: Source
) -> None:
    assert field not in in_force(overrides) or overrides
    setting = in_force(overrides, seen)[field]
    assert (setting.value, setting.source, setting.own) == (value, source, "")


def test_slot__at_a_rate_it_had_is_a_setting_and_at_its_own_it_is_not() -> None:
    former = [SENT | {"rate": "5.50", "vat_code": "VB"}]
    settings = in_force(former=former, seen=Seen(slots=frozenset({(2, Decimal("10.00"))})))
    assert settings["former[2@5,50].vat_code"].value == "VB"
    assert not [field for field in settings if field.startswith("former[2@10")]


@pytest.mark.parametrize(
    ("kind", "asked"), [(PaymentKind.ON_ACCOUNT, True), (PaymentKind.PLATFORM, True), (PaymentKind.CARD, False)]
)
def test_third_party__is_asked_for_means_that_somebody_owes(kind: PaymentKind, asked: bool) -> None:
    settings = in_force(seen=Seen(means={"X": ("X", kind)}))
    assert ("means_party.X" in settings) == (f"means_by_kind_party.{kind.value}" in settings) == asked


def test_slot__that_is_sent_only_because_there_are_ten_is_marked_as_unused() -> None:
    settings = in_force()
    assert settings["vat[0].vat_code"].facts == {"slot": "2", "rate": "10.00"}
    assert settings["vat[1].vat_code"].facts == {"slot": "4", "rate": "0.00", "unused": "yes"}
