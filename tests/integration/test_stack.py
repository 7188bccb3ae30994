"""The local services: shared by who joins, stopped by who leaves last, never with a permission loosened elsewhere."""

import stat
import subprocess
from pathlib import Path

import psycopg
import pytest
import redis

from integration.stack import services as stack
from integration.stack.programs import Running


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of our own, in a folder only its owner may enter (as below /root)."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name)
    tmp_path.chmod(0o700)
    monkeypatch.setattr(stack, "CLONE", tmp_path)
    return tmp_path


def test_services__are_shared_and_stopped_by_the_last(clone: Path) -> None:
    with stack.local_services("a") as first:
        with stack.local_services("a") as second:
            assert second == first
        with psycopg.connect(first.database_url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        with redis.Redis.from_url(first.redis_url) as valkey:
            assert valkey.ping()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(first.database_url, connect_timeout=2)
    assert stat.S_IMODE(clone.stat().st_mode) == 0o700


def test_services__keep_their_data_and_forget_it_when_asked(clone: Path) -> None:
    with stack.local_services("b") as services, psycopg.connect(services.database_url) as connection:
        connection.execute("CREATE TABLE kept (x int)")
    query = "SELECT to_regclass('kept') IS NOT NULL"
    with stack.local_services("b") as services, psycopg.connect(services.database_url) as connection:
        assert connection.execute(query).fetchone() == (True,)
    with stack.local_services("b", fresh=True) as services, psycopg.connect(services.database_url) as connection:
        assert connection.execute(query).fetchone() == (False,)


def test_services__urls_of_the_environment_win(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/db")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")
    with stack.local_services("c") as services:
        assert services.environment()["DATABASE_URL"] == "postgresql://elsewhere/db"
    assert not (clone / ".local").exists()


def test_running__child_that_has_no_command_line_yet_is_alive() -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as child:
        just_started = Running(pid=child.pid, home="/nowhere", url="")
        assert just_started.alive
        child.kill()
        while just_started.alive:
            pass
        child.returncode = -9  # it was collected behind its back


def test_running__strangers_process_is_not_ours() -> None:
    assert not Running(pid=1, home="/nowhere", url="").alive
