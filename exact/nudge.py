"""Messages to workers that say "look at the database now". A lost or doubled one changes nothing: sweeps find all work.

No request waits for the broker: the message is left with a thread, one in each process, that sends it. Valkey may
refuse, stay silent or not be found by name; a till that pushes a closing gets its answer all the same (decision 0021).
"""

import atexit
import os
import threading
import time

import structlog
from celery import current_app
from structlog.contextvars import get_contextvars

log = structlog.get_logger()

CHECK = "exact.check"
REFRESH = "exact.refresh"
TRY_CONSENT = "exact.try_consent"
LINKS_AGAIN = "exact.mail_links_again"

Hint = tuple[str, tuple[int | str, ...]]
# The header of a message that names the request or task in which it was made, for log lines.
ASKED_IN = "asked_in"

# How many messages may wait to be sent. Further ones are dropped; the sweep finds what they were about.
WAITING_MAX = 10_000
# How long no message is tried after a failure: a broker that accepts and never answers costs seconds a message.
QUIET_S = 5.0
# How long a process that ends waits until its last messages are sent, in seconds.
LAST_HINTS_S = 0.5
_quiet_until = 0.0


class _Outbox:
    """Messages that wait to be sent, each once, in order, and the thread that sends them."""

    def __init__(self) -> None:
        self._waiting: dict[Hint, str] = {}
        self._sending = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def put(self, hint: Hint, asked_in: str) -> None:
        with self._changed:
            if len(self._waiting) >= WAITING_MAX:
                return
            self._waiting.setdefault(hint, asked_in)
            if self._thread is None:
                self._thread = threading.Thread(target=self._send_for_ever, name="hints", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def wait_until_sent(self, seconds: float) -> bool:
        """Whether all that waited was sent, or given up, within so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._sending, seconds)

    def _send_for_ever(self) -> None:
        while True:
            with self._changed:
                self._sending = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._waiting)
                # Taken out before it is sent: its reader may not see rows that are stored from now on, so who asks
                # from now on gets a message of their own.
                hint = next(iter(self._waiting))
                asked_in = self._waiting.pop(hint)
                self._sending = True
            if not _send(*hint, asked_in):
                with self._changed:
                    self._waiting.clear()


def _send(task: str, arguments: tuple[int | str, ...], asked_in: str) -> bool:
    global _quiet_until
    try:
        current_app.send_task(task, args=arguments, headers={ASKED_IN: asked_in} if asked_in else None)
    except Exception as error:
        # Any exception of the broker's client: the rows are committed, so the sweep finds them.
        _quiet_until = time.monotonic() + QUIET_S
        log.warning("nudge_lost", task=task, error=type(error).__name__)
        return False
    return True


_outbox = _Outbox()


def _begin_anew() -> None:
    """Start a new outbox in a forked process, which has none of its parent's threads."""
    global _outbox
    _outbox = _Outbox()


os.register_at_fork(after_in_child=_begin_anew)


def nudge(task: str, *arguments: int | str) -> None:
    """Ask a worker to run a task. Returns at once. If Valkey is away, the next sweep does it."""
    if time.monotonic() >= _quiet_until:
        _outbox.put((task, arguments), get_contextvars().get("request_id", ""))


def wait_until_sent(seconds: float) -> bool:
    """Wait until all messages are sent, at most so many seconds; returns whether they were. For exits and tests."""
    return _outbox.wait_until_sent(seconds)


atexit.register(wait_until_sent, LAST_HINTS_S)


def nudge_check(link_id: int) -> None:
    """Ask a worker to make the checks of an activation link."""
    nudge(CHECK, link_id)


def nudge_links_again() -> None:
    """Ask a worker to mail the links that were asked for on the pages of those that are over."""
    nudge(LINKS_AGAIN)
