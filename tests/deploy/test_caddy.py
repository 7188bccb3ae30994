"""The Caddyfile: its limits are tied to the code's, and what it says in the service's place the service would say."""

import http.server
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.utils import translation

from clyo_ingest.body import BODY_MAX
from clyo_ingest.errors import CONTENT_TYPE, RETRY_AFTER_S, ApiError, problem_document
from clyo_ingest.unread import READ_PAST_MAX
from tests.conftest import ROOT
from tools.stack.programs import free_port

CADDYFILE = ROOT / "deploy/caddy/Caddyfile"
HOST = "exact.localhost"
CLOSINGS = "/api/v1/closings"


def size(name: str) -> int:
    """A size of the Caddyfile, in bytes."""
    found = re.search(rf"{name} (\d+)MiB", CADDYFILE.read_text())
    assert found
    return int(found[1]) * 1024 * 1024


def test_limits__what_the_service_takes_or_explains_comes_to_it_and_comes_whole() -> None:
    assert size("max_size") == 2 * BODY_MAX
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE < size("max_size") < size("request_buffers")
    assert size("max_size") < READ_PAST_MAX


@dataclass(slots=True)
class Upstream:
    """A web server in the service's place, which notes what came."""

    port: int
    bodies: list[int] = field(default_factory=list)


class _Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream: Upstream

    def do_POST(self) -> None:
        self.upstream.bodies.append(len(self.rfile.read(int(self.headers["Content-Length"]))))
        with suppress(OSError):
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    noted = Upstream(free_port())
    server = http.server.ThreadingHTTPServer(("127.0.0.1", noted.port), type("A", (_Answer,), {"upstream": noted}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield noted
    server.shutdown()
    server.server_close()


@dataclass(frozen=True, slots=True)
class Proxy:
    """The shipped Caddyfile at work in front of `upstream`, and in front of nobody."""

    port: int
    inner: str
    authorities: Path

    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authorities))

    def post(self, path: str, body: bytes) -> httpx.Response:
        with httpx.Client(verify=self.context(), http2=True, timeout=30) as http:
            return http.post(f"https://{HOST}:{self.port}{path}", content=body)


@pytest.fixture(autouse=True)
def the_name_is_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def look_up(host: Any, *rest: Any, **more: Any) -> Any:
        return real("127.0.0.1" if host in (HOST, HOST.encode()) else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def caddy(folder: Path, upstream_port: int) -> Iterator[Proxy]:
    """Run Caddy on the shipped file; only where the service is, and how long one is waited for, are this machine's."""
    text = CADDYFILE.read_text()
    text, found = re.subn(r"dynamic a web 8000 \{\s+refresh 1s\s+\}", f"to 127.0.0.1:{upstream_port}", text)
    assert found == 1
    inner = f"http://127.0.0.1:{free_port()}"
    for shipped, here in (("http://:9000", inner), ("8s", "200ms"), ("read_body 30s", "read_body 1s")):
        assert text.count(shipped) == 1, shipped
        text = text.replace(shipped, here)
    (folder / "Caddyfile").write_text(text)
    port = free_port()
    told = {"CLYO_HOST": HOST, "CLYO_HTTP_PORT": str(free_port()), "CLYO_HTTPS_PORT": str(port)}
    homes = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    program = Path(sys.executable).with_name("caddy")
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(
            [program, "run", "--config", folder / "Caddyfile", "--adapter", "caddyfile"],
            env=os.environ | told | homes,
            stdout=log,
            stderr=log,
        )
    try:
        authorities = folder / "caddy/pki/authorities/local/root.crt"
        deadline = time.monotonic() + 30
        while not answers(port, authorities):
            assert running.poll() is None and time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.05)
        yield Proxy(port, inner, authorities)
    finally:
        running.terminate()
        running.wait(30)


def answers(port: int, authorities: Path) -> bool:
    if not authorities.exists():
        return False
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as line:
            ssl.create_default_context(cafile=str(authorities)).wrap_socket(line, server_hostname=HOST).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory, upstream: Upstream) -> Iterator[Proxy]:
    yield from caddy(tmp_path_factory.mktemp("caddy"), upstream.port)


@pytest.fixture(scope="module")
def lonely_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    yield from caddy(tmp_path_factory.mktemp("lonely"), free_port())


def in_french(error: ApiError) -> dict[str, Any]:
    with translation.override("fr"):
        told: dict[str, Any] = json.loads(json.dumps(problem_document(error)))
    return told


@pytest.mark.usefixtures("outside")
def test_push__goes_through_over_http2_up_to_what_the_service_explains(proxy: Proxy, upstream: Upstream) -> None:
    upstream.bodies.clear()
    taken = proxy.post(CLOSINGS, b"x" * (BODY_MAX + 1))
    assert (taken.status_code, taken.http_version) == (201, "HTTP/2")
    assert upstream.bodies == [BODY_MAX + 1]


@pytest.mark.usefixtures("outside")
def test_push__far_too_large_is_refused_in_the_words_of_the_service(proxy: Proxy) -> None:
    refused = proxy.post(CLOSINGS, b"x" * (size("max_size") + 1))
    assert refused.status_code == 413
    assert refused.headers["content-type"] == CONTENT_TYPE
    assert refused.json() == in_french(ApiError(413, "too_large"))


@pytest.mark.usefixtures("outside")
def test_push__while_the_service_is_away_a_till_hears_when_to_come_again(lonely_proxy: Proxy) -> None:
    away = lonely_proxy.post(CLOSINGS, b"{}")
    assert away.status_code == 503
    assert away.headers["retry-after"] == str(RETRY_AFTER_S)
    assert away.json() == in_french(ApiError(503, "unavailable"))


@pytest.mark.usefixtures("outside")
def test_page__while_the_service_is_away_a_person_reads_so(lonely_proxy: Proxy) -> None:
    away = lonely_proxy.post("/console/", b"")
    assert away.status_code == 503
    assert away.headers["content-type"] == "text/html; charset=utf-8"
    assert "Rien n’est perdu" in away.text


@pytest.mark.usefixtures("outside")
def test_inner_port__tells_docker_and_prometheus_and_serves_nothing_else(proxy: Proxy) -> None:
    assert httpx.get(f"{proxy.inner}/alive", timeout=20).status_code == 200
    metrics = httpx.get(f"{proxy.inner}/metrics", timeout=20)
    assert "caddy_http_requests_in_flight" in metrics.text
    assert httpx.get(f"{proxy.inner}/console/", timeout=20).content == b""


@pytest.mark.usefixtures("outside")
def test_push__a_body_that_never_ends_is_nothing_the_service_hears_of(proxy: Proxy, upstream: Upstream) -> None:
    upstream.bodies.clear()
    heading = f"POST {CLOSINGS} HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", proxy.port), 30) as line:
        slow = proxy.context().wrap_socket(line, server_hostname=HOST)
        slow.sendall(heading.encode() + b"2\r\n{}\r\n")
        assert slow.recv(100).startswith(b"HTTP/1.1 499")
    assert upstream.bodies == []
    assert proxy.post(CLOSINGS, b"{}").status_code == 201
