"""What a closing leaves over others: never a cent more or less, whatever either side tells of families and labels."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ledger.check import check_bookable
from ledger.closing import CashCount, Closing
from ledger.closing_document import document_of
from ledger.figures import Figures, is_empty, remainder
from ledger.kinds import SaleKind
from ledger.money import ZERO
from tests.ledger.strategies import closings


def without_detail(closing: Closing) -> Closing:
    """The same closing by a till that tells no families, labels or refunds apart."""
    sales = tuple(replace(it, family="", nature="", kind=SaleKind.SALE) for it in closing.sales)
    return replace(closing, sales=sales, payments=tuple(replace(it, label="") for it in closing.payments))


@given(closings())
def test_document__reads_back_to_the_same_closing(closing: Closing) -> None:
    assert Closing.from_document(document_of(closing)) == closing


@given(st.lists(closings(), min_size=1, max_size=3), st.lists(closings(), max_size=3), st.booleans())
def test_remainder__and_what_is_booked_are_what_was_told(
    told: list[Closing], booked: list[Closing], plain: bool
) -> None:
    told = [without_detail(it) for it in told] if plain else told
    left = remainder(told[0], told, booked)
    assert Figures.of([left, *booked]) == Figures.of(told)
    assert drawer(left) + sum(map(drawer, booked)) == sum(map(drawer, told))
    assert Closing.from_document(document_of(left)) == left


@given(st.lists(closings(), min_size=1, max_size=3), st.lists(closings(), max_size=2))
def test_remainder__of_what_can_be_booked_can_be_booked(told: list[Closing], booked: list[Closing]) -> None:
    sound = [replace(it, currency="EUR") for it in (*told, *booked) if not check_bookable(it)]
    if sound:
        assert check_bookable(remainder(sound[0], sound[: len(told)], sound[len(told) :])) == []


@given(st.lists(closings(), min_size=1, max_size=3))
def test_remainder__over_itself_is_nothing(told: list[Closing]) -> None:
    left = remainder(told[0], told, told)
    assert is_empty(left)
    assert (left.sales, left.payments, left.other_receipts, left.cash) == ((), (), (), None)


def drawer(closing: Closing) -> object:
    cash = closing.cash or CashCount()
    return cash.difference + (cash.banked or ZERO) + sum((it.amount for it in cash.movements), ZERO)
