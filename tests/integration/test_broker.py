"""A worker that loses Valkey with messages in hand forgets them and comes back; the sweep finds what they were about."""

import shutil
from collections.abc import Iterator
from contextlib import suppress

import pytest
from kombu import Connection
from kombu.simple import SimpleQueue

from integration.celery import app
from integration.stack.account import ServiceAccount, services_home
from integration.stack.programs import Running, start_valkey
from integration.stack.services import CLONE


@pytest.fixture
def valkey() -> Iterator[Running]:
    """A Valkey of this test's own, to be killed."""
    account = ServiceAccount.of_this_process()
    home = services_home(CLONE, "test-broker", account)
    shutil.rmtree(home / "valkey", ignore_errors=True)
    running = start_valkey(home, account)
    yield running
    running.kill()


@pytest.fixture
def in_hand(valkey: Running) -> SimpleQueue:
    """A queue over a connection as the workers have it, from which a message was read that is not done with yet."""
    options = app.conf.broker_transport_options
    connection = Connection(valkey.url, transport=app.conf.broker_transport, transport_options=options)
    queue = connection.SimpleQueue("hints")
    queue.put("hint")
    assert queue.get(timeout=10).payload == "hint"
    return queue


def test_connection__to_a_valkey_that_died_is_left_without_a_fault(valkey: Running, in_hand: SimpleQueue) -> None:
    connection = in_hand.channel.connection.client
    with pytest.raises(TimeoutError):
        connection.drain_events(timeout=0.1)  # the next message is being waited for
    valkey.kill()
    with suppress(Exception):
        connection.collect()  # so does Celery before it closes the connection
    connection.close()


def test_message__is_gone_once_it_was_read(in_hand: SimpleQueue) -> None:
    assert in_hand.channel.client.keys("*unacked*") == []
