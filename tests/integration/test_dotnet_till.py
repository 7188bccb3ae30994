"""A till written in C# plays its whole day against the web tier as production starts it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from clyo_ingest.body import BODY_MAX
from clyo_ingest.keys import issue_code, issue_key
from clyo_ingest.models import Push, ReceivedClosing
from exact.models import Division
from on_demand.models import OnDemandExport
from on_demand.perform import perform
from tenants.factories import TillFactory
from tests.conftest import PARAMETERS, ROOT, SimulatedExact, closing, work
from tests.exports.coverage.covering import covering, general, station
from tests.integration.dotnet import PATIENCE_S, DotNetTill, Http2, Http11, Wire
from tools.stack import product
from tools.stack.processes import Processes
from tools.stack.programs import free_port

FEC = {"from": "2026-03-01", "to": "2026-03-31", "format": "fec"}
PIECE = 64 * 1024
THREADS = 4


@pytest.fixture(scope="module")
def web(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: Any) -> Iterator[str]:
    """The web tier on the test's database: one start for all tests here."""
    with django_db_blocker.unblock(), connection.cursor() as sql:
        sql.execute("SELECT inet_server_port()")
    at = connection.settings_dict
    database = f"postgresql://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    address = f"http://127.0.0.1:{free_port()}"
    logs: Path = tmp_path_factory.mktemp("web")
    with Processes(ROOT, logs, {"DATABASE_URL": database, "PUBLIC_URL": address}) as processes:
        processes.start("web", *product.web(address, threads=THREADS))
        processes.wait_for("web", f"{address}/health/")
        yield address


@pytest.fixture(params=["HTTP/1.1", "HTTP/2"])
def wire(request: pytest.FixtureRequest, web: str, transactional_db: None) -> Iterator[Wire]:
    cache.clear()
    if request.param == "HTTP/1.1":
        yield Http11(web)
        return
    with httpx.Client(base_url=web, http1=False, http2=True, timeout=PATIENCE_S) as client:
        yield Http2(client)


@pytest.fixture
def till(wire: Wire) -> DotNetTill:
    """A till that is paired already."""
    return DotNetTill(wire).with_key(issue_key(TillFactory()))


def test_day__of_a_till_written_in_csharp(wire: Wire, exact: SimulatedExact) -> None:
    row = TillFactory(establishment__tenant__siren="123456789")
    till, key = paired(wire, issue_code(row, by=None))
    division = activated(till, row, exact)
    closings = closed(till)
    heard_again(till, closings[-1])
    changed(till)
    work(division)
    assert ReceivedClosing.objects.filter(till=row).count() == len(closings)
    asked_about(till, closings)
    downloaded(till)
    till = rotated(till, key)
    switched_off(till)


def paired(wire: Wire, code: str) -> tuple[DotNetTill, str]:
    asked = {"code": code.lower(), "software": {"name": "Clyo", "version": "5.12.9"}, "device": "CAISSE-1 (côté bar)"}
    answer = DotNetTill(wire).post("pair", asked)
    assert answer.status == 201, answer.body
    key: str = answer.json()["key"]
    till = DotNetTill(wire).with_key(key)
    assert till.get("till").json()["till"] == answer.json()["till"]
    return till, key


def activated(till: DotNetTill, row: Any, exact: SimulatedExact) -> Division:
    assert till.get("activation").json()["state"] == "inactive"
    told = till.put("parameters", PARAMETERS)
    assert (told.status, told.json()["parameters"]["vat"][0]["slot"]) == (200, 1), told.body
    page = till.post("activation")
    assert (page.status, page.json()["url"].startswith("http")) == (201, True)
    assert till.get("activation").json()["state"] == "awaiting_login"
    division = exact.link(row, *exact.company())
    told = till.get("activation")
    assert (told.json()["state"], told.json()["division"]["code"]) == ("active", division.code)
    return division


def day() -> list[dict[str, Any]]:
    """Two POSTES and their Z, whose instant has the seven digits of a DateTimeOffset."""
    return [station("1"), station("2"), general(opened_at="2026-03-14T08:55:00.1234567+01:00")]


def closed(till: DotNetTill) -> list[dict[str, Any]]:
    *stations, whole = day()
    answers = [till.post("closings", document) for document in stations]
    till.post_and_leave("closings", whole)
    answers.append(till.post("closings", whole))
    assert [answer.status for answer in answers[:-1]] == [201, 201]
    assert answers[-1].status in (200, 201), answers[-1].body
    assert [answer.json()["state"] for answer in answers] == ["ready", "ready", "archived"]
    return [answer.json() for answer in answers]


def heard_again(till: DotNetTill, whole: dict[str, Any]) -> None:
    *_, document = day()
    later = document | {"software": {"name": "Clyo", "version": "5.12.10"}}
    for again in (till.post("closings", document), till.post("closings", later, **{"Content-Encoding": "gzip"})):
        assert (again.status, again.json()["id"]) == (200, whole["id"])


def changed(till: DotNetTill) -> None:
    *_, document = day()
    answer = till.post("closings", document | {"payments": document["payments"][::-1], "business_date": "2026-03-13"})
    assert (answer.status, answer.headers["content-type"]) == (409, "application/problem+json")
    assert answer.json()["code"] == "closing_conflict"
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/business_date"]


def asked_about(till: DotNetTill, closings: list[dict[str, Any]]) -> None:
    listed = till.get("closings?from=2026-03-14&to=2026-03-14").json()["results"]
    assert {it["id"] for it in listed} == {it["id"] for it in closings}
    one = till.get(f"closings/{closings[0]['id'].upper()}").json()
    assert (one["state"], len(one["entries"])) == ("exported", 2)
    today = f"log?date={timezone.localdate(ReceivedClosing.objects.latest('received_at').received_at).isoformat()}"
    events = till.get(today).json()["events"]
    assert {it["closing"]["number"] for it in events if it["closing"]} == {7, 42}
    assert [it["message"] for it in events if not it["closing"]] == ["refusé (409)"]
    lines = till.get(today, accept="text/plain")
    assert lines.headers["content-type"] == "text/plain; charset=utf-8"
    assert "Z 42" in lines.body.decode()


def downloaded(till: DotNetTill) -> None:
    answer = till.post("exports", FEC)
    assert answer.status == 202, answer.body
    links = answer.json()["links"]
    own, file = (links[name].partition("/api/v1/")[2] for name in ("self", "file"))
    early = till.get(file, accept="application/octet-stream")
    assert (early.status, early.headers["retry-after"]) == (409, "5")
    perform(OnDemandExport.objects.get().pk)
    assert till.get(own).json()["state"] == "done"
    got = till.get(file, accept="application/octet-stream")
    assert (got.status, got.headers["content-type"]) == (200, "application/octet-stream")
    assert len(got.body) == int(got.headers["content-length"])
    assert got.body.decode("latin-1").startswith("JournalCode")


def rotated(till: DotNetTill, key: str) -> DotNetTill:
    till.post_and_leave("key/rotate")
    answer = till.post("key/rotate")
    assert answer.status == 201, answer.body
    newer = till.with_key(answer.json()["key"])
    assert newer.get("till").status == 200
    old = till.get("till")
    assert (old.status, old.json()["code"], old.headers["www-authenticate"]) == (401, "key_replaced", "Bearer")
    return newer


def switched_off(till: DotNetTill) -> None:
    assert till.delete("activation").status == 204
    assert till.get("activation").json()["state"] == "inactive"
    nextday = station("1", 8, tickets=covering(("1", 101, 160)), business_date="2026-03-15")
    assert till.post("closings", nextday).json()["state"] == "waiting"


def padded(size: int) -> bytes:
    body = json.dumps(closing()).encode()
    return body + b" " * (size - len(body))


@pytest.mark.parametrize("length", ["told", "chunked"])
def test_body__of_two_mebibytes_is_taken_and_one_byte_more_is_answered_and_kept(
    wire: Wire, till: DotNetTill, length: str
) -> None:
    """The answer comes over whichever wire, however much is still on its way."""
    for size, status in [(BODY_MAX, 201), (BODY_MAX + 1, 413), (3_000_000, 413), (8_000_000, 413)]:
        answer = wire.send("POST", "/api/v1/closings", sent(till, size, length), pieces_of(padded(size)))
        assert answer.status == status, (size, answer.body)
    told = Push.objects.order_by("pk").values_list("answer_status", "body")
    assert [(status, len(body)) for status, body in told] == [(None, BODY_MAX), *[(413, BODY_MAX + 1)] * 3]


@pytest.mark.parametrize("path", ["pair", "closings", "nothing"])
def test_refusal__is_heard_by_who_still_sends(wire: Wire, path: str) -> None:
    """Refused before a byte of the body was needed: without a key, or where nothing is."""
    stranger = DotNetTill(wire)
    for length in ("told", "chunked"):
        answer = wire.send("POST", f"/api/v1/{path}", sent(stranger, 8_000_000, length), pieces_of(b" " * 8_000_000))
        assert answer.status == {"pair": 413, "closings": 401, "nothing": 404}[path]
        assert answer.headers["content-type"] == "application/problem+json"


def sent(till: DotNetTill, size: int, length: str) -> dict[str, str]:
    told = {"Content-Length": str(size)} if length == "told" else {}
    return {**till.headers, "Content-Type": "application/json", **told}


def pieces_of(body: bytes) -> Iterator[bytes]:
    yield from (body[start : start + PIECE] for start in range(0, len(body), PIECE))


@pytest.mark.parametrize("path", ["closings", "parameters", "exports", "pair"])
def test_call__without_a_body_hears_that_it_is_empty(wire: Wire, till: DotNetTill, path: str) -> None:
    method = "PUT" if path == "parameters" else "POST"
    for headers in ({}, {"Content-Length": "0"}):
        said = {**till.headers, "Content-Type": "application/json", "Accept-Language": "en", **headers}
        answer = wire.send(method, f"/api/v1/{path}", said, None)
        assert (answer.status, answer.json()["detail"]) == (400, "The body is empty.")


def test_slash_at_the_end__is_named(till: DotNetTill) -> None:
    answer = till.post("closings/", closing())
    assert (answer.status, answer.json()["code"]) == (404, "not_found")
    assert answer.json()["detail"].endswith("/api/v1/closings.")


def test_sender__who_goes_away_in_the_middle_holds_nobody_up(web: str, till: DotNetTill) -> None:
    """More of them than the server has threads."""
    for _time in range(2 * THREADS):
        Http11(web).go_away("POST", "/api/v1/closings", sent(till, BODY_MAX, "told"), b'{"kind":')
    assert till.get("till").status == 200


# What a property without a value becomes, unless a programmer says otherwise: {"label": null}.
UNSAID: dict[str, dict[str, None]] = {
    "": dict.fromkeys(("tickets", "other_receipts", "cash", "totals", "signature", "report", "training")),
    "sales": dict.fromkeys(("family", "nature")),
    "payments": dict.fromkeys(("label", "count", "account", "sales")),
}


def test_null__in_what_may_be_left_out_leaves_it_out(till: DotNetTill) -> None:
    document = closing(**UNSAID[""])
    for name in ("sales", "payments"):
        document[name] = [line | UNSAID[name] for line in document[name]]
    document["software"] = {"name": "Clyo", "version": None, "certificate": None}
    document["payments"][-1]["amount"] = "175.00"  # there are no tips beside
    first = till.post("closings", document)
    assert (first.status, first.json()["problems"]) == (201, []), first.body
    told = {name: value for name, value in document.items() if value is not None}
    assert till.post("closings", told).status == 200


def test_null__in_what_must_be_said_is_a_fault_with_its_pointer(till: DotNetTill) -> None:
    answer = till.post("closings", closing() | {"number": None, "business_date": None})
    assert answer.status == 422
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {"/number", "/business_date"}
