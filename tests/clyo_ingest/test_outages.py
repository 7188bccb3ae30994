"""What a till sees when something behind the API is away: 201 for what is kept, 503 for what is not, nothing else."""

from typing import Any

import psycopg
import pytest
from celery import Celery
from django.db import connection

from clyo_ingest.models import Closing
from exact import nudge
from exact.models import Division
from exports.models import Export
from exports.sweep import due_divisions
from tests.conftest import Caller, closing, work

NOBODY = "redis://127.0.0.1:9/0"


@pytest.fixture
def no_valkey(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens where Valkey was: no throttle can count, no message can be sent."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": NOBODY}}
    deaf = Celery("deaf", broker=NOBODY, set_as_current=False)
    deaf.conf.update(task_publish_retry=False)
    monkeypatch.setattr(nudge, "current_app", deaf)
    monkeypatch.setattr(nudge, "_quiet_until", 0.0)


def test_push__is_kept_and_exported_by_the_sweep_when_valkey_is_down(
    linked: tuple[Caller, Division], no_valkey: None
) -> None:
    till, division = linked
    answer = till.post("closings", closing())
    assert answer.status_code == 201
    assert due_divisions() == [division.pk]
    work(division)
    assert Export.objects.get(pk=answer.json()["id"]).state == "exported"


def test_push__is_acknowledged_whatever_the_broker_s_client_raises(
    linked: tuple[Caller, Division], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise AttributeError("'NoneType' object has no attribute 'connection_errors'")

    monkeypatch.setattr(nudge, "_quiet_until", 0.0)
    monkeypatch.setattr(nudge.current_app, "send_task", broken)
    till, _ = linked
    assert till.post("closings", closing()).status_code == 201


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
    assert Closing.objects.filter(till=till.till).count() == 1


def test_commit__waits_for_the_disk_whatever_the_server_says(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)
