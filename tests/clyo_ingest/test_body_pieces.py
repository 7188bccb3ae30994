"""A call's bytes made into a document, without a server: what is unpacked, what is refused and with which code."""

import gzip
import io
import json
import zlib
from typing import Any

import pytest
from django.http import HttpRequest

from clyo_ingest.body import (
    BODY_MAX,
    LEVELS_MAX,
    LISTS_MAX,
    Body,
    document_of,
    is_utf_8,
    read_body,
    read_past,
    refuse_unmeasured,
    too_large,
    unpacked,
)
from clyo_ingest.errors import ApiError

JSON = "application/json"
# As many levels as may be, and one list more than there are levels.
DEEPEST = b"[" * LEVELS_MAX + b"]" * (LEVELS_MAX - 1) + b",[]]"


def body(content: bytes, content_type: str = JSON, encoding: str = "") -> Body:
    return Body(content=content, content_type=content_type, encoding=encoding)


DOCUMENTS: list[tuple[Body, Any]] = [
    (body(b'{"number": 1042}'), {"number": 1042}),
    (body(b" [1]\n"), [1]),
    (body(b"null"), None),
    (body(b'\xef\xbb\xbf{"a": 1}'), {"a": 1}),
    (body('{"é": "Café"}'.encode()), {"é": "Café"}),
    (body(b"{}", "application/json; charset=utf-8"), {}),
    (body(b"{}", 'Application/JSON ; charset="UTF8"'), {}),
    (body(b"{}", "application/json; charset=us-ascii"), {}),
    (body(b"{}", "application/json; version=1"), {}),
    (body(b"{}", encoding="identity"), {}),
    (body(gzip.compress(b'{"a": 1}'), encoding="gzip"), {"a": 1}),
    (body(gzip.compress(b'{"a": 1}'), encoding="x-gzip"), {"a": 1}),
    (body(gzip.compress(b'{"a"') + gzip.compress(b": 1}"), encoding="gzip"), {"a": 1}),
    (body(gzip.compress(b"{}") + b"and what follows", encoding="gzip"), {}),
    (body(gzip.compress(b" ") * 15 + gzip.compress(b"{}"), encoding="gzip"), {}),
    (body(b'{"a": "' + b"[" * 500 + b"]" * 500 + b'"}'), {"a": "[" * 500 + "]" * 500}),
    (body(DEEPEST), json.loads(DEEPEST)),
]


@pytest.mark.parametrize(("sent", "document"), DOCUMENTS)
def test_document(sent: Body, document: Any) -> None:
    assert document_of(sent) == document


REFUSED: list[tuple[Body, int, str]] = [
    (body(b""), 400, "not_json"),
    (body(b" \n"), 400, "not_json"),
    (body(b"\xef\xbb\xbf"), 400, "not_json"),
    (body(b'{"a": '), 400, "not_json"),
    (body(b'{"a": NaN}'), 400, "not_json"),
    (body(b"[-Infinity]"), 400, "not_json"),
    (body(b"1" * 5000), 400, "not_json"),
    (body(b'{"a": "\xff"}'), 400, "not_json"),
    (body(b"[" * 5000), 400, "not_json"),
    (body(b"[" * (LEVELS_MAX + 1) + b"]" * (LEVELS_MAX + 1)), 400, "too_deep"),
    (body(b'{"a":' * (LEVELS_MAX + 1) + b"1" + b"}" * (LEVELS_MAX + 1)), 400, "too_deep"),
    (body(b"[" + b"[]," * LISTS_MAX + b"[]]"), 400, "too_complex"),
    (body(b"{}", ""), 415, "unsupported_media_type"),
    (body(b"{}", "text/json"), 415, "unsupported_media_type"),
    (body(b"{}", "application/json; charset=latin-1"), 415, "charset_unsupported"),
    (body(b"{}", "application/json; charset=nothing"), 415, "charset_unsupported"),
    (body(b"{}", encoding="br"), 415, "unsupported_media_type"),
    (body(b"{}", encoding="gzip"), 400, "not_json"),
    (body(zlib.compress(b"{}"), encoding="gzip"), 400, "not_json"),
    (body(gzip.compress(b"{}")[:-4], encoding="gzip"), 400, "not_json"),
    (body(gzip.compress(b" ") * 16 + gzip.compress(b"{}"), encoding="gzip"), 400, "not_json"),
]


@pytest.mark.parametrize(("sent", "status", "code"), REFUSED)
def test_document__is_refused(sent: Body, status: int, code: str) -> None:
    with pytest.raises(ApiError) as refused:
        document_of(sent)
    assert (refused.value.status, refused.value.code) == (status, code)


@pytest.mark.parametrize(
    ("sent", "limit", "fits"),
    [
        (body(b"x" * 10), 10, True),
        (body(b"x" * 11), 10, False),
        (body(gzip.compress(b"x" * 1000), encoding="gzip"), 1000, True),
        (body(gzip.compress(b"x" * 1001), encoding="gzip"), 1000, False),
        (body(gzip.compress(b"x" * 600) * 2, encoding="gzip"), 1000, False),
        (body(gzip.compress(b"x" * 600) * 2, encoding="gzip"), 1200, True),
    ],
)
def test_limit__is_of_the_body_as_it_comes_and_as_it_unpacks(sent: Body, limit: int, fits: bool) -> None:
    if fits:
        assert set(unpacked(sent, limit=limit)) == {ord("x")}
    else:
        with pytest.raises(ApiError) as refused:
            unpacked(sent, limit=limit)
        assert (refused.value.status, refused.value.code) == (413, "too_large")


def test_limit__that_was_passed_is_named() -> None:
    assert "10" in too_large(10).title
    assert too_large(BODY_MAX).title == ""  # the usual sentence of `too_large` names it


@pytest.mark.parametrize(
    ("charset", "is_one"),
    [
        ("utf-8", True),
        ("UTF8", True),
        ("utf-8-sig", True),
        ("ascii", True),
        ("latin-1", False),
        ("utf-16", False),
        ("", False),
        ("a\0b", False),
    ],
)
def test_charset(charset: str, is_one: bool) -> None:
    assert is_utf_8(charset) == is_one


def request(content: bytes, **meta: Any) -> HttpRequest:
    """A call as a server hands it over: its body in a stream, which ends with it if `terminated`."""
    asked = HttpRequest()
    terminated = meta.pop("terminated", True)
    asked.META = {"wsgi.input": io.BytesIO(content), "wsgi.input_terminated": terminated, **meta}
    asked._stream = asked.META["wsgi.input"]  # type: ignore[attr-defined]
    return asked


@pytest.mark.parametrize(
    ("asked", "content"),
    [
        (request(b"0123456789", CONTENT_LENGTH="10"), b"0123456789"),
        (request(b"0123456789ABCDEF", CONTENT_LENGTH="16"), b"0123456789A"),
        (request(b"0123456789ABCDEF", HTTP_TRANSFER_ENCODING="chunked"), b"0123456789A"),
        (request(b"0123"), b"0123"),
        (request(b"", CONTENT_LENGTH=""), b""),
        # A server that does not say where the body ends would be read for ever.
        (request(b"0123", terminated=False), b""),
        (request(b"0123", HTTP_TRANSFER_ENCODING="Chunked", terminated=False), b""),
    ],
)
def test_read__a_byte_more_than_the_limit_at_most(asked: HttpRequest, content: bytes) -> None:
    assert read_body(asked, limit=10).content == content


def test_read__keeps_what_was_declared() -> None:
    asked = request(b"{}", CONTENT_LENGTH="2", CONTENT_TYPE=JSON, HTTP_CONTENT_ENCODING=" GZip ")
    assert read_body(asked, limit=10) == body(b"{}", JSON, "gzip")


@pytest.mark.parametrize(
    ("chunked", "terminated", "refused"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_body__of_which_nobody_says_where_it_ends(chunked: bool, terminated: bool, refused: bool) -> None:
    asked = request(b"", terminated=terminated, **({"HTTP_TRANSFER_ENCODING": "chunked"} if chunked else {}))
    if refused:
        with pytest.raises(ApiError) as unmeasured:
            refuse_unmeasured(asked)
        assert unmeasured.value.status == 411
    else:
        refuse_unmeasured(asked)


@pytest.mark.parametrize(
    ("meta", "begun", "left"),
    [
        ({}, False, b""),
        ({"terminated": False}, False, b"0123456789"),
        # Who waits to be told to send has sent nothing, unless it was told by being read.
        ({"HTTP_EXPECT": "100-continue"}, False, b"0123456789"),
        ({"HTTP_EXPECT": "100-continue"}, True, b""),
    ],
)
def test_read_past__to_the_end_of_what_is_sent(meta: dict[str, Any], begun: bool, left: bytes) -> None:
    asked = request(b"0123456789", **meta)
    if begun:
        read_body(asked, limit=2)
    read_past(asked, 100)
    assert asked.META["wsgi.input"].read() == left


def test_read_past__no_more_than_it_may() -> None:
    asked = request(b"0123456789")
    read_past(asked, 4)
    assert asked.META["wsgi.input"].read() == b"456789"
