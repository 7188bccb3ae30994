"""A till's name when the one that was meant is taken."""

from collections.abc import Collection

TILL_NAME_MAX = 60


def next_name(name: str, taken: Collection[str]) -> str:
    """ "Caisse 1 (2)" for what follows "Caisse 1", or the next number that is none of `taken`."""
    names = (f"{name[: TILL_NAME_MAX - 6]} ({number})" for number in range(2, len(taken) + 3))
    return next(it for it in names if it not in taken)
