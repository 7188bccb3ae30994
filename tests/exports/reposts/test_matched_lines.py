"""Which line stands in whose place, and what is other about it. Pure."""

from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.reposts.matched_lines import BookedLine, Mark, match
from tests.tier import examples


def line(account: str, amount: str, **more: object) -> BookedLine:
    return BookedLine(account=account, amount=Decimal(amount), **more)  # type: ignore[arg-type]


SALE = [line("411000", "1400.00"), line("707010", "-1000.00", label="Cuisine"), line("707020", "-250.00")]


@pytest.mark.parametrize("held", [*permutations(SALE)])
def test_order__is_of_what_comes_however_exact_lists_it(held: tuple[BookedLine, ...]) -> None:
    pairs = match(held, SALE)
    assert [it.held for it in pairs] == [it.meant for it in pairs] == SALE
    assert {it.mark for it in pairs} == {Mark.SAME}


def test_another_account__is_paired_by_its_amount() -> None:
    meant = [SALE[0], line("707100", "-1000.00"), SALE[2]]
    pairs = match([SALE[2], SALE[1], SALE[0]], meant)
    assert [it.mark for it in pairs] == [Mark.SAME, Mark.OTHER_ACCOUNT, Mark.SAME]
    assert pairs[1].held == SALE[1]


def test_two_of_one_amount__are_told_apart_by_their_label() -> None:
    held = [line("707000", "-10.00", label="Z1 Bar"), line("707000", "-10.00", label="Z1 Cuisine")]
    meant = [line("707100", "-10.00", label="Cuisine"), line("707200", "-10.00", label="Bar")]
    assert [it.held.label for it in match(held, meant) if it.held] == ["Z1 Cuisine", "Z1 Bar"]


def test_another_amount__stays_beside_its_account() -> None:
    pairs = match([line("411000", "1390.00"), SALE[1]], SALE)
    assert [it.mark for it in pairs] == [Mark.OTHER_AMOUNT, Mark.SAME, Mark.NEW]


def test_what_nothing_takes_the_place_of__goes() -> None:
    pairs = match([*SALE, line("758000", "-0.01")], SALE)
    assert [it.mark for it in pairs] == [Mark.SAME, Mark.SAME, Mark.SAME, Mark.GOES]
    assert [it.mark for it in match([], SALE)] == [Mark.NEW] * 3


def test_vat__is_on_the_account_that_exact_chose() -> None:
    held = [line("445700", "-50.00", vat=True, vat_code="VN")]
    assert match(held, [line("445711", "-50.00", vat=True, vat_code="VN")])[0].mark is Mark.SAME
    assert match(held, [line("445711", "-50.00", vat=True, vat_code="VR")])[0].mark is Mark.OTHER_VAT_CODE
    assert match(held, [line("707000", "-50.00")])[0].mark is Mark.NEW


lines = st.lists(
    st.builds(
        BookedLine,
        account=st.sampled_from(["411000", "707010", "707100"]),
        amount=st.sampled_from([Decimal("1.00"), Decimal("-1.00"), Decimal("2.00")]),
        label=st.sampled_from(["", "Bar"]),
        vat=st.booleans(),
    ),
    max_size=6,
)


@examples(100)
@given(held=lines, meant=lines)
def test_each_line__stands_in_one_pair(held: list[BookedLine], meant: list[BookedLine]) -> None:
    pairs = match(held, meant)
    key = repr
    assert sorted((it.held for it in pairs if it.held), key=key) == sorted(held, key=key)
    assert [it.meant for it in pairs if it.meant] == meant
    assert all(it.held or it.meant for it in pairs)
