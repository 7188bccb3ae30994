"""What is asked of an address: unknown, wrong or said twice is a 422 that says what is wanted."""

import re
from typing import Any

import pytest
from django.test import Client

from clyo_ingest.schema import api_document
from clyo_ingest.urls import urlpatterns
from tests.conftest import Caller, closing

A_DAY = "date=2026-03-14"


def faults(answer: Any) -> list[tuple[str, str, str, str]]:
    assert (answer.status_code, answer.json()["code"]) == (422, "query_invalid"), answer.content
    return [(it["parameter"], it["pointer"], it["code"], it["message"]) for it in answer.json()["errors"]]


def asked(till: Caller, address: str, **headers: str) -> Any:
    return Client().get(f"/api/v1/{address}", headers=till.headers | {"Accept-Language": "en"} | headers)


WANTED = [
    ("closings?from=14/03/2026", "from", "A date is expected: YYYY-MM-DD."),
    ("closings?to=1999-01-01", "to", "The year must be between 2000 and 2100."),
    (
        "closings?state=exportd",
        "state",
        "One of these is expected: held, waiting, ready, exporting, exported, failed, archived",
    ),
    ("closings?kind=Z", "kind", "One of these is expected: general, station, drawer"),
    ("closings?number=12.0", "number", "A whole number is expected."),
    ("closings?number=0", "number", "This is too small: at least 1."),
    ("closings?cursor=x", "cursor", "Take the cursor from `next` of the page before, as it stands there."),
    ("log", "date", "A date is expected: YYYY-MM-DD."),
    (f"log?{A_DAY}&format=xml", "format", "One of these is expected: json, txt"),
]


@pytest.mark.parametrize(("address", "name", "message"), WANTED)
def test_wrong_value__is_told_what_is_wanted(till: Caller, address: str, name: str, message: str) -> None:
    assert faults(asked(till, address)) == [(name, f"/{name}", "query_invalid", message)]


def test_misspelt_filter__is_named_with_those_that_are_known(till: Caller) -> None:
    (fault,) = faults(asked(till, "closings?states=held"))
    known = "There is no such parameter. Known are: from, to, state, kind, number, cursor."
    assert fault == ("states", "/states", "query_unknown", known)


def test_parameter_twice__is_not_guessed(till: Caller) -> None:
    (fault,) = faults(asked(till, "closings?state=held&state=ready"))
    assert fault == ("state", "/state", "query_repeated", "This parameter is there twice: say it once.")
    assert [it[2] for it in faults(asked(till, f"log?{A_DAY}&{A_DAY}"))] == ["query_repeated"]


def test_all_faults__are_told_at_once(till: Caller) -> None:
    named = [it[0] for it in faults(asked(till, "closings?number=x&from=y&limit=5&kind=general&kind=drawer"))]
    assert sorted(named) == ["from", "kind", "limit", "number"]


MANY = "&".join(f"p{place}=1" for place in range(1001))
NO_ROW = "00000000-0000-4000-8000-000000000000"


def gettable() -> list[str]:
    """Every address of the till API that answers a GET, but for the schema."""
    views = [(str(it.pattern), it.callback.view_class) for it in urlpatterns]
    routes = [route for route, view in views if hasattr(view, "get") and route != "schema"]
    return [re.sub("<.*?>", NO_ROW, route) for route in routes]


@pytest.mark.parametrize("address", gettable())
@pytest.mark.parametrize("name", ["format", "nonsense"])
def test_every_address__refuses_a_parameter_it_does_not_know(till: Caller, address: str, name: str) -> None:
    if (address, name) == ("log", "format"):
        return
    told = {it[0]: it[2] for it in faults(asked(till, f"{address}?{name}=x"))}
    assert told[name] == "query_unknown"
    assert Client().get(f"/api/v1/{address}?{name}=x").status_code == 401


def test_push__is_taken_whatever_its_address_asks(till: Caller) -> None:
    answer = till._call("post", "closings?format=xml&states=1", {"kind": "general"})
    assert answer.json()["code"] == "closing_invalid"


@pytest.mark.parametrize("address", ["closings", "log", "till"])
def test_query__of_more_parameters_than_are_read_is_refused(till: Caller, address: str) -> None:
    answer = asked(till, f"{address}?{MANY}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_push__is_taken_with_more_parameters_than_are_read(till: Caller) -> None:
    assert till.post(f"closings?{MANY}", closing()).status_code == 201


@pytest.mark.parametrize(
    ("query", "accept", "content_type"),
    [
        ("", "text/plain", "text/plain; charset=utf-8"),
        ("", "application/json", "application/json"),
        ("", "image/png", "application/json"),
        ("&format=txt", "application/json", "text/plain; charset=utf-8"),
        ("&format=json", "text/plain", "application/json"),
    ],
)
def test_log__has_the_form_that_was_asked_for(till: Caller, query: str, accept: str, content_type: str) -> None:
    answer = asked(till, f"log?{A_DAY}{query}", Accept=accept)
    assert (answer.status_code, answer["Content-Type"]) == (200, content_type)


def test_schema__has_each_parameter_as_it_is_read() -> None:
    paths = api_document()["paths"]
    said = _queries_of(paths["/api/v1/closings"]["get"])
    assert said["state"]["schema"] == {"$ref": "#/components/schemas/ClosingState"}
    assert said["from"]["schema"]["format"] == "date"
    assert (said["number"]["schema"]["type"], said["number"]["schema"]["minimum"]) == ("integer", 1)
    log = _queries_of(paths["/api/v1/log"]["get"])
    assert (log["date"]["required"], log["format"]["schema"]["enum"]) == (True, ["json", "txt"])


def _queries_of(operation: dict[str, Any]) -> dict[str, Any]:
    return {it["name"]: it for it in operation["parameters"] if it.get("in") == "query"}
