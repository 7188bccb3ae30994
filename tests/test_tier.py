"""What keeps the unit tier honest: its tests fail when they reach out of their process, whatever their code catches."""

import contextlib
import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.tier import ReachedOut, Watch

NOBODY = ("127.0.0.1", 9)
pytestmark = pytest.mark.usefixtures("outside")


def connect() -> None:
    with socket.socket() as one:
        one.connect(NOBODY)


def listen() -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))


def look_up() -> None:
    socket.getaddrinfo("localhost", 80)


def start() -> None:
    subprocess.run(["true"], check=True)


def shell() -> None:
    os.system("true")


@pytest.fixture(scope="module")
def watch() -> Watch:
    return Watch()


@pytest.fixture
def begun(watch: Watch) -> Iterator[Watch]:
    watch.begin("a test")
    yield watch
    with contextlib.suppress(ReachedOut):
        watch.end()


@pytest.mark.parametrize("act", [connect, listen, look_up, start, shell])
def test_watch__stops_who_reaches_out_and_tells_it_once_more_at_the_end(begun: Watch, act: Callable[[], None]) -> None:
    with pytest.raises(ReachedOut):
        act()
    with pytest.raises(ReachedOut, match=r"a test: .*usefixtures"):
        begun.end()


def test_watch__sees_threads_of_the_test(begun: Watch) -> None:
    def act() -> None:
        with contextlib.suppress(ReachedOut):
            listen()

    thread = threading.Thread(target=act)
    thread.start()
    thread.join()
    with pytest.raises(ReachedOut):
        begun.end()


def test_watch__lets_threads_of_earlier_tests_be(watch: Watch) -> None:
    go, heard = threading.Event(), []

    def act() -> None:
        go.wait()
        listen()
        heard.append(True)

    earlier = threading.Thread(target=act)
    earlier.start()
    watch.begin("a test")
    go.set()
    earlier.join()
    watch.end()
    assert heard


def test_watch__looks_away_once_the_test_is_over(watch: Watch) -> None:
    watch.begin("a test")
    watch.end()
    listen()
