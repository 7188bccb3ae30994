"""Whether this process was asked to end: then its lanes stop after the current posting, and other workers go on.

A lane may have two hundred postings. A process that sent them all first would be killed in the middle of one, and the
outcome of that one would have to be looked up.
"""

import threading

_asked = threading.Event()


def ask() -> None:
    """Ask the lanes of this process to take no further posting."""
    _asked.set()


def is_asked() -> bool:
    """Whether the lanes of this process were asked to end."""
    return _asked.is_set()
