"""Books other than Exact's in which a closing may be. Rooms above this one keep them, and register here."""

from collections.abc import Callable, Collection
from uuid import UUID

from exports.models import StoredClosing

_asked: list[Callable[[Collection[UUID]], set[UUID]]] = []


def ask_also(standing: Callable[[Collection[UUID]], set[UUID]]) -> None:
    """Register `standing`: given closings' ids, it returns those that are in books from which nothing is taken back.

    Registered twice, it is asked once."""
    if standing not in _asked:
        _asked.append(standing)


def stands_elsewhere(closing: StoredClosing) -> bool:
    """Whether a closing is in other books than Exact's: a file that was delivered."""
    return bool(standing_elsewhere([closing.pk]))


def standing_elsewhere(closing_ids: Collection[UUID]) -> set[UUID]:
    """Those of the closings that are in other books than Exact's."""
    return {pk for ask in _asked for pk in ask(closing_ids)}
