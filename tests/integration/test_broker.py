"""A worker that loses Valkey with messages in hand forgets them and comes back; the sweep finds the rest."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from kombu import Connection

from integration.celery import app
from tools.stack.account import ServiceAccount, services_home
from tools.stack.product import ALONE
from tools.stack.programs import Running, start_valkey
from tools.stack.services import CLONE

WORKER = ("-m", "celery", "-A", "tests.integration.worker_that_waits", "worker", "-P", "threads", "-c", "1", *ALONE)
WAIT_S = 60


@pytest.fixture
def home() -> Path:
    account = ServiceAccount.of_this_process()
    home = services_home(CLONE, f"test-broker-{os.getpid()}", account)
    shutil.rmtree(home / "valkey", ignore_errors=True)
    return home


@pytest.fixture
def valkey(outside: None, home: Path) -> Iterator[Running]:
    """A Valkey of this test's own, to be killed."""
    running = start_valkey(home, ServiceAccount.of_this_process())
    yield running
    running.kill()


@pytest.fixture
def broker(valkey: Running) -> Iterator[Connection]:
    """A connection as the product has it."""
    options = app.conf.broker_transport_options
    with Connection(valkey.url, transport=app.conf.broker_transport, transport_options=options) as connection:
        yield connection


@contextmanager
def ended(worker: "subprocess.Popen[bytes]") -> Iterator["subprocess.Popen[bytes]"]:
    """The worker, which is not left behind when the test fails."""
    with worker:
        try:
            yield worker
        finally:
            worker.kill()


def until(ready: Callable[[], bool], worker: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + WAIT_S
    while not ready():
        assert worker.poll() is None, "the worker ended by itself"
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_worker__that_loses_valkey_with_messages_in_hand_comes_back(
    valkey: Running, home: Path, tmp_path: Path
) -> None:
    def ask(seconds: float, name: str) -> None:
        with app.connection_for_write(valkey.url) as connection:
            app.send_task("tests.wait", (seconds, str(tmp_path / name)), connection=connection)

    environment = os.environ | {"REDIS_URL": valkey.url}
    with ended(subprocess.Popen([sys.executable, *WORKER], cwd=CLONE, env=environment)) as worker:
        ask(0, "ready")
        until((tmp_path / "ready").exists, worker)
        for name in ("busy", "in hand"):
            ask(1, name)
        until((tmp_path / "busy").exists, worker)
        ask(3, "busy again")
        ask(0, "in hand again")
        with redis.Redis.from_url(valkey.url) as queue:  # one runs, one is in hand, one is left
            until(lambda: queue.llen(app.conf.task_default_queue) == 1, worker)
        valkey.kill()
        again = start_valkey(home, ServiceAccount.of_this_process(), again=valkey)
        try:
            ask(0, "after")
            until((tmp_path / "after").exists, worker)
        finally:
            again.kill()


def test_worker__told_to_end_while_valkey_is_gone_ends(valkey: Running, tmp_path: Path) -> None:
    """Stopped for longer than a heartbeat's interval, it would send one first of all, again and again."""
    command = [sys.executable, *WORKER, "--heartbeat-interval", "1"]
    with ended(subprocess.Popen(command, cwd=CLONE, env=os.environ | {"REDIS_URL": valkey.url})) as worker:
        with app.connection_for_write(valkey.url) as connection:
            app.send_task("tests.wait", (0, str(tmp_path / "ready")), connection=connection)
        until((tmp_path / "ready").exists, worker)
        worker.send_signal(signal.SIGSTOP)
        valkey.kill()
        time.sleep(1.5)
        worker.send_signal(signal.SIGCONT)
        time.sleep(1)  # it is about to send by now
        worker.terminate()
        assert worker.wait(WAIT_S) == 0


def test_channel__whose_connection_was_forgotten_is_closed_with_a_message_in_hand(broker: Connection) -> None:
    queue = broker.SimpleQueue("hints")
    queue.put("hint")
    assert queue.get(timeout=10).payload == "hint"
    # In this order, when the end of Valkey is noticed by two readers at once; kombu's own channel raises here.
    queue.channel._disconnect_pools()
    broker._do_close_transport()
    queue.channel.close()


def test_message__is_gone_once_it_was_read(broker: Connection) -> None:
    queue = broker.SimpleQueue("hints")
    queue.put("hint")
    assert queue.get(timeout=10).payload == "hint"
    assert queue.channel.client.keys("*unacked*") == []
