"""A short run of `make fuzz`: every promise is kept. And what looks at the answers sees what is wrong with one."""

import json
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest
from rest_framework.throttling import SimpleRateThrottle

from clyo_ingest.throttles import PairingThrottle, PushThrottle
from tenants.factories import ResellerFactory
from tests.conftest import SimulatedExact
from tools.fuzz.__main__ import tally_of
from tools.fuzz.batch import run_batch, send_call
from tools.fuzz.books import Books, KeptPush
from tools.fuzz.call import Call
from tools.fuzz.doors import Answer
from tools.fuzz.files import broken_by_file
from tools.fuzz.promises import broken_promises, unescaped
from tools.fuzz.report import write_reproducers
from tools.fuzz.tally import Failure, Tally

INPUTS = 300
EMPTY = Books(keys=("clyo_x",), tills=[1], rows=(0, 0))
PUSH = Call(
    kind="closing general",
    method="POST",
    path="/api/v1/closings",
    headers=(("Authorization", "Bearer clyo_x"), ("Content-Type", "application/json")),
    body=b'{"sales": [{}]}',
    length="15",
)
KEPT = KeptPush(id=1, size=15, sha256=bytes.fromhex("0" * 64), answer=422, made=False)
NUMBER = {"x-request-id": "n", "content-type": "application/problem+json"}
FAULT = {"status": 422, "code": "closing_invalid", "request_id": "n"}


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tills may push as fast as they like."""
    for throttle in (PushThrottle, PairingThrottle):
        monkeypatch.setattr(throttle, "THROTTLE_RATES", dict.fromkeys(SimpleRateThrottle.THROTTLE_RATES, "1000000/s"))


def test_fuzz__breaks_no_promise(
    transactional_db: None, exact: SimulatedExact, unhurried: None, tmp_path: Path
) -> None:
    tally = run_batch(str(exact.http.base_url), 0, run_seed=1, size=INPUTS)
    write_reproducers(tmp_path, tally.failures)
    assert [failure.said for failure in tally.failures] == []
    assert tally.inputs >= INPUTS / 2
    statuses = {int(answer[:3]) for answer in tally.answers}
    assert statuses >= {200, 201, 400, 404, 409, 422}


def broken(answer: Answer, *, call: Call = PUSH, kept: KeptPush | None = None, rows: tuple[int, ...] = (0, 0)) -> str:
    after = replace(EMPTY, rows=rows, pushes=[kept] if kept else [])
    return " | ".join(broken_promises(call, answer, EMPTY, after))


def refused(pointer: str = "/sales/0/net", **headers: str) -> Answer:
    fault = {"pointer": pointer, "code": "c", "message": "m"}
    return Answer(status=422, headers=NUMBER | headers, body=json.dumps(FAULT | {"errors": [fault]}).encode())


def test_promises__are_seen_to_be_broken() -> None:
    assert "a 500" in broken(Answer(status=500, headers=NUMBER, body=b"{}"))
    assert "an answer without a number" in broken(Answer(status=200, headers={}, body=b""))
    assert "as text/html" in broken(refused(**{"content-type": "text/html"}))
    assert "points at '/sales/1/net'" in broken(refused("/sales/1/net"))
    assert "points at" not in broken(refused())
    assert "kept 0 times" in broken(refused())
    assert "kept 15 bytes of 15, or others" in broken(refused(), kept=KEPT)
    assert "noted as None" in broken(refused(), kept=replace(KEPT, answer=None))
    assert "that booked something" in broken(refused(), kept=KEPT, rows=(1, 1))
    assert "a 201 without a closing" in broken(Answer(status=201, headers=NUMBER, body=b""), kept=KEPT)


@pytest.mark.parametrize(
    "page",
    [
        "<p>Z <fuzz onfuzz=1></p>",
        '<input value="" onfuzz="1">',
        "<p>a</p><script>fuzz()</script>",
        '<a href=" JavaScript:fuzz()">x</a>',
    ],
)
def test_markup__from_outside_is_seen(page: str) -> None:
    assert [*unescaped(page)]
    assert not [*unescaped(page.replace("<", "&lt;").replace('"', "&quot;"))]


def test_reproducer__is_the_call_byte_for_byte(
    transactional_db: None, exact: SimulatedExact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Call.from_document(PUSH.to_document()) == PUSH
    names = {"key": "clyo_x", "other_key": "clyo_y", "code": "K7QM-2PXD", "closing": "nothing", "export": "nothing"}
    url = str(exact.http.base_url)
    assert send_call(url, PUSH, names, number=1) == []
    monkeypatch.setattr("clyo_ingest.inbox.note_answer", lambda *_args, **_said: None)
    assert [failure.said for failure in send_call(url, PUSH, names, number=2)] == ["a 422 noted as None"]


@pytest.mark.parametrize("content", [b"client;etablissement\nA;B", b"PK\x03\x04", b"client;etablissement\nA\x00;B"])
def test_file__is_read_or_refused(db: None, content: bytes) -> None:
    assert [*broken_by_file(content, ResellerFactory())] == []


def test_file__that_is_read_wrongly_is_seen(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.sheet._fault_of", lambda _text: "")
    content = b"client;etablissement\nA\x1b;B"
    assert [*broken_by_file(content, ResellerFactory())] == ["a file whose texts nobody can keep"]


def test_tallies__add_up() -> None:
    one, other = Tally(), Tally()
    for tally in (one, other):
        tally.note(PUSH, Answer(status=422, headers={}, body=b"", cpu_s=0.5), "closing_invalid")
        for _time in range(3):
            tally.fail(Failure(said="a 500", batch=1, call=PUSH))
    one.add(other)
    assert (one.inputs, one.answers["422 closing_invalid"], one.cpu_s) == (2, 2, 1.0)
    assert (one.failed["a 500"], len(one.failures)) == (6, 3)


def test_batch__that_ends_with_an_error_is_a_failure_like_any_other() -> None:
    broken: Future[Tally] = Future()
    broken.set_exception(RuntimeError("no more"))
    tally = tally_of(broken, 7)
    (failure,) = tally.failures
    assert failure.said == "a batch ended with RuntimeError: no more"
    assert (failure.batch, tally.failed.total()) == (7, 1)
    assert "RuntimeError" in failure.log[0]
