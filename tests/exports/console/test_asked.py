"""Days and amounts as people type them."""

from datetime import date
from decimal import Decimal

import pytest

from exports.console.typed_search import read_amount, read_day

TODAY = date(2026, 3, 20)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("15/03/2026", date(2026, 3, 15)),
        ("15/03/26", date(2026, 3, 15)),
        ("15.3.2025", date(2025, 3, 15)),
        ("2026-03-15", date(2026, 3, 15)),
        ("15/3", date(2026, 3, 15)),
        ("21/3", date(2026, 3, 21)),
        ("28/11", date(2025, 11, 28)),
        ("29/02/2024", date(2024, 2, 29)),
        ("31/02/2026", None),
        ("29/02", None),
        ("15/03/1999", None),
        ("1042", None),
        ("Z 1042", None),
    ],
)
def test_a_day(text: str, day: date | None) -> None:
    assert read_day(text, today=TODAY) == day


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1 442,20", "1442.20"),
        ("1\u202f442,20\u00a0€", "1442.20"),
        ("1442.20", "1442.20"),
        ("1.442,20", "1442.20"),
        ("1,442.20", "1442.20"),
        ("-12,50", "-12.50"),
        ("1442", None),
        ("1442,2", None),
        ("15.03", "15.03"),
        ("1.2.3", None),
        ("abc", None),
    ],
)
def test_an_amount(text: str, amount: str | None) -> None:
    assert read_amount(text) == (None if amount is None else Decimal(amount))
