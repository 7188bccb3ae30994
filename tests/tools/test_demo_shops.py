"""The shops beside the demo's proof: on whatever day it is started, each tells its story in the nights before."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from clyo_ingest.document import ClosingDocument
from ledger.check import check_closing
from ledger.closing import Closing
from simulators.clyo_till.week.agenda import PARIS
from tenants.models import Role
from tools.demo.cast import CUSTOMERS, PEOPLE, Shop, Story, every_shop
from tools.demo.pushes import told, write_pushes

# Two Mondays, a month's and a year's first day, the day after 29 February, and the Sundays on which clocks change.
TODAYS = [
    date(2026, 11, 30),
    date(2027, 1, 4),
    date(2026, 12, 1),
    date(2027, 1, 1),
    date(2028, 3, 1),
    date(2027, 3, 28),
    date(2026, 10, 25),
]
SHOPS = [shop for _customer, shop in every_shop()]
on_any_day = pytest.mark.parametrize("today", TODAYS, ids=str)


def by_story(story: Story) -> list[Shop]:
    return [shop for shop in SHOPS if shop.story is story]


def problems_of(document: dict[str, Any]) -> list[str]:
    content = ClosingDocument.model_validate(document).canonical()
    return [problem.code for problem in check_closing(Closing.from_document(content))]


def test_cast__every_story_is_told_and_everybody_has_a_log_in() -> None:
    assert {shop.story for shop in SHOPS} == {*Story}
    assert {person.role for person in PEOPLE} == {*Role}
    assert len({person.email for person in PEOPLE}) == len(PEOPLE)


def test_cast__every_siren_has_its_check_digit() -> None:
    for customer in CUSTOMERS:
        doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(customer.siren))]
        assert sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0, customer.name


@on_any_day
def test_every_closing__is_read_and_adds_up__but_for_the_one_that_must_not(today: date) -> None:
    for shop in SHOPS:
        found = [problems_of(document) for document in told(shop, today)]
        expected = [["receipts_identity"], []] if shop.story is Story.HELD else [[], []]
        assert found[-2:] == expected, shop.code
        assert not any(found[:-2]), shop.code


@on_any_day
def test_last_night__every_till_closed_but_the_silent_one(today: date) -> None:
    midnight = datetime.combine(today, datetime.min.time(), PARIS).astimezone(UTC)
    for shop in SHOPS:
        closings = told(shop, today)
        last = date.fromisoformat(closings[-1]["business_date"])
        assert (today - last == timedelta(days=1)) == (shop.story is not Story.SILENT), shop.code
        assert all(datetime.fromisoformat(it["closed_at"]) < midnight for it in closings), shop.code
        assert date.fromisoformat(closings[0]["business_date"]) >= today - timedelta(days=shop.days)


@on_any_day
def test_silent_till__closed_on_that_weekday_in_each_of_the_weeks_before(today: date) -> None:
    (shop,) = by_story(Story.SILENT)
    days = {date.fromisoformat(it["business_date"]) for it in told(shop, today)}
    yesterday = today - timedelta(days=1)
    assert {yesterday - timedelta(weeks=weeks) for weeks in range(1, 5)} <= days


@on_any_day
def test_chain__goes_on_from_one_closing_to_the_next__but_for_the_one_that_is_missing(today: date) -> None:
    for shop in SHOPS:
        steps = [after["number"] - before["number"] for before, after in pairwise(told(shop, today))]
        assert steps[-1] == (2 if shop.story is Story.GAP else 1), shop.code
        assert set(steps[:-1]) == {1}, shop.code
        for before, after in pairwise(told(shop, today)[:-1]):
            assert before["totals"]["perpetual_after"] == after["totals"]["perpetual_before"]
            assert before["tickets"][0]["last"] + 1 == after["tickets"][0]["first"]


def test_held__last_night_somebody_paid_with_what_nobody_set_up() -> None:
    (shop,) = by_story(Story.HELD)
    *_earlier, last = told(shop, TODAYS[0])
    assert [Decimal(it["amount"]) for it in last["payments"] if it["kind"] == "other"] == [Decimal("86.00")]


def test_amounts__are_the_same_each_time() -> None:
    assert [told(shop, TODAYS[0]) for shop in SHOPS] == [told(shop, TODAYS[0]) for shop in SHOPS]


def test_pushes__what_must_wait_for_exact_is_kept_for_last_night(tmp_path: Path) -> None:
    earlier, last_night = tmp_path / "earlier", tmp_path / "last"
    written = write_pushes(earlier, last_night, TODAYS[0])
    assert written == sum(len(told(shop, TODAYS[0])) for shop in SHOPS)
    later = {path.parts[-3] for path in last_night.glob("*/closings/*.json")}
    assert later == {shop.till for shop in SHOPS if shop.story in (Story.FAILED, Story.CONSENT_LOST)}
    assert len([*last_night.glob("*/closings/*.json")]) == len(later)
    assert {path.parts[-2] for path in earlier.glob("*/parameters.json")} == {shop.till for shop in SHOPS}
