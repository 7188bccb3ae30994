"""What a till sees when something behind the API is away: 201 for what is kept, 503 for what is not, nothing else."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from celery import Celery
from django.db import OperationalError, connection

from clyo_ingest.models import ReceivedClosing
from exact import nudge
from exact.models import Division
from exports.models import StoredClosing
from exports.way.sweep import due_divisions
from integration.celery import app
from tests.conftest import Caller, SimulatedExact, closing, work

NOBODY = "redis://127.0.0.1:9/0"
PUBLISHING = ("broker_transport", "broker_transport_options", "task_publish_retry")
GENEROUS_S = 30


@pytest.fixture
def no_valkey(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody listens where Valkey was: no throttle can count, no message can be sent."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": NOBODY}}
    deaf = Celery("deaf", broker=NOBODY, set_as_current=False)
    deaf.conf.update(task_publish_retry=False)
    monkeypatch.setattr(nudge, "current_app", deaf)
    monkeypatch.setattr(nudge, "_quiet_until", 0.0)
    yield
    nudge.wait_until_sent(GENEROUS_S)


@pytest.fixture
def silent_valkey(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[socket.socket]]:
    """It accepts every connection and never answers, as in a fail-over. Given are the connections it took."""
    taken: list[socket.socket] = []
    server = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        try:
            while True:
                taken.append(server.accept()[0])
        except OSError:
            pass  # the test is over

    threading.Thread(target=accept, daemon=True).start()
    url = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": url}}
    silent = Celery("silent", broker=url, set_as_current=False)
    silent.conf.update({name: app.conf[name] for name in PUBLISHING})
    monkeypatch.setattr(nudge, "current_app", silent)
    monkeypatch.setattr(nudge, "_quiet_until", 0.0)
    yield taken
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    for connection_to_us in taken:
        connection_to_us.close()
    nudge.wait_until_sent(GENEROUS_S)


def test_push__does_not_wait_for_a_valkey_that_never_answers(
    linked: tuple[Caller, Division], silent_valkey: list[socket.socket]
) -> None:
    till, division = linked
    began = time.monotonic()
    answer = till.post("closings", closing())
    took = time.monotonic() - began
    assert answer.status_code == 201
    assert not nudge.wait_until_sent(0), "its hint is still on the way"
    assert took < 2
    assert due_divisions() == [division.pk]


def test_push__does_not_wait_for_the_name_of_valkey_to_be_found(
    linked: tuple[Caller, Division], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing bounds how long a resolver may take: only a thread of its own can wait for it."""
    asked, answered = threading.Event(), threading.Event()

    def looks_it_up(*_: Any, **__: Any) -> None:
        asked.set()
        answered.wait(GENEROUS_S)

    monkeypatch.setattr(nudge, "_quiet_until", 0.0)
    monkeypatch.setattr(nudge.current_app, "send_task", looks_it_up)
    till, _ = linked
    assert till.post("closings", closing()).status_code == 201
    assert asked.wait(GENEROUS_S)
    assert not answered.is_set()
    answered.set()
    assert nudge.wait_until_sent(GENEROUS_S)


def test_hints__that_wait_are_one_each_and_given_up_together(monkeypatch: pytest.MonkeyPatch) -> None:
    sent, first, go_on = [], threading.Event(), threading.Event()

    def fails_at_last(task: str, args: tuple[int, ...], **_: Any) -> None:
        sent.append(args)
        first.set()
        go_on.wait(GENEROUS_S)
        if args == (2,):
            raise OSError("away")

    assert nudge.wait_until_sent(GENEROUS_S)
    monkeypatch.setattr(nudge, "_quiet_until", 0.0)
    monkeypatch.setattr(nudge.current_app, "send_task", fails_at_last)
    nudge.nudge("a", 1)
    assert first.wait(GENEROUS_S)
    for division in (1, 2, 1, 2, 3):
        nudge.nudge("a", division)
    go_on.set()
    assert nudge.wait_until_sent(GENEROUS_S)
    # The first was sent already when it was asked for again; after the failure the broker is left alone.
    assert sent == [(1,), (1,), (2,)]
    nudge.nudge("a", 4)
    assert nudge.wait_until_sent(0)
    assert sent == [(1,), (1,), (2,)]


def test_push__is_kept_and_exported_by_the_sweep_when_valkey_is_down(
    linked: tuple[Caller, Division], no_valkey: None
) -> None:
    till, division = linked
    answer = till.post("closings", closing())
    assert answer.status_code == 201
    assert due_divisions() == [division.pk]
    work(division)
    assert StoredClosing.objects.get(pk=answer.json()["id"]).state == "exported"


def test_push__is_acknowledged_whatever_the_broker_s_client_raises(
    linked: tuple[Caller, Division], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise AttributeError("'NoneType' object has no attribute 'connection_errors'")

    monkeypatch.setattr(nudge, "_quiet_until", 0.0)
    monkeypatch.setattr(nudge.current_app, "send_task", broken)
    till, _ = linked
    assert till.post("closings", closing()).status_code == 201
    assert nudge.wait_until_sent(GENEROUS_S)
    assert till.post("closings", closing(1043)).status_code == 201


def test_push__is_refused_for_now_when_the_database_ends_and_taken_when_it_is_back(
    linked: tuple[Caller, Division],
) -> None:
    till, _ = linked
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        session = cursor.fetchone()[0]
    parameters = connection.get_connection_params()
    address = {name: parameters[name] for name in ("dbname", "user", "password", "host", "port")}
    with psycopg.connect(**address, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [session])
    refused = till.post("closings", closing())
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert int(refused.headers["Retry-After"]) > 0

    connection.close()  # as every request begins; the test's client leaves that out
    assert till.post("closings", closing()).status_code == 201
    assert ReceivedClosing.objects.filter(till=till.till).count() == 1


def test_push__is_refused_for_now_by_a_server_that_takes_no_writes(linked: tuple[Caller, Division]) -> None:
    """One that led until now; the next session goes where the leader is."""
    till, _ = linked
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    refused = till.post("closings", closing())
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert int(refused.headers["Retry-After"]) > 0

    connection.close()  # as every request begins; the test's client leaves that out
    assert till.post("closings", closing()).status_code == 201


def test_lane__that_cannot_write_its_claim_down_sends_nothing(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    """A worker speaks on with a leader that was put off: it hears so before it sends, not after."""
    till, division = linked
    assert till.post("closings", closing()).status_code == 201
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    with pytest.raises(OperationalError):
        work(division)
    assert exact.entries(division.code) == []

    connection.close()
    work(division)
    assert len(exact.entries(division.code)) == 2


def test_commit__waits_for_the_disk_whatever_the_server_says(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)
