"""The spool loses nothing: whatever the closing, whoever writes beside it, at whatever step the power goes."""

import gzip
import itertools
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulators.clyo_till.identity import Identity, write_durably
from simulators.clyo_till.push import Patience
from simulators.clyo_till.spool import Spool
from simulators.clyo_till.till import Clyo

ANSWER = {"id": "x", "state": "ready"}
CLOSING = json.dumps({"kind": "general", "scope": "", "number": 1042}).encode()


class PowerCut(BaseException):
    """Nothing after this happens, not even tidying up."""


@contextmanager
def power_cut(step: int, *, done: bool) -> Iterator[None]:
    """Cut the power at the n-th step that touches the disk, before the step or after it."""
    steps = itertools.count()

    def cut(touch: Callable[..., Any]) -> Callable[..., Any]:
        def touched(*arguments: Any, **options: Any) -> Any:
            now = next(steps) == step
            if now and not done:
                raise PowerCut
            result = touch(*arguments, **options)
            if now:
                raise PowerCut
            return result

        return touched

    with pytest.MonkeyPatch.context() as patch:
        for name in ("fsync", "replace"):
            patch.setattr(os, name, cut(getattr(os, name)))
        yield


def keep_and_send(state: Path, received: list[bytes]) -> None:
    """What a till does with one closing, with a server that takes everything."""
    spool = Spool(state)
    spool.put(CLOSING)
    for path in spool.waiting():
        received.append(path.read_bytes())
        spool.sent(path, ANSWER)


def assert_sound(state: Path) -> None:
    """No half-written closing is ever in sight, and none counts as sent without what the server said."""
    for folder in ("waiting", "sent"):
        for path in (state / folder).glob("[!.]*.json"):
            assert path.read_bytes() == CLOSING
    for path in (state / "sent").glob("[!.]*.json"):
        assert json.loads(path.with_suffix(".answer").read_text()) == ANSWER


@pytest.mark.parametrize("done", [False, True], ids=["before the step", "after the step"])
@pytest.mark.parametrize("step", range(7))
def test_spool__power_cut_at_any_step(tmp_path: Path, step: int, done: bool) -> None:
    received: list[bytes] = []
    with suppress(PowerCut), power_cut(step, done=done):
        keep_and_send(tmp_path, received)
        pytest.fail("all steps were walked: take the last one off the list")
    assert_sound(tmp_path)
    keep_and_send(tmp_path, received)
    assert_sound(tmp_path)
    spool = Spool(tmp_path)
    assert (spool.count("waiting"), spool.count("sent")) == (0, 1)
    assert {*received} == {CLOSING}


def test_spool__seven_steps_touch_the_disk(tmp_path: Path) -> None:
    received: list[bytes] = []
    with power_cut(7, done=False):
        keep_and_send(tmp_path, received)
    assert received == [CLOSING]


@pytest.mark.parametrize("scope", ["Bar/Terrasse", "../..", "é" * 40])
def test_put__any_scope_makes_a_file_in_the_spool(tmp_path: Path, scope: str) -> None:
    spool = Spool(tmp_path)
    path = spool.put(json.dumps({"kind": "station", "scope": scope, "number": 1}).encode())
    assert spool.waiting() == [path]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"number": "1"}', b"\xff"])
def test_put__what_is_no_closing_is_refused_and_not_kept(tmp_path: Path, content: bytes) -> None:
    spool = Spool(tmp_path)
    with pytest.raises(ValueError, match="not a closing"):
        spool.put(content)
    assert spool.waiting() == []


def test_write_durably__many_writers_of_one_file(tmp_path: Path) -> None:
    path, failed = tmp_path / "closing.json", []

    def write() -> None:
        try:
            for _ in range(40):
                write_durably(path, CLOSING)
        except OSError as error:
            failed.append(error)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failed == []
    assert [it.name for it in tmp_path.iterdir()] == ["closing.json"]


def test_write_durably__a_full_disk_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "identity.json"
    write_durably(path, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            write_durably(path, b"new")
    assert {it.name: it.read_bytes() for it in tmp_path.iterdir()} == {"identity.json": b"old"}


def test_spool__gives_back_what_the_server_lost_once_for_each_asking(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for day in ("13", "14", "15"):
        spool.put(json.dumps({"number": int(day), "closed_at": f"2026-03-{day}T23:00:00+01:00"}).encode())
    for path in spool.waiting():
        spool.sent(path, ANSWER)

    assert spool.take_back(2, "2026-03-13T22:00:00Z") == 2
    assert [path.name[10:12] for path in spool.waiting()] == ["14", "15"]
    for path in spool.waiting():
        spool.sent(path, ANSWER)
    assert spool.take_back(2, "2026-03-13T22:00:00Z") == 0
    assert Spool(tmp_path).take_back(3, None) == 3
    assert (spool.count("waiting"), spool.count("sent")) == (3, 0)


def test_till__sends_again_what_the_server_asks_for(tmp_path: Path) -> None:
    pushed: list[int] = []

    def serve(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/till"):
            return httpx.Response(200, json={"till": {}, "send_again": {"number": 2, "since": None}})
        pushed.append(json.loads(gzip.decompress(request.content))["number"])
        return httpx.Response(201, json={"id": "x", "identity": {}, "state": "ready", "problems": []})

    Identity(server="http://till.example", key="key").save(tmp_path)
    spool = Spool(tmp_path)
    spool.put(CLOSING)
    for path in spool.waiting():
        spool.sent(path, ANSWER)
    with httpx.Client(transport=httpx.MockTransport(serve)) as http:
        for _twice in range(2):
            Clyo(tmp_path, http, lambda *_: None).push_again(Patience(lambda _seconds: None))
    assert pushed == [1042]
