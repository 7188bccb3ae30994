"""Two closings over the same tickets: a person says which counts, the other is set aside, and it can be undone."""

import pytest

from exact.models import Division, Lane, Posting, PostingState
from exports import tasks
from exports.models import SetAside, StoredClosing
from tenants.factories import ResellerAdminFactory, StaffFactory
from tests.conftest import Caller, SimulatedExact, closing, work
from tests.exports.console.test_set_aside import pushed
from tests.exports.walking import browser, page, say, stamp, ways, yes

Linked = tuple[Caller, Division]


@pytest.fixture
def two(linked: Linked) -> tuple[StoredClosing, StoredClosing]:
    """The first is in Exact; the second tells the same tickets under another number."""
    till, division = linked
    first = pushed(till)
    work(division)
    second = pushed(till, 1043, tickets=closing()["tickets"], totals=None)
    assert [it["code"] for it in second.problems] == ["tickets_overlap"]
    return first, second


def settled(division: Division, *closings: StoredClosing) -> list[str]:
    """The lanes run, and what waited for them is looked at; their states then."""
    Lane.objects.update(paused_until=None, minute=None, minute_calls=0)
    work(division)
    tasks.release()
    Lane.objects.update(paused_until=None, minute=None, minute_calls=0)
    work(division)
    for it in closings:
        it.refresh_from_db()
    return [it.state for it in closings]


def test_page__shows_both_side_by_side(two: tuple[StoredClosing, StoredClosing]) -> None:
    first, second = two
    client = browser()
    assert "between" in ways(client, second)
    shown = page(client, "between", second)
    assert [side.name.split(",")[0] for side in shown.context["shown"].sides] == ["Z 1043", "Z 1042"]
    assert [it.value for it in shown.context["shown"].choices] == ["other", "this"]
    assert str(Posting.objects.filter(closing_id=first.pk)[0].entry_number) in shown.content.decode()


def test_the_first_counts__the_second_is_set_aside_for_it(
    two: tuple[StoredClosing, StoredClosing], linked: Linked, exact: SimulatedExact
) -> None:
    first, second = two
    yes(browser(), "between", second, choice="other", why="closed twice by mistake")
    assert settled(linked[1], first, second) == ["exported", "archived"]
    aside = SetAside.objects.get()
    assert (aside.closing, aside.instead) == (second, first)
    assert len(exact.entries(linked[1].code)) == 2


def test_the_second_counts__the_first_leaves_exact_and_then_it_is_booked(
    two: tuple[StoredClosing, StoredClosing], linked: Linked, exact: SimulatedExact
) -> None:
    first, second = two
    yes(browser(), "between", second, choice="this", why="the second is complete")
    first.refresh_from_db()
    assert (first.state, second.state) == ("exporting", "held")
    assert settled(linked[1], first, second) == ["archived", "exported"]
    standing = Posting.objects.filter(state=PostingState.POSTED)
    assert {*standing.values_list("closing_id", flat=True)} == {second.pk}
    assert len(exact.entries(linked[1].code)) == 2


def test_undone__only_after_the_one_that_counts_is_set_aside(
    two: tuple[StoredClosing, StoredClosing], linked: Linked, exact: SimulatedExact
) -> None:
    first, second = two
    client = browser()
    yes(client, "between", second, choice="this")
    settled(linked[1], first, second)
    shown = page(client, "look-again", first)
    assert stamp(shown) == ""
    assert "counts in its place" in shown.content.decode()
    say(client, "look-again", first, "held")
    assert first.state == "archived"
    yes(client, "take-out", second)
    settled(linked[1], first, second)
    yes(client, "look-again", first)
    exact.control("settings", forget_usage=True)
    assert settled(linked[1], first, second) == ["exported", "archived"]
    assert len(exact.entries(linked[1].code)) == 2


def test_pressed_twice_and_by_two__is_decided_once(
    two: tuple[StoredClosing, StoredClosing], linked: Linked, exact: SimulatedExact
) -> None:
    first, second = two
    one, other = browser(), browser()
    shown = stamp(page(one, "between", second))
    say(one, "between", second, shown, choice="this")
    say(other, "between", second, shown, choice="other")
    say(one, "between", second, shown, choice="this")
    assert settled(linked[1], first, second) == ["archived", "exported"]
    assert SetAside.objects.count() == 1
    assert len(exact.entries(linked[1].code)) == 2


def test_rival_that_is_held_too__is_set_aside_at_once(linked: Linked) -> None:
    till, division = linked
    first = pushed(till, payments=closing()["payments"][:2])
    second = pushed(till, 1043, tickets=closing()["tickets"], totals=None)
    assert (first.state, second.state) == ("held", "held")
    yes(browser(), "between", second, choice="this")
    assert settled(division, first, second) == ["archived", "exported"]


def test_staff__may_choose_what_is_booked_but_take_nothing_out(two: tuple[StoredClosing, StoredClosing]) -> None:
    _first, second = two
    client = browser(StaffFactory(reseller=second.tenant.reseller))
    shown = page(client, "between", second)
    assert [it.value for it in shown.context["shown"].choices] == ["other"]
    say(client, "between", second, stamp(shown), choice="this")
    assert (second.state, SetAside.objects.count()) == ("held", 0)
    yes(client, "between", second, choice="other")
    assert second.state == "archived"
    assert page(browser(ResellerAdminFactory()), "between", second).status_code == 404
