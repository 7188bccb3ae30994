"""What a web process does with more calls than it can work on: it says so at once, and nothing is lost."""

import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections, transaction

from clyo_ingest.keys import issue_key
from clyo_ingest.models import ReceivedClosing
from tenants.factories import TillFactory
from tenants.models import Till
from tests.conftest import closing


@pytest.fixture
def web(settings: Any) -> Iterator[httpx.Client]:
    """A web process that works on one call of the till API at a time."""
    settings.WEB_IN_FLIGHT = 1
    with httpx.Client(transport=httpx.WSGITransport(app=WSGIHandler()), base_url="http://localhost") as client:
        yield client


class Pusher(threading.Thread):
    """A push from another thread, with a database session of its own."""

    def __init__(self, web: httpx.Client, headers: dict[str, str]) -> None:
        super().__init__()
        self._web, self._headers = web, headers
        self.status = 0

    def run(self) -> None:
        try:
            self.status = self._web.post("/api/v1/closings", json=closing(), headers=self._headers).status_code
        finally:
            connections.close_all()


def wait_until_it_waits() -> None:
    """Until another session stands before a lock of ours."""
    for _ in range(1000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                return
        threading.Event().wait(0.01)
    raise AssertionError("nobody came to the lock")


def test_call_beyond_what_it_can_work_on__is_told_to_come_again(transactional_db: None, web: httpx.Client) -> None:
    till = TillFactory()
    headers = {"Authorization": f"Bearer {issue_key(till)}"}
    slow = Pusher(web, headers)
    with transaction.atomic():
        Till.objects.select_for_update().get(pk=till.pk)
        slow.start()
        wait_until_it_waits()
        refused = web.get("/api/v1/till", headers={**headers, "Accept-Language": "fr"})
    slow.join()

    assert refused.status_code == 503
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "unavailable"
    assert refused.json()["title"].startswith("Le service ne peut")
    assert 5 <= int(refused.headers["Retry-After"]) <= 30
    assert slow.status == 201
    assert web.get("/api/v1/till", headers=headers).status_code == 200
    assert ReceivedClosing.objects.filter(till=till).count() == 1


def test_console__is_not_counted(transactional_db: None, web: httpx.Client) -> None:
    till = TillFactory()
    slow = Pusher(web, {"Authorization": f"Bearer {issue_key(till)}"})
    with transaction.atomic():
        Till.objects.select_for_update().get(pk=till.pk)
        slow.start()
        wait_until_it_waits()
        page = web.get("/console/", follow_redirects=False)
    slow.join()
    assert page.status_code == 302
