"""The self-checks of worker and beat while they run, for `integration.heartbeat` and the metrics.

A worker queries the database, in a session of its own, and sends itself a message through the broker: by a queue that
it reads together with its work, into a thread of its pool. So a worker that is alive but takes no work any more is
noticed. While all of its threads are busy no message can be taken, and none is needed: such a worker is at work.
"""

import threading
from collections.abc import Callable
from typing import Any

import structlog
from celery import Celery, shared_task
from celery.signals import after_task_publish
from celery.worker.state import active_requests
from kombu import Exchange, Queue

from integration import heartbeat
from postgres.brief_session import brief_session

log = structlog.get_logger()

EVERY_S = 10.0
STEP_S = 5.0
HEAR = "integration.hear"
# After how long without a reader a worker's queue expires, so that nothing of it stays in Valkey.
FORGOTTEN_AFTER_S = 3600.0


@shared_task(name=HEAR)
def hear(worker: str) -> None:
    """Note that a worker's message to itself arrived."""
    if pulse is not None and pulse.name == worker:
        pulse.found("broker")


def own_queue(worker: str) -> Queue:
    """The queue that this worker alone reads, with its work."""
    name = f"hear.{worker}"
    return Queue(name, Exchange(name), routing_key=name, expires=FORGOTTEN_AFTER_S)


class Pulse:
    """The times, by `heartbeat.now`, at which each self-check of a worker last succeeded."""

    def __init__(self, app: Celery, name: str, *, all_at_work: Callable[[], bool]) -> None:
        self.name = name
        self._app = app
        self._all_at_work = all_at_work
        self._ended = threading.Event()
        self._writing = threading.Lock()
        self.found_well: dict[str, float] = {}

    def start(self) -> None:
        """Start the checks, each in a thread of its own, so that a broker that hangs does not stop the other check."""
        for what, ask in (("broker", self._ask_broker), ("database", self._ask_database)):
            threading.Thread(target=self._beat, args=[what, ask], name=f"pulse-{what}", daemon=True).start()

    def end(self) -> None:
        """Stop the checks and remove the heartbeat, as the worker ends by itself."""
        with self._writing:
            self._ended.set()
            heartbeat.forget("worker")

    def found(self, what: str) -> None:
        """Note that a check succeeded now."""
        with self._writing:
            self.found_well[what] = heartbeat.now()
            if not self._ended.is_set():
                heartbeat.write("worker", self.found_well)

    def _beat(self, what: str, ask: Callable[[], None]) -> None:
        while not self._ended.is_set():
            self._look(what, ask)
            self._ended.wait(EVERY_S)

    def _look(self, what: str, ask: Callable[[], None]) -> None:
        try:
            ask()
        except Exception as error:
            # Whatever a driver or a broker's client raises: the next look comes, and the heartbeat says how long ago
            # the last good one was.
            log.warning("pulse_missed", of=what, error=type(error).__name__)

    def _ask_database(self) -> None:
        with brief_session(STEP_S, application="pulse") as session:
            session.execute("SELECT 1")
        self.found("database")

    def _ask_broker(self) -> None:
        if self._all_at_work():
            self.found("broker")
        else:
            self._app.send_task(HEAR, args=(self.name,), queue=own_queue(self.name))  # type: ignore[arg-type] # or a name


pulse: Pulse | None = None
# When beat last sent a task.
sent: dict[str, float] = {}


def found_well() -> dict[str, float]:
    """What this process found well, and when: a worker, or beat."""
    return dict(pulse.found_well) if pulse is not None else dict(sent)


def prepare(sender: str, instance: Any, **_: Any) -> None:
    """Celery's `celeryd_after_setup`: the worker called `sender` reads its own queue beside the others."""
    global pulse

    def all_at_work() -> bool:
        threads: int = instance.concurrency
        return len(active_requests) >= threads

    instance.app.amqp.queues.select_add(own_queue(sender))
    pulse = Pulse(instance.app, sender, all_at_work=all_at_work)


def begin(**_: Any) -> None:
    """Celery's `worker_ready`. Without effect in a process that is no worker of its own, as in a test."""
    if pulse is not None:
        pulse.start()


def end(**_: Any) -> None:
    """Celery's `worker_shutdown`."""
    if pulse is not None:
        pulse.end()


def note_sends(**_: Any) -> None:
    """Celery's `beat_init`: this process is the clock, and what it sends is its beat."""
    after_task_publish.connect(_note_send)


def _note_send(**_: Any) -> None:
    sent["send"] = heartbeat.now()
    heartbeat.write("beat", sent)
