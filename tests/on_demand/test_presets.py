"""The days a preset stands for, and those that an export may have."""

from datetime import date, timedelta

import pytest

from on_demand.asked_days import PRESETS, month_days, months_until, preset_days
from on_demand.period import LONGEST_DAYS, period_faults

MONDAY, SUNDAY = date(2026, 3, 16), date(2026, 3, 22)


@pytest.mark.parametrize(
    ("preset", "today", "first", "last"),
    [
        ("today", date(2026, 3, 20), date(2026, 3, 20), date(2026, 3, 20)),
        ("yesterday", date(2026, 3, 1), date(2026, 2, 28), date(2026, 2, 28)),
        ("yesterday", date(2024, 3, 1), date(2024, 2, 29), date(2024, 2, 29)),
        ("yesterday", date(2026, 1, 1), date(2025, 12, 31), date(2025, 12, 31)),
        ("this_week", MONDAY, MONDAY, MONDAY),
        ("this_week", SUNDAY, MONDAY, SUNDAY),
        ("this_week", date(2026, 1, 1), date(2025, 12, 29), date(2026, 1, 1)),
        ("last_week", MONDAY, date(2026, 3, 9), date(2026, 3, 15)),
        ("last_week", SUNDAY, date(2026, 3, 9), date(2026, 3, 15)),
        ("last_week", date(2026, 1, 1), date(2025, 12, 22), date(2025, 12, 28)),
        ("this_month", date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 1)),
        ("this_month", date(2026, 3, 31), date(2026, 3, 1), date(2026, 3, 31)),
        ("last_month", date(2026, 3, 31), date(2026, 2, 1), date(2026, 2, 28)),
        ("last_month", date(2024, 3, 1), date(2024, 2, 1), date(2024, 2, 29)),
        ("last_month", date(2026, 1, 15), date(2025, 12, 1), date(2025, 12, 31)),
        ("unheard of", date(2026, 3, 20), date(2026, 3, 19), date(2026, 3, 19)),
    ],
)
def test_preset(preset: str, today: date, first: date, last: date) -> None:
    assert preset_days(preset, today) == (first, last)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2025, 12, 31), date(2026, 1, 1), MONDAY, SUNDAY])
def test_preset__is_a_range_that_an_export_may_have(preset: str, today: date) -> None:
    assert [*period_faults(*preset_days(preset, today), today=today)] == []


@pytest.mark.parametrize(
    ("month", "today", "first", "last"),
    [
        (date(2026, 2, 1), date(2026, 3, 20), date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 2, 17), date(2026, 3, 20), date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2026, 3, 20), date(2026, 3, 1), date(2026, 3, 20)),
        (date(2026, 3, 1), date(2026, 3, 31), date(2026, 3, 1), date(2026, 3, 31)),
        (date(2024, 2, 1), date(2024, 12, 31), date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_month__ends_with_its_last_day_or_today(month: date, today: date, first: date, last: date) -> None:
    assert month_days(month, today) == (first, last)


@pytest.mark.parametrize("today", [date(2026, 3, 31), date(2026, 1, 1), date(2024, 2, 29)])
def test_months__are_this_one_and_the_twelve_before(today: date) -> None:
    months = months_until(today)
    assert (months[0], months[12]) == (today.replace(day=1), today.replace(day=1, year=today.year - 1))
    assert len({(month.year, month.month) for month in months}) == len(months) == 13
    assert months == sorted(months, reverse=True)


TODAY = date(2026, 3, 20)


@pytest.mark.parametrize(
    ("first", "last", "faults"),
    [
        (TODAY, TODAY, []),
        (TODAY, TODAY - timedelta(days=1), [("to", "period_reversed")]),
        (TODAY, TODAY + timedelta(days=1), [("to", "period_in_future")]),
        (
            TODAY + timedelta(days=1),
            TODAY + timedelta(days=2),
            [("from", "period_in_future"), ("to", "period_in_future")],
        ),
        (TODAY + timedelta(days=1), TODAY, [("to", "period_reversed"), ("from", "period_in_future")]),
        (TODAY - timedelta(days=LONGEST_DAYS - 1), TODAY, []),
        (TODAY - timedelta(days=LONGEST_DAYS), TODAY, [("to", "period_too_long")]),
    ],
)
def test_period__tells_every_fault(first: date, last: date, faults: list[tuple[str, str]]) -> None:
    assert [*period_faults(first, last, today=TODAY)] == faults


@pytest.mark.parametrize(("days", "is_too_long"), [(731, False), (732, True)])
def test_period__may_be_as_long_as_a_fiscal_year(days: int, is_too_long: bool) -> None:
    faults = [*period_faults(TODAY - timedelta(days=days - 1), TODAY, today=TODAY, longest=731)]
    assert bool(faults) == is_too_long
