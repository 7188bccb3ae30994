"""The rest of a closing was booked at a word, then set aside: its sales are free, and are booked once whoever comes."""

import pytest

from exact.models import Division, Lane
from exports import tasks
from exports.models import StoredClosing
from tenants.factories import ResellerAdminFactory
from tests.conftest import Caller, SimulatedExact, work
from tests.exports.coverage.covering import GENERAL, SECOND, books, codes, general, push, pushed, states, station
from tests.exports.coverage.test_coverage import book_as_it_is
from tests.exports.walking import browser, yes

Linked = tuple[Caller, Division]


@pytest.fixture
def rest(linked: Linked, exact: SimulatedExact) -> StoredClosing:
    """The GÉNÉRALE of which station 2's part was booked beside station 1, and was taken out again."""
    till, division = linked
    _one, whole = push(till, station("1"), general())
    book_as_it_is(whole)
    assert books(exact, division) == GENERAL
    yes(browser(ResellerAdminFactory(reseller=whole.tenant.reseller)), "take-out", whole)
    again(exact, division)
    assert states([whole]) == ["archived"]
    return whole


def again(exact: SimulatedExact, division: Division) -> None:
    """The lane runs, and what waited for it is looked at."""
    exact.control("settings", forget_usage=True)
    Lane.objects.update(paused_until=None, minute=None, minute_calls=0)
    work(division)
    tasks.release()


def test_late_station__counts_in_its_place_and_the_rest_is_not_booked_again(
    rest: StoredClosing, linked: Linked, exact: SimulatedExact
) -> None:
    till, division = linked
    late = pushed(till, station("2"))
    assert states([late]) == ["ready"]
    yes(browser(ResellerAdminFactory(reseller=rest.tenant.reseller)), "look-again", rest)
    assert (states([rest]), codes(rest)) == (["archived"], ["checked_against"])
    assert books(exact, division) == GENERAL


def test_late_station_that_says_more__leaves_the_rest_to_a_person(
    rest: StoredClosing, linked: Linked, exact: SimulatedExact
) -> None:
    till, division = linked
    more = [*SECOND["payments"][:2], SECOND["payments"][2] | {"amount": "76.00"}]
    late = pushed(till, station("2", payments=more, other_receipts=[SECOND["other_receipts"][0] | {"amount": "16.00"}]))
    assert states([late]) == ["ready"]
    yes(browser(), "look-again", rest)
    assert (states([rest]), codes(rest)) == (["held"], ["sums_differ"])
    work(division)
    yes(browser(), "between", rest, choice="this")
    for _round in range(2):
        again(exact, division)
    assert states(StoredClosing.objects.order_by("created_at")) == ["archived", "exported", "archived"]
    assert books(exact, division) == GENERAL


def test_nobody_came__looked_again_the_rest_is_booked_once(
    rest: StoredClosing, linked: Linked, exact: SimulatedExact
) -> None:
    yes(browser(), "look-again", rest)
    assert states([rest]) == ["ready"]
    assert books(exact, linked[1]) == GENERAL
