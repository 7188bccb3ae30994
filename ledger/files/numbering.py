"""Continuous numbering of entries, one sequence per journal; a number given is kept (LPF art. A47 A-1, field 3)."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeAlias, TypeVar

# Within a closing: the entry's kind, its own journal, and which of those it is, from 1.
EntryKey: TypeAlias = tuple[str, str, int]
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


class GivenNumber(NamedTuple):
    """A number as it was given: its place among all numbers given, and the day, on which the entry became final."""

    number: EntryNumber
    place: int
    day: date


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


def same_entries(now: Iterable[EntryKey], numbered: Sequence[EntryKey]) -> dict[EntryKey, EntryKey]:
    """Say which entry of one closing, as it was when numbered, each of its entries of now is.

    That of its journal; else, in the order of their numbers, one of its kind in a journal that the closing no longer
    uses: when sales move from journal 70 to 71, they keep the number they had in 70. What is not in the result is new.
    Only numbers that no delivered file shows may be found so: what was delivered stays as it was (`validated`).
    """
    entries = [*now]
    same = {entry: entry for entry in entries if entry in numbered}
    left = [it for it in numbered if it not in same]
    for entry in entries:
        moved_from = next((it for it in left if it[0] == entry[0]), None)
        if entry not in same and moved_from:
            same[entry] = moved_from
            left.remove(moved_from)
    return same
