"""The unit tier: the tests that need no database, no program and no network. `make test-unit` runs them alone.

What a test asks for says where it belongs: one that asks pytest-django for the database, or the fixture `outside` (by
a fixture of its own, or `pytest.mark.usefixtures("outside")`), is not in the tier; every other test is. Such a test
fails, in any run, when it opens a socket or starts a process all the same; pytest-django keeps it from the database.

Run alone, the tier looks at fewer examples of each property; the whole suite looks at all of them.
"""

import gc
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Fixtures that give the database (pytest-django's, which all others there ask for) or what is outside the process.
OUTSIDE = frozenset({"db", "transactional_db", "django_db_setup", "live_server", "outside"})
# A file that says of all its tests that they need one of these is not even read for a run of the tier.
OF_ALL = re.compile(r'^pytestmark = pytest\.mark\.(usefixtures\("outside"\)|django_db)', re.M)
# What Python reports before it reaches out of its process.
REACHING_OUT = frozenset(
    {"socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"}
    | {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.exec", "os.system"}
)

# Of a hundred examples of a property, how many a run of the tier alone looks at.
OF_A_HUNDRED = 15


def examples(number: int) -> settings:
    """So many examples of a property in a run of the whole suite, and as many less in one of the unit tier alone.

    However long each takes to be made: a machine that others use is no fault of what is tested.
    """
    return settings(
        max_examples=max(1, number * settings().max_examples // 100),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


class ReachedOut(Exception):
    """A test of the unit tier opened a socket or started a process."""


class Watch:
    """Keeps a test inside its process while it runs, its threads included; those of earlier tests are let be."""

    def __init__(self) -> None:
        self._test = ""
        self._met: list[str] = []
        self._others: set[int | None] = set()
        # Python reports every `id()`, some ten thousand times a second: between the tests nothing is bound or called.
        sys.addaudithook(lambda event, arguments: self._look(event, arguments) if self._test else None)

    def begin(self, test: str) -> None:
        self._others = {it.ident for it in threading.enumerate()} - {threading.get_ident()}
        self._met, self._test = [], test

    def end(self) -> None:
        """Raises `ReachedOut` with everything that was met, also where the test's code caught it."""
        self._test = ""
        if self._met:
            raise ReachedOut("; ".join(self._met))

    def _look(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in REACHING_OUT or threading.get_ident() in self._others:
            return
        self._met.append(
            f"{self._test}: {event} {arguments[-1]!r:.80}. A test of the unit tier stays in its process: "
            'mark it with pytest.mark.usefixtures("outside") if it must go out'
        )
        raise ReachedOut(self._met[-1])


_watch = Watch()


@pytest.fixture(scope="session")
def outside() -> None:
    """Who asks for this starts programs, or speaks with one over a socket."""


def is_alone(config: pytest.Config) -> bool:
    """Whether this is a run of the unit tier and nothing else."""
    return bool(config.option.markexpr == "unit")


def pytest_configure(config: pytest.Config) -> None:
    if is_alone(config):
        settings.register_profile("unit", max_examples=OF_A_HUNDRED, deadline=None)
        settings.load_profile("unit")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    if not is_alone(config) or collection_path.suffix != ".py":
        return None
    left_out = OF_ALL.search(collection_path.read_text("utf-8")) is not None
    return left_out or None  # None leaves it to pytest


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """What is imported stays: the garbage collector looks at none of it, neither now nor between the tests."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        asked = frozenset(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") is None and not asked & OUTSIDE:
            item.add_marker("unit")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    yield from _kept_inside(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    yield from _kept_inside(item)


def _kept_inside(item: pytest.Item) -> Iterator[None]:
    if item.get_closest_marker("unit") is None:
        return (yield)
    _watch.begin(item.nodeid)
    try:
        return (yield)
    finally:
        _watch.end()
