"""The whole way in browsers of two kinds: our pages over HTTP, the simulator's own log-in, a worker that makes the
checks."""

import queue
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from celery import Celery
from django.db import connections
from mechanicalsoup import StatefulBrowser
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from clyo_ingest.keys import issue_key
from exact.models import ExactApp
from integration.celery import app
from tenants.factories import TillFactory
from tests.browsing import chromium
from tests.conftest import PARAMETERS, Caller, SimulatedExact
from tests.exact.activation.given import TOO_LONG_S, Reader, Readers, Shop, Visitor


@pytest.fixture(scope="package")
def browser(outside: None) -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def visitors(browser: Browser) -> Iterator[Any]:
    """Makes browsers that know nothing of each other; options are those of Playwright's `new_context`."""
    contexts = []

    def visitor(**options: Any) -> Visitor:
        context = browser.new_context(**{"locale": "fr-FR", **options})
        context.set_default_timeout(TOO_LONG_S * 1000)
        contexts.append(context)
        return Visitor(context, context.new_page())

    yield visitor
    for context in contexts:
        context.close()


@pytest.fixture
def visitor(visitors: Any) -> Visitor:
    made: Visitor = visitors()
    return made


@pytest.fixture
def readers(outside: None) -> Iterator[Readers]:
    """Makes browsers without scripts that know nothing of each other."""
    with ExitStack() as open_ones:

        def reader() -> Reader:
            browser = open_ones.enter_context(StatefulBrowser(soup_config={"features": "lxml"}))
            browser.session.headers["Accept-Language"] = "fr-FR"
            return Reader(browser)

        yield reader


@pytest.fixture
def reader(readers: Readers) -> Reader:
    return readers()


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A worker: does in a thread of its own what is sent to the broker."""
    app.loader.import_default_modules()
    sent: queue.Queue[tuple[str, Any] | None] = queue.Queue()
    monkeypatch.setattr(Celery, "send_task", lambda _app, name, args=(), **_options: sent.put((name, args)))

    def work() -> None:
        while (task := sent.get()) is not None:
            name, arguments = task
            app.tasks[name](*arguments)
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    sent.put(None)
    thread.join()


@pytest.fixture
def served(live_server: LiveServer, settings: Any, worker: None, exact: SimulatedExact) -> str:
    """Our pages on the address that Exact sends back to."""
    settings.PUBLIC_URL = live_server.url
    ExactApp.objects.update_or_create(
        country="FR",
        defaults={
            "base_url": str(exact.http.base_url).rstrip("/"),
            "client_id": "demo-client",
            "client_secret": "demo-secret",
        },
    )
    return str(live_server.url)


@pytest.fixture
def shop(served: str, exact: SimulatedExact) -> Shop:
    return new_shop(served, exact, "Bistrot du Canal – Paris 10e", "Le Bistrot du Canal SARL")


@pytest.fixture
def other_shop(served: str, exact: SimulatedExact) -> Shop:
    return new_shop(served, exact, "Boulangerie des Dunes", "Les Dunes SAS")


def new_shop(served: str, exact: SimulatedExact, name: str, customer: str) -> Shop:
    row = TillFactory(establishment__name=name, establishment__tenant__name=customer)
    caller = Caller(row, issue_key(row))
    assert caller.put("parameters", PARAMETERS).status_code == 200
    division, user = exact.company()
    return Shop(caller, exact, division, user, served)
