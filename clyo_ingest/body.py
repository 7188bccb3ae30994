"""The body of a call, however it was sent: one way to read its bytes, one way to make a document of them."""

import codecs
import json
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NoReturn

from django.http import HttpRequest
from django.http.request import UnreadablePostError
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from clyo_ingest.errors import ApiError
from clyo_ingest.json_faults import fault_of

BODY_MAX = 2 * 1024 * 1024
SMALL_BODY_MAX = 10_000
LEVELS_MAX = 64
# More lists than any till sends in 2 MiB. Parsing a million of them would take a process a second.
LISTS_MAX = 100_000
CHUNK = 64 * 1024
BEGUN = "BODY_BEGUN"  # in `request.META`, of a body that was begun to be read
GZIP_WINDOW = 16 + zlib.MAX_WBITS
GZIP_NAMES = ("gzip", "x-gzip")  # one and the same to whoever receives it: RFC 9110, 8.4.1.3
GZIP_MAGIC, GZIP_MEMBERS_MAX = b"\x1f\x8b", 16
# A string without an end matches too, so that each quote is read once, whatever is sent.
STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
ALIKE = bytes.maketrans(b"{}", b"[]")
NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The bytes as they came, with what was declared of them."""

    content: bytes
    content_type: str
    encoding: str


def read_body(request: HttpRequest, *, limit: int) -> Body:
    """Read at most one byte more than `limit`, which shows that it is too large. Empty if the body's end is unknown.

    Django reads nothing of a body without `Content-Length`, so the server's own stream is read, which ends with the
    body.
    """
    request.META[BEGUN] = True
    return Body(
        content=_read(request, limit + 1),
        content_type=request.headers.get("Content-Type", ""),
        encoding=request.headers.get("Content-Encoding", "").strip().lower(),
    )


def refuse_unmeasured(request: HttpRequest) -> None:
    """Raises `ApiError` 411 when there is a body of which neither the call nor the server says where it ends."""
    if _in_chunks(request) and not request.META.get("wsgi.input_terminated"):
        raise ApiError(HTTPStatus.LENGTH_REQUIRED, "length_required")


def read_past(request: HttpRequest, most: int) -> None:
    """Read the rest of the body, at most `most` bytes, and throw it away.

    A client with `Expect: 100-continue` that was not told to go on has sent nothing: then nothing is read.
    """
    told_to_send = BEGUN in request.META or "HTTP_EXPECT" not in request.META
    if told_to_send and request.META.get("wsgi.input_terminated"):
        with suppress(OSError):
            for _part in _chunks(request, most):
                pass


def document_of(body: Body, *, limit: int = BODY_MAX) -> Any:
    """The JSON value. A byte order mark before it is ignored. Raises `ApiError` 413, 415 or 400."""
    _refuse_other_types(body.content_type)
    content = unpacked(body, limit=limit).removeprefix(codecs.BOM_UTF8)
    if not content.strip():
        _not_json(_("The body is empty."))
    _refuse_deep(content)
    try:
        return json.loads(content.decode(), parse_constant=_no_number)
    except UnicodeDecodeError as error:
        _not_json(_("Byte {place} is not UTF-8. Send JSON in UTF-8.").format(place=error.start), error)
    except json.JSONDecodeError as error:
        _not_json(fault_of(error), error)
    except RecursionError as error:
        _not_json(_("A bracket is never closed."), error)
    except ValueError as error:
        _not_json(_("A number in it is NaN, infinite or has thousands of digits."), error)


def unpacked(body: Body, *, limit: int = BODY_MAX) -> bytes:
    """The body without its gzip, at most `limit`. Raises `ApiError` 413, 415 or 400."""
    if len(body.content) > limit:
        raise too_large(limit)
    if body.encoding in ("", "identity"):
        return body.content
    if body.encoding not in GZIP_NAMES:
        raise ApiError(415, "unsupported_media_type", detail=_("The only Content-Encoding that is taken is gzip."))
    try:
        return _unzip(body.content, limit)
    except zlib.error as error:
        _not_json(_("The body is not gzip, although Content-Encoding says so."), error)


def _unzip(rest: bytes, limit: int) -> bytes:
    """Unpack all members of gzip data (RFC 1952); data after the last member is ignored."""
    content = b""
    for _member in range(GZIP_MEMBERS_MAX):
        unzip = zlib.decompressobj(GZIP_WINDOW)
        # Never unpacks more than one byte beyond the limit: a gzip bomb costs nothing.
        content += unzip.decompress(rest, limit + 1 - len(content))
        if len(content) > limit:
            raise too_large(limit)
        if not unzip.eof:
            _not_json(_("The gzip data ends too early."))
        rest = unzip.unused_data
        if not rest.startswith(GZIP_MAGIC):
            return content
    raise ApiError(400, "not_json", detail=_("The gzip data has too many parts. Send it as one."))


def too_large(limit: int) -> ApiError:
    """The 413 that names the limit which was passed."""
    if limit == BODY_MAX:
        return ApiError(413, "too_large")
    title = _("The body is larger than {limit} bytes. Send less and try again.").format(
        limit=number_format(limit, force_grouping=True)
    )
    return ApiError(413, "too_large", title=title)


def is_utf_8(charset: str) -> bool:
    """Whether a declared charset is UTF-8, in any of its spellings, or US-ASCII, which is part of it."""
    try:
        return codecs.lookup(charset).name in ("utf-8", "utf-8-sig", "ascii")
    except (LookupError, ValueError):
        return False


def _read(request: HttpRequest, most: int) -> bytes:
    try:
        if _in_chunks(request) or not request.META.get("CONTENT_LENGTH"):
            terminated = request.META.get("wsgi.input_terminated")
            return b"".join(_chunks(request, most)) if terminated else b""
        return request.read(most)
    except UnreadablePostError as error:
        raise ApiError(400, "not_json", detail=_("The body ends too early.")) from error


def _chunks(request: HttpRequest, most: int) -> Iterator[bytes]:
    while most > 0 and (part := request.META["wsgi.input"].read(min(most, CHUNK))):
        most -= len(part)
        yield part


def _in_chunks(request: HttpRequest) -> bool:
    return "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()


def _refuse_other_types(declared: str) -> None:
    media_type, *parameters = declared.split(";")
    if media_type.strip().lower() != "application/json":
        raise ApiError(415, "unsupported_media_type")
    for parameter in parameters:
        name, _equals, value = parameter.partition("=")
        if name.strip().lower() == "charset" and not is_utf_8(value.strip().strip('"')):
            raise ApiError(415, "charset_unsupported")


def _refuse_deep(content: bytes) -> None:
    """Raises `ApiError` 400 for well-formed brackets deeper than 64 levels, and for more lists than a parser makes in
    time, before any follows them."""
    if content.translate(ALIKE, NO_BRACKETS).count(b"[") <= LEVELS_MAX:
        return
    bare = STRINGS.sub(b"", content)
    if bare.count(b"[") > LISTS_MAX:
        raise ApiError(400, "too_complex")
    brackets = bare.translate(ALIKE, NO_BRACKETS)
    closed = brackets.count(b"[") == brackets.count(b"]")
    for _level in range(LEVELS_MAX):
        brackets = brackets.replace(b"[]", b"")
    if brackets and closed:
        raise ApiError(400, "too_deep")


def _no_number(_constant: str) -> NoReturn:
    raise ValueError


def _not_json(detail: str, cause: Exception | None = None) -> NoReturn:
    raise ApiError(400, "not_json", detail=detail) from cause
