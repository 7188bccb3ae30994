"""Sets of tickets: which ones several closings cover together, which are left, whether two cover the same."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

from ledger.closing import TicketRange
from ledger.stations import one_spelling


class Span(NamedTuple):
    """Tickets `first` to `last` of one station, the station in the spelling it is compared by."""

    station: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class TicketSet:
    """Tickets by station, as spans that neither touch nor overlap, in order. Two sets of the same tickets are equal."""

    spans: tuple[Span, ...] = ()

    @classmethod
    def of(cls, told: Iterable[TicketRange]) -> Self:
        """Return the tickets a closing says it covers; a range that runs backwards is its first ticket."""
        return cls.joined(Span(one_spelling(it.station), it.first, max(it.first, it.last)) for it in told)

    @classmethod
    def joined(cls, spans: Iterable[Span]) -> Self:
        """Return all tickets of these spans, each once."""
        found: list[Span] = []
        for span in sorted(spans):
            if found and found[-1].station == span.station and span.first <= found[-1].last + 1:
                found[-1] = found[-1]._replace(last=max(found[-1].last, span.last))
            else:
                found.append(span)
        return cls(tuple(found))

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __iter__(self) -> Iterator[Span]:
        return iter(self.spans)

    def __or__(self, other: "TicketSet") -> "TicketSet":
        return TicketSet.joined((*self.spans, *other.spans))

    def __sub__(self, other: "TicketSet") -> "TicketSet":
        """Return the tickets of this set that are not in the other."""
        taken = other._by_station()
        return TicketSet(tuple(left for span in self.spans for left in _take_away(span, taken.get(span.station, []))))

    def __and__(self, other: "TicketSet") -> "TicketSet":
        """Return the tickets that are in both."""
        return self - (self - other)

    def is_within(self, other: "TicketSet") -> bool:
        """Whether all of these tickets are in the other set, and it has more."""
        return not self - other and self != other

    def _by_station(self) -> Mapping[str, list[Span]]:
        found: dict[str, list[Span]] = {}
        for span in self.spans:
            found.setdefault(span.station, []).append(span)
        return found


def _take_away(span: Span, taken: list[Span]) -> Iterator[Span]:
    """10 to 20 less 12 to 14: 10 to 11, and 15 to 20."""
    first = span.first
    for it in taken:
        if it.last < first:
            continue
        if it.first > span.last:
            break
        if it.first > first:
            yield span._replace(first=first, last=it.first - 1)
        first = it.last + 1
    if first <= span.last:
        yield span._replace(first=first)
