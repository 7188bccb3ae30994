"""A person's word, "book it as it is", is for the dispute that was shown, and for no later one of that closing."""

from booking.mapping import MeansOverride
from exact.models import Division
from exports import tasks
from exports.models import StoredClosing
from tests.conftest import Caller, SimulatedExact
from tests.exports.coverage.covering import GENERAL, books, codes, covering, general, push, pushed, states, station
from tests.exports.walking import browser, page, say, stamp
from tests.exports.way.test_levels import choose
from tests.exports.way.test_looked_at_again import settings

Linked = tuple[Caller, Division]
MORE = {"other_receipts": [{"kind": "tip", "amount": "16.00", "label": "Pourboires"}]}


def book_as_it_is(closing: StoredClosing, shown: str = "") -> str:
    """What a person says on the page of it, to what it shows or showed, and reads afterwards."""
    client = browser()
    told = page(client, "as-it-is", closing)
    answer = say(client, "as-it-is", closing, shown or stamp(told))
    return told.content.decode() + answer.content.decode()


def test_word__for_a_day_that_lacked_a_station_is_none_for_what_the_station_said_otherwise(
    linked: Linked, exact: SimulatedExact
) -> None:
    """It came after the list was shown, before the closing was looked at again."""
    till, division = linked
    one, whole = push(till, station("1"), general())
    assert (states([whole]), codes(whole)) == (["held"], ["partly_booked"])
    more = [*station("2")["payments"][:2], station("2")["payments"][2] | {"amount": "76.00"}]
    shown = stamp(page(browser(), "as-it-is", whole))
    two = pushed(till, station("2", payments=more, **MORE))
    book_as_it_is(whole, shown)
    tasks.release()
    assert (states([one, two, whole]), codes(whole)) == (["ready", "ready", "held"], ["sums_differ"])
    assert books(exact, division) == GENERAL | {"426100": -2600, "511800": 20100}

    book_as_it_is(whole)
    assert books(exact, division) == GENERAL
    assert states([whole]) == ["exported"]


def test_word__that_two_days_are_alike_is_none_for_the_stations_of_that_day(
    linked: Linked, exact: SimulatedExact
) -> None:
    till, division = linked
    lydia = [*general()["payments"][:2], {"means": "LYDIA", "kind": "other", "amount": "200.00"}]
    first, again = push(till, *(general(number, tickets=[], payments=lydia) for number in (42, 43)))
    assert (codes(first), codes(again)) == (["means_unmapped"], ["same_again"])
    book_as_it_is(again)
    assert codes(again) == ["means_unmapped"]
    choose(till, "station")
    one = pushed(till, station("1", tickets=[]))
    assert states([first, again, one]) == ["archived", "archived", "ready"]
    settings(till, means={"LYDIA": MeansOverride(account="467500")})
    choose(till, "general")
    assert (states([first, again]), codes(first), codes(again)) == (
        ["held", "held"],
        ["partly_booked"],
        ["partly_booked"],
    )
    assert books(exact, division)["706000"] == -60000


def test_word__in_the_list_says_what_is_disputed_still(linked: Linked) -> None:
    till, _division = linked
    _one, crossing = push(till, station("1"), general(tickets=covering(("1", 51, 150))))
    assert "51" in book_as_it_is(crossing)
    crossing.refresh_from_db()
    assert (crossing.state, crossing.accepted_problems) == ("held", [])
