"""How Celery's messages travel: a message is a hint, so it is gone from Valkey once a worker has read it.

Kombu would note each message in Valkey until it is done with, and put it back when its worker ends. That is two more
transactions a message; and a worker that loses Valkey with messages waiting for a free thread would fail while putting
them back (kombu 5.7: the connection is forgotten by then), and end. What a lost hint was about, the sweep finds.
"""

from kombu.transport import redis


class HintChannel(redis.Channel):
    """A channel that keeps what was read in this process alone, and forgets it with the process."""

    ack_emulation = False
    do_restore = False


class Transport(redis.Transport):
    """Celery's setting `broker_transport` names it."""

    Channel = HintChannel
