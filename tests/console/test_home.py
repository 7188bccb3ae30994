"""The first page: last night in one look, each figure a link to what it counts, silent tills found by habit."""

import re
from datetime import date, timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clyo_ingest.keys import issue_key
from concerns.condition import Condition
from exact.models import Connection, ConnectionState
from exports.coverage.silent import silences
from exports.models import StoredClosing
from integration.console.home import ways_to_other_days
from integration.console.menu_count import remember_to_mend, to_mend_count
from integration.console.night import night_of, paused_lanes
from tenants.factories import StaffFactory, SupportFactory, TillFactory
from tenants.models import Establishment, Till
from tests.clients import english_client_of
from tests.conftest import Caller, closing
from tests.world import World

SATURDAY = date(2026, 3, 14)


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


def test_day_on_which_no_till_was_expected__says_so(here: World) -> None:
    page = english_client_of(here.own.staff).get(reverse("admin:index"), {"day": "2020-01-01"}).content.decode()
    assert ("No till was expected that day." in page, "every till that was expected has closed" in page) == (
        True,
        False,
    )


def test_lines__with_trouble_come_first(db: None) -> None:
    till = TillFactory()
    caller = Caller(till, issue_key(till))
    held = closing(payments=closing()["payments"][:1])
    assert caller.post("closings", held).json()["state"] == "held"
    staff = StaffFactory(reseller=till.tenant.reseller)
    quiet = TillFactory(establishment__tenant__reseller=till.tenant.reseller, establishment__code="A01")
    night = night_of(staff, SATURDAY)
    assert [line.title for line in night.lines] == [str(till.establishment), str(quiet.establishment)]


def silent_on(day: date) -> list[Till]:
    return [it.till for it in silences(Till.objects.all(), day)]


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [((1, 2, 3), True), ((1, 2, 3, 4), True), ((1, 2), False), ((), False), ((5, 6, 7), True), ((30, 31), True)],
)
def test_silent__is_a_till_that_stopped_for_as_long_as_it_lasts(
    db: None, weeks: tuple[int, ...], expected: bool
) -> None:
    till = paired_till()
    closed_on(till, *weeks_before(SATURDAY, *weeks))
    assert (silent_on(SATURDAY) == [till]) is expected


def test_silent__says_since_when(db: None) -> None:
    closed_on(paired_till(), *weeks_before(SATURDAY, 33, 34, 35))
    (silence,) = silences(Till.objects.all(), SATURDAY)
    assert (silence.last, silence.since) == (SATURDAY - timedelta(weeks=33), SATURDAY - timedelta(weeks=32))


def test_silent__is_first_who_stopped_last_however_many_stopped(db: None) -> None:
    """Of a night on which every till stopped, a few are read; the last to stop are among them."""
    long_ago, last_week = weeks_before(SATURDAY, 5, 6, 7), weeks_before(SATURDAY, 1, 2, 3)
    codes = {"A": long_ago, "B": long_ago, "C": last_week, "D": long_ago, "E": last_week}
    for code, days in codes.items():
        closed_on(TillFactory(paired_at=timezone.now(), establishment__code=code), *days)
    for at_most, shown in ((1, "C"), (2, "CE"), (3, "CEA"), (9, "CEABD")):
        found = silences(Till.objects.all(), SATURDAY, at_most=at_most)
        assert "".join(it.till.establishment.code for it in found) == shown


def test_silent__is_not_a_till_that_closed(db: None) -> None:
    till = paired_till()
    closed_on(till, SATURDAY, *weeks_before(SATURDAY, 1, 2, 3))
    assert silent_on(SATURDAY) == []


def test_silent__is_no_till_that_closes_once_a_month(db: None) -> None:
    closed_on(paired_till(), SATURDAY - timedelta(days=31), SATURDAY - timedelta(days=62))
    assert silent_on(SATURDAY) == []


def test_silent__follows_the_opening_days_that_were_set(db: None) -> None:
    till = paired_till()
    closed_on(till, *weeks_before(SATURDAY, 1, 2, 3, 4))
    shop = Establishment.objects.filter(pk=till.establishment_id)
    shop.update(opening_days=[])
    assert silent_on(SATURDAY) == []
    shop.update(opening_days=[6])
    assert silent_on(SATURDAY) == [till]


@pytest.mark.parametrize("level", ["till", "establishment", "tenant"])
def test_silent__is_nothing_that_is_suspended(db: None, level: str) -> None:
    till = paired_till()
    closed_on(till, *weeks_before(SATURDAY, 1, 2, 3))
    row = {"till": till, "establishment": till.establishment, "tenant": till.tenant}[level]
    row.suspended_at = timezone.now()
    row.save(update_fields=["suspended_at"])
    assert silent_on(SATURDAY) == []


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
    assert columns[-1].said.startswith("samedi 14/03/2026 – 2 en échec – ")
    assert len(client.get(columns[-1].address).context["cl"].result_list) == 2
    text = page.content.decode()
    assert not re.search(r'(?:src|href)="https?://', text)
    assert "2\xa0800,00" in text.replace("\u202f", "\xa0"), "the turnover stands in the table"


def test_tiles__of_a_night_add_up_with_what_is_archived(here: World) -> None:
    StoredClosing.objects.filter(pk=here.sister.closing.pk).update(state="archived")
    client = Client()
    client.force_login(here.own.staff)
    page = client.get(reverse("admin:index"), {"day": "2026-03-14"})
    counts = {figure.column: figure.count for figure, _title in page.context["figures"]}
    assert counts.pop("received") == sum(counts.values()) == 2
    assert counts["archived"] == 1
    assert [block.column for block in page.context["columns"][-1].blocks] == ["archived", "failed"]
    turnover = page.context["columns"][-1].turnover
    assert turnover == "1\N{NO-BREAK SPACE}400,00\N{NO-BREAK SPACE}€", "what is archived is not added"


def test_support__sees_which_shops_are_in_trouble_and_sends_again_from_there(here: World) -> None:
    client = Client()
    client.force_login(SupportFactory())
    page = client.get(reverse("admin:index"))
    shops = [shop.name for shop, _address, _stands in page.context["troubled"]]
    assert {*shops} >= {"PROPRE boutique", "VOISIN boutique"}
    failed = next(it for it in page.context["concerns"] if it.condition is Condition.FAILED)
    asked = client.post(reverse("console_repost"), {"closing": [*map(str, failed.again)]})
    assert asked.status_code == 200
    assert [it.closing.pk for it in asked.context["previews"]] == [*failed.again]


def test_lost_link__stands_first_in_the_red_box_with_the_way_to_a_new_one(here: World) -> None:
    Connection.objects.filter(tenant=here.own.tenant).update(state=ConnectionState.RECONNECT_REQUIRED)
    client = Client()
    client.force_login(here.own.staff)
    page = client.get(reverse("admin:index"))
    assert page.context["to_mend"][0] == "1 liaison Exact perdue"
    assert page.context["lost_address"].startswith(reverse("console_set_up_customer", args=[here.own.tenant.pk]))


def test_lost_link__puts_its_shop_first_and_ends_by_a_person_only(here: World) -> None:
    shop = here.sister.till.establishment
    StoredClosing.objects.filter(establishment=shop).update(state="exported")
    client = Client()
    client.force_login(here.own.staff)
    assert client.get(reverse("admin:index")).context["lines"][0][0].title == str(here.own.till.establishment)
    Connection.objects.filter(tenant=shop.tenant).update(state=ConnectionState.RECONNECT_REQUIRED)
    page = client.get(reverse("admin:index"))
    assert page.context["lines"][0][0].title == str(shop)
    until = {lane.division.tenant_id: until is not None for lane, _why, until in page.context["lanes"]}
    assert until == {here.own.tenant.pk: True, shop.tenant_id: False}


def test_red_box__leads_to_no_list_that_is_empty(here: World) -> None:
    client = Client()
    client.force_login(here.own.staff)
    causes = f'class="console-button is-primary" href="{reverse("console_causes")}"'
    assert causes in client.get(reverse("admin:index")).content.decode()
    StoredClosing.objects.update(state="exported")
    page = client.get(reverse("admin:index"))
    assert page.context["to_mend"] == ["2 écritures diffèrent dans Exact"]
    assert causes not in page.content.decode()
    assert f'class="console-button is-primary" href="{page.context["differences_address"]}"' in page.content.decode()


def test_empty_account__gets_its_first_steps_in_the_place_of_green(db: None) -> None:
    person = StaffFactory()
    client = Client()
    client.force_login(person)

    def steps() -> list[bool]:
        return [it.done for it in client.get(reverse("admin:index")).context["steps"]]

    assert steps() == [False, False, False]
    assert "is-good" not in client.get(reverse("admin:index")).content.decode()
    till: Till = TillFactory(establishment__tenant__reseller=person.reseller, paired_at=timezone.now())
    assert steps() == [True, True, False]
    closed_on(till, SATURDAY)
    assert steps() == []


@pytest.mark.parametrize(
    ("day", "before", "after"), [("2026-03-31", "2026-02-28", "2026-04-30"), ("2026-01-15", "2025-12-15", "2026-02-15")]
)
def test_months__lead_to_the_same_day_or_the_last_of_the_month(here: World, day: str, before: str, after: str) -> None:
    days = ways_to_other_days(date.fromisoformat(day))
    assert (str(days["month_before"]), str(days["month_after"])) == (before, after)


def test_weeks__lead_to_the_same_weekday_and_not_to_days_to_come(here: World) -> None:
    days = ways_to_other_days(SATURDAY)
    assert (days["week_before"], days["week_after"]) == (SATURDAY - timedelta(weeks=1), SATURDAY + timedelta(weeks=1))
    client = Client()
    client.force_login(here.manager)
    page = client.get(reverse("admin:index"), {"day": SATURDAY.isoformat()}).content.decode()
    assert f"?day={SATURDAY - timedelta(weeks=1)}" in page and f"?day={SATURDAY + timedelta(weeks=1)}" in page
    assert ways_to_other_days(timezone.localdate() - timedelta(days=6))["week_after"] is None


def badge_on(client: Client, name: str) -> str:
    """The number beside the menu's first entry, as a page shows it."""
    page = client.get(reverse(name)).content.decode()
    entries = re.findall(rf'<a href="{reverse("admin:index")}".*?</a>', page, re.DOTALL)
    shown = {badge for it in entries for badge in re.findall(r'class="console-badge">([^<]*)<', it)}
    return shown.pop() if shown else ""


def counted_in_the_red_box(client: Client) -> int:
    said = client.get(reverse("admin:index")).context["to_mend"]
    return sum(int(number) for words in said for number in re.findall(r"\d+", words))


@pytest.mark.parametrize("role", ["support", "manager"])
def test_menu__says_the_number_of_the_first_page_in_one_question_a_minute(here: World, role: str) -> None:
    caches["process"].clear()
    Connection.objects.filter(tenant=here.own.tenant).update(state=ConnectionState.RECONNECT_REQUIRED)
    client = Client()
    client.force_login(SupportFactory() if role == "support" else here.manager)
    shown = badge_on(client, "console_help")  # before the first page was
    total = counted_in_the_red_box(client)
    assert shown == badge_on(client, "admin:index") == badge_on(client, "console_help") == str(total)
    assert total > 3
    StoredClosing.objects.filter(pk=here.own.closing.pk).update(state="exported")
    with CaptureQueriesContext(connection) as known:
        assert badge_on(client, "console_help") == str(total)
    caches["process"].clear()  # the minute is over
    with CaptureQueriesContext(connection) as asked:
        assert badge_on(client, "console_help") == str(total - 1)
    assert len(asked) == len(known) + 1
    assert counted_in_the_red_box(client) == total - 1


def test_menu__counts_for_each_person_and_the_customer_it_chose_and_not_for_members(here: World) -> None:
    caches["process"].clear()
    support, request = SupportFactory(), RequestFactory().get("/console/")
    counts = {}
    for chosen in (None, here.own.tenant.pk, here.foreign.tenant.pk):
        support.chosen_customer, request.user = chosen, support
        counts[chosen] = int(to_mend_count(request))
    assert counts[None] > counts[here.own.tenant.pk] + counts[here.foreign.tenant.pk] > 2
    request.user = here.own.staff
    assert int(to_mend_count(request)) == counts[None] - counts[here.foreign.tenant.pk]
    for member in (here.own.merchant, here.own.accountant, here.bookkeeper):
        request.user = member
        assert to_mend_count(request) == ""


def test_menu__says_no_more_than_two_figures(here: World) -> None:
    request = RequestFactory().get("/console/")
    request.user = here.own.staff
    remember_to_mend(here.own.staff, 100)
    assert to_mend_count(request) == "99+"
    remember_to_mend(here.own.staff, 0)
    assert to_mend_count(request) == ""
