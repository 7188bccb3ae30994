"""A worker or a clock that does not do its work fails the check of its container, and one that is busy does not."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from celery import Celery

from integration import heartbeat
from integration.celery import app
from tests.integration.test_broker import WAIT_S, WORKER, ended, home, until, valkey
from tools.stack.programs import Running, free_port
from tools.stack.services import CLONE

__all__ = ["home", "valkey"]  # the fixtures of a Valkey to be killed

WITHIN_S = 2.0
BEAT = ("-m", "celery", "-A", "tests.integration.worker_that_waits", "beat")


@pytest.fixture
def environment(valkey: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv(heartbeat.FOLDER, str(tmp_path / "beats"))
    return os.environ | {"REDIS_URL": valkey.url, "LOG_LEVEL": "CRITICAL"}


@contextmanager
def running(environment: dict[str, str], *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    command = subprocess.Popen([sys.executable, *arguments], cwd=CLONE, env=environment)
    with ended(command) as process:
        yield process


def well(role: str) -> bool:
    """What the command would find, without the start of one."""
    return not heartbeat.faults(role, WITHIN_S)


def said(role: str) -> str:
    return "\n".join(fault.words for fault in heartbeat.faults(role, WITHIN_S))


@pytest.fixture
def check(environment: dict[str, str]) -> Callable[[str], tuple[int, str]]:
    """The command as a container runs it: its exit code and what it says."""

    def check(role: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "integration.heartbeat", role, "--within", str(WITHIN_S)]
        told = subprocess.run(command, cwd=CLONE, env=environment, capture_output=True, text=True, timeout=WAIT_S)
        assert told.stderr == ""
        return told.returncode, told.stdout

    return check


Check = Callable[[str], tuple[int, str]]


def test_worker__is_well_while_it_is_busy_and_fails_frozen_or_when_it_takes_no_message(
    environment: dict[str, str], check: Check, valkey: Running, tmp_path: Path
) -> None:
    """One that came back from a broker's restart may answer to its name, and read its queues no more."""

    def last_heard() -> float:
        found: float = json.loads((tmp_path / "beats" / "worker").read_text())["broker"]
        return found

    begun, go_on = tmp_path / "begun", tmp_path / "go on"
    assert "has not begun to beat" in said("worker")
    with running(environment, *WORKER) as worker, app.connection_for_write(valkey.url) as broker:
        until(lambda: well("worker"), worker)
        assert check("worker") == (0, "worker: well\n")
        app.send_task("tests.wait_for", (str(begun), str(go_on)), connection=broker)
        until(begun.exists, worker)
        since = heartbeat.now()
        until(lambda: last_heard() > since + WITHIN_S, worker)  # its one thread could have taken none for so long
        assert well("worker")
        go_on.touch()
        worker.send_signal(signal.SIGSTOP)
        until(lambda: not well("worker"), worker)
        worker.send_signal(signal.SIGCONT)
        until(lambda: well("worker"), worker)
        by_hand = Celery(broker=valkey.url, set_as_current=False).control
        for queue in ("celery", f"hear.celery@{os.uname().nodename}"):
            by_hand.cancel_consumer(queue)
        until(lambda: "no message has come through the broker" in said("worker"), worker)
        assert "database" not in said("worker")
        worker.terminate()
        assert worker.wait(WAIT_S) == 0
    assert "has not begun to beat" in said("worker")


def test_worker__without_database_fails_and_says_so_and_without_broker_as_well(
    environment: dict[str, str], check: Check, valkey: Running
) -> None:
    nowhere = environment | {"DATABASE_URL": f"postgresql://clyo@127.0.0.1:{free_port()}/clyo"}
    with running(nowhere, *WORKER) as worker:
        until(lambda: "database has not answered" in (told := said("worker")) and "broker" not in told, worker)
        code, words = check("worker")
        assert (code, words.count("\n")) == (1, 1)
        assert "the database has not answered" in words
        valkey.kill()
        until(lambda: "no message has come through the broker" in said("worker"), worker)


def test_beat__that_is_frozen_or_has_no_broker_fails(
    environment: dict[str, str], check: Check, valkey: Running, tmp_path: Path
) -> None:
    assert check("beat")[0] == 1
    with running(environment, *BEAT, "-s", str(tmp_path / "schedule")) as beat:
        until(lambda: well("beat"), beat)
        assert check("beat") == (0, "beat: well\n")
        beat.send_signal(signal.SIGSTOP)
        until(lambda: "no task has been sent" in said("beat"), beat)
        beat.send_signal(signal.SIGCONT)
        until(lambda: well("beat"), beat)
        valkey.kill()
        until(lambda: "no task has been sent" in said("beat"), beat)


def test_folder__of_another_user_is_not_believed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "beats").symlink_to(tmp_path / "theirs")
    monkeypatch.setenv(heartbeat.FOLDER, str(tmp_path / "beats"))
    with pytest.raises(heartbeat.NoPlace):
        heartbeat.write("beat", {"send": heartbeat.now()})
    assert heartbeat.faults("beat")
