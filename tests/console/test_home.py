"""The first page: last night in one look, each figure a link to what it counts, silent tills found by habit."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clyo_ingest.keys import issue_key
from exports.coverage.silent import silent_tills
from exports.models import StoredClosing
from integration.console.night import night_of, paused_lanes
from tenants.factories import StaffFactory, SupportFactory, TillFactory
from tenants.models import Establishment, Till
from tests.conftest import Caller, closing
from tests.world import World, world

SATURDAY = date(2026, 3, 14)


@pytest.fixture
def here(db: None) -> World:
    return world()


def closed_on(till: Till, *days: date) -> None:
    for number, day in enumerate(days):
        StoredClosing.objects.create(
            tenant=till.tenant,
            establishment=till.establishment,
            till=till,
            kind="general",
            number=number,
            business_date=day,
            closed_at=timezone.now(),
            gross=1,
            document={},
            state="exported",
            state_since=timezone.now(),
        )


def paired_till() -> Till:
    row: Till = TillFactory(paired_at=timezone.now())
    return row


def weeks_before(day: date, *weeks: int) -> list[date]:
    return [day - timedelta(weeks=count) for count in weeks]


def test_figures__lead_to_exactly_what_they_count(here: World) -> None:
    client = Client()
    client.force_login(here.own.staff)
    page = client.get(reverse("admin:index"), {"day": "2026-03-14"})
    for figure, _title in page.context["figures"]:
        listed = client.get(figure.address).context["cl"].result_list
        assert len(listed) == figure.count, figure
    assert {figure.column: figure.count for figure, _ in page.context["figures"]}["failed"] == 2


def test_lines__are_establishments_for_a_reseller_and_resellers_for_support(here: World) -> None:
    own = night_of(here.own.staff, SATURDAY)
    assert {line.subtitle for line in own.lines} == {"PROPRE SARL", "SOEURETTE SARL"}
    everybody = night_of(SupportFactory(), SATURDAY)
    assert {line.title for line in everybody.lines} == {"PROPRE maison", "VOISIN maison"}


def test_lines__with_trouble_come_first(db: None) -> None:
    till = TillFactory()
    caller = Caller(till, issue_key(till))
    held = closing(payments=closing()["payments"][:1])
    assert caller.post("closings", held).json()["state"] == "held"
    staff = StaffFactory(reseller=till.tenant.reseller)
    quiet = TillFactory(establishment__tenant__reseller=till.tenant.reseller, establishment__code="A01")
    night = night_of(staff, SATURDAY)
    assert [line.title for line in night.lines] == [str(till.establishment), str(quiet.establishment)]


@pytest.mark.parametrize(("weeks", "expected"), [((1, 2, 3), True), ((1, 2, 3, 4), True), ((1, 2), False), ((), False)])
def test_silent__is_a_till_that_usually_closes_that_weekday(db: None, weeks: tuple[int, ...], expected: bool) -> None:
    till = paired_till()
    closed_on(till, *weeks_before(SATURDAY, *weeks))
    assert silent_tills(SupportFactory(), SATURDAY).exists() is expected


def test_silent__is_not_a_till_that_closed(db: None) -> None:
    till = paired_till()
    closed_on(till, SATURDAY, *weeks_before(SATURDAY, 1, 2, 3))
    assert not silent_tills(SupportFactory(), SATURDAY).exists()


def test_silent__follows_the_opening_days_that_were_set(db: None) -> None:
    till = paired_till()
    closed_on(till, *weeks_before(SATURDAY, 1, 2, 3, 4))
    shop = Establishment.objects.filter(pk=till.establishment_id)
    shop.update(opening_days=[1, 2, 3])
    assert not silent_tills(SupportFactory(), SATURDAY).exists()
    shop.update(opening_days=[6])
    assert silent_tills(SupportFactory(), SATURDAY).get() == till


@pytest.mark.parametrize("level", ["till", "establishment", "tenant"])
def test_silent__is_nothing_that_is_suspended(db: None, level: str) -> None:
    till = paired_till()
    closed_on(till, *weeks_before(SATURDAY, 1, 2, 3))
    row = {"till": till, "establishment": till.establishment, "tenant": till.tenant}[level]
    row.suspended_at = timezone.now()
    row.save(update_fields=["suspended_at"])
    assert not silent_tills(SupportFactory(), SATURDAY).exists()


def test_opening_days__are_ticked_and_none_ticked_means_learned(here: World) -> None:
    client = Client()
    client.force_login(here.own.staff)
    shop = here.own.till.establishment
    page = reverse("admin:tenants_establishment_change", args=[shop.pk])
    form = {"code": shop.code, "name": shop.name, "booked_level": shop.booked_level}
    for ticked, kept in ((["1", "6"], [1, 6]), ([], None)):
        assert client.post(page, form | {"opening_days": ticked}).status_code == 302
        shop.refresh_from_db()
        assert shop.opening_days == kept


def test_lanes__are_the_persons_own(here: World) -> None:
    now = timezone.now()
    assert {lane.division.name for lane in paused_lanes(here.own.staff, now)} == {"PROPRE livres", "SOEURETTE livres"}


def test_chart__has_thirty_days_that_lead_to_their_closings(here: World) -> None:
    client = Client()
    client.force_login(here.own.staff)
    page = client.get(reverse("admin:index"), {"day": "2026-03-14"})
    columns = page.context["columns"]
    assert len(columns) == 30
    assert (columns[-1].day, columns[-1].total) == (SATURDAY, 2)
    assert len(client.get(columns[-1].address).context["cl"].result_list) == 2
    assert not re.search(r'(?:src|href)="https?://', page.content.decode())
