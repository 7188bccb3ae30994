"""Continuous numbering of entries, one sequence per journal; a number given is kept (LPF art. A47 A-1, field 3)."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True, slots=True, order=True)
class EntryNumber:
    """The n-th entry of a journal in one fiscal year: VE000001.

    ``journal`` is the code it had in the file when the number was given, and stays when the code changes later.
    """

    journal: str
    sequence: int

    def __post_init__(self) -> None:
        assert self.journal and self.sequence > 0, "a number needs a journal and counts from 1"

    def __str__(self) -> str:
        return f"{self.journal}{self.sequence:06d}"


def number_entries(
    entries: Iterable[tuple[_Key, str]],
    *,
    kept: Mapping[_Key, EntryNumber],
    last: Mapping[str, int],
) -> dict[_Key, EntryNumber]:
    """Return the number of every entry: the one it has, or the next of its journal.

    ``entries`` are (key, journal code in the file), in the order in which they are validated. ``kept`` holds the
    numbers given before to any of them, ``last`` the highest sequence given so far per journal; both of one legal
    entity and one fiscal year. A closing of January that arrives after March was numbered takes the next number: the
    order is that of validation. Raises ValueError when ``last`` is behind a kept number, which would give it twice.
    """
    for number in kept.values():
        if last.get(number.journal, 0) < number.sequence:
            raise ValueError(f"{number} was given, but the last known of {number.journal} is lower")
    reached = dict(last)
    numbers: dict[_Key, EntryNumber] = {}
    for key, journal in entries:
        if key in numbers:
            raise ValueError(f"an entry stands twice in what is to be numbered: {key!r}")
        if key in kept:
            numbers[key] = kept[key]
        else:
            reached[journal] = reached.get(journal, 0) + 1
            numbers[key] = EntryNumber(journal, reached[journal])
    return numbers
