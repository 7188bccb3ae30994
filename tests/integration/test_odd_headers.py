"""Odd headers to every address of the resolver: refused or ignored, never a failure; and each answer has its number."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from tests.console.test_isolation_walk import values_for
from tests.world import World
from tools.bench.addresses import every_address

CHARSETS = ["hex", "idna", "undefined", "rot13", "utf-16", "no-such\x7f"]
ODD: list[dict[str, str]] = [
    {"Accept": "application/xml"},
    {"Accept": "///;q=x"},
    {"Accept-Language": "\xe9" * 500},
    {"Authorization": "Bearer \xe9\xff"},
    {"Authorization": "Bearer clyo_\x00\x00\x00\x00\x00\x00\x00\x00_"},
    {"Content-Encoding": "\xff"},
    {"Content-Length": "-1"},
    {"Content-Type": "multipart/form-data; boundary=\xff"},
    {"Content-Type": "application/json; charset"},
    {"Cookie": 'sessionid="\\000\\000\\000\\000\\000\\000\\000\\000\\000"; csrftoken="\\000"; messages="\\000"'},
    {"Cookie": "django_language=\xff; sessionid=" + "x" * 5000},
    {"Host": "evil.example"},
    {"X-Forwarded-For": "\x00,\xff"},
    {"X-Request-ID": "\x00" * 70},
]


@pytest.fixture
def paths(here: World) -> list[str]:
    """Every address, with ids of rows that are there."""
    return [address.path(values_for(address, here.own)) for address in every_address()]


def failures(paths: list[str], **headers: str) -> list[str]:
    """Which addresses fail, or answer without a number."""
    client = Client(raise_request_exception=False)
    found = []
    for path in paths:
        for method in ("GET", "POST"):
            answer = client.generic(method, path, headers=headers)
            if answer.status_code >= 500 or not answer.headers.get("X-Request-ID"):
                found.append(f"{method} {path}: {answer.status_code}")
    return found


def test_charset__that_is_not_utf_8_fails_nowhere(paths: list[str]) -> None:
    for charset in CHARSETS:
        headers: dict[str, str] = {"Content-Type": f"application/json; charset={charset}"}
        assert (charset, failures(paths, **headers)) == (charset, [])


def test_header__fails_nowhere(paths: list[str]) -> None:
    for headers in ODD:
        assert (headers, failures(paths, **headers)) == (headers, [])


@pytest.mark.parametrize("path", ["/health/", "/console/login/", "/activation/x", "/api/v1/schema", "/api/v1/pair"])
def test_charset__is_refused_with_415(db: None, path: str) -> None:
    answer = Client().get(path, {"q": "é"}, headers={"Content-Type": "application/json; charset=hex"})
    assert answer.status_code == 415


@pytest.mark.parametrize("number", ["abc-123", "A.b_9", "x" * 64])
def test_number__is_taken_over_when_it_looks_sane(db: None, number: str) -> None:
    assert Client().get("/health/", headers={"X-Request-ID": number}).headers["X-Request-ID"] == number


@pytest.mark.parametrize("number", ["", "x" * 65, "a b", "<b>", "é"])
def test_number__is_made_when_it_does_not(db: None, number: str) -> None:
    answers = [Client().get("/health/", headers={"X-Request-ID": number}) for _ in range(2)]
    made = {answer.headers["X-Request-ID"] for answer in answers}
    assert len(made) == 2
    assert all(re.fullmatch(r"[0-9a-f]{24}", it) for it in made)


@pytest.mark.parametrize("path", ["/api/v1/till", "/api/v1/nothing", "/api/v1/log"])
def test_number__is_in_every_problem_document(db: None, path: str) -> None:
    answer: Any = Client().get(path, headers={"X-Request-ID": "caisse-1.42"})
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["request_id"] == answer.headers["X-Request-ID"] == "caisse-1.42"
