"""What tests of the product share: one Exact simulator for the whole run, companies of their own, tills with keys."""

import copy
import itertools
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.core.servers.basehttp import WSGIRequestHandler
from django.db import OperationalError, connection
from django.test import Client, TransactionTestCase
from pytest_django import DjangoDbBlocker
from whitenoise.middleware import WhiteNoiseMiddleware

from clyo_ingest.keys import issue_key
from exact.activation.switch import activate, choose_division, decide
from exact.api.client import http_of_thread
from exact.api.connection import connect
from exact.lane.lane import run_lane
from exact.models import Activation, Division, ExactApp, Posting
from exports.way.ended_postings import settle
from tenants.factories import TillFactory
from tenants.models import Till
from tests.known_link import KnownLink
from tests.migrating import the_short_way
from tests.spoken import listening
from tests.true_schema import check_answer
from tests.unfilled import watching

pytest_plugins = ["tests.world"]
ROOT = Path(__file__).parents[1]
REDIRECT = "http://127.0.0.1:9/callback"
_numbers = itertools.count(7001)

# Removes the rows of every table but what a migration leaves there. As a replica, no trigger, no foreign key has a say.
EMPTIER = """
SET session_replication_role = replica;
DO $$ DECLARE statements text; BEGIN
    SELECT string_agg(format('DELETE FROM %I;', tablename), ' ') INTO statements
        FROM pg_tables WHERE schemaname = 'public'
        AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission');
    EXECUTE format(
        'CREATE FUNCTION pg_temp.empty() RETURNS void LANGUAGE plpgsql AS %L',
        'BEGIN ' || statements || ' PERFORM exact_notice_past(); END'
    );
END $$
"""
# Others who are in the middle of something: a server still writes down what a client broke off.
AT_WORK = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend' AND state <> 'idle'
"""
PARAMETERS = {
    "vat": [
        {"slot": 1, "rate": "20.00", "sales_account": "707000", "vat_code": "VN", "vat_account": "445711"},
        {"slot": 2, "rate": "10.00", "sales_account": "706000", "vat_code": "VR", "vat_account": "445712"},
    ],
    "customer_account": "411000",
    "third_party": "0000002",
    "journals": {"sales": "70", "receipts": "30", "cash": "CA"},
}
CLOSING = {
    "kind": "general",
    "scope": "",
    "number": 1042,
    "business_date": "2026-03-14",
    "opened_at": "2026-03-14T08:55:00+01:00",
    "closed_at": "2026-03-15T00:40:00+01:00",
    "currency": "EUR",
    "training": False,
    "tickets": [{"station": "1", "first": 80412, "last": 80533, "count": 122, "cancelled": 3}],
    "sales": [
        {"vat": 2, "rate": "10.00", "net": "1000.00", "tax": "100.01", "gross": "1100.01", "kind": "sale"},
        {"vat": 1, "rate": "20.00", "net": "250.00", "tax": "49.99", "gross": "299.99", "kind": "sale"},
    ],
    "other_receipts": [{"kind": "tip", "amount": "25.00", "label": "Pourboires"}],
    "payments": [
        {"means": "ESP", "label": "Espèces", "kind": "cash", "amount": "325.00", "count": 41},
        {"means": "CB", "label": "Carte bancaire", "kind": "card", "amount": "900.00", "count": 60},
        {"means": "TR", "label": "Titres-restaurant", "kind": "meal_voucher", "amount": "200.00", "count": 11},
    ],
    "totals": {"gross": "1400.00", "perpetual_before": "904211.10", "perpetual_after": "905611.10"},
}


def closing(number: int = 1042, **changes: Any) -> dict[str, Any]:
    """A closing that adds up, the `number`-th of its till: tickets and perpetual total follow its predecessor's."""
    document = copy.deepcopy(CLOSING)
    steps = number - 1042
    document["number"] = number
    document["tickets"][0] |= {"first": 80412 + 122 * steps, "last": 80533 + 122 * steps}  # type: ignore[index]
    before = 90421110 + 140000 * steps
    document["totals"] = {
        "gross": "1400.00",
        "perpetual_before": f"{before / 100:.2f}",
        "perpetual_after": f"{(before + 140000) / 100:.2f}",
    }
    return document | changes


def empty(_test: TransactionTestCase | None) -> None:
    """What a test committed goes, row by row: Django's TRUNCATE of sixty tables takes many times as long. It waits
    for those at work, and once more where one of them began meanwhile and holds a row."""
    for left in reversed(range(5)):
        try:
            with connection.cursor() as sql:
                _until_at_rest(sql)
            _emptier().execute("SELECT pg_temp.empty()")
            return
        except (psycopg.OperationalError, OperationalError):
            _end_emptier()
            if not left:
                raise


@cache
def _emptier() -> psycopg.Connection[Any]:
    """A session for this alone. One that becomes a replica, or ceases to be one, forgets the plans of all its
    statements and triggers: the tests' own session made them anew after each test."""
    session = psycopg.connect(**connection.get_connection_params(), autocommit=True)
    session.execute(EMPTIER)
    return session


def _end_emptier() -> None:
    if _emptier.cache_info().currsize:
        _emptier().close()
        _emptier.cache_clear()


def _until_at_rest(sql: Any) -> None:
    for _look in range(250):
        sql.execute(AT_WORK)
        if sql.fetchone() == (0,):
            return
        time.sleep(0.02)


TransactionTestCase._fixture_teardown = empty  # type: ignore[attr-defined]
# A session serves request after request, and here test after test: each new one reads the catalogue and compiles the
# triggers again, which takes as long as many a test. It works: `empty` has just asked it who is at work.
TransactionTestCase._should_reload_connections = lambda _test: False  # type: ignore[attr-defined]
# A password is dear to guess on purpose; here hundreds of wrong ones are tried. Only the price is another.
ScryptPasswordHasher.work_factor = 2**6
# Django's server sends an answer's head and its body apart, and the body would wait until the head's arrival is told.
WSGIRequestHandler.disable_nagle_algorithm = True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """Asked for before the test database is made."""
    with the_short_way():
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database. Threads of live servers keep sessions to it, or open new ones, and it could not be dropped."""
    yield
    _end_emptier()
    name = connection.settings_dict["NAME"]
    with django_db_blocker.unblock(), connection._nodb_cursor() as sql:
        sql.execute(f"ALTER DATABASE {connection.ops.quote_name(name)} ALLOW_CONNECTIONS false")
        sql.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND backend_type = 'client backend'",  # PostgreSQL's own end by themselves
            [name],
        )


@pytest.fixture(scope="session")
def _holes() -> Iterator[tuple[list[str], list[str]]]:
    with listening() as faults, watching() as places:
        yield faults, places


@pytest.fixture(autouse=True)
def _sentences_have_no_holes(_holes: tuple[list[str], list[str]]) -> Iterator[None]:
    """Whatever a test lets the product say: a problem's sentence has all its facts, and each fact its place; no place
    of a mail or of a part of a page stays empty."""
    yield
    found = {it for holes in _holes for it in holes}
    for holes in _holes:
        holes.clear()
    assert found == set()


@pytest.fixture(scope="session", autouse=True)
def answers_are_true() -> Iterator[None]:
    """Whatever a test asks of the till API is answered as the served OpenAPI document says."""
    ask = Client.request

    def ask_and_check(client: Client, **request: Any) -> Any:
        answer = ask(client, **request)
        check_answer(answer.request["REQUEST_METHOD"], answer.request["PATH_INFO"], answer)
        return answer

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Client, "request", ask_and_check)
        yield


@pytest.fixture(scope="session", autouse=True)
def static_files_are_looked_for_once() -> Iterator[None]:
    """Each test client loads the middleware for itself; the two hundred static files are on disk what they were."""
    found: dict[str, Any] = {}
    look = WhiteNoiseMiddleware.add_files_from_finders

    def look_once(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            look(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(WhiteNoiseMiddleware, "add_files_from_finders", look_once)
        yield


@dataclass(frozen=True, slots=True)
class Caller:
    """A till that calls the API."""

    till: Till
    key: str

    def post(self, path: str, body: Any, **options: Any) -> Any:
        return self._call("post", path, body, **options)

    def put(self, path: str, body: Any) -> Any:
        return self._call("put", path, body)

    def delete(self, path: str) -> Any:
        return Client().delete(f"/api/v1/{path}", headers=self.headers)

    def get(self, path: str, **options: Any) -> Any:
        return Client().get(f"/api/v1/{path}", headers=self.headers, **options)

    def _call(self, method: str, path: str, body: Any, **options: Any) -> Any:
        call: Callable[..., Any] = getattr(Client(), method)
        headers = self.headers | options.pop("headers", {})
        return call(f"/api/v1/{path}", body, content_type="application/json", headers=headers, **options)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


def colleague(till: Caller) -> Caller:
    """Another till of the same establishment."""
    row = TillFactory(establishment=till.till.establishment)
    return Caller(row, issue_key(row))


@pytest.fixture
def till(db: None) -> Caller:
    """A paired till of a customer of its own, not activated."""
    row = TillFactory()
    return Caller(row, issue_key(row))


@dataclass(frozen=True, slots=True)
class SimulatedExact:
    """The running simulator, and what tests do to it."""

    http: httpx.Client
    _known: list[KnownLink] = field(default_factory=list)

    def control(self, path: str, **body: Any) -> Any:
        answer = self.http.post(f"/_control/{path}", json=body)
        assert answer.status_code < 400, answer.text
        return answer.json()

    def company(self) -> tuple[int, str]:
        """A company and a user of its own; the limits start anew, as all calls outside of a company share one."""
        code = next(_numbers)
        user = f"compta{code}@example.fr"
        self.control("settings", forget_usage=True)
        self.control("users", user=user, language="fr", full_name="Marie Dupont")
        self.control("companies", division=code, users=[user])
        return code, user

    def entries(self, division: int) -> list[dict[str, Any]]:
        books: dict[str, Any] = self.http.get("/_control/books", params={"division": division}).json()
        found: list[dict[str, Any]] = books["entries"]
        return found

    def calls(self, division: int) -> Any:
        return self.http.get("/_control/calls", params={"division": division}).json()

    def turn_receipts_away(self, division: Division) -> None:
        """The next receipts never reach Exact: its gateway answers for it."""
        self.control(
            "faults",
            resource="financialtransaction/CashEntries",
            method="POST",
            division=division.code,
            fault="gateway_fault",
        )

    def link(self, till: Till, division: int, user: str) -> Division:
        """Connect and activate the till's establishment, as the customer would."""
        activation = self._choose(till, division, user)
        problems = activate(activation)
        assert not problems, problems
        return activation.division

    def link_new(self, caller: Caller) -> Division:
        """`link` a till with its parameters to a company of its own; only the first in a process by the front door."""
        code, user = self.company()
        if not self._known:
            assert caller.put("parameters", PARAMETERS).status_code == 200
            made = self.link(caller.till, code, user)
            self._known.append(KnownLink.of(caller.till, made))
            return made
        known, shop = self._known[0], caller.till.establishment
        known.send_parameters(caller.till)
        with known.nothing_asked(code, user):
            division = self._choose(caller.till, code, user).division
            known.catalogue.copy_to(division)
            decide(shop, division, way="console")
        return division

    def _choose(self, till: Till, division: int, user: str) -> Activation:
        app, _ = ExactApp.objects.get_or_create(
            country="FR",
            defaults={"base_url": str(self.http.base_url), "client_id": "demo-client", "client_secret": "demo-secret"},
        )
        code = self.control("authorize", client_id="demo-client", redirect_uri=REDIRECT, user=user)["code"]
        connection = connect(tenant=till.tenant, app=app, code=code, redirect_uri=REDIRECT, http=http_of_thread())
        return choose_division(till.establishment, connection, division)


@pytest.fixture(scope="session")
def exact(outside: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedExact]:
    """The Exact simulator, a process of its own over real HTTP."""
    data = tmp_path_factory.mktemp("exact")
    command = [sys.executable, "-m", "simulators.exact_online", "--port", "0", "--data", str(data)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        with httpx.Client(base_url=address, timeout=20) as http:
            yield SimulatedExact(http)
        process.terminate()


@pytest.fixture
def linked(transactional_db: None, exact: SimulatedExact) -> tuple[Caller, Division]:
    """A paired till whose establishment is active in a company of its own."""
    row = TillFactory()
    caller = Caller(row, issue_key(row))
    return caller, exact.link_new(caller)


@pytest.fixture
def posted(linked: tuple[Caller, Division], monkeypatch: pytest.MonkeyPatch) -> Posting:
    """The sales posting of a closing that stands in Exact with its receipts, for long enough to be missed there."""
    monkeypatch.setattr("exact.books.reconcile.settle_time", timedelta)
    till, division = linked
    assert till.post("closings", closing()).status_code == 201
    work(division)
    return Posting.objects.get(division=division, entry_kind="sales")


def work(division: Division) -> bool:
    """What a worker does when it is woken."""
    return run_lane(division.pk, holder="test", settled=settle)
