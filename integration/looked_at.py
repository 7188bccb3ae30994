"""One look at something slow for however many ask at once, in bounded time, remembered for a while."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

Found = TypeVar("Found")


class LookedAt(Generic[Found]):
    """Looks in a thread of its own, one look at a time: who asks meanwhile waits for the same look.

    So what hangs costs one thread, and its askers as long as they give it. What was found is good for `good_for_s`
    seconds; 0: each asker that finds no look under way has a new one.
    """

    def __init__(self, look: Callable[[], Found], *, good_for_s: float = 0.0) -> None:
        self._look = look
        self._good_for_s = good_for_s
        self._good_until = 0.0
        self._starting = threading.Lock()
        self._running: Future[Found] | None = None

    def ask(self, seconds: float) -> Found:
        """What a look finds that ends within so many seconds. Raises `TimeoutError`, or what the look raised."""
        with self._starting:
            if self._running is None or (self._running.done() and time.monotonic() >= self._good_until):
                self._running = Future()
                threading.Thread(target=self._find, args=[self._running], name="look", daemon=True).start()
            running = self._running
        return running.result(seconds)

    def _find(self, running: "Future[Found]") -> None:
        try:
            found = self._look()
        except BaseException as error:
            running.set_exception(error)
        else:
            self._good_until = time.monotonic() + self._good_for_s
            running.set_result(found)
