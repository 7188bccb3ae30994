"""Commits that reach no standby are failures, whoever ends their wait; so is a server that writes or says no more."""

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from pytest_django import DjangoDbBlocker

from postgres.session import NoAnswer, NoLongerLeader, NotReplicated, Session
from tools.stack.account import ServiceAccount, services_home
from tools.stack.programs import Running, start_postgres
from tools.stack.service_role import MAINTENANCE, DatabaseServer
from tools.stack.services import CLONE

CLAIM = "INSERT INTO claims DEFAULT VALUES RETURNING id"
ABSENT = "absent"
WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


@pytest.fixture(scope="module")
def server(outside: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Running]:
    """A server of our own whose synchronous standby is away. Nothing here touches the test database."""
    account = ServiceAccount.of_this_process()
    home: Path = services_home(CLONE, f"standby-{os.getpid()}", account)
    running = start_postgres(home, account, durable=False)
    try:
        with psycopg.connect(running.url, autocommit=True) as session:
            session.execute("CREATE TABLE claims (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY)")
        with psycopg.connect(of_superuser(running), autocommit=True) as session:
            session.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
            session.execute("SELECT pg_reload_conf()")
            while session.execute("SHOW synchronous_standby_names").fetchone() != ("nobody",):
                time.sleep(0.01)
        with django_db_blocker.unblock():
            yield running
    finally:
        running.stop()
        shutil.rmtree(home)


def of_superuser(running: Running) -> str:
    """The address for who may change the server's own settings."""
    url = urlsplit(running.url)
    server = DatabaseServer(address=f"{url.hostname}:{url.port}", password=url.password or "")
    return server.superuser_url(MAINTENANCE)


@contextmanager
def product(server: Running, *, pool: dict[str, int] | None = None, **options: str) -> Iterator[BaseDatabaseWrapper]:
    """A connection to that server with the product's settings, `pool` instead of its own; `options` hold in it."""
    ours = settings.DATABASES["default"]
    changes = {"OPTIONS": ours["OPTIONS"] | {"pool": pool}, "CONN_MAX_AGE": 0}
    connections.settings[ABSENT] = ours | dj_database_url.parse(server.url, engine=ours["ENGINE"]) | changes
    wrapper = connections[ABSENT]
    try:
        with wrapper.cursor() as cursor:
            for name, value in options.items():
                cursor.execute("SELECT set_config(%s, %s, false)", [name, value])
        yield wrapper
    finally:
        wrapper.close()
        wrapper.close_pool()  # type: ignore[attr-defined]
        del connections[ABSENT], connections.settings[ABSENT]


def cancel(server: Running, how: str) -> None:
    """Wait until a commit waits for its standby, then end that wait as a person or a shutdown would."""
    with psycopg.connect(server.url, autocommit=True) as session:
        while (waiting := session.execute(WAITING).fetchone()) is None:
            time.sleep(0.01)
        session.execute(f"SELECT {how}(%s)", waiting)


def in_one_statement(wrapper: BaseDatabaseWrapper) -> None:
    with wrapper.cursor() as cursor:
        cursor.execute(CLAIM)


def in_a_transaction(wrapper: BaseDatabaseWrapper) -> None:
    wrapper.set_autocommit(False)
    with wrapper.cursor() as cursor:
        cursor.execute(CLAIM)
    wrapper.commit()


@pytest.mark.parametrize("write", [in_one_statement, in_a_transaction])
def test_commit__its_wait_for_the_standby_was_cancelled(
    server: Running, write: Callable[[BaseDatabaseWrapper], None]
) -> None:
    """PostgreSQL says success and warns; the row is there for all to see, and yet it was no success."""
    with product(server) as wrapper, ThreadPoolExecutor(1) as beside:
        cancelled = beside.submit(cancel, server, "pg_cancel_backend")
        with pytest.raises(OperationalError, match="synchronous replication") as failure:
            write(wrapper)
        cancelled.result()
        assert isinstance(failure.value.__cause__, NotReplicated)
        assert not wrapper.is_usable(), "the next statement goes where the leader is by then"


def test_commit__its_server_was_told_to_end(server: Running) -> None:
    with product(server) as wrapper, ThreadPoolExecutor(1) as beside:
        terminated = beside.submit(cancel, server, "pg_terminate_backend")
        with pytest.raises(OperationalError):
            in_one_statement(wrapper)
        terminated.result()


@pytest.mark.parametrize("write", [in_one_statement, in_a_transaction])
def test_commit__waits_too_long(server: Running, write: Callable[[BaseDatabaseWrapper], None]) -> None:
    """`statement_timeout` ends no commit, so our own limit does; then the server does not wait, and lock, for ever."""
    with product(server, statement_timeout="10") as wrapper:
        wrapper.connection.answer_max_s = 0.1
        with pytest.raises(OperationalError) as failure:
            write(wrapper)
        assert isinstance(failure.value.__cause__, NoAnswer)
    with psycopg.connect(server.url, autocommit=True) as session:
        while session.execute(WAITING).fetchone():
            time.sleep(0.01)


def test_commit__asks_for_less_than_a_standby_is_heard_all_the_same(server: Running) -> None:
    """What only this machine must have does not wait: no warning, no failure."""
    with product(server, synchronous_commit="local") as wrapper:
        in_one_statement(wrapper)
        assert wrapper.is_usable()


@pytest.mark.parametrize("refused", ["default_transaction_read_only", "idle_in_transaction_session_timeout"])
def test_session__of_a_server_that_gave_up_leading_is_closed(server: Running, refused: str) -> None:
    """For Django these are mistakes of ours (`InternalError`); they are a server's that no longer leads, or slept."""
    value = {"default_transaction_read_only": "on", "idle_in_transaction_session_timeout": "20"}[refused]
    with product(server, synchronous_commit="local", **{refused: value}) as wrapper:
        with pytest.raises(OperationalError) as failure:
            write_after_a_pause(wrapper, server)
        assert isinstance(failure.value.__cause__, NoLongerLeader)
        assert not wrapper.is_usable()


def write_after_a_pause(wrapper: BaseDatabaseWrapper, server: Running) -> None:
    """Begin a transaction, wait until the server has ended it if it does so, and write."""
    wrapper.set_autocommit(False)
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), current_setting('idle_in_transaction_session_timeout')")
        pid, limit = cursor.fetchone()
    if limit == "20ms":
        with psycopg.connect(server.url, autocommit=True) as session:
            while session.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone():
                time.sleep(0.01)
    with wrapper.cursor() as cursor:
        cursor.execute(CLAIM)


def test_session__of_a_frozen_server_ends(server: Running) -> None:
    with Session.connect(server.url, autocommit=True) as session:
        [(pid,)] = session.execute("SELECT pg_backend_pid()").fetchall()
        session.answer_max_s = 0.1
        os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(NoAnswer):
                session.execute("SELECT 1")
        finally:
            os.kill(pid, signal.SIGCONT)
        assert session.closed


def test_pool__has_sessions_of_ours(server: Running) -> None:
    with product(server, pool={"min_size": 1, "max_size": 1}) as wrapper:
        assert isinstance(wrapper.connection, Session)
