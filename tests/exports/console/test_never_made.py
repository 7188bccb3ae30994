"""Numbers that never arrived: a person says that they were never made, and they are missed no longer."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from concerns.concern import Concern, Condition
from concerns.found import concerns_of
from exports.models import NeverMade, StoredClosing
from integration.metrics.figures_sql import GAPS
from tenants.factories import AccountantFactory, StaffFactory, SupportFactory
from tenants.models import Change, User
from tenants.viewpoint import Scope
from tests.conftest import Caller
from tests.exports.console.test_set_aside import pushed
from tests.exports.walking import browser, page, say, stamp, ways, yes


def missing(user: User | None = None) -> list[Concern]:
    with override("en"):
        found = concerns_of(Scope(user=user or SupportFactory()))
    return [it for it in found if it.condition is Condition.MISSING]


def heads() -> list[str]:
    return [it.head for it in missing()]


@pytest.fixture
def later(till: Caller) -> StoredClosing:
    """Z 1045, before which Z 1043 and Z 1044 are missed."""
    pushed(till, 1042)
    return after(till, 1045)


def after(till: Caller, number: int, **changes: object) -> StoredClosing:
    return pushed(till, number, tickets=[], totals=None, **changes)


def test_missing__leads_from_the_first_page_to_a_word_that_settles_it(later: StoredClosing) -> None:
    staff = StaffFactory(reseller=later.tenant.reseller)
    client = browser(staff)
    [it] = missing(staff)
    assert it.head == "Z 1043 – 1044"
    assert it.words.startswith("2 numbers never arrived from ")
    assert it.way is not None
    assert it.way[1] in client.get(reverse("admin:index")).content.decode()
    shown = client.get(it.way[1]).content.decode()
    assert "Z 1043 – 1044: 2 numbers of" in shown
    yes(client, "never-made", later, why="numbers of the maker's test")
    assert missing(staff) == []
    said = NeverMade.objects.get()
    assert (said.first, said.last, said.by, said.why) == (1043, 1044, staff, "numbers of the maker's test")
    change = Change.objects.get(table_name="exports_nevermade")
    assert change.actor == staff


def test_said_never_made__is_told_on_the_closings_page_the_log_and_the_shops_page(
    later: StoredClosing, till: Caller
) -> None:
    client, shop = browser(), later.establishment
    yes(client, "never-made", later, why="a test of ours")
    told = client.get(reverse("admin:exports_storedclosing_change", args=[later.pk])).content.decode()
    assert "a test of ours" in told
    assert "Have the till push what is missing" not in told
    today = {"date": timezone.localdate().isoformat(), "establishment": shop.pk, "by": "hour"}
    assert "Z 1043 – 1044 before it: never made" in client.get(reverse("console_log"), today).content.decode()
    events = till.get(f"log?date={today['date']}").json()["events"]
    [event] = [it for it in events if it["state"] == "numbers"]
    assert (event["message"], event["detail"]) == (
        "Z 1043 – 1044, avant elle\N{NO-BREAK SPACE}: sans clôture",
        "a test of ours",
    )
    assert (
        "Z 1045 · Z 1043 – 1044 before it: never made"
        in client.get(reverse("console_shop", args=[shop.pk])).content.decode()
    )


def test_taken_back__is_missed_again_and_may_be_said_anew(later: StoredClosing) -> None:
    client = browser()
    yes(client, "never-made", later)
    assert {"miss-again"} == {*ways(client, later)} & {"never-made", "miss-again"}
    yes(client, "miss-again", later, why="the till has them")
    assert heads() == ["Z 1043 – 1044"]
    assert NeverMade.objects.get().ended_why == "the till has them"
    yes(client, "never-made", later)
    assert (heads(), NeverMade.objects.count()) == ([], 2)


def test_a_number_that_comes_all_the_same__is_booked_and_the_rest_stays_settled(
    later: StoredClosing, till: Caller
) -> None:
    yes(browser(), "never-made", later)
    assert after(till, 1043).state == later.state
    assert heads() == []


def test_a_part_came__only_the_rest_is_settled_and_missed(later: StoredClosing, till: Caller) -> None:
    after(till, 1043)
    assert heads() == ["Z 1044"]
    yes(browser(), "never-made", later)
    assert (NeverMade.objects.get().first, heads()) == (1044, [])


def test_shown_otherwise__nothing_is_stored(later: StoredClosing, till: Caller) -> None:
    client = browser()
    shown = stamp(page(client, "never-made", later))
    after(till, 1043)
    assert "nothing was done" in say(client, "never-made", later, shown).content.decode()
    assert not NeverMade.objects.exists()


def test_pressed_twice__is_one_word(later: StoredClosing) -> None:
    client = browser()
    shown = stamp(page(client, "never-made", later))
    for _time in range(2):
        say(client, "never-made", later, shown)
    assert NeverMade.objects.count() == 1


def test_accountant__is_not_asked(later: StoredClosing) -> None:
    accountant = AccountantFactory(tenant=later.tenant)
    [it] = missing(accountant)
    assert it.way is None
    assert page(browser(accountant), "never-made", later).status_code == 403


def test_set_aside__opens_no_gap_unless_a_later_one_shows_it(till: Caller) -> None:
    """A till counts from Z 435 on, and pushes Z 900 and Z 1900 of another year by mistake."""
    client = browser()
    pushed(till, 435)
    day = timezone.localdate() + timedelta(days=300)
    wrong = [after(till, number, business_date=day.isoformat()) for number in (900, 1900)]
    assert heads() == ["Z 436 – 899", "Z 901 – 1899"]
    for it in wrong:
        yes(client, "set-aside", it)
    assert heads() == []
    after(till, 436)
    lost = after(till, 438)
    assert heads() == ["Z 437"]
    yes(client, "set-aside", lost)
    assert heads() == []
    after(till, 439)
    assert heads() == ["Z 437"]
    yes(client, "look-again", wrong[0])
    assert "Z 440 – 899" in heads()


def test_gaps_that_are_watched__are_those_that_are_missed(later: StoredClosing) -> None:
    assert watched() == 1
    yes(browser(), "never-made", later)
    assert watched() == 0


def watched() -> float:
    with connection.cursor() as sql:
        sql.execute(GAPS)
        return float(sql.fetchall()[0][2])
