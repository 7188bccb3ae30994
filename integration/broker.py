"""A Celery transport that removes a message from Valkey as soon as a worker has read it: messages are only hints.

Kombu would keep each message in Valkey until its task is done, and put it back when its worker ends. That costs two
more transactions a message; and a worker that loses Valkey while messages wait for a free thread would fail while it
puts them back (kombu 5.7: the connection is forgotten by then), and end. The sweeps find the work of a lost message.
"""

from kombu.transport import redis


class HintChannel(redis.Channel):
    """A channel that keeps messages it has read in memory only."""

    ack_emulation = False
    do_restore = False


class Transport(redis.Transport):
    """Celery's setting `broker_transport` names it."""

    Channel = HintChannel
