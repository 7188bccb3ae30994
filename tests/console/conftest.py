"""A browser for the console's daily jobs."""

from collections.abc import Iterator

import pytest
from django.db import connection
from playwright.sync_api import Browser

from tests.browsing import chromium


@pytest.fixture
def browser() -> Iterator[Browser]:
    """One for a test: Playwright's loop runs in the test's thread until it stops."""
    with chromium() as running:
        yield running
        connection.close()  # this thread has another one while the loop runs; the next test opens it anew
    # Threads of the live server keep their sessions; with one left the test database could not be dropped.
    with connection.cursor() as sql:
        sql.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
