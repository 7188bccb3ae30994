"""The guard that holds every answer of the tests against the served document sees each way of not being true."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from clyo_ingest import answer_body, api
from tests.conftest import Caller, closing
from tests.true_schema import Untrue, check_answer

PROBLEM = {
    "type": "urn:clyo-exact:problem:not_found",
    "title": "There is nothing here.",
    "status": 404,
    "code": "not_found",
    "detail": "There is nothing here.",
}


def answer(status: int, body: Any, media: str = "application/problem+json", **headers: str) -> HttpResponse:
    numbered = {"X-Request-ID": "1"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponseOfClient(json.dumps(body), status=status, content_type=media, headers=numbered)


class HttpResponseOfClient(HttpResponse):
    """The test client's answers can be read as JSON."""

    def json(self) -> Any:
        return json.loads(self.content)


def test_true_answer__passes() -> None:
    check_answer("GET", "/api/v1/parameters", answer(404, PROBLEM))
    check_answer("GET", "/api/v1/nowhere", answer(404, PROBLEM))
    check_answer("GET", "/console/", answer(418, "of the console"))


@pytest.mark.parametrize(
    ("untrue", "why"),
    [
        (answer(418, PROBLEM), "the status is not declared"),
        (answer(404, PROBLEM, "application/json"), "the media type application/json is not declared"),
        (answer(404, PROBLEM | {"hint": "new"}), "Additional properties are not allowed ('hint' was unexpected)"),
        (answer(404, {**PROBLEM, "status": "404"}), 'is not of type "integer" at status'),
        (answer(404, {**PROBLEM, "code": "no_such_code"}), '"no_such_code" is not one of'),
        (answer(404, {"code": "not_found"}), "is a required property"),
        (answer(404, PROBLEM, Location="/"), "the header location is not declared"),
        (answer(429, PROBLEM), "the status is not declared"),
    ],
)
def test_untrue_answer__is_seen(untrue: HttpResponse, why: str) -> None:
    with pytest.raises(Untrue) as seen:
        check_answer("GET", "/api/v1/parameters", untrue)
    assert why in str(seen.value)


def test_good_answer_of_no_operation__is_seen() -> None:
    with pytest.raises(Untrue, match="there is no such operation"):
        check_answer("PUT", "/api/v1/till", answer(200, {}, "application/json"))


def test_header_that_is_declared_and_missing__is_seen() -> None:
    with pytest.raises(Untrue, match="the header retry-after is declared, and not there"):
        check_answer("GET", "/api/v1/activation", answer(429, PROBLEM))


def test_field_nobody_has_written_down__fails_the_test_that_meets_it(
    till: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        api, "answered", lambda body, status=200: api.Response(answer_body.written(body) | {"new": 1}, status)
    )
    with pytest.raises(Untrue, match=r"POST /api/v1/closings → 201: .*'new' was unexpected"):
        till.post("closings", closing())
    with pytest.raises(Untrue, match="'new' was unexpected"):
        Client().get("/api/v1/till", headers=till.headers)
