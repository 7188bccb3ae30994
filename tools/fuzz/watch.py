"""What the service logs as an error while it is fuzzed: whatever is caught somewhere is heard here."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

# A host nobody knows is the caller's, and a 5xx is seen in its answer.
NOT_OURS = ("django.security", "django.request")
LINES = 12


class Watch(logging.Handler):
    """Collects errors, each with the end of its traceback."""

    def __init__(self) -> None:
        super().__init__(level=logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(NOT_OURS):
            return
        told = record.msg.get("event", "") if isinstance(record.msg, dict) else record.getMessage()
        info = record.exc_info or (record.msg.get("exc_info") if isinstance(record.msg, dict) else None)
        error = info[1] if isinstance(info, tuple) else info
        trace = traceback.format_exception(error)[-LINES:] if isinstance(error, BaseException) else []
        self.heard.append(f"{record.name}: {told}\n{''.join(trace)}")

    def take(self) -> list[str]:
        """What was heard since it was asked last."""
        heard, self.heard = self.heard, []
        return heard


@contextmanager
def watching() -> Iterator[Watch]:
    """Hear errors instead of printing them."""
    root = logging.getLogger()
    watch, others = Watch(), root.handlers
    root.handlers = [watch]
    try:
        yield watch
    finally:
        root.handlers = others
