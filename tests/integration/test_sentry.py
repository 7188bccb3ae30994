"""What leaves for Sentry when something breaks: where and what kind, never whose figures, keys or tokens."""

import gzip
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import brotli
import httpx
import pytest
import sentry_sdk
from django.core.cache import cache
from django.db import connection as database
from pydantic import SecretStr
from pytest_django.live_server_helper import LiveServer

from clyo_ingest.keys import issue_code
from concerns.answers.links import SECRET_BYTES
from exact.models import Connection, Division
from exports import tasks
from integration.sentry import start_sentry
from tenants.factories import TillFactory
from tests.conftest import Caller, SimulatedExact, closing

# Put together here, so that the lines of source around a frame do not hold it.
GUEST = "LE" + "ROUX"
CURSOR = "SECRET-" + "CURSOR"
NUMBER = "caisse-7"
Sent = Callable[[], list[str]]


# The SDK packs with Brotli where that is installed, as it is beside the tests.
UNPACK: dict[str, Callable[[bytes], bytes]] = {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}


@pytest.fixture
def sent() -> Iterator[Sent]:
    """A Sentry that is told everything; gives the unpacked bodies it was sent, once they are all there."""
    bodies: list[str] = []

    class Intake(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            bodies.append(UNPACK[self.headers.get("Content-Encoding", "")](body).decode())
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Intake) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        start_sentry(SecretStr(f"http://public@127.0.0.1:{server.server_port}/1"), stage="test", release="1")

        def flushed() -> list[str]:
            sentry_sdk.flush(10)
            return bodies

        yield flushed
        sentry_sdk.get_client().close(2)
        sentry_sdk.get_global_scope().set_client(None)
        server.shutdown()


def events(bodies: list[str]) -> list[dict[str, Any]]:
    """The events among what was sent; the rest are counts of sessions."""
    lines = [json.loads(line) for body in bodies for line in body.splitlines() if line.startswith("{")]
    return [line for line in lines if "exception" in line or "logentry" in line]


def kinds(bodies: list[str]) -> set[str]:
    return {it["type"] for event in events(bodies) for it in event.get("exception", {}).get("values", [])}


def push(server: LiveServer, till: Caller, document: Any) -> int:
    """Push over a real connection; the answer's status."""
    answer = httpx.post(
        f"{server.url}/api/v1/closings?cursor={CURSOR}",
        json=document,
        headers=till.headers | {"Cookie": "sessionid=0123456789", "X-Request-ID": NUMBER},
        timeout=20,
    )
    return answer.status_code


def assert_hidden(bodies: list[str], *secrets: str) -> None:
    for secret in secrets:
        assert secret not in "\n".join(bodies), secret


def test_request__that_breaks_sends_neither_key_nor_closing(
    live_server: LiveServer, till: Caller, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_push: object, figures: Any, **_: object) -> None:
        raise ValueError(f"cannot take {figures!r}\nfrom {till.key}")

    monkeypatch.setattr("clyo_ingest.former.receive", broken)
    document = closing(notes=f"ADDITION DE MADAME {GUEST}")
    assert push(live_server, till, document) == 500
    assert kinds(sent()) == {"ValueError"}
    assert_hidden(sent(), till.key, till.key[-20:], "905611.10", GUEST, "1100.01", CURSOR, "0123456789")


def test_pairing__that_breaks_sends_no_code(
    live_server: LiveServer, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(code: str, **_: object) -> None:
        raise RuntimeError(f"cannot redeem {code}")

    code = issue_code(TillFactory(), by=None)
    cache.clear()  # other tests have guessed codes from this address
    monkeypatch.setattr("clyo_ingest.api.redeem_code", broken)
    answer = httpx.post(f"{live_server.url}/api/v1/pair", json={"code": code, "device": "TPV-1"}, timeout=20)
    assert answer.status_code == 500
    assert kinds(sent()) == {"RuntimeError"}
    assert_hidden(sent(), code)


def test_page__that_breaks_sends_no_address_that_is_a_key(
    live_server: LiveServer, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_secret: str) -> None:
        raise RuntimeError("the database is away")

    secret = secrets.token_urlsafe(SECRET_BYTES)
    monkeypatch.setattr("concerns.answers.pages.link_of", broken)
    assert httpx.get(f"{live_server.url}/answer/{secret}", timeout=20).status_code == 500
    (event,) = events(sent())
    assert event["request"]["url"] == f"{live_server.url}/answer/[Filtered]"
    assert_hidden(sent(), secret)


def test_database__refusal_does_not_send_the_row(
    live_server: LiveServer, till: Caller, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        with database.cursor() as cursor:
            cursor.execute(
                "INSERT INTO exact_connection (tenant_id, app_id, state, user_name, created_at) "
                f"VALUES ({till.till.tenant_id}, NULL, '', '{GUEST}', NULL)"
            )

    monkeypatch.setattr("clyo_ingest.former.receive", broken)
    assert push(live_server, till, closing()) == 500
    assert "IntegrityError" in kinds(sent())
    assert_hidden(sent(), GUEST)


def test_task__that_breaks_sends_no_token(
    linked: tuple[Caller, Division], exact: SimulatedExact, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    till, division = linked
    tokens = Connection.objects.get(pk=division.connection_id)
    till.post("closings", closing(1042))

    def broken(answer: Any, *_: object) -> None:
        raise RuntimeError(f"Authorization: Bearer {tokens.access_token} {tokens.refresh_token} {answer}")

    monkeypatch.setattr("exact.lane.lane.from_answer", broken)
    outcome = tasks.run_lane.apply(args=[division.pk], throw=False)
    assert outcome.failed()
    assert kinds(sent()) == {"RuntimeError"}
    assert_hidden(sent(), tokens.access_token, tokens.refresh_token, "1100.01", "YourRef", "Espèces")


def test_event__says_where_it_broke(
    live_server: LiveServer, till: Caller, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise LookupError("no such thing as closing 4c0f8f7e-2d4f-4a4e-9a53-6c7f8d1f3f10")

    monkeypatch.setattr("clyo_ingest.former.receive", broken)
    push(live_server, till, closing())
    (event,) = events(sent())
    (exception,) = event["exception"]["values"]
    assert exception["value"] == "no such thing as closing 4c0f8f7e-2d4f-4a4e-9a53-6c7f8d1f3f10"
    frames = exception["stacktrace"]["frames"]
    assert frames[-1]["function"] == "broken"
    assert not [frame for frame in frames if frame.get("vars")]
    assert event["request"] == {"url": f"{live_server.url}/api/v1/closings", "method": "POST"}
    assert event["environment"] == "test"
    assert event["tags"]["request_id"] == NUMBER
