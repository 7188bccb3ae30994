"""What a till may send and what the ledger books are one shape: eight classes on both sides, field by field."""

import dataclasses
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from clyo_ingest import document
from ledger import closing

# Each class of the till's document beside the ledger's.
SIDES: dict[type[BaseModel], type[Any]] = {
    document.ClosingDocument: closing.Closing,
    document.SalesLine: closing.Sale,
    document.OtherReceipt: closing.OtherReceipt,
    document.PaymentLine: closing.Payment,
    document.CashMovement: closing.CashMovement,
    document.CashCount: closing.CashCount,
    document.TicketRange: closing.TicketRange,
    document.Totals: closing.Totals,
}
# Where the ledger says another word than the till.
RENAMED = {(closing.Sale, "vat"): "slot"}
# What is kept with the push and booked nowhere.
KEPT_ONLY = {(document.ClosingDocument, name) for name in ("software", "signature", "report")}

SALE = {"vat": 2, "rate": "10.00", "net": "10.00", "tax": "1.00", "gross": "11.00", "kind": "sale", "family": "Plats"}
# Every field of every class with two values that differ; the first ones together are one whole document.
FULL: dict[type[BaseModel], dict[str, tuple[Any, Any]]] = {
    document.SalesLine: {
        "vat": (1, 2),
        "rate": ("10.00", "20.00"),
        "net": ("1.00", "2.00"),
        "tax": ("1.00", "2.00"),
        "gross": ("1.00", "2.00"),
        "kind": ("sale", "refund"),
        "family": ("Plats", "Vins"),
        "nature": ("goods", "services"),
    },
    document.OtherReceipt: {
        "kind": ("tip", "deposit"),
        "amount": ("1.00", "2.00"),
        "label": ("Salle", "Bar"),
        "account": ("DUPONT", "DURAND"),
    },
    document.PaymentLine: {
        "means": ("CB", "OFF"),
        "label": ("Carte", "Offert"),
        "kind": ("offered", "other"),
        "amount": ("1.00", "2.00"),
        "count": (1, 2),
        "account": ("DUPONT", "DURAND"),
        "sales": ([SALE], [SALE, SALE]),
    },
    document.CashMovement: {
        "kind": ("expense", "other"),
        "amount": ("-1.00", "-2.00"),
        "label": ("Pain", "Lait"),
        "tax": ("-0.10", "-0.20"),
    },
    document.CashCount: {
        "float_open": ("1.00", "2.00"),
        "movements": ([{"kind": "other", "amount": "1.00"}], [{"kind": "other", "amount": "2.00"}]),
        "expected": ("1.00", "2.00"),
        "counted": ("1.00", "2.00"),
        "banked": ("1.00", "2.00"),
        "float_left": ("1.00", "2.00"),
    },
    document.TicketRange: {
        "station": ("A", "B"),
        "first": (1, 2),
        "last": (8, 9),
        "count": (8, 9),
        "cancelled": (1, 2),
    },
    document.Totals: {
        "gross": ("1.00", "2.00"),
        "perpetual_before": ("1.00", "2.00"),
        "perpetual_after": ("1.00", "2.00"),
    },
    document.ClosingDocument: {
        "kind": ("station", "drawer"),
        "scope": ("A", "B"),
        "number": (1, 2),
        "business_date": ("2026-03-14", "2026-03-15"),
        "opened_at": ("2026-03-14T08:00:00+01:00", "2026-03-14T09:00:00+01:00"),
        "closed_at": ("2026-03-14T22:00:00+01:00", "2026-03-14T23:00:00+01:00"),
        "currency": ("EUR", "CHF"),
        "training": (True, False),
        "tickets": (
            [{"station": "A", "first": 1, "last": 2, "count": 2}],
            [{"station": "B", "first": 1, "last": 2, "count": 2}],
        ),
        "sales": ([SALE], [SALE, SALE]),
        "other_receipts": ([{"kind": "tip", "amount": "1.00"}], [{"kind": "tip", "amount": "2.00"}]),
        "payments": (
            [{"means": "CB", "kind": "card", "amount": "1.00"}],
            [{"means": "CB", "kind": "card", "amount": "2.00"}],
        ),
        "cash": ({"counted": "1.00"}, {"counted": "2.00"}),
        "totals": ({"gross": "1.00"}, {"gross": "2.00"}),
    },
}
FIELDS = [(model, name) for model in SIDES for name in model.model_fields if (model, name) not in KEPT_ONLY]


def read(model: type[BaseModel], sent: dict[str, Any]) -> Any:
    """The ledger's value of what is stored when a till sends this. Raises `ValidationError` where a till is refused."""
    return SIDES[model].from_document(model.model_validate(sent).model_dump(mode="json"))


def full(model: type[BaseModel], **instead: Any) -> dict[str, Any]:
    return {name: first for name, (first, _second) in FULL[model].items()} | instead


@pytest.mark.parametrize(("model", "booked"), SIDES.items(), ids=lambda it: it.__name__)
def test_fields__are_the_same_on_both_sides(model: type[BaseModel], booked: type[Any]) -> None:
    sent = {RENAMED.get((booked, name), name) for name in model.model_fields if (model, name) not in KEPT_ONLY}
    assert sent == {field.name for field in dataclasses.fields(booked)}


@pytest.mark.parametrize(("model", "name"), FIELDS, ids=lambda it: it if isinstance(it, str) else it.__name__)
def test_field__that_a_till_sends_is_read(model: type[BaseModel], name: str) -> None:
    first, second = FULL[model][name]
    one, other = read(model, full(model)), read(model, full(model, **{name: second}))
    field = RENAMED.get((SIDES[model], name), name)
    assert getattr(one, field) != getattr(other, field), f"{first} and {second} are booked as one"


@pytest.mark.parametrize(("model", "name"), FIELDS, ids=lambda it: it if isinstance(it, str) else it.__name__)
def test_field__may_be_left_out_on_both_sides_or_on_none(model: type[BaseModel], name: str) -> None:
    sent = full(model)
    del sent[name]
    if model.model_fields[name].is_required():
        with pytest.raises(ValidationError):
            read(model, sent)
        with pytest.raises(KeyError):
            SIDES[model].from_document(sent)
    else:
        assert SIDES[model].from_document(sent) == read(model, sent), "both take the same for what is not there"


def test_every_class_of_the_ledgers_closing__has_a_side() -> None:
    of_the_ledger = {it for it in vars(closing).values() if dataclasses.is_dataclass(it)}
    assert of_the_ledger == {*SIDES.values()}
