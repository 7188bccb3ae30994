"""The till against a real HTTP server that answers as scripted: what it repeats, stops at and keeps; and the week."""

import gzip
import itertools
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulators.clyo_till.exits import exit_code
from simulators.clyo_till.identity import Identity
from simulators.clyo_till.push import GivenUp, Patience, send_all
from simulators.clyo_till.server import Refused, Server
from simulators.clyo_till.spool import Busy, Spool
from simulators.clyo_till.till import Clyo
from simulators.clyo_till.week.files import write_week
from simulators.clyo_till.words import tell

pytestmark = pytest.mark.usefixtures("outside")

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
            self.send_response_only(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self.do_POST()

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


def hasty() -> Patience:
    """Patience whose waits take no time, and which ends after a few of them instead of hanging a test."""
    seconds = itertools.count()
    return Patience(lambda _: None, give_up_after_s=60, clock=lambda: next(seconds))


def push(state: Path, address: str, *contents: bytes, patience: Patience | None = None) -> list[Refused]:
    Identity(server=address, key="key").save(state)
    paths = []
    for place, content in enumerate(contents):
        path = state.parent / f"{place}.json"
        path.write_bytes(content)
        paths.append(path)
    with httpx.Client() as http:
        return Clyo(state, http, lambda *_: None).push(paths, patience or hasty())


@pytest.mark.parametrize(
    "trouble",
    [
        None,
        (503, {"code": "server_error"}, {}),
        (429, {"code": "throttled"}, {"Retry-After": "7"}),
        (200, "<html>maintenance</html>", {}),
        (404, "<html>no such page</html>", {}),
        (200, {"d": {}}, {}),
        (201, {"id": "x", "identity": {}, "problems": []}, {}),
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


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"Date": "Wed, 01 Jan 2020 10:00:00 GMT", "Retry-After": "Wed, 01 Jan 2020 10:01:30 GMT"}, 90.0),
        ({"Date": "Wed, 01 Jan 2020 10:00:00 GMT", "Retry-After": "Wed, 01 Jan 2020 09:00:00 GMT"}, 0.5),
        ({"Retry-After": "Wed, 01 Jan 2020 10:00:00 GMT"}, 0.5),
    ],
)
def test_push__waits_until_the_moment_the_server_names(tmp_path: Path, headers: dict[str, str], waited: float) -> None:
    waits: list[float] = []
    with serving((503, {"code": "server_error"}, headers), (201, TAKEN, {})) as (address, _):
        push(tmp_path / "till", address, closing(), patience=Patience(waits.append))
    assert waits == [waited]


def test_push__backs_off_by_itself_when_the_wait_makes_no_sense(tmp_path: Path) -> None:
    waits: list[float] = []
    with serving((503, {}, {"Retry-After": "soon"}), (201, TAKEN, {})) as (address, _):
        push(tmp_path / "till", address, closing(), patience=Patience(waits.append))
    assert 0.25 <= waits[0] <= 0.5


def test_push__waits_for_another_process_that_sends(tmp_path: Path) -> None:
    state, said = tmp_path / "till", []
    other = Spool(state).sending()
    other.__enter__()
    waits: list[float] = []

    def other_ends(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            other.__exit__(None, None, None)

    with serving((201, TAKEN, {})) as (address, asked), httpx.Client() as http:
        Identity(server=address, key="key").save(state)
        Spool(state).put(closing())
        till = Clyo(state, http, lambda word, _: said.append(word))
        assert till.push([], Patience(other_ends)) == []
    assert waits == [1.0, 1.0, 1.0]
    assert said == ["turn", "taken"]
    assert asked == ["/api/v1/closings"]


def test_push__does_not_wait_for_ever_for_another_process(tmp_path: Path) -> None:
    waits: list[float] = []
    with serving() as (address, asked), Spool(tmp_path / "till").sending(), pytest.raises(Busy):
        push(tmp_path / "till", address, closing(), patience=Patience(waits.append))
    assert sum(waits) == 120
    assert asked == []
    assert Spool(tmp_path / "till").count("waiting") == 1


@pytest.mark.parametrize("lost", [None, (502, "<html>bad gateway</html>", {}), (201, "<html>…</html>", {})])
def test_pair__whose_answer_is_lost_asks_for_a_new_code(
    tmp_path: Path, lost: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(lost) as (address, asked), httpx.Client() as http:
        till = Clyo(tmp_path, http, partial(tell, "fr"))
        assert exit_code(lambda: till.pair(address, "K7QM-2PXD") or (), partial(tell, "fr")) == 3
    assert asked == ["/api/v1/pair"]
    assert "Demandez un nouveau code à votre revendeur." in capsys.readouterr().out
    assert not (tmp_path / "identity.json").exists()


def test_pair__that_never_reached_the_server_keeps_its_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving() as (address, _):
        pass
    with httpx.Client() as http:
        till = Clyo(tmp_path, http, partial(tell, "fr"))
        assert exit_code(lambda: till.pair(address, "K7QM-2PXD") or (), partial(tell, "fr")) == 3
    told = capsys.readouterr().out
    assert "à refaire plus tard" in told
    assert "nouveau code" not in told


def test_push__does_not_hammer_a_server_that_asks_for_no_wait(tmp_path: Path) -> None:
    waits: list[float] = []
    with serving((429, {"code": "throttled"}, {"Retry-After": "0"}), (201, TAKEN, {})) as (address, _):
        push(tmp_path / "till", address, closing(), patience=Patience(waits.append))
    assert waits == [0.5]


def test_patience__doubles_up_to_five_minutes_and_never_ends() -> None:
    waits: list[float] = []
    patience = Patience(waits.append)
    for _ in range(40):
        patience.wait(None)
    bounds = [min(0.5 * 2**tries, 300.0) for tries in range(40)]
    assert all(bound / 2 <= wait <= bound for wait, bound in zip(waits, bounds, strict=True))


@pytest.mark.parametrize("answered", [(201, TAKEN, {}), (422, {"code": "closing_invalid"}, {})])
def test_push__an_answer_makes_the_next_wait_short_again(tmp_path: Path, answered: Answer) -> None:
    waits: list[float] = []
    with serving(*[None] * 6, answered, None, (201, TAKEN, {})) as (address, _):
        push(tmp_path / "till", address, closing(1), closing(2), patience=Patience(waits.append))
    assert max(waits[:6]) >= 8
    assert waits[6] <= 0.5


def test_push__packed_and_in_the_order_of_the_numbers(tmp_path: Path) -> None:
    seen: list[bytes] = []

    def take(request: httpx.Request) -> httpx.Response:
        assert (request.headers["Authorization"], request.headers["Content-Encoding"]) == ("Bearer key", "gzip")
        seen.append(gzip.decompress(request.content))
        return httpx.Response(201, json=TAKEN)

    contents = [closing(10), closing(9), closing(100)]
    spool = Spool(tmp_path)
    for content in contents:
        spool.put(content)
    with httpx.Client(transport=httpx.MockTransport(take)) as http:
        send_all(spool, Server(http, "http://till.example", "key"), hasty(), lambda *_: None)
    assert seen == [closing(9), closing(10), closing(100)]


def test_push__takes_along_what_is_put_there_meanwhile(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put(closing(1))
    late = iter([closing(2)])
    with serving((201, TAKEN, {}), (201, TAKEN, {})) as (address, asked), httpx.Client() as http:
        send_all(spool, Server(http, address, "key"), hasty(), lambda *_: [*map(spool.put, late)])
    assert len(asked) == 2
    assert (spool.count("waiting"), spool.count("sent")) == (0, 2)


def test_push__tells_the_message_and_every_fault_with_its_pointer(tmp_path: Path) -> None:
    faults = [{"pointer": f"/sales/{n}/net", "code": "missing", "message": "Ce champ manque."} for n in (0, 3)]
    refusal = {"code": "closing_invalid", "detail": "Des champs manquent.", "errors": faults}
    told: list[tuple[str, str]] = []
    spool = Spool(tmp_path)
    spool.put(closing())
    with serving((422, refusal, {})) as (address, _), httpx.Client() as http:
        send_all(spool, Server(http, address, "key"), hasty(), lambda *line: told.append(line))
    ((word, what),) = told
    assert word == "refused"
    assert what.splitlines()[0].endswith(": Des champs manquent.")
    assert what.splitlines()[1:] == ["/sales/0/net: Ce champ manque.", "/sales/3/net: Ce champ manque."]


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
    seconds = itertools.count()
    tries = iter(range(20))
    patience = Patience(lambda _: next(tries), give_up_after_s=3, clock=lambda: next(seconds))
    with serving(*[None] * 20) as (address, asked), pytest.raises(GivenUp):
        push(tmp_path / "till", address, closing(), patience=patience)
    assert len(asked) == 3, "the time that calls take counts, not only the waits"
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


def test_rotate__the_new_key_is_on_disk_before_it_is_used(tmp_path: Path) -> None:
    Identity(server="http://till.example", key="old").save(tmp_path)
    used: list[tuple[str, str]] = []

    def serve(request: httpx.Request) -> httpx.Response:
        used.append((request.headers["Authorization"], Identity.load(tmp_path).key))
        return httpx.Response(201, json={"key": "new"}) if request.method == "POST" else httpx.Response(200, json=who)

    who = {"till": {"id": 1}}
    with httpx.Client(transport=httpx.MockTransport(serve)) as http:
        Clyo(tmp_path, http, lambda *_: None).rotate()
    assert used == [("Bearer old", "old"), ("Bearer new", "new")]


def test_status__reads_every_page_at_the_address_the_till_knows(tmp_path: Path) -> None:
    first = {"results": [{"identity": 2}], "next": "https://public.example/api/v1/closings?cursor=abc%3D"}
    last = {"results": [{"identity": 1}], "next": None}
    Spool(tmp_path).put(closing(3))
    with serving((200, first, {}), (200, last, {})) as (address, asked), httpx.Client() as http:
        Identity(server=address, key="key").save(tmp_path)
        status = Clyo(tmp_path, http, lambda *_: None).status()
    assert asked == ["/api/v1/closings", "/api/v1/closings?cursor=abc%3D"]
    assert status["here"] == {"waiting": 1, "sent": 0, "refused": 0}
    assert status["there"] == [{"identity": 2}, {"identity": 1}]


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
