"""Days and amounts as people type them."""

from datetime import date
from decimal import Decimal

import pytest

from exports.console.typed_search import read_amount, read_day, read_month

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
        ("15 mars 2026", date(2026, 3, 15)),
        ("15 Mars", date(2026, 3, 15)),
        ("1er août 2025", date(2025, 8, 1)),
        ("28 novembre", date(2025, 11, 28)),
        ("28 nov.", date(2025, 11, 28)),
        ("1st February", date(2026, 2, 1)),
        ("31 février 2026", None),
        ("28 bar", None),
        ("mars 2026", None),
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


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("novembre 2025", date(2025, 11, 1), date(2025, 11, 30)),
        ("Novembre", date(2025, 11, 1), date(2025, 11, 30)),
        ("fév. 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("March", date(2026, 3, 1), date(2026, 3, 31)),
        ("03/2026", date(2026, 3, 1), date(2026, 3, 31)),
    ],
)
def test_month__is_read_as_people_write_it(text: str, first: date, last: date) -> None:
    assert read_month(text, today=TODAY) == (first, last)


@pytest.mark.parametrize("text", ["15 mars 2026", "13/2026", "novembre 0001", "bar 2026", "2026", "mars 99999"])
def test_month__is_none_where_there_is_none(text: str) -> None:
    assert read_month(text, today=TODAY) is None
