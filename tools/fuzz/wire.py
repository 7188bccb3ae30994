"""Breaks in how a call is sent: its bytes, their encoding and length, headers, method, address and query."""

import gzip
import zlib
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import quote

from hypothesis import strategies as st

from tools.fuzz.call import IN_CHUNKS, Call
from tools.fuzz.texts import FORMATS, MARKUP, anything

Break: TypeAlias = Callable[[st.DrawFn, Call], Call]

BOMB = gzip.compress(b" " * 30_000_000)
LEVELS = (60, 65, 1_000, 5_000, 100_000)
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "utf-7", "utf-8-sig", "cp037")
CONTENT_TYPES = (
    *(None, "", "application/json", "APPLICATION/JSON", "application/json;", "application/json; charset=utf-8"),
    *("application/json; charset=hex", "application/json; charset=idna", "application/json; charset=utf-16"),
    *("application/json;charset=\xff", "application/json; charset=undefined", "text/json", "application/xml"),
    *("application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", "a" * 300),
    *('application/json; charset="utf-8"', "application/json; charset=", "application/problem+json", "\x00"),
)
CONTENT_ENCODINGS = (
    None,
    "",
    "gzip",
    "GZIP",
    " gzip ",
    "x-gzip",
    "deflate",
    "br",
    "identity",
    "gzip, gzip",
    "\xff",
    "z" * 99,
)
HEADERS: dict[str, tuple[str | None, ...]] = {
    "Accept": ("application/xml", "text/plain", "*/*;q=0", "///;q=x", "application/problem+json", "text/html", "\xff"),
    "Accept-Language": ("en", "fr-FR,fr;q=0.9", "zz", "*", "en;q=x", "e" * 900, "\xe9" * 400, "en,<fuzz>"),
    "Accept-Encoding": ("gzip", "br;q=1, *;q=0", "\xff"),
    "X-Request-ID": ("abc-1", "<fuzz onfuzz=1>", "x" * 65, "\xff", "\x00", "", "a\tb", "{{ fuzz }}"),
    "Host": ("evil.example", "<fuzz>", "", "127.0.0.1:99999999", "[::1", "\xff", "a" * 300),
    "Cookie": ('sessionid="\\000\\000"', "sessionid=" + "x" * 5000, "django_language=\xff", "csrftoken=<fuzz>"),
    "X-HTTP-Method-Override": ("DELETE", "PUT"),
    "X-Forwarded-For": ("\x00,\xff", "1.2.3.4, 5.6.7.8", "<fuzz>", "999.1.1.1"),
    "X-Forwarded-Proto": ("https", "<fuzz>"),
    "Expect": ("100-continue", "200-ok"),
    "Range": ("bytes=0-0", "bytes=9-1"),
    "If-None-Match": ("*", '"x"'),
    "If-Modified-Since": ("Thu, 99 Foo 99999 00:00:00 GMT", "\xff"),
    "Origin": ("https://evil.example", "null"),
    "Referer": ("javascript:fuzz()", "\xff"),
    "User-Agent": ("<fuzz onfuzz=1>", "\xff" * 300, ""),
    "Idempotency-Key": ("\x00", "<fuzz>"),
}
KEYS = (
    None,
    "",
    "Bearer",
    "Bearer ",
    "Basic KEY",
    "bearer KEY",
    "Bearer  KEY",
    "Bearer KEY x",
    "KEY",
    "Bearer KEY\x00",
)
KEYS_WRONG = (
    "Bearer clyo_AAAAAAAA_x",
    "Bearer \xe9\xff",
    "Bearer clyo_\x00\x00\x00\x00\x00\x00\x00\x00_",
    "Bearer " + "k" * 999,
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "post", "FUZZ", "")
PIECES = (
    "/",
    "//",
    "/.",
    "/..",
    "/%00",
    "/%2e%2e",
    "%2F",
    "%FF",
    "%ED%A0%80",
    ".json",
    "/file",
    ";x",
    "%0d%0a",
    "/1",
    "é",
    "%C3%A9",
)
QUERIES = (
    "format=xml",
    "format=%00",
    "format=txt",
    "%00=%00",
    "a=%FF&a=%ED%A0%80",
    "&&&===",
    "x=" + "9" * 5000,
    "%",
    "from[]=1",
)


def _cut(draw: st.DrawFn, call: Call) -> Call:
    end = draw(st.integers(0, max(0, len(call.body) - 1)))
    return call.with_body(f"cut to {end} bytes", call.body[:end])


def _change_byte(draw: st.DrawFn, call: Call) -> Call:
    if not call.body:
        return call
    place, byte = draw(st.integers(0, len(call.body) - 1)), draw(st.integers(0, 255))
    return call.with_body(f"byte {place} is {byte}", call.body[:place] + bytes([byte]) + call.body[place + 1 :])


def _wrap(draw: st.DrawFn, call: Call) -> Call:
    before = draw(st.sampled_from([b"", b"\xef\xbb\xbf", b"\xff\xfe", b" \n\t", b"\x00", b")]}',\n", b"/* */"]))
    after = draw(st.sampled_from([b"", b"\n", b"}", b"\x00", b",", b" " * 9_000, b"<fuzz>"]))
    return call.with_body(f"{before!r} before, {after[:9]!r} after", before + call.body + after)


def _say_key_twice(draw: st.DrawFn, call: Call) -> Call:
    """A key said twice: the last one counts, for us as for everybody."""
    name = draw(st.sampled_from(["kind", "number", "sales", "vat", "code", "from", "scope", "x"]))
    value = draw(st.sampled_from(["1", "null", '"general"', "[]", "{}", '"<fuzz>"', "1e400"]))
    said = f'"{name}": {value}'.encode()
    if draw(st.booleans()) or not call.body.endswith(b"}"):
        return call.with_body(f"{said!r} first", call.body.replace(b"{", b"{" + said + b",", 1))
    return call.with_body(f"{said!r} last", call.body[:-1] + b"," + said + b"}")


def _nest(draw: st.DrawFn, call: Call) -> Call:
    levels, (opening, closing) = draw(st.sampled_from(LEVELS)), draw(st.sampled_from([(b"[", b"]"), (b'{"a":', b"}")]))
    inner = opening * levels + (b"1" + closing * levels) * draw(st.integers(0, 1))
    return call.with_body(f"{levels} levels of {opening!r}", call.body.replace(b"{", b'{"deep":' + inner + b",", 1))


def _encode(draw: st.DrawFn, call: Call) -> Call:
    encoding = draw(st.sampled_from(ENCODINGS))
    return call.with_body(encoding, call.body.decode("utf-8", "replace").encode(encoding, "replace"))


def _gzip(draw: st.DrawFn, call: Call) -> Call:
    packed = gzip.compress(call.body)
    bodies = {
        "gzip": packed,
        "gzip twice": gzip.compress(packed),
        "gzip without its end": packed[:-8],
        "gzip and more": packed + b"x" * 9,
        "two gzip members": packed + packed,
        "zlib": zlib.compress(call.body),
        "no gzip": call.body,
        "a bomb": BOMB,
    }
    said = draw(st.sampled_from([*bodies]))
    return call.with_body(said, bodies[said]).with_header("Content-Encoding", draw(st.sampled_from(CONTENT_ENCODINGS)))


def _large(draw: st.DrawFn, call: Call) -> Call:
    size = draw(st.sampled_from([9_990, 10_001, 300_000, 2 * 1024 * 1024, 2 * 1024 * 1024 + 1]))
    filler = draw(st.sampled_from([b" ", b'"', b"[", b"\\", b"9", b"\xff", b'{"a":"b"},', b'"\\"']))
    more = (filler * size)[: max(0, size - len(call.body))]
    return call.with_body(f"{size} bytes with {filler!r}", call.body + more)


def _other_body(draw: st.DrawFn, call: Call) -> Call:
    body = draw(st.sampled_from([b"", b"null", b"[]", b'"x"', b"1", b"{}", b"true", b"a=b&c=%00", b"\x00", b"<fuzz/>"]))
    return call.with_body(f"body {body!r}", body)


def _length(draw: st.DrawFn, call: Call) -> Call:
    least = max(0, len(call.body) - draw(st.integers(1, 9)))
    lengths = [IN_CHUNKS, IN_CHUNKS, str(least), str(len(call.body) + 9), "-1", "", "x", "1e3", "9" * 30, "０"]
    length = draw(st.sampled_from(lengths))
    return call.having(f"length {length}", length=length)


def _content_type(draw: st.DrawFn, call: Call) -> Call:
    return call.with_header("Content-Type", draw(st.sampled_from(CONTENT_TYPES)))


def _header(draw: st.DrawFn, call: Call) -> Call:
    name = draw(st.sampled_from([*HEADERS]))
    return call.with_header(name, draw(st.sampled_from(HEADERS[name])))


def _key(draw: st.DrawFn, call: Call) -> Call:
    key = (call.header("Authorization") or "").removeprefix("Bearer ")
    told = draw(st.sampled_from(KEYS + KEYS_WRONG))
    if draw(st.integers(0, 3)) == 0:
        told = f"Bearer {key[: draw(st.integers(0, len(key)))]}{draw(st.sampled_from(['', 'x', 'é']))}"
    return call.with_header("Authorization", told and told.replace("KEY", key))


def _method(draw: st.DrawFn, call: Call) -> Call:
    method = draw(st.sampled_from(METHODS))
    return call.having(f"method {method}", method=method)


def _path(draw: st.DrawFn, call: Call) -> Call:
    piece = draw(st.sampled_from(PIECES))
    place = draw(st.sampled_from(["end", "end", "before the last", "capitals", "without API"]))
    above, _slash, last = call.path.rpartition("/")
    between = f"{above}{piece}/{last}"
    paths = {
        "end": call.path + piece,
        # Without its slash it is no request at all: the server answers it, and not the application.
        "before the last": between if between.startswith("/") else f"/{between}",
        "capitals": call.path.upper(),
        "without API": f"/{last}",
    }
    return call.having(f"path: {piece} {place}", path=paths[place])


def _query(draw: st.DrawFn, call: Call) -> Call:
    text = draw(st.one_of(st.sampled_from(MARKUP + FORMATS), anything))
    more = draw(st.one_of(st.sampled_from(QUERIES), st.just(f"q={quote(text.encode('utf-8', 'surrogatepass'))}")))
    return call.having(f"query {more[:60]}", query="&".join(it for it in (call.query, more) if it))


OF_BODIES: tuple[Break, ...] = (
    *(_cut, _change_byte, _wrap, _say_key_twice, _say_key_twice, _nest, _encode),
    *(_gzip, _gzip, _other_body, _length, _content_type),
    _large,
)
OF_ADDRESSES: tuple[Break, ...] = (_header, _header, _key, _method, _path, _query)


@st.composite
def sent_otherwise(draw: st.DrawFn, call: Call, times: int) -> Call:
    """The call with so many breaks in how it is sent."""
    breaks = OF_BODIES + OF_ADDRESSES if call.body else OF_ADDRESSES
    for _time in range(times):
        call = draw(st.sampled_from(breaks))(draw, call)
    return call
