"""A browser for the console's daily jobs."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.browsing import chromium


@pytest.fixture(scope="module")
def browser_of_file(outside: None) -> Iterator[Browser]:
    """One for a file whose tests all use it: Playwright's loop runs in the tests' thread until it stops."""
    with chromium() as running:
        yield running


@pytest.fixture
def browser(browser_of_file: Browser, live_server: LiveServer) -> Iterator[Browser]:
    """A browser without pages of other tests; its own are closed while what they ask still runs."""
    yield browser_of_file
    for context in browser_of_file.contexts:
        context.close()
