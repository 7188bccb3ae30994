"""A browser for the console's daily jobs."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browsing import chromium


@pytest.fixture
def browser(outside: None) -> Iterator[Browser]:
    """One for a test: Playwright's loop runs in the test's thread until it stops."""
    with chromium() as running:
        yield running
