"""The local services of one purpose ("demo", "test", …), shared by every process that uses them.

Each user holds a shared lock on `users.lock`. Who starts second finds the services running and uses them; who
leaves last stops them. A user killed with -9 loses its lock with its life, so nothing waits for it.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from tools.stack.account import ServiceAccount, services_home
from tools.stack.programs import DATABASE_FOLDER, Running, start_postgres, start_valkey

CLONE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalServices:
    """Where to reach the two services."""

    database_url: str
    redis_url: str

    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to use them; a `DATABASE_URL` or `REDIS_URL` already set wins."""
        return {
            "CLYO_ENV": os.environ.get("CLYO_ENV", "local"),
            "DATABASE_URL": os.environ.get("DATABASE_URL") or self.database_url,
            "REDIS_URL": os.environ.get("REDIS_URL") or self.redis_url,
        }


@contextmanager
def local_services(name: str, *, durable: bool = True, fresh: bool = False) -> Iterator[LocalServices]:
    """Start (or join) the services called `name`, and stop them when the last user leaves.

    `fresh` throws away what an earlier run left, unless somebody is using it. With both `DATABASE_URL` and
    `REDIS_URL` set nothing is started.
    """
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        yield LocalServices(database_url=os.environ["DATABASE_URL"], redis_url=os.environ["REDIS_URL"])
        return
    account = ServiceAccount.of_this_process()
    home = services_home(CLONE, name, account)
    with (home / "users.lock").open("a") as users:
        with _gate(home):
            if fresh and _is_alone(users):
                _stop(home)
                _wipe(home)
            fcntl.flock(users, fcntl.LOCK_SH)
            services = _join_or_start(home, account, durable=durable)
        try:
            yield services
        finally:
            with _gate(home):
                if _is_alone(users):
                    _stop(home)


@contextmanager
def _gate(home: Path) -> Iterator[None]:
    """Only one process at a time starts or stops the services."""
    with (home / "gate.lock").open("a") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


def _is_alone(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _join_or_start(home: Path, account: ServiceAccount, *, durable: bool) -> LocalServices:
    running = _read_record(home)
    if len(running) != 2 or not all(service.alive for service in running.values()):
        _stop(home)
        running = {"postgres": start_postgres(home, account, durable=durable)}
        _record(home, running)
        running["valkey"] = start_valkey(home, account)
        _record(home, running)
    return LocalServices(database_url=running["postgres"].url, redis_url=running["valkey"].url)


def _read_record(home: Path) -> dict[str, Running]:
    try:
        rows = json.loads((home / "running.json").read_text())
    except FileNotFoundError:
        return {}
    return {name: Running(**row) for name, row in rows.items()}


def _record(home: Path, running: dict[str, Running]) -> None:
    record = home / "running.json"
    record.touch(mode=0o600)
    record.write_text(json.dumps({name: asdict(service) for name, service in running.items()}))


def _stop(home: Path) -> None:
    for service in _read_record(home).values():
        service.stop()
    (home / "running.json").unlink(missing_ok=True)


def _wipe(home: Path) -> None:
    for name in (DATABASE_FOLDER, "valkey"):
        shutil.rmtree(home / name, ignore_errors=True)
