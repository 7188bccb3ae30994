"""A till in C#: what .NET's HttpClient with JsonContent really sends, byte by byte over HTTP/1.1, and over HTTP/2."""

import gzip
import json
import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPResponse
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx

PATIENCE_S = 30
BOM = b"\xef\xbb\xbf"
PIECE = 4096
# "number" stands for a decimal in C#, which is written with its scale.
WHOLE = re.compile(r'("(?:slot|vat|number|first|last|count|cancelled)": \d+)')


def json_of(document: Any) -> bytes:
    """As a StreamWriter writes it: a byte order mark, lines that end as on Windows, letters escaped, 23.0 for 23."""
    text = WHOLE.sub(r"\1.0", json.dumps(document, indent=2)).replace("\n", "\r\n")
    return BOM + text.encode()


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer, read to its end."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Wire(Protocol):
    """One call as it goes over the network; without `pieces` it has no body."""

    def send(self, method: str, path: str, headers: dict[str, str], pieces: Iterable[bytes] | None) -> Heard: ...

    def send_and_leave(self, method: str, path: str, headers: dict[str, str], pieces: Iterable[bytes]) -> None:
        """The call is made, and the till loses its network before it hears the answer."""


@dataclass(frozen=True, slots=True)
class Http11:
    """Bytes on a socket; all is written before anything is read, as HttpClient does over HTTP/1.1."""

    server: str

    def send(self, method: str, path: str, headers: dict[str, str], pieces: Iterable[bytes] | None) -> Heard:
        with (
            self._called(method, path, headers, pieces) as wire,
            closing(HTTPResponse(wire, method=method)) as answer,
        ):
            answer.begin()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Heard(answer.status, told, answer.read())

    def send_and_leave(self, method: str, path: str, headers: dict[str, str], pieces: Iterable[bytes]) -> None:
        with self._called(method, path, headers, pieces) as wire:
            wire.recv(1, socket.MSG_PEEK)

    def go_away(self, method: str, path: str, headers: dict[str, str], piece: bytes) -> None:
        """Begin to send, then hang up."""
        self._called(method, path, headers, [piece]).close()

    def _called(self, method: str, path: str, headers: dict[str, str], pieces: Iterable[bytes] | None) -> socket.socket:
        address = urlsplit(self.server)
        chunked = pieces is not None and "Content-Length" not in headers
        said = {"Host": address.netloc, **headers, **({"Transfer-Encoding": "chunked"} if chunked else {})}
        head = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items()), "", ""]
        wire = socket.create_connection((address.hostname, address.port or 80), timeout=PATIENCE_S)
        wire.sendall("\r\n".join(head).encode())
        if pieces is not None and (headers.get("Expect") is None or _told_to_go_on(wire)):
            for piece in pieces:
                wire.sendall(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
            if chunked:
                wire.sendall(b"0\r\n\r\n")
        return wire


def _told_to_go_on(wire: socket.socket) -> bool:
    """Reads `100 Continue`, and nothing of an answer that came instead."""
    told = b"HTTP/1.1 100 Continue\r\n\r\n"
    begun = wire.recv(len(told), socket.MSG_PEEK | socket.MSG_WAITALL)
    return begun == told and wire.recv(len(told)) == told


@dataclass(frozen=True, slots=True)
class Http2:
    """HTTP/2 without TLS, as a proxy speaks it to us; there the length is said or not, and nothing is in chunks."""

    client: httpx.Client

    def send(self, method: str, path: str, headers: dict[str, str], pieces: Iterable[bytes] | None) -> Heard:
        said = {name: value for name, value in headers.items() if name != "Expect"}
        answer = self.client.request(method, path, headers=said, content=None if pieces is None else iter(pieces))
        return Heard(answer.status_code, {name.lower(): it for name, it in answer.headers.items()}, answer.content)

    def send_and_leave(self, method: str, path: str, headers: dict[str, str], pieces: Iterable[bytes]) -> None:
        with self.client.stream(method, path, headers=headers, content=iter(pieces)):
            pass


@dataclass(frozen=True, slots=True)
class DotNetTill:
    """HttpClient with a base address and the till's key, once it has one."""

    wire: Wire
    headers: dict[str, str] = field(default_factory=dict)

    def with_key(self, key: str) -> "DotNetTill":
        return DotNetTill(self.wire, {"Authorization": f"Bearer {key}"})

    def get(self, path: str, accept: str = "application/json") -> Heard:
        return self.wire.send("GET", f"/api/v1/{path}", self._said(accept), None)

    def delete(self, path: str) -> Heard:
        return self.wire.send("DELETE", f"/api/v1/{path}", self._said("application/json"), None)

    def post(self, path: str, document: Any = None, *, method: str = "POST", **more: str) -> Heard:
        if document is None:
            return self.wire.send(method, f"/api/v1/{path}", self._said(**more), None)
        headers, body = self._content(document, more)
        return self.wire.send(method, f"/api/v1/{path}", headers, _pieces(body))

    def put(self, path: str, document: Any) -> Heard:
        return self.post(path, document, method="PUT")

    def post_and_leave(self, path: str, document: Any = None) -> None:
        headers, body = self._content(document, {})
        self.wire.send_and_leave("POST", f"/api/v1/{path}", headers, _pieces(body))

    def _content(self, document: Any, more: dict[str, str]) -> tuple[dict[str, str], bytes]:
        body = b"" if document is None else json_of(document)
        headers = self._said(**more) | {"Content-Type": "application/json; charset=utf-8", "Expect": "100-continue"}
        return headers, gzip.compress(body) if headers.get("Content-Encoding") == "gzip" else body

    def _said(self, accept: str = "application/problem+json, application/json;q=0.9", **more: str) -> dict[str, str]:
        return {**self.headers, "Accept": accept, "Accept-Language": "fr-FR", **more}


def _pieces(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), PIECE):
        yield body[start : start + PIECE]
