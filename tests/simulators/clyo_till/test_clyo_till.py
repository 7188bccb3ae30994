"""The till against a real HTTP server that answers as scripted: what it repeats, stops at and keeps; and the week."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulators.clyo_till.identity import Identity
from simulators.clyo_till.push import GivenUp, Patience
from simulators.clyo_till.server import Refused
from simulators.clyo_till.spool import Busy, Spool
from simulators.clyo_till.till import Clyo
from simulators.clyo_till.week.files import write_week

TAKEN = {"id": "x", "identity": {"kind": "general", "scope": "", "number": 1}, "state": "ready", "problems": []}
Answer = tuple[int, Any, dict[str, str]] | None


def closing(number: int = 1, **more: Any) -> bytes:
    return json.dumps({"kind": "general", "scope": "", "number": number, **more}).encode()


@contextmanager
def serving(*answers: Answer) -> Iterator[tuple[str, list[str]]]:
    """A server that gives these answers in turn; None drops the connection. Yields its address and the paths asked."""
    script, asked = [*answers], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked.append(self.path)
            answer = script.pop(0)
            if answer is None:
                self.connection.close()
                return
            status, body, headers = answer
            content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def push(state: Path, address: str, *contents: bytes, patience: Patience | None = None) -> list[Refused]:
    Identity(server=address, key="key").save(state)
    paths = []
    for place, content in enumerate(contents):
        path = state.parent / f"{place}.json"
        path.write_bytes(content)
        paths.append(path)
    with httpx.Client() as http:
        return Clyo(state, http, lambda *_: None).push(paths, patience or Patience(lambda _: None))


@pytest.mark.parametrize(
    "trouble",
    [
        None,
        (503, {"code": "server_error"}, {}),
        (429, {"code": "throttled"}, {"Retry-After": "7"}),
        (200, "<html>maintenance</html>", {}),
        (404, "<html>no such page</html>", {}),
        (200, {"d": {}}, {}),
    ],
)
def test_push__is_repeated_until_the_till_api_itself_says_taken(tmp_path: Path, trouble: Answer) -> None:
    with serving(trouble, trouble, (201, TAKEN, {})) as (address, asked):
        assert push(tmp_path / "till", address, closing()) == []
    spool = Spool(tmp_path / "till")
    assert len(asked) == 3
    assert (spool.count("waiting"), spool.count("sent")) == (0, 1)


def test_push__waits_as_long_as_the_server_asks(tmp_path: Path) -> None:
    waits: list[float] = []
    with serving((429, {"code": "throttled"}, {"Retry-After": "7"}), (201, TAKEN, {})) as (address, _):
        push(tmp_path / "till", address, closing(), patience=Patience(waits.append))
    assert waits == [7.0]


def test_push__refused_content_is_kept_with_the_answer_and_the_next_closing_goes(tmp_path: Path) -> None:
    faults = [{"pointer": "/sales/0/net", "code": "missing", "message": "Ce champ manque."}]
    refusal = {"code": "closing_invalid", "detail": "…", "errors": faults}
    with serving((422, refusal, {}), (201, TAKEN, {})) as (address, _):
        refusals = push(tmp_path / "till", address, closing(1), closing(2))
    assert [it.faults() for it in refusals] == [["/sales/0/net: Ce champ manque."]]
    spool = Spool(tmp_path / "till")
    assert (spool.count("waiting"), spool.count("refused"), spool.count("sent")) == (0, 1, 1)
    (answer,) = (tmp_path / "till" / "refused").glob("*.answer")
    assert json.loads(answer.read_text()) == refusal


@pytest.mark.parametrize("status", [401, 403])
def test_push__a_refused_key_leaves_every_closing_waiting(tmp_path: Path, status: int) -> None:
    with serving((status, {"code": "not_authenticated"}, {})) as (address, _), pytest.raises(Refused):
        push(tmp_path / "till", address, closing(1), closing(2))
    assert Spool(tmp_path / "till").count("waiting") == 2


def test_push__gives_up_at_its_bound_and_keeps_all(tmp_path: Path) -> None:
    patience = Patience(lambda _: None, rest_s=1.0)
    with serving(*[None] * 20) as (address, _), pytest.raises(GivenUp):
        push(tmp_path / "till", address, closing(), patience=patience)
    assert Spool(tmp_path / "till").count("waiting") == 1


def test_spool__what_was_sent_is_not_sent_again_but_other_content_is(tmp_path: Path) -> None:
    with serving((201, TAKEN, {}), (409, {"code": "closing_conflict"}, {})) as (address, asked):
        push(tmp_path / "till", address, closing(1))
        push(tmp_path / "till", address, closing(1))
        assert len(asked) == 1
        push(tmp_path / "till", address, closing(1, other=True))
    assert Spool(tmp_path / "till").count("refused") == 1


def test_spool__one_process_at_a_time(tmp_path: Path) -> None:
    first, second = Spool(tmp_path), Spool(tmp_path)
    with first.sending(), pytest.raises(Busy), second.sending():
        pass


def test_spool__a_crash_before_the_move_leads_to_a_repeat_not_a_loss(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    path = spool.put(closing())
    crash: Callable[..., Any] = Path.replace
    with pytest.MonkeyPatch.context() as patch:

        def power_cut(self: Path, target: Path) -> Path:
            if self == path:
                raise OSError("power cut")
            return crash(self, target)  # type: ignore[no-any-return]

        patch.setattr(Path, "replace", power_cut)
        with pytest.raises(OSError, match="power cut"):
            spool.sent(path, TAKEN)
    assert Spool(tmp_path).waiting() == [path]


def test_identity__only_its_owner_reads_the_key(tmp_path: Path) -> None:
    Identity(server="http://127.0.0.1", key="secret").save(tmp_path)
    assert (tmp_path / "identity.json").stat().st_mode & 0o777 == 0o600


def amount(value: str) -> Decimal:
    return Decimal(value)


def test_week__every_closing_adds_up_and_follows_its_predecessor(tmp_path: Path) -> None:
    turnover = Decimal()
    for till in write_week(tmp_path):
        perpetual: Decimal | None = None
        number: int | None = None
        for path in sorted((till / "closings").glob("*.json")):
            document = json.loads(path.read_text())
            sales = sum(amount(line["gross"]) for line in document["sales"])
            taken = sum(amount(line["amount"]) for line in document.get("other_receipts", []))
            assert all(amount(it["net"]) + amount(it["tax"]) == amount(it["gross"]) for it in document["sales"]), path
            assert sales + taken == sum(amount(line["amount"]) for line in document["payments"]), path
            assert number is None or document["number"] == number + 1
            number = document["number"]
            if document["training"]:
                continue
            totals = document["totals"]
            assert amount(totals["gross"]) == sales
            assert perpetual is None or amount(totals["perpetual_before"]) == perpetual
            perpetual = amount(totals["perpetual_after"])
            assert perpetual == amount(totals["perpetual_before"]) + sales
            turnover += sales
    assert turnover == Decimal("49729.75")
