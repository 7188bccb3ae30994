"""A day's word: the rule by table, and the days of shops as the database counts them."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exact.models import Finding, FindingKind
from exports.coverage.days import DayWord, ShopDay, days_of, word_of
from exports.coverage.silent import silences
from exports.coverage.turnover import turnover_of
from exports.models import StoredClosing
from exports.models.coverage import Remainder
from integration.console.chart import last_days
from tenants.factories import EstablishmentFactory, StaffFactory, TillFactory
from tenants.models import Establishment, Till
from tests.world import World

PARIS = ZoneInfo("Europe/Paris")
TODAY = date(2026, 3, 19)  # a Thursday
NOON = time(12)
LONG_AGO = datetime(2025, 1, 6, tzinfo=PARIS)
F, D, H, L, S, W, N, A, G, C, U, B = DayWord  # in the order of the enumeration
PROBLEM = {"code": "turnover_total", "blocking": True, "pointer": "", "facts": {}}

TABLE: list[tuple[set[str], bool, bool, bool, DayWord]] = [
    # states, differs, silent, over → word
    (set(), False, False, False, B),
    (set(), False, False, True, C),
    (set(), False, True, True, S),
    ({"exported"}, False, False, True, G),
    ({"archived"}, False, False, True, G),
    ({"exported"}, False, False, False, G),
    ({"exported", "ready"}, False, False, True, W),
    ({"exporting"}, False, False, True, W),
    ({"waiting"}, False, False, True, W),
    ({"waiting", "exported"}, False, True, True, S),
    ({"stopped", "exported"}, False, True, True, L),
    ({"stopped", "held"}, False, False, True, H),
    ({"held", "exported"}, False, True, True, H),
    ({"held", "exported"}, True, True, True, D),
    ({"exported"}, True, False, True, D),
    ({"failed", "held"}, True, True, True, F),
]


@pytest.mark.parametrize(("states", "differs", "silent", "over", "word"), TABLE)
def test_word__is_that_of_the_most_urgent(states: set[str], differs: bool, silent: bool, over: bool, word: Any) -> None:
    assert word_of(states, differs=differs, silent=silent, over=over) == word
    unless_worse = N if word in {G, C, B} else word
    assert word_of(states, differs=differs, silent=silent, over=over, awaited=True) == unless_worse
    unless_well = A if word in {G, C, B} else word
    assert word_of(states, differs=differs, silent=silent, over=over, aside=True) == unless_well
    on_suspended = U if word in {C, B} else word
    assert word_of(states, differs=differs, silent=silent, over=over, suspended=True) == on_suspended
    # A closing of a day the shop is closed is as any other.
    assert word_of(states, differs=differs, silent=silent, over=over, closed=True) == (
        C if word is B and not states else word
    )


def test_words__have_a_sign_each_that_no_other_has() -> None:
    marks = [word.mark for word in DayWord]
    assert len({*marks}) == len(marks)


@pytest.fixture
def shop(db: None) -> Establishment:
    with time_machine.travel(LONG_AGO, tick=False):
        row: Establishment = EstablishmentFactory()
    return row


def till_of(shop: Establishment, *, paired_at: datetime | None = LONG_AGO, **changes: Any) -> Till:
    row: Till = TillFactory(establishment=shop, paired_at=paired_at, **changes)
    return row


def closed(till: Till, day: date, state: str = "exported", *, gross: str = "100.00", **changes: Any) -> StoredClosing:
    return StoredClosing.objects.create(
        tenant=till.tenant,
        establishment=till.establishment,
        till=till,
        kind="general",
        number=StoredClosing.objects.count() + 1,
        business_date=day,
        gross=Decimal(gross),
        document={},
        state=state,
        state_since=timezone.now(),
        **{"closed_at": datetime.combine(day, datetime.min.time(), PARIS)}
        | ({"problems": [PROBLEM]} if state == "held" else {})
        | changes,
    )


def read(shop: Establishment, first: date, last: date, at: time = NOON) -> list[ShopDay]:
    row = Establishment.objects.select_related("tenant__reseller").get(pk=shop.pk)
    with time_machine.travel(datetime.combine(TODAY, at, PARIS), tick=False):
        return days_of([row], first, last)[shop.pk]


def words(shop: Establishment, first: date, last: date, at: time = NOON) -> str:
    """One letter a day."""
    letters = dict(zip(DayWord, "FDHLSWNAGCU.", strict=True))
    return "".join(letters[it.word] for it in read(shop, first, last, at))


def test_days__of_a_shop_open_from_tuesday(shop: Establishment) -> None:
    shop.opening_days = [2, 3, 4, 5, 6]
    shop.save()
    till = till_of(shop)
    for day, state in ((10, "exported"), (11, "held"), (13, "ready"), (14, "failed")):
        closed(till, date(2026, 3, day), state)
    # Monday 9 to Sunday 22; Thursday 12, Tuesday 17 and Wednesday 18 are missing, of the 19th a closing may still come
    assert words(shop, date(2026, 3, 9), date(2026, 3, 22)) == "CGHSWFCCSSN..."
    thursday = read(shop, date(2026, 3, 12), date(2026, 3, 12))[0]
    assert thursday.silent == (till.name,)


def test_days__follow_the_habit_where_no_opening_days_are_said(shop: Establishment) -> None:
    till = till_of(shop)
    wednesday = TODAY - timedelta(days=1)
    for weeks in (1, 2, 3):
        closed(till, wednesday - timedelta(weeks=weeks))
    assert words(shop, wednesday - timedelta(days=1), wednesday) == "CS"


def test_days__nobody_is_missed_before_it_was_paired_nor_while_it_is_suspended(shop: Establishment) -> None:
    shop.opening_days = [1, 2, 3, 4, 5, 6, 7]
    shop.suspended_at = datetime(2026, 3, 14, 15, tzinfo=PARIS)
    shop.save()
    till_of(shop, paired_at=datetime(2026, 3, 11, 15, tzinfo=PARIS))
    assert words(shop, date(2026, 3, 9), date(2026, 3, 16)) == "..SSSUUU"


def test_days__a_till_that_is_put_away_is_not_missed(shop: Establishment) -> None:
    shop.opening_days = [1, 2, 3, 4, 5, 6, 7]
    shop.save()
    closed(till_of(shop), date(2026, 3, 16))
    till_of(shop, suspended_at=datetime(2026, 3, 12, 9, tzinfo=PARIS))
    assert words(shop, date(2026, 3, 16), date(2026, 3, 16)) == "G"


def test_days__an_entry_that_exact_lost_is_no_good_day(here: World) -> None:
    StoredClosing.objects.filter(pk=here.own.closing.pk).update(state="exported")
    shop = here.own.till.establishment
    assert words(shop, date(2026, 3, 14), date(2026, 3, 14)) == "D"
    Finding.objects.filter(kind=FindingKind.MISSING).update(settled_at=timezone.now(), settlement="gone")
    assert words(shop, date(2026, 3, 14), date(2026, 3, 14)) == "G"


@pytest.mark.parametrize("opening", [None, [3], [1, 2, 4]])
@pytest.mark.parametrize("weeks", [(1, 2), (1, 2, 3), (2, 3, 4), (1, 2, 3, 4), (5, 6, 7), (9, 10, 11, 12), (9, 10)])
def test_days__miss_a_till_for_as_long_as_the_first_page_does(
    shop: Establishment, opening: list[int] | None, weeks: tuple[int, ...]
) -> None:
    shop.opening_days = opening
    shop.save()
    wednesday = TODAY - timedelta(days=1)
    for week in weeks:
        closed(till_of(shop) if week == weeks[0] else Till.objects.get(), wednesday - timedelta(weeks=week))
    stopped = silences(Till.objects.all(), wednesday)
    missed = [it.day for it in read(shop, wednesday - timedelta(days=6), wednesday) if it.word is S]
    assert bool(stopped) is bool(missed)
    # Of the days before the first one that is owed, none is missed.
    assert all(day >= it.since for it in stopped for day in missed)


def test_days__of_a_till_that_stopped_do_not_forget_what_it_used_to_do(shop: Establishment) -> None:
    till = till_of(shop)
    for weeks in (10, 11, 12, 13):
        closed(till, date(2026, 3, 14) - timedelta(weeks=weeks))  # Saturdays
    assert words(shop, date(2026, 3, 9), date(2026, 3, 15)) == "CCCCCSC"


def test_days__take_as_many_queries_for_many_shops(shop: Establishment) -> None:
    counts = []
    for _round in range(2):
        till = till_of(EstablishmentFactory(tenant=shop.tenant))
        closed(till, TODAY)
        shops = [*Establishment.objects.select_related("tenant__reseller")]
        with CaptureQueriesContext(
            connection,
        ) as asked:
            days_of(shops, TODAY - timedelta(days=30), TODAY)
        counts.append(len(asked))
    assert counts == [5, 5]


def test_turnover__is_of_what_counts(shop: Establishment) -> None:
    till = till_of(shop)
    day = date(2026, 3, 14)
    closed(till, day, gross="100.00")
    closed(till, day, "archived", gross="100.00")
    closed(till, day, "held", gross="10.50", problems=[PROBLEM])
    closed(till, day, "held", gross="70.00", problems=[PROBLEM | {"code": "tickets_overlap"}])
    foreign = PROBLEM | {"code": "currency", "facts": {"found": "CHF"}}
    closed(till, day, "held", gross="7.00", problems=[foreign])
    partly = closed(till, day, gross="1400.00")
    left = {"totals": {"gross": "560.00"}}
    Remainder.objects.create(closing=partly, tenant=partly.tenant, document=left, over=[])
    assert turnover_of(shop, day - timedelta(days=1), day) == {day: Decimal("670.50")}
    chart = last_days(StaffFactory(reseller=shop.tenant.reseller), day)
    assert re.sub(r"\s", " ", chart.columns[-1].turnover) == "670,50 €"
