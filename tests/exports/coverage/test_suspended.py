"""Days on which a shop was suspended: the calendar and the map say so, and nobody is missed, also once it is over."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.db import Error, transaction
from django.urls import reverse
from django.utils import timezone

from concerns.condition import with_facts
from exports.console import links
from exports.coverage.closed import say_closed
from exports.coverage.days import DayWord, ShopDay, days_of
from exports.coverage.silent import silences
from exports.models import ClosedKind
from integration.console.places.shops_map import map_of
from ledger.checks.period import MAINLAND
from postgres.viewer import serving
from tenants.factories import EstablishmentFactory, ResellerFactory, StaffFactory, SupportFactory, TillFactory
from tenants.models import Establishment, HandOver, Reseller, Suspension, Tenant, Till, User
from tenants.wall import viewer_of
from tests.clients import client_of
from tests.exports.coverage.test_shop_days import LONG_AGO, closed, till_of

EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]


def ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


def noon(days: int) -> datetime:
    return datetime.combine(ago(days), time(12), MAINLAND)


@pytest.fixture(autouse=True)
def by_noon() -> Iterator[None]:
    with time_machine.travel(noon(0)):
        yield


@pytest.fixture
def support(db: None) -> User:
    row: User = SupportFactory()
    return row


@pytest.fixture
def till(support: User) -> Till:
    """Of a shop that closes every day, the last time twelve days ago."""
    with time_machine.travel(LONG_AGO, tick=False):
        shop: Establishment = EstablishmentFactory(opening_days=EVERY_DAY)
    found = till_of(shop)
    closed(found, ago(12))
    return found


def days(till: Till, first: int, last: int) -> list[ShopDay]:
    shop = Establishment.objects.select_related("tenant__reseller").get(pk=till.establishment_id)
    return days_of([shop], ago(first), ago(last))[shop.pk]


def words(till: Till, first: int, last: int) -> str:
    letters = {"silent": "S", "suspended": "U", "well": "G", "closed": "C", "awaited": "N", "blank": "."}
    return "".join(letters[it.word] for it in days(till, first, last))


def page_of(place: Reseller | Tenant | Establishment | Till) -> str:
    names = {Reseller: "reseller", Tenant: "customer", Establishment: "shop", Till: "till"}
    return reverse(f"console_suspend_{names[type(place)]}", args=[place.pk])


def suspend(person: User, place: Reseller | Tenant | Establishment | Till, days: int) -> None:
    with time_machine.travel(noon(days)):
        press(person, place, suspend="1", why="travaux")
    assert type(place)._default_manager.get(pk=place.pk).suspended_at is not None


def resume(person: User, place: Reseller | Tenant | Establishment | Till) -> None:
    press(person, place, resume="1")
    assert type(place)._default_manager.get(pk=place.pk).suspended_at is None


def press(person: User, place: Reseller | Tenant | Establishment | Till, **form: str) -> None:
    assert client_of(person).post(page_of(place), form).status_code == 302


@pytest.mark.parametrize("level", ["till", "shop", "customer", "reseller"])
def test_suspension__that_is_over_is_no_silence(till: Till, support: User, level: str) -> None:
    shop = till.establishment
    place = {"till": till, "shop": shop, "customer": shop.tenant, "reseller": shop.tenant.reseller}[level]
    assert words(till, 12, 0) == "GSSSSSSSSSSSN"
    suspend(support, place, 9)
    assert words(till, 12, 0) == ("GSSCCCCCCCCC." if level == "till" else "GSSUUUUUUUUUU")
    resume(support, place)
    assert words(till, 12, 0) == ("GSSCCCCCCCCCN" if level == "till" else "GSSUUUUUUUUUN")
    assert [it.since for it in silences(Till.objects.all(), ago(1))] == [ago(11)]
    closed(till, ago(10))
    assert silences(Till.objects.all(), ago(1)) == []
    assert Suspension.objects.count() == 1


def test_suspension__that_is_over_stands_in_calendar_and_map(till: Till, support: User) -> None:
    suspend(support, till.establishment, 9)
    resume(support, till.establishment)
    page = client_of(support).get(links.shop(till.establishment_id), {"month": f"{ago(5):%Y-%m}"}).content.decode()
    assert "Suspendu" in page and 'class="is-suspended"' in page
    rows = with_facts(Establishment.objects.select_related("tenant__reseller"))
    (row,) = map_of(support, [*rows]).rows
    assert [cell.word for cell in row.cells[1:10]] == [DayWord.SUSPENDED] * 9
    assert all(cell.address == "" for cell in row.cells[1:10])


def test_suspension__of_one_shop_is_none_of_its_sister(till: Till, support: User) -> None:
    sister: Till = TillFactory(establishment=EstablishmentFactory(tenant=till.tenant, opening_days=EVERY_DAY))
    Till.objects.filter(pk=sister.pk).update(paired_at=LONG_AGO)
    closed(sister, ago(12))
    suspend(support, till.establishment, 9)
    resume(support, till.establishment)
    assert words(sister, 12, 0) == "GSSSSSSSSSSSN"
    suspend(support, sister, 5)
    resume(support, sister)
    assert words(sister, 12, 0) == "GSSSSSSCCCCCN"
    assert words(till, 12, 0) == "GSSUUUUUUUUUN"


def test_suspension__leaves_the_habit_of_before(support: User) -> None:
    """Two months suspended: the weekdays are learnt from the four weeks before, and the till is missed at once."""
    with time_machine.travel(LONG_AGO, tick=False):
        till = till_of(EstablishmentFactory())
    for back in range(61, 95):
        closed(till, ago(back))
    suspend(support, till.establishment, 60)
    resume(support, till.establishment)
    today = ago(0)
    assert silences(Till.objects.all(), ago(1)) == []
    with time_machine.travel(noon(-1)):
        assert [it.since for it in silences(Till.objects.all(), today)] == [today]


def test_closed_days__said_of_suspended_ones_stand_before_them(till: Till, support: User) -> None:
    suspend(support, till.establishment, 9)
    resume(support, till.establishment)
    say_closed(till.establishment, ago(8), ago(7), by=support, kind=ClosedKind.HOLIDAYS)
    assert words(till, 10, 5) == "SUCCUU"


def test_a_day_with_a_closing__is_as_any_other(till: Till, support: User) -> None:
    suspend(support, till.establishment, 9)
    resume(support, till.establishment)
    closed(till, ago(7))
    assert words(till, 9, 5) == "UUGUU"


def test_hand_over__while_the_former_reseller_is_suspended_ends_it_for_the_customer(till: Till, support: User) -> None:
    tenant = till.tenant
    suspend(support, tenant.reseller, 9)
    to = ResellerFactory()
    names = {"from_name": tenant.reseller.name, "to_name": to.name, "by_name": "Clyo"}
    HandOver.objects.create(tenant=tenant, reseller=tenant.reseller, to=to, by=support, why="parti", **names)
    assert words(till, 12, 0) == "GSSUUUUUUUUUN"
    resume(support, tenant.reseller)
    assert Suspension.objects.count() == 1


def test_span__is_seen_by_who_looks_after_the_customer_and_changed_by_nobody(till: Till, support: User) -> None:
    suspend(support, till.establishment, 9)
    resume(support, till.establishment)
    own, stranger = StaffFactory(reseller=till.tenant.reseller), StaffFactory()
    for person, seen in ((own, 1), (stranger, 0)):
        with serving(viewer_of(person)):
            assert Suspension.objects.count() == seen
    for change in (Suspension.objects.all().delete, lambda: Suspension.objects.update(ended_at=timezone.now())):
        with pytest.raises(Error), transaction.atomic():
            change()
