"""From when on a till is missed: its day is over, and its usual hour is past by more than the grace. Until then it is
awaited, and every place says so."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from concerns.condition import condition_of
from concerns.found import Condition, concerns_of
from exports.console import links
from exports.coverage.closing_hours import GRACE, LONGEST_AWAITED, missed_from
from exports.coverage.silent import missed_and_awaited
from exports.models import StoredClosing
from tenants.factories import EstablishmentFactory, StaffFactory
from tenants.models import Establishment, Till, User
from tenants.viewpoint import Scope
from tests.exports.coverage.test_shop_days import LONG_AGO, PARIS, TODAY, closed, till_of, words

DAY = date(2026, 3, 18)
HOURS = st.integers(min_value=0, max_value=72 * 60).map(lambda minutes: timedelta(minutes=minutes))


def hours(*told: float) -> list[timedelta]:
    return [timedelta(hours=it) for it in told]


@pytest.mark.parametrize(
    ("usual", "after"),
    [
        # how long after midnight it had closed → from when on it is missed, both in hours after the day's beginning
        ((), 26),
        ((15, 15, 15, 15), 24),
        ((23, 23, 23, 23), 25),
        ((26, 26, 27, 26), 28),
        ((23, 23, 23, 40), 25),
        ((23, 25), 27),
        ((34, 33, 34), 36),
        ((400, 400, 400), 48),
    ],
)
def test_missed__once_the_day_is_over_and_the_usual_hour_and_the_grace_are_past(usual: Any, after: float) -> None:
    begin = datetime.combine(DAY, time(), PARIS)
    assert missed_from(DAY, PARIS, hours(*usual)) == begin + timedelta(hours=after)


@given(usual=st.lists(HOURS, max_size=4))
def test_missed__lies_in_the_day_after(usual: list[timedelta]) -> None:
    begin, missed = datetime.combine(DAY, time(), PARIS), missed_from(DAY, PARIS, usual)
    assert begin + timedelta(days=1) <= missed <= begin + LONGEST_AWAITED
    assert not usual or missed <= begin + max(timedelta(days=1), max(usual) + GRACE)


def test_missed__goes_by_the_clock_on_the_wall_when_it_is_changed() -> None:
    assert missed_from(date(2026, 3, 28), PARIS, hours(27)) == datetime(2026, 3, 29, 5, tzinfo=PARIS)


@pytest.fixture
def person(db: None) -> User:
    row: User = StaffFactory()
    return row


@pytest.fixture
def till(person: User) -> Till:
    """Closes every night at 1:30, the last time on the evening of the day before yesterday."""
    with time_machine.travel(LONG_AGO, tick=False):
        shop: Establishment = EstablishmentFactory(tenant__reseller=person.reseller)
    found = till_of(shop)
    for back in range(2, 30):
        night(found, TODAY - timedelta(days=back))
    return found


def night(till: Till, day: date) -> StoredClosing:
    return closed(till, day, closed_at=datetime.combine(day + timedelta(days=1), time(1, 30), PARIS))


def told(person: User, at: time) -> tuple[str, bool, bool, list[date], list[date]]:
    """What each place says at this hour of today: yesterday's word in the calendar, whether the person is told, whether
    the shop is called silent, and the days of missed and of awaited tills on the first page."""
    shop = Establishment.objects.get()
    with time_machine.travel(datetime.combine(TODAY, at, PARIS), tick=False):
        concerns = [it for it in concerns_of(Scope(user=person)) if it.condition is Condition.SILENT]
        stands = condition_of(person, shop)
        client = Client()
        client.force_login(person)
        page = client.get(reverse("admin:index"))
    assert stands is not None
    context = page.context
    return (
        words(shop, TODAY - timedelta(days=1), TODAY - timedelta(days=1), at),
        bool(concerns),
        stands.shown.condition is Condition.SILENT,
        [it.since for it, _words in context["silent"]],
        [it.since for it in context["awaited"]],
    )


def test_every_place__misses_a_till_from_the_same_moment_on(person: User, till: Till) -> None:
    yesterday = TODAY - timedelta(days=1)
    for early in (time(0, 5), time(3, 29)):
        assert told(person, early) == ("N", False, False, [], [yesterday])
    for late in (time(3, 30), time(23, 59)):
        assert told(person, late) == ("S", True, True, [yesterday], [])
    night(till, yesterday)
    for hour in (time(3, 29), time(23, 59)):
        assert told(person, hour)[1:] == (False, False, [], [])


def test_today__is_awaited_all_day_and_never_silent(person: User, till: Till) -> None:
    yesterday = TODAY - timedelta(days=1)
    night(till, yesterday)
    for at in (time(0, 1), time(12), time(23, 59)):
        assert words(till.establishment, yesterday, TODAY + timedelta(days=1), at) == "GN."
        with time_machine.travel(datetime.combine(TODAY, at, PARIS), tick=False):
            missed, awaited = missed_and_awaited(Till.objects.all(), TODAY)
        assert (missed, [it.since for it in awaited]) == ([], [TODAY])


def test_today__the_first_page_and_the_question_say_that_it_may_still_close(person: User, till: Till) -> None:
    night(till, TODAY - timedelta(days=1))
    client = Client()
    client.force_login(person)
    with time_machine.travel(datetime.combine(TODAY, time(18), PARIS), tick=False):
        page = client.get(reverse("admin:index"), {"day": TODAY.isoformat()}).content.decode()
        asked = client.get(links.closed_day(till.establishment_id, TODAY)).content.decode()
    assert "Pas encore de clôture" in page
    assert "toutes les caisses attendues ont clôturé" not in page
    assert f"{till.name} peut encore clôturer" in asked


def test_today__of_a_shop_far_away_goes_by_its_own_clock(person: User, till: Till) -> None:
    Establishment.objects.update(time_zone="America/Martinique")
    # 4:00 in Paris is 23:00 of the evening before there.
    assert told(person, time(4))[1:] == (False, False, [], [TODAY - timedelta(days=1)])
