"""A browser for the console's daily jobs, and a world for the files that walk through all of the console."""

import copy
from collections.abc import Iterator

import pytest
from django.test import TestCase
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from tests.browsing import chromium
from tests.world import World, world


@pytest.fixture(scope="module")
def world_of_file(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """A world for all tests of a file, each of which goes back to it at its end. None of them may commit."""
    with django_db_blocker.unblock():
        around = TestCase._enter_atomics()  # type: ignore[attr-defined] # Django's own mark: blocks may be durable in it
        made = world()
    yield made
    with django_db_blocker.unblock():
        TestCase._rollback_atomics(around)  # type: ignore[attr-defined]


@pytest.fixture
def here(world_of_file: World, db: None) -> World:
    """The file's world as it was made, in objects of the test's own."""
    return copy.deepcopy(world_of_file)


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
