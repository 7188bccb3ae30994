"""The same closing in other words is the same closing; what is booked or proven otherwise is named where it stands."""

from collections.abc import Callable
from typing import Any

import pytest

from clyo_ingest import document as documents
from exports.models import StoredClosing
from tests.conftest import Caller, closing, colleague

Change = Callable[[dict[str, Any]], None]


def given() -> dict[str, Any]:
    document = closing(software={"name": "Clyo", "version": "5.12.9"}, signature={"value": "abc", "previous": "xyz"})
    document["report"] = {"content_type": "application/pdf", "base64": "JVBERi0="}
    document["cash"] = {"float_open": "150.00", "expected": "475.00", "counted": "475.00"}
    return document


def newer_software(document: dict[str, Any]) -> None:
    document["software"]["version"] = "5.13.0"


def without_software(document: dict[str, Any]) -> None:
    del document["software"]


def in_utc(document: dict[str, Any]) -> None:
    document |= {"opened_at": "2026-03-14T07:55:00Z", "closed_at": "2026-03-14T23:40:00.000+00:00"}


def other_order(document: dict[str, Any]) -> None:
    document["sales"].reverse()
    document["payments"].reverse()


def reprinted(document: dict[str, Any]) -> None:
    document["report"]["base64"] = "JVBERi1="


def not_reprinted(document: dict[str, Any]) -> None:
    del document["report"]


def told_empty(document: dict[str, Any]) -> None:
    document["sales"][0] |= {"family": "", "nature": ""}
    document["payments"][0] |= {"account": "", "sales": []}
    document["cash"]["movements"] = []
    document["cash"]["banked"] = None


def zeros_before(document: dict[str, Any]) -> None:
    document["other_receipts"][0]["amount"] = "025.00"
    document["cash"]["float_open"] = "00150.00"


@pytest.mark.parametrize(
    "change",
    [zeros_before, newer_software, without_software, in_utc, other_order, reprinted, not_reprinted, told_empty],
)
def test_other_words__are_the_same_closing(till: Caller, change: Change) -> None:
    first = till.post("closings", given())
    document = given()
    change(document)
    again = till.post("closings", document)
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    assert StoredClosing.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        (lambda it: it["sales"][1].update(net="249.99", tax="50.00"), ["/sales/1"]),
        (lambda it: it["payments"].reverse() or it["payments"][0].update(amount="199.99"), ["/payments/0"]),
        (lambda it: it["payments"].pop(), ["/payments"]),
        (lambda it: it.update(business_date="2026-03-13"), ["/business_date"]),
        (lambda it: it["totals"].update(perpetual_before="904211.11"), ["/totals/perpetual_before"]),
        (lambda it: it["signature"].update(value="abd"), ["/signature/value"]),
        (lambda it: it.update(training=True), ["/training"]),
        (lambda it: it.pop("cash"), ["/cash"]),
        (lambda it: it["cash"].update(movements=[{"kind": "other", "amount": "1.00"}]), ["/cash/movements/0"]),
        (lambda it: it["tickets"][0].update(last=80534, count=123), ["/tickets/0"]),
    ],
)
def test_other_content__is_named_where_it_stands(till: Caller, change: Any, pointers: list[str]) -> None:
    till.post("closings", given())
    document = given()
    change(document)
    answer = till.post("closings", document)
    assert answer.status_code == 409
    assert [it["pointer"] for it in answer.json()["errors"]] == pointers


def test_a_new_optional_field__makes_no_old_closing_another(till: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    till.post("closings", given())

    class Newer(documents.ClosingDocument):
        covers: int | None = None
        channels: list[str] = []

    monkeypatch.setattr("clyo_ingest.api.ClosingDocument", Newer)
    assert till.post("closings", given()).status_code == 200
    assert till.post("closings", given() | {"covers": 41}).status_code == 409


def test_conflict__links_the_closing_that_stands(till: Caller) -> None:
    first = till.post("closings", given()).json()
    document = given()
    document["sales"][1].update(net="249.99", tax="50.01")
    refusal = till.post("closings", document).json()
    assert (refusal["id"], refusal["links"]) == (first["id"], first["links"])
    assert till.get(refusal["links"]["self"].partition("/api/v1/")[2]).json()["id"] == first["id"]
    assert "support" in refusal["detail"]


def test_conflict__of_a_colleagues_number_is_none(till: Caller) -> None:
    till.post("closings", given())
    other = given() | {"tickets": [], "totals": None, "signature": None}
    other["sales"][1].update(net="249.99", tax="50.01")
    assert colleague(till).post("closings", other).status_code == 201
