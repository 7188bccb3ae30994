"""Sets of tickets are what sets are, checked against Python's own."""

from hypothesis import given
from hypothesis import strategies as st

from ledger.closing import TicketRange
from ledger.tickets import Span, TicketSet

SPANS = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 30), st.integers(0, 6)).map(
        lambda it: Span(it[0], it[1], sum(it[1:]))
    )
)


def tickets(spans: TicketSet | list[Span]) -> set[tuple[str, int]]:
    return {(it.station, number) for it in spans for number in range(it.first, it.last + 1)}


@given(SPANS, SPANS)
def test_sets__join_and_part_as_sets_do(some: list[Span], others: list[Span]) -> None:
    one, other = TicketSet.joined(some), TicketSet.joined(others)
    assert tickets(one) == tickets(some)
    assert tickets(one | other) == tickets(some) | tickets(others)
    assert tickets(one - other) == tickets(some) - tickets(others)
    assert tickets(one & other) == tickets(some) & tickets(others)
    assert bool(one) == bool(some)
    assert (one == other) == (tickets(one) == tickets(other))


def test_closing__tells_the_same_tickets_in_any_spelling() -> None:
    told = [
        TicketRange(station="Poste 01", first=1, last=5, count=5),
        TicketRange(station="1", first=6, last=9, count=4),
    ]
    assert TicketSet.of(told) == TicketSet((Span("1", 1, 9),))


def test_range__that_runs_backwards_is_its_first_ticket() -> None:
    assert TicketSet.of([TicketRange(station="1", first=9, last=2, count=1)]) == TicketSet((Span("1", 9, 9),))
