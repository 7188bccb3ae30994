"""Bodies as clients really send them: every call of the till API reads them in one way."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client

from clyo_ingest.body import LEVELS_MAX, SMALL_BODY_MAX
from clyo_ingest.models import Push
from tests.clyo_ingest.given import kept
from tests.conftest import PARAMETERS, Caller, closing

BOM = b"\xef\xbb\xbf"


@pytest.fixture(autouse=True)
def nobody_guessed_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def call(till: Caller, path: str, body: bytes, content_type: str = "application/json", **headers: str) -> Any:
    method = "PUT" if path == "parameters" else "POST"
    return Client().generic(method, f"/api/v1/{path}", body, content_type, headers=till.headers | headers)


def nested(levels: int) -> bytes:
    return b'{"a":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


@pytest.mark.parametrize("path", ["closings", "parameters", "exports", "pair"])
def test_nesting__is_bounded_on_every_call(till: Caller, path: str) -> None:
    deepest, deeper = call(till, path, nested(LEVELS_MAX)), call(till, path, nested(LEVELS_MAX + 1))
    assert deepest.status_code == 422
    assert (deeper.status_code, deeper.json()["code"]) == (400, "too_deep")
    assert call(till, path, nested(4_500)).json()["code"] == "too_deep"


def test_brackets_in_a_text__are_no_nesting(till: Caller) -> None:
    assert till.post("closings", closing(notes='[{"\\[' * 200)).status_code == 201


@pytest.mark.parametrize("path", ["closings", "parameters", "exports", "pair"])
def test_byte_order_mark_and_gzip__are_taken_on_every_call(till: Caller, path: str) -> None:
    for body, headers in [(BOM + b"{}", {}), (gzip.compress(BOM + b"{}"), {"Content-Encoding": "gzip"})]:
        assert call(till, path, body, **headers).status_code == 422


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b" ", "The body is empty."),
        (b'{"number": 1042', "A comma is missing at line 1 column 16."),
        ('{"name": "Café"}'.encode("latin-1"), "Byte 13 is not UTF-8. Send JSON in UTF-8."),
        (b'{"number": NaN}', "A number in it is NaN, infinite or has thousands of digits."),
        (b'{"number": -Infinity}', "A number in it is NaN, infinite or has thousands of digits."),
        (b"9" * 5000, "A number in it is NaN, infinite or has thousands of digits."),
        (b"[" * 9_000, "A bracket is never closed."),
    ],
    ids=["empty", "cut", "latin-1", "nan", "infinity", "digits", "open"],
)
@pytest.mark.parametrize("path", ["closings", "exports"])
def test_not_json__says_what_is_wrong(till: Caller, path: str, body: bytes, told: str) -> None:
    answer = call(till, path, body, **{"Accept-Language": "en"})
    assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (400, "not_json", told)


@pytest.mark.parametrize("path", ["exports", "pair"])
def test_too_large__names_the_limit_that_holds(till: Caller, path: str) -> None:
    answer = call(till, path, b'"' + b"a" * SMALL_BODY_MAX + b'"', **{"Accept-Language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert answer.json()["title"] == "The body is larger than 10,000 bytes. Send less and try again."


@pytest.mark.parametrize("charset", ["hex", "idna", "undefined", "iso-8859-1", "no-such", '"utf-16"'])
def test_charset__that_is_not_utf_8_is_refused_and_the_push_kept(till: Caller, charset: str) -> None:
    body = json.dumps(closing()).encode()
    answer = call(till, "closings", body, f"application/json; charset={charset}")
    assert (answer.status_code, answer.json()["code"]) == (415, "charset_unsupported")
    assert kept(till) == [(415, "charset_unsupported")]
    assert bytes(Push.objects.get().body) == body


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", '"utf-8"', "us-ascii"])
def test_charset__that_is_utf_8_is_taken_in_every_spelling(till: Caller, charset: str) -> None:
    body = json.dumps(closing()).encode()
    assert call(till, "closings", body, f"application/json; charset={charset}").status_code == 201


def test_declared_type_with_a_nul__is_refused_and_the_push_kept(till: Caller) -> None:
    answer = call(till, "closings", b"{}", "application/\0json", **{"Content-Encoding": "\0"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert kept(till) == [(415, "unsupported_media_type")]


def test_parameters__that_are_taken_are_noted_too(till: Caller) -> None:
    assert till.put("parameters", PARAMETERS).status_code == 200
    assert kept(till) == [(200, "")]


def test_x_gzip__is_gzip(till: Caller) -> None:
    assert call(till, "closings", gzip.compress(b"{}"), **{"Content-Encoding": "x-gzip"}).status_code == 422


def test_lists__are_bounded_in_number(till: Caller) -> None:
    for lists, told in [(100_000, (422, "closing_invalid")), (100_001, (400, "too_complex"))]:
        answer = call(till, "closings", b"[" + b",".join([b"[]"] * (lists - 1)) + b"]")
        assert (answer.status_code, answer.json()["code"]) == told


def test_gzip__of_several_members_is_one_body(till: Caller) -> None:
    body = json.dumps(closing()).encode()
    parts = [body[:50], body[50:99], body[99:]]
    sent = b"".join(map(gzip.compress, parts))
    assert call(till, "closings", sent, **{"Content-Encoding": "gzip"}).status_code == 201
    many = b"".join(gzip.compress(b" ") for _ in range(5000))
    answer = call(till, "closings", many, **{"Content-Encoding": "gzip", "Accept-Language": "en"})
    assert (answer.status_code, answer.json()["detail"]) == (400, "The gzip data has too many parts. Send it as one.")


def test_failure_of_ours__is_noted_with_the_push(till: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("clyo_ingest.former.receive", broken)
    assert till.post("closings", closing()).status_code == 500
    assert kept(till) == [(500, "server_error")]


def test_body_without_an_end__is_411_and_noted(transactional_db: None, till: Caller) -> None:
    """A server that does not say where the body ends: nothing of it can be read, and the till hears why."""
    with httpx.Client(transport=httpx.WSGITransport(app=WSGIHandler()), base_url="http://localhost") as web:
        answer = web.post("/api/v1/closings", content=iter([b"{}"]), headers=till.headers | JSON)
        assert (answer.status_code, answer.json()["code"]) == (411, "length_required")
        assert kept(till) == [(411, "length_required")]
        assert web.post("/api/v1/exports", content=iter([b"{}"]), headers=till.headers | JSON).status_code == 411


JSON = {"Content-Type": "application/json"}
