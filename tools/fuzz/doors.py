"""The ways in: straight into the application as its server calls it, and over a socket through the server itself."""

import http.client
import io
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes, urlsplit

from tools.fuzz.call import IN_CHUNKS, Call

TIMEOUT_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`cpu_s` is what the process worked for it, `wall_s` how long it took; 0 where nobody could measure it."""

    status: int
    headers: dict[str, str]
    body: bytes
    cpu_s: float = 0.0
    wall_s: float = 0.0


class Door(Protocol):
    """One way to send a call to the service."""

    def send(self, call: Call) -> Answer | None:
        """The answer; None when this way in does not let such a call through."""


@dataclass(slots=True)
class Application:
    """The application itself, called as granian does; each call comes from another address."""

    application: Any
    _calls: int = field(default=0)

    def send(self, call: Call) -> Answer:
        """Call the application in this process; `cpu_s` is what this process spent on the answer."""
        self._calls += 1
        begun, wall = time.process_time(), time.perf_counter()
        started: list[tuple[str, list[tuple[str, str]]]] = []
        parts = self.application(
            self._environ(call), lambda status, headers, _error=None: started.append((status, headers))
        )
        body = _join(parts)
        status, headers = started[-1]
        cpu_s, wall_s = time.process_time() - begun, time.perf_counter() - wall
        return Answer(status=int(status[:3]), headers=_lower_names(headers), body=body, cpu_s=cpu_s, wall_s=wall_s)

    def _environ(self, call: Call) -> dict[str, Any]:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": call.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(call.path.encode("utf-8", "surrogatepass")).decode("latin-1"),
            "QUERY_STRING": call.query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": f"10.{self._calls >> 16 & 255}.{self._calls >> 8 & 255}.{self._calls & 255}",
            "HTTP_HOST": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(call.body),
            "wsgi.input_terminated": True,
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in call.headers:
            plain = name.upper().replace("-", "_")
            environ[plain if plain in ("CONTENT_TYPE",) else f"HTTP_{plain}"] = value
        if call.length == IN_CHUNKS:
            environ["HTTP_TRANSFER_ENCODING"] = "chunked"
        elif call.body or call.length != "0":
            environ["CONTENT_LENGTH"] = call.length
        return environ


@dataclass(slots=True)
class Socket:
    """The server on a real socket. What is no HTTP, it refuses by itself: such calls are not sent."""

    url: str

    def send(self, call: Call) -> Answer | None:
        """Send over HTTP/1.1; None for what is no HTTP. Raises `OSError` or `HTTPException` when no answer comes."""
        if not _is_http(call):
            return None
        at = urlsplit(self.url)
        connection = http.client.HTTPConnection(at.hostname or "", at.port, timeout=TIMEOUT_S)
        wall = time.perf_counter()
        try:
            target = f"{call.path}?{call.query}" if call.query else call.path
            connection.putrequest(call.method, target, skip_accept_encoding=True, skip_host=bool(call.header("Host")))
            for name, value in call.headers:
                connection.putheader(name, value.encode("latin-1"))
            self._send_body(connection, call)
            told = connection.getresponse()
            body = told.read()
        finally:
            connection.close()
        headers = _lower_names(told.getheaders())
        return Answer(status=told.status, headers=headers, body=body, wall_s=time.perf_counter() - wall)

    def _send_body(self, connection: http.client.HTTPConnection, call: Call) -> None:
        if call.length == IN_CHUNKS:
            connection.putheader("Transfer-Encoding", "chunked")
            connection.endheaders()
            half = len(call.body) // 2
            for part in (call.body[:half], call.body[half:]):
                if part:
                    connection.send(b"%x\r\n%s\r\n" % (len(part), part))
            connection.send(b"0\r\n\r\n")
            return
        if call.body:
            connection.putheader("Content-Length", call.length)
        connection.endheaders(call.body or None)


def _is_http(call: Call) -> bool:
    """Whether a server lets the call through to the application, byte for byte."""
    headers = all(_sane(value) for _name, value in call.headers)
    length = call.length in (IN_CHUNKS, str(len(call.body)))
    method = call.method.isalpha() and call.method.isupper()
    address = (call.path + call.query).isascii() and "\\" not in call.query
    host = call.header("Host") in (None, "evil.example")
    return headers and length and method and address and host and call.header("Expect") is None


def _sane(value: str) -> bool:
    return value.isascii() and (value.isprintable() or not value) and value == value.strip()


def _join(parts: Iterable[bytes]) -> bytes:
    try:
        return b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()


def _lower_names(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}
