"""Days a shop is closed: what is said, taken back and parted; and that nobody is missed on them."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from exports.coverage.closed import CannotClose, Said, say_closed, say_open
from exports.coverage.silent import is_expected, silences
from exports.models import ClosedDays, ClosedKind
from on_demand.monthly import last_service_awaited
from tenants.factories import EstablishmentFactory, SupportFactory
from tenants.models import Change, Establishment, Till, User
from tests.exports.coverage.test_shop_days import LONG_AGO, PARIS, closed, read, till_of, words
from tests.tier import examples

EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
H, D = ClosedKind.HOLIDAYS, ClosedKind.DAY


def march(first: int, last: int | None = None) -> tuple[date, date]:
    return date(2026, 3, first), date(2026, 3, last or first)


@pytest.fixture
def shop(db: None) -> Establishment:
    with time_machine.travel(LONG_AGO, tick=False):
        row: Establishment = EstablishmentFactory()
    return row


@pytest.fixture
def person(db: None) -> User:
    row: User = SupportFactory()
    return row


def said(shop: Establishment) -> list[tuple[int, int, str, str]]:
    rows = ClosedDays.objects.filter(establishment=shop)
    return [(it.first_day.day, it.last_day.day, it.kind, it.note) for it in rows]


def test_closed__said_twice_is_said_once(shop: Establishment, person: User) -> None:
    once = say_closed(shop, *march(4, 8), by=person, note="travaux", kind=H)
    twice = say_closed(shop, *march(4, 8), by=person, kind=H)
    assert (once.new, twice) == ((march(4, 8),), Said(span=once.span, new=()))
    assert say_closed(shop, *march(5), by=person).new == ()
    assert said(shop) == [(4, 8, H, "travaux")]


def test_closed__spans_that_meet_become_one(shop: Establishment, person: User) -> None:
    for day in (3, 8, 20):
        say_closed(shop, *march(day), by=person)
    together = say_closed(shop, *march(4, 10), by=person, note="congés", kind=H)
    assert together.new == (march(4, 7), march(9, 10))
    assert said(shop) == [(3, 10, H, "congés"), (20, 20, D, "")]
    say_closed(shop, *march(11), by=person)
    assert said(shop)[0] == (3, 11, H, "congés")


def test_closed__taken_back_it_is_shortened_parted_or_gone(shop: Establishment, person: User) -> None:
    say_closed(shop, *march(4, 10), by=person, note="congés", kind=H)
    assert [say_open(shop, *march(6)), say_open(shop, *march(6))] == [1, 0]
    assert said(shop) == [(4, 5, H, "congés"), (7, 10, H, "congés")]
    assert say_open(shop, *march(9, 31)) == 2
    assert said(shop) == [(4, 5, H, "congés"), (7, 8, H, "congés")]
    assert say_open(shop, *march(1, 31)) == 4
    assert said(shop) == []
    written = Change.objects.filter(table_name="exports_closeddays").order_by("pk").values_list("operation", flat=True)
    assert [*written] == ["insert", "update", "insert", "update", "delete", "delete"]


@pytest.mark.parametrize(
    ("first", "last"),
    [march(8, 7), (date(2025, 1, 1), date(2026, 1, 2)), (date(1999, 3, 1), date(1999, 3, 2)), (date(2099, 1, 1),) * 2],
)
def test_closed__days_that_nobody_means_are_refused(
    shop: Establishment,
    person: User,
    first: date,
    last: date,
) -> None:
    with pytest.raises(CannotClose):
        say_closed(shop, first, last, by=person)
    assert said(shop) == []


def test_closed__the_database_keeps_spans_apart_and_in_order(shop: Establishment, person: User) -> None:
    span = say_closed(shop, *march(4, 8), by=person).span
    elsewhere = EstablishmentFactory()
    say_closed(elsewhere, *march(4, 8), by=person)
    again: dict[str, Any] = {name: getattr(span, name) for name in ("kind", "said_by", "said_at", "establishment")}
    for wrong in (
        {"first_day": date(2026, 3, 8), "last_day": date(2026, 3, 9)},
        {"first_day": date(2026, 3, 2), "last_day": date(2026, 3, 1)},
        {"first_day": date(2026, 3, 1), "last_day": date(2026, 3, 2), "tenant": elsewhere.tenant},
        {"first_day": date(2026, 3, 1), "last_day": date(2026, 3, 2), "kind": "rest"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ClosedDays.objects.create(**again | {"tenant": span.tenant} | wrong)
            connection.check_constraints()


def test_silence__waits_for_the_day_a_shop_opens_again(shop: Establishment, person: User) -> None:
    shop.opening_days = EVERY_DAY
    shop.save()
    closed(till_of(shop), date(2026, 3, 9))
    assert words(shop, *march(9, 19)) == "GSSSSSSSSSN"
    say_closed(shop, *march(10, 16), by=person, kind=H)
    assert words(shop, *march(9, 19)) == "GCCCCCCCSSN"
    assert [it.since.day for it in silences(Till.objects.all(), date(2026, 3, 18))] == [17]
    assert silences(Till.objects.all(), date(2026, 3, 16)) == []
    # Today and what is to come is closed too; and a closing that comes all the same is one like any other.
    say_closed(shop, *march(17, 31), by=person)
    closed(Till.objects.get(), date(2026, 3, 18))
    assert words(shop, *march(16, 31)) == "CCG" + 13 * "C"
    assert [it.span for it in read(shop, *march(18))] == [ClosedDays.objects.get()]
    assert silences(Till.objects.all(), date(2026, 3, 31)) == []


def test_silence__a_habit_outlives_the_holidays(shop: Establishment, person: User) -> None:
    till = till_of(shop)
    back = date(2026, 3, 17)  # a Tuesday, after six weeks
    holidays = back - timedelta(weeks=6), back - timedelta(days=1)
    for days in range(6 * 7 + 1, 10 * 7 + 1):
        if (back - timedelta(days=days)).isoweekday() != 7:
            closed(till, back - timedelta(days=days))
    say_closed(shop, *holidays, by=person, kind=H)
    closed(till, back)
    # Of its only day since, nothing could be learnt.
    assert words(shop, *march(14, 18)) == "CCCGS"
    assert [it.since.day for it in silences(Till.objects.all(), date(2026, 3, 18))] == [18]


def test_silence__patience_is_of_open_days(shop: Establishment, person: User) -> None:
    last = date(2026, 1, 5)
    closed(till_of(shop), last)
    assert [it.since for it in silences(Till.objects.all(), date(2026, 3, 18))] == [last + timedelta(days=35)]
    say_closed(shop, date(2026, 1, 5), date(2026, 1, 14), by=person)
    assert [it.since for it in silences(Till.objects.all(), date(2026, 3, 18))] == [last + timedelta(days=44)]
    assert silences(Till.objects.all(), last + timedelta(days=43)) == []


def test_month__does_not_wait_for_a_shop_that_is_closed(shop: Establishment, person: User) -> None:
    till, last = till_of(shop), date(2026, 3, 31)
    for weeks in (1, 2):
        closed(till, last - timedelta(weeks=weeks))
    morning = datetime(2026, 4, 1, 8, tzinfo=PARIS)
    with time_machine.travel(morning, tick=False):
        assert last_service_awaited(shop, last, morning)
        say_closed(shop, last, last, by=person)
        assert not last_service_awaited(shop, last, morning)


DAYS = st.integers(0, 40).map(lambda count: LONG_AGO.date() + timedelta(days=count))


@examples(100)
@given(day=DAYS, first=DAYS, last=DAYS, closed_on=st.sets(DAYS), opening=st.none() | st.sets(st.integers(1, 7)))
def test_expected__is_never_a_day_the_shop_is_closed(
    day: date, first: date, last: date, closed_on: set[date], opening: set[int] | None
) -> None:
    span = ClosedDays(first_day=min(first, last), last_day=max(first, last))
    expected = is_expected(day, opening_days=opening, closed_on=closed_on, spans=[span])
    assert not (expected and day in span)
    if opening is not None:
        assert expected == (day.isoweekday() in opening and day not in span)
