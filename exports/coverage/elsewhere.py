"""Books in which a closing may stand beside Exact's. Rooms above this one keep them, and say so here."""

from collections.abc import Callable

from exports.models import StoredClosing

_asked: list[Callable[[StoredClosing], bool]] = []


def ask_also(stands: Callable[[StoredClosing], bool]) -> None:
    """From now on `stands` is asked whether a closing is in books that nothing takes back. Said twice
    it is asked once."""
    if stands not in _asked:
        _asked.append(stands)


def stands_elsewhere(export: StoredClosing) -> bool:
    """Whether a closing is in other books than Exact's: a file that was delivered."""
    return any(stands(export) for stands in _asked)
