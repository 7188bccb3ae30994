"""A PostgreSQL and a Valkey of one run's own, which may be killed and come back at the same address."""

import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from tools.stack.account import ServiceAccount, services_home
from tools.stack.programs import DATABASE_FOLDER, Running, StartFailed, start_postgres, start_valkey
from tools.stack.services import CLONE

START_TRIES = 20
SESSION_TRIES, SESSION_EVERY_S = 60, 0.5


class Stores:
    """The two services of one run. Used as a context manager: leaving it stops both.

    Both begin empty, but for the database of a run that goes on with what an `earlier` one of the same name left.
    """

    def __init__(self, name: str, *, earlier: bool = False) -> None:
        self._account = ServiceAccount.of_this_process()
        self._home: Path = services_home(CLONE, name, self._account)
        for folder in ("valkey",) if earlier else (DATABASE_FOLDER, "valkey"):
            shutil.rmtree(self._home / folder, ignore_errors=True)
        self.database: Running = start_postgres(self._home, self._account, durable=True)
        self.broker: Running = start_valkey(self._home, self._account)

    def __enter__(self) -> "Stores":
        return self

    def __exit__(self, *_: object) -> None:
        self.thaw_broker()
        self.broker.stop()
        self.database.stop()

    def start_database(self) -> None:
        """Start the database after a kill; it recovers from its log. Sessions that outlive it are waited for."""
        port = urlsplit(self.database.url).port
        for tries_left in reversed(range(START_TRIES)):
            try:
                self.database = start_postgres(self._home, self._account, durable=True, port=port)
            except StartFailed:
                if not tries_left:
                    raise
            else:
                return

    def session(self) -> "psycopg.Connection[tuple[Any, ...]]":
        """A session of our own in the database, each statement a transaction; a recovery is waited for."""
        for tries_left in reversed(range(SESSION_TRIES)):
            try:
                return psycopg.connect(self.database.url, connect_timeout=5, autocommit=True)
            except psycopg.OperationalError:
                if not tries_left:
                    raise
                time.sleep(SESSION_EVERY_S)
        raise AssertionError("unreachable")

    def kill_backend(self) -> None:
        """SIGKILL one session: PostgreSQL then ends all the others and recovers, as after a crash."""
        with self.session() as connection:
            row = connection.execute("SELECT pg_backend_pid()").fetchone()
            assert row is not None
            os.kill(row[0], signal.SIGKILL)

    def start_broker(self) -> None:
        """Start Valkey after a kill: empty, at the same address."""
        self.broker = start_valkey(self._home, self._account, again=self.broker)

    def freeze_broker(self) -> None:
        """Let Valkey accept connections and answer nothing, as in a fail-over."""
        if self.broker.alive:
            os.kill(self.broker.pid, signal.SIGSTOP)

    def thaw_broker(self) -> None:
        """Let a frozen Valkey answer again. Does nothing to one that has ended."""
        if self.broker.alive:
            os.kill(self.broker.pid, signal.SIGCONT)
