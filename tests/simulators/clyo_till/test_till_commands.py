"""The program as a shop keeper or a script runs it: what it prints and how it exits."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import httpx
import pytest

from simulators.clyo_till import __main__ as program
from simulators.clyo_till.identity import Identity

PAIRED = {"till": {"name": "Caisse 1", "establishment": {"code": "PARIS01"}, "customer": "Canal"}, "key": "k"}
TAKEN = {"id": "x", "identity": {}, "state": "ready", "problems": []}
PARAMETERS = {"version": 1, "parameters": {}}
SERVER = "http://till.example"
Serve: TypeAlias = Callable[[httpx.Request], httpx.Response]
Run: TypeAlias = Callable[..., int]


def usual(request: httpx.Request) -> httpx.Response:
    """A server that takes everything."""
    bodies = {
        "/api/v1/pair": PAIRED,
        "/api/v1/parameters": PARAMETERS,
        "/api/v1/closings": TAKEN,
        "/api/v1/till": {"till": {}},
    }
    return httpx.Response(201, json=bodies[request.url.path])


def always(status: int, code: str = "") -> Serve:
    """A server with one answer to everything: a problem with a code, or else a page of a proxy."""
    return lambda _: httpx.Response(status, json={"code": code, "detail": f"détail {code}"} if code else None)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the program against a server in this process; waiting takes no time."""

    def run(serve: Serve, *arguments: object) -> int:
        client = httpx.Client

        def connected(**options: object) -> httpx.Client:
            return client(transport=httpx.MockTransport(serve), **options)  # type: ignore[arg-type]

        monkeypatch.setattr(sys, "argv", ["clyo_till", *map(str, arguments)])
        monkeypatch.setattr("time.sleep", lambda _: None)
        with monkeypatch.context() as patch:
            patch.setattr(httpx, "Client", connected)
            return program.main()

    return run


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The folder of a paired till."""
    Identity(server=SERVER, key="k").save(tmp_path / "till")
    return tmp_path / "till"


@pytest.fixture
def closing(tmp_path: Path) -> Path:
    path = tmp_path / "1042.json"
    path.write_text(json.dumps({"kind": "general", "number": 1042}))
    return path


def test_pair__keeps_the_key_and_says_who_it_is(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(usual, "pair", "--server", f"{SERVER}/", "--code", "K7QM-2PXD", "--state", tmp_path) == 0
    assert Identity.load(tmp_path) == Identity(server=SERVER, key="k")
    assert capsys.readouterr().out == "Caisse appairée : Canal, PARIS01, Caisse 1\n"


@pytest.mark.parametrize(
    ("serve", "code", "told"),
    [
        (usual, 0, "Clôture reçue"),
        (always(422, "closing_invalid"), 1, "Refusé par le serveur"),
        (always(401, "not_authenticated"), 1, "Refusé par le serveur"),
        (always(503), 3, "Délai écoulé"),
    ],
)
def test_push__exit_code(
    run: Run, state: Path, closing: Path, capsys: pytest.CaptureFixture[str], serve: Serve, code: int, told: str
) -> None:
    assert run(serve, "push", "--state", state, "--give-up-after", 0, closing) == code
    assert told in capsys.readouterr().out


def test_push__in_english(run: Run, state: Path, closing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(usual, "--lang", "en", "push", "--state", state, closing) == 0
    assert capsys.readouterr().out.startswith("Closing taken: 000000001042-")


def test_push__wrong_calls(run: Run, state: Path, tmp_path: Path, closing: Path) -> None:
    picture = tmp_path / "picture.json"
    picture.write_bytes(b"\x89PNG")
    assert run(usual, "push", "--state", tmp_path / "new", closing) == 2
    assert run(usual, "push", "--state", state, tmp_path / "missing.json") == 2
    assert run(usual, "push", "--state", state, picture) == 2


def test_pair__refused_and_unreachable(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ("pair", "--server", SERVER, "--code", "K7QM-2PXD", "--state", tmp_path)
    assert run(always(403, "pairing_refused"), *command) == 1
    assert run(always(429), *command) == 3
    assert "Le serveur ne répond pas comme il faut (HTTP 429)" in capsys.readouterr().out
    assert not (tmp_path / "identity.json").exists()


def test_fleet__one_tills_trouble_stops_no_other(
    run: Run, tmp_path: Path, closing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    week, state, codes = tmp_path / "week", tmp_path / "tills", tmp_path / "codes"
    for till in ("bar", "salle"):
        (week / till / "closings").mkdir(parents=True)
        (week / till / "parameters.json").write_text("{}")
        (week / till / "closings" / "1042.json").write_bytes(closing.read_bytes())
    codes.write_text("bar AAAA-AAAA\nsalle BBBB-BBBB\n")

    def serve(request: httpx.Request) -> httpx.Response:
        return always(403, "pairing_refused")(request) if b"AAAA-AAAA" in request.content else usual(request)

    command = ("fleet", "--server", SERVER, "--codes", codes, "--week", week, "--state", state)
    assert run(serve, *command) == 1
    assert len([*(state / "salle" / "sent").glob("*.json")]) == 1
    assert "[bar] Refusé par le serveur, à faire voir au support : détail pairing_refused" in capsys.readouterr().out
    assert run(usual, *command) == 0, "the second time the first till is let in, and the other has nothing to do"
    assert len([*(state / "salle" / "sent").glob("*.json")]) == 1


def test_fleet__codes_it_cannot_read(run: Run, tmp_path: Path) -> None:
    codes = tmp_path / "codes"
    codes.write_text("bar AAAA-AAAA now\n")
    with pytest.raises(SystemExit) as exit_:
        run(usual, "fleet", "--server", SERVER, "--codes", codes, "--week", tmp_path, "--state", tmp_path)
    assert exit_.value.code == 2
