"""A till sees its own closings and nobody else's."""

import pytest
from django.test import Client

from clyo_ingest.models import ReceivedClosing
from tests.clyo_ingest.given import stranger
from tests.conftest import Caller, closing, colleague


@pytest.fixture(params=["colleague", "stranger"])
def other(request: pytest.FixtureRequest, till: Caller) -> Caller:
    """Another till: of the same establishment, and of another customer."""
    return colleague(till) if request.param == "colleague" else stranger()


def test_closing__of_another_till_is_404(till: Caller, other: Caller) -> None:
    closing_id = till.post("closings", closing()).json()["id"]
    theirs, nowhere = other.get(f"closings/{closing_id}"), other.get("closings/00000000-0000-4000-8000-000000000000")
    shown, empty = [{**it.json(), "request_id": ""} for it in (theirs, nowhere)]
    assert (theirs.status_code, shown) == (404, empty)
    assert till.get(f"closings/{closing_id}").status_code == 200


@pytest.mark.parametrize("query", [{}, {"number": "1042"}, {"from": "2026-03-01"}, {"state": "waiting"}])
def test_list__never_holds_another_tills(till: Caller, other: Caller, query: dict[str, str]) -> None:
    till.post("closings", closing())
    assert other.get("closings", data=query).json() == {"results": [], "next": None}


def test_cursor__of_another_till_shows_nothing(till: Caller, other: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clyo_ingest.api.PAGE", 1)
    for number in (1042, 1043):
        till.post("closings", closing(number))
    address = till.get("closings").json()["next"].partition("/api/v1/")[2]
    assert len(till.get(address).json()["results"]) == 1
    assert other.get(address).json()["results"] == []


def test_till__says_nothing_of_another_tills_closings(till: Caller, other: Caller) -> None:
    till.post("closings", closing())
    assert other.get("till").json()["last_closings"] == []


def test_identity__is_each_tills_own(till: Caller, other: Caller) -> None:
    mine = till.post("closings", closing())
    theirs = other.post("closings", closing(business_date="2026-03-15"))
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert ReceivedClosing.objects.count() == 2


@pytest.mark.parametrize("path", ["till", "parameters", "closings", "closings/00000000-0000-4000-8000-000000000000"])
def test_reading__without_a_key_is_401(db: None, path: str) -> None:
    answer = Client().get(f"/api/v1/{path}")
    assert (answer.status_code, answer.json()["code"]) == (401, "key_missing")
