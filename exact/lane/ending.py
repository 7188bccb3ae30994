"""Whether this process was asked to end: its lanes then leave after the posting they are at, and others go on.

A lane may hold two hundred postings; who waits for their end is killed in the middle of one, whose outcome somebody has
to look up then.
"""

import threading

_asked = threading.Event()


def ask() -> None:
    """From now on no lane of this process takes another posting."""
    _asked.set()


def is_asked() -> bool:
    """Whether lanes are to leave."""
    return _asked.is_set()
