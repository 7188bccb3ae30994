"""Exact's token rules over HTTP: renewed late enough, once, by one; a dead consent stops the lane and loses nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
import pytest
import time_machine
from django.conf import settings
from django.db import connection as database
from django.db import connections

from exact.activation.upkeep import consents_in_doubt, try_consent
from exact.api import connection as tokens
from exact.api.client import http_of_thread
from exact.api.connection import ConnectionTokens, renewed
from exact.api.consent import Consent, consent_of, next_try_at, say_consent
from exact.api.errors import NeedsReconnect, Unavailable
from exact.lane.pauses import why_paused
from exact.models import Connection, ConnectionState, Division, Lane, Posting
from tests.conftest import ROOT, Caller, SimulatedExact, closing, work

TOKEN = "oauth2/token"
AN_HOUR = 3600
EIGHT_AT_ONCE = """
import sys, multiprocessing, django
django.setup()
from exact.api.client import http_of_thread
from exact.api.connection import renewed

def renew(pk):
    return renewed(pk, http=http_of_thread()).access_token

with multiprocessing.get_context("fork").Pool(8) as pool:
    print(*pool.map(renew, [int(sys.argv[1])] * 8, chunksize=1), sep="\\n")
"""


@pytest.fixture
def connection(linked: tuple[Caller, Division]) -> Connection:
    """A fresh connection."""
    _, division = linked
    return division.connection


@contextmanager
def at_age(connection: Connection, seconds: float) -> Iterator[None]:
    """Our clock stands at that age of the access token."""
    issued = Connection.objects.get(pk=connection.pk).access_issued_at
    assert issued is not None
    with time_machine.travel(issued + timedelta(seconds=seconds), tick=False):
        yield


@pytest.fixture
def later_at_exact(exact: SimulatedExact) -> Iterator[None]:
    """An hour has gone by on Exact's clock only: it would renew every token now."""
    exact.control("clock", advance=AN_HOUR)
    yield
    exact.control("clock", real=True)
    exact.control("readings", reused_refresh_token="old_token_text")


def calls_of_tokens(exact: SimulatedExact) -> int:
    counted = exact.http.get("/_control/calls").json()["calls"]
    return sum(call["count"] for call in counted if call["resource"] == TOKEN)


def age_in_database(connection: Connection, seconds: int = AN_HOUR) -> None:
    """The token was issued and ran out long ago, as far as we know."""
    row = Connection.objects.get(pk=connection.pk)
    assert row.access_issued_at is not None
    assert row.access_expires_at is not None
    past = timedelta(seconds=seconds)
    Connection.objects.filter(pk=connection.pk).update(
        access_issued_at=row.access_issued_at - past, access_expires_at=row.access_expires_at - past
    )


def use_up(exact: SimulatedExact, connection: Connection) -> None:
    """Somebody else uses the refresh token: ours is dead."""
    row = Connection.objects.select_related("app").get(pk=connection.pk)
    form = {"grant_type": "refresh_token", "refresh_token": row.refresh_token, "client_id": row.app.client_id}
    answer = exact.http.post("/api/oauth2/token", data=form | {"client_secret": row.app.client_secret})
    assert answer.status_code == 200, answer.text


def works(exact: SimulatedExact, access_token: str) -> bool:
    headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
    return exact.http.get("/api/v1/current/Me", params={"$select": "UserID"}, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("age_s", "refused", "calls"),
    [(569.9, False, 0), (570.1, False, 0), (581.9, False, 0), (582.1, False, 1), (1, True, 1), (570.1, True, 1)],
)
def test_renewal__comes_18_s_before_the_end_and_at_once_for_a_token_that_exact_refuses(
    connection: Connection, exact: SimulatedExact, later_at_exact: None, age_s: float, refused: bool, calls: int
) -> None:
    before, had = calls_of_tokens(exact), connection.access_token
    with at_age(connection, age_s):
        got = renewed(connection.pk, http=http_of_thread(), refused=had if refused else "").access_token
    assert calls_of_tokens(exact) - before == calls
    assert (got != had) == bool(calls)
    assert Connection.objects.get(pk=connection.pk).access_token == got


def test_not_expired__is_good_news_and_not_asked_again_at_once(connection: Connection, exact: SimulatedExact) -> None:
    before = calls_of_tokens(exact)
    source = ConnectionTokens(connection, http_of_thread())
    with at_age(connection, 590):
        assert source.current() == connection.access_token
        assert source.current() == connection.access_token
        assert ConnectionTokens(connection, http_of_thread()).current() == connection.access_token
    assert calls_of_tokens(exact) - before == 1
    assert Connection.objects.get(pk=connection.pk).state == ConnectionState.ACTIVE
    assert works(exact, connection.access_token)


def test_token__replaced_since_it_was_read_is_exchanged_for_its_successor(
    connection: Connection, exact: SimulatedExact, later_at_exact: None
) -> None:
    before, source = calls_of_tokens(exact), ConnectionTokens(connection, http_of_thread())
    read = source.current()
    with at_age(connection, 583):
        successor = renewed(connection.pk, http=http_of_thread()).access_token
    assert source.current() == read
    assert source.renew(refused=read) == successor != read
    assert calls_of_tokens(exact) - before == 1


@contextmanager
def database_ends_at_the_answer(then: Callable[[], None] = lambda: None) -> Iterator[httpx.Client]:
    """A way to Exact on which our database session is ended just before its answer arrives."""

    def end(_: httpx.Response) -> None:
        parameters = database.get_connection_params()
        with database.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            session = cursor.fetchone()
        address = {name: parameters[name] for name in ("dbname", "user", "password", "host", "port")}
        with psycopg.connect(**address, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", session)
        then()

    with httpx.Client(event_hooks={"response": [end]}) as http:
        yield http


def test_token__is_written_down_after_all_when_the_database_ends_at_its_arrival(
    connection: Connection, exact: SimulatedExact, later_at_exact: None
) -> None:
    before = calls_of_tokens(exact)
    with at_age(connection, 583), database_ends_at_the_answer() as http:
        got = renewed(connection.pk, http=http).access_token
    assert got != connection.access_token
    assert Connection.objects.get(pk=connection.pk).access_token == got
    assert calls_of_tokens(exact) - before == 1


def test_token__declared_dead_before_its_successor_was_written_is_alive_again(
    connection: Connection, exact: SimulatedExact, later_at_exact: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "LOOK_AGAIN_AFTER_S", 0)

    def find_it_dead() -> str:
        try:
            with pytest.raises(NeedsReconnect):
                renewed(connection.pk, http=http_of_thread())
            return Connection.objects.get(pk=connection.pk).state
        finally:
            connections.close_all()

    def meanwhile() -> None:
        with ThreadPoolExecutor(1) as another_worker:
            assert another_worker.submit(find_it_dead).result() == ConnectionState.RECONNECT_REQUIRED

    with at_age(connection, 583), database_ends_at_the_answer(meanwhile) as http:
        got = renewed(connection.pk, http=http).access_token
    row = Connection.objects.get(pk=connection.pk)
    assert (row.state, row.access_token, row.problem) == (ConnectionState.ACTIVE, got, "")


def test_refused_token__is_dead_only_when_nobody_has_written_its_successor(
    connection: Connection, exact: SimulatedExact, later_at_exact: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent = Connection.objects.get(pk=connection.pk)
    with at_age(connection, 583):
        successor = renewed(connection.pk, http=http_of_thread())
        Connection.objects.filter(pk=connection.pk).update(
            **{name: getattr(spent, name) for name in tokens.TOKEN_FIELDS}
        )
        # While we wait the other one writes down what it got.
        monkeypatch.setattr(tokens.time, "sleep", lambda _: successor.save())
        assert renewed(connection.pk, http=http_of_thread()).access_token == successor.access_token
    assert Connection.objects.get(pk=connection.pk).state == ConnectionState.ACTIVE


def test_not_expired__is_asked_again_later(connection: Connection, exact: SimulatedExact, later_at_exact: None) -> None:
    exact.control("clock", real=True)
    with at_age(connection, 590):
        renewed(connection.pk, http=http_of_thread())
    exact.control("clock", advance=AN_HOUR)
    with at_age(connection, 601):
        assert renewed(connection.pk, http=http_of_thread()).access_token != connection.access_token


@pytest.mark.parametrize("answer", ["old_token_text", "user_not_active", "invalid_request"])
def test_dead_token__stops_the_lane_until_the_customer_logs_in_again(
    linked: tuple[Caller, Division], exact: SimulatedExact, later_at_exact: None, answer: str
) -> None:
    till, division = linked
    closing_id = till.post("closings", closing()).json()["id"]
    exact.control("readings", reused_refresh_token=answer)
    use_up(exact, division.connection)
    age_in_database(division.connection)

    assert work(division) is False

    dead = Connection.objects.get(pk=division.connection_id)
    assert dead.state == ConnectionState.RECONNECT_REQUIRED
    assert Lane.objects.get(division=division).pause_code == "reconnect_required"
    assert till.get("till").json()["activation"]["state"] == "reconnect_required"
    assert {*Posting.objects.filter(closing_id=closing_id).values_list("state", flat=True)} == {"pending"}
    before = calls_of_tokens(exact)
    with pytest.raises(NeedsReconnect):
        renewed(dead.pk, http=http_of_thread())
    assert calls_of_tokens(exact) == before, "a dead token is not tried again"

    exact.link(till.till, division.code, f"compta{division.code}@example.fr")
    Lane.objects.filter(division=division).update(paused_until=None)
    work(division)
    assert till.get(f"closings/{closing_id}").json()["state"] == "exported"
    assert len(exact.entries(division.code)) == 2


def test_withdrawn__consent_is_known_at_the_first_call_however_young_the_token(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    till.post("closings", closing())
    exact.control("consents/withdraw", client_id="demo-client", user=f"compta{division.code}@example.fr")
    work(division)
    assert consent_of(Connection.objects.get(pk=division.connection_id)) is Consent.LOST
    assert Lane.objects.get(division=division).pause_code == "reconnect_required"


def test_token__refused_and_called_not_expired_leaves_the_consent_in_doubt_until_it_can_be_renewed(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    closing_id = till.post("closings", closing()).json()["id"]
    # Exact knows no such access token, and does not renew so early what it gave.
    Connection.objects.filter(pk=division.connection_id).update(access_token="unknown")
    before = calls_of_tokens(exact)
    work(division)
    row, lane = Connection.objects.get(pk=division.connection_id), Lane.objects.get(division=division)
    assert (consent_of(row), lane.pause_code) == (Consent.DOUBTFUL, "consent_in_doubt")
    assert say_consent(row) == why_paused(lane)
    assert lane.paused_until is not None
    assert abs(lane.paused_until - next_try_at(row)) < timedelta(seconds=5)
    told = till.get("activation").json()
    assert (told["state"], [it["code"] for it in told["problems"]]) == ("active", ["consent_in_doubt"])
    Lane.objects.update(paused_until=None)
    work(division)
    assert calls_of_tokens(exact) - before == 1, "Exact is asked once, not at each call"
    assert row.pk not in consents_in_doubt()

    exact.control("clock", advance=AN_HOUR)
    age_in_database(row)
    assert consents_in_doubt() == [row.pk]
    try_consent(row.pk)
    assert consent_of(Connection.objects.get(pk=row.pk)) is Consent.GOOD
    Lane.objects.update(paused_until=None)
    work(division)
    exact.control("clock", real=True)
    assert till.get(f"closings/{closing_id}").json()["state"] == "exported"


def test_token__fresh_and_refused_leaves_the_consent_in_doubt(connection: Connection) -> None:
    source = ConnectionTokens(connection, http_of_thread())
    doubt = source.doubt(refused=source.current())
    row = Connection.objects.get(pk=connection.pk)
    assert (consent_of(row), doubt.until) == (Consent.DOUBTFUL, next_try_at(row))


def test_withdrawn__consent_stops_the_lane(
    linked: tuple[Caller, Division], exact: SimulatedExact, later_at_exact: None
) -> None:
    till, division = linked
    till.post("closings", closing())
    exact.control("consents/withdraw", client_id="demo-client", user=f"compta{division.code}@example.fr")
    age_in_database(division.connection)
    work(division)
    assert Connection.objects.get(pk=division.connection_id).state == ConnectionState.RECONNECT_REQUIRED
    assert exact.entries(division.code) == []


@pytest.mark.parametrize("fault", ["reset_before", "status_503", "gateway_fault", "rate_limit", "html_200"])
def test_token_endpoint__in_trouble_leaves_the_consent_alone(
    linked: tuple[Caller, Division], exact: SimulatedExact, later_at_exact: None, fault: str
) -> None:
    till, division = linked
    closing_id = till.post("closings", closing()).json()["id"]
    age_in_database(division.connection)
    exact.control("faults", resource=TOKEN, method="POST", fault=fault, count=1)
    work(division)
    assert Connection.objects.get(pk=division.connection_id).state == ConnectionState.ACTIVE
    assert Lane.objects.get(division=division).pause_code == "unavailable"

    Lane.objects.filter(division=division).update(paused_until=None)
    work(division)
    assert till.get(f"closings/{closing_id}").json()["state"] == "exported"


@pytest.mark.parametrize(
    ("status", "life", "expected_s"), [(200, "600", 600), (200, 480, 480), (200, "soon", 600), (429, "600", 600)]
)
def test_pair__is_kept_however_it_comes(connection: Connection, status: int, life: Any, expected_s: int) -> None:
    pair = {"access_token": "AAEA-new", "refresh_token": "gAAA-new", "token_type": "bearer", "expires_in": life}
    transport = httpx.MockTransport(lambda _: httpx.Response(status, json=pair))
    with at_age(connection, 590), httpx.Client(transport=transport) as http:
        renewed(connection.pk, http=http)
    row = Connection.objects.get(pk=connection.pk)
    assert (row.access_token, row.refresh_token) == ("AAEA-new", "gAAA-new")
    assert row.access_issued_at is not None
    assert row.access_expires_at == row.access_issued_at + timedelta(seconds=expected_s)


@pytest.mark.parametrize("status", [400, 401, 403])
def test_page__of_a_firewall_is_no_word_of_exact_about_the_consent(connection: Connection, status: int) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(status, text="<!doctype html><h1>Blocked</h1>"))
    with at_age(connection, 590), httpx.Client(transport=transport) as http, pytest.raises(Unavailable):
        renewed(connection.pk, http=http)
    assert Connection.objects.get(pk=connection.pk).state == ConnectionState.ACTIVE


def test_lock__that_nobody_gives_back_is_trouble_not_a_dead_consent(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "LOCK_TIMEOUT_MS", 50)
    other = database.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM exact_connection WHERE id = %s FOR UPDATE", [connection.pk])
        with pytest.raises(Unavailable, match="still renewing"):
            renewed(connection.pk, http=http_of_thread())
    finally:
        other.close()


def test_renewal__of_eight_processes_at_once_is_one(
    connection: Connection, exact: SimulatedExact, later_at_exact: None
) -> None:
    age_in_database(connection)
    before = calls_of_tokens(exact)
    # The first one's call is held until the other seven wait for it.
    exact.control("faults", resource=TOKEN, method="POST", fault="delay", hold=True, count=1)
    with renewing_eight_times(connection) as processes:
        try:
            wait_for_blocked(7)
        finally:
            exact.control("release")
        got = [*processes.communicate(timeout=60)[0].split()]
    assert calls_of_tokens(exact) - before == 1
    assert got == [Connection.objects.get(pk=connection.pk).access_token] * 8
    assert got[0] != connection.access_token
    assert works(exact, got[0])


@contextmanager
def renewing_eight_times(connection: Connection) -> Iterator["subprocess.Popen[str]"]:
    """Eight processes that renew the connection, below one that prints the tokens they got."""
    environment = {
        "CLYO_ENV": "local",
        "DJANGO_SETTINGS_MODULE": "integration.settings",
        "DATABASE_URL": url_of_database(),
        "REDIS_URL": settings.ENVIRONMENT.redis_url.get_secret_value(),
        "EXACT_TIMEOUT_S": "60",  # the first one's call lasts until the last one is there, on a busy machine too
    }
    command = [sys.executable, "-c", EIGHT_AT_ONCE, str(connection.pk)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as processes:
        try:
            yield processes
        finally:
            with suppress(ProcessLookupError):
                os.killpg(processes.pid, signal.SIGKILL)  # the eight do not end with the one above them


def url_of_database() -> str:
    """Where this run's test database is."""
    parts = urlsplit(settings.ENVIRONMENT.database_url.get_secret_value())
    return urlunsplit(parts._replace(path=f"/{database.settings_dict['NAME']}"))


def wait_for_blocked(expected: int) -> None:
    """Wait until so many sessions of this database wait for a lock."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    deadline, blocked = time.monotonic() + 60, 0
    while blocked < expected:
        assert time.monotonic() < deadline, f"{blocked} of {expected} wait"
        with database.cursor() as cursor:
            cursor.execute(query)
            (blocked,) = cursor.fetchone()
        time.sleep(0.02)
