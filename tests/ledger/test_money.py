from decimal import Decimal

import pytest

from ledger.money import ZERO, cents, money_text, percent, total


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("12.50", "12.50"),
        ("12.5", "12.50"),
        ("-11", "-11.00"),
        ("+3.00", "3.00"),
        ("-0.00", "0.00"),
        ("999999999999.99", "999999999999.99"),
        (Decimal("7.1"), "7.10"),
        (Decimal("1E+2"), "100.00"),
    ],
)
def test_cents__two_places(value: str | Decimal, expected: str) -> None:
    assert str(cents(value)) == expected


@pytest.mark.parametrize(
    "value",
    ["", "abc", "12.345", "12.500", "1e3", "NaN", "Infinity", "1_000", " 1", "1,50", "٣", "1.", "1" * 13],
)
def test_cents__text_that_is_no_amount(value: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        cents(value)


@pytest.mark.parametrize("value", [Decimal("1.001"), Decimal("NaN"), Decimal("-Infinity")])
def test_cents__decimal_that_is_no_amount(value: Decimal) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        cents(value)


@pytest.mark.parametrize("value", [1.5, 3, True, None])
def test_cents__neither_text_nor_decimal(value: object) -> None:
    with pytest.raises(TypeError, match="text or Decimal"):
        cents(value)  # type: ignore[arg-type]


def test_percent__two_places() -> None:
    assert str(percent("5.5")) == "5.50"
    with pytest.raises(ValueError, match="not a rate"):
        percent("5.555")


def test_total__nothing_is_zero_to_the_cent() -> None:
    assert str(total([])) == "0.00"
    assert total([Decimal("1.10"), Decimal("-1.10")]) == ZERO


def test_money_text__always_two_places() -> None:
    assert money_text(Decimal("-11")) == "-11.00"
