"""A real browser against the console on a real port: one browser for the folder, one signed-in page a role."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from exact.models import Division
from tenants.factories import StaffFactory, SupportFactory
from tenants.models import User
from tests.browsing import chromium
from tests.conftest import Caller

TIMEOUT_MS = 8_000


@pytest.fixture(scope="package")
def browser(outside: None) -> Iterator[Browser]:
    """Chromium, headless. Closed after this folder: an event loop runs in this thread as long as it is open."""
    expect.set_options(timeout=TIMEOUT_MS)
    with chromium() as running:
        yield running


@pytest.fixture
def new_page(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """Opens a French visitor's page, with cookies of its own; further options are the browser context's.

    The test fails when a page ran into a script error or a server error, or asked another host for anything.
    """
    trouble: list[str] = []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, locale="fr-FR", timezone_id="Europe/Paris", **options)
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        page.on("pageerror", lambda error: trouble.append(f"{page.url}: {error}"))
        page.on("response", lambda it: trouble.append(f"{it.status} {it.url}") if it.status >= 500 else None)
        page.on("request", lambda it: None if is_ours(it.url) else trouble.append(f"asked for {it.url}"))
        return page

    def is_ours(url: str) -> bool:
        return url.startswith((f"{live_server.url}/", "data:", "blob:"))

    yield open_page
    for context in browser.contexts:
        context.close()
    assert trouble == []


@pytest.fixture
def sign_in(new_page: Callable[..., Page], live_server: LiveServer) -> Callable[..., Page]:
    """Opens a page that a user is signed in on; further options are the browser context's."""

    def signed_in(user: User, **options: Any) -> Page:
        client = Client()
        client.force_login(user)
        page = new_page(**options)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        return page

    return signed_in


@pytest.fixture
def support(sign_in: Callable[[User], Page], transactional_db: None) -> Page:
    """A page of a support agent."""
    return sign_in(SupportFactory())


@pytest.fixture
def reseller(sign_in: Callable[[User], Page], linked: tuple[Caller, Division]) -> Page:
    """A page of the staff of the linked till's reseller."""
    caller, _ = linked
    return sign_in(StaffFactory(reseller=caller.till.tenant.reseller))


@pytest.fixture
def other_reseller(sign_in: Callable[[User], Page], linked: tuple[Caller, Division]) -> Page:
    """A page of the staff of another reseller."""
    return sign_in(StaffFactory())
