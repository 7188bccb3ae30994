"""A person's word, "book it as it is", is for the dispute that was shown, and for no later one of that closing."""

from django.test import Client

from booking.mapping import MeansOverride
from exact.models import Division
from exports.models import StoredClosing
from tenants.factories import SupportFactory
from tests.conftest import Caller, SimulatedExact
from tests.exports.coverage.covering import GENERAL, books, codes, covering, general, push, pushed, states, station
from tests.exports.way.test_levels import choose
from tests.exports.way.test_looked_at_again import settings

Linked = tuple[Caller, Division]
MORE = {"other_receipts": [{"kind": "tip", "amount": "16.00", "label": "Pourboires"}]}


def book_as_it_is(export: StoredClosing) -> str:
    """What a person chooses in the list of closings, and reads afterwards."""
    client = Client()
    client.force_login(SupportFactory())
    chosen = {"action": "book_as_it_is", "_selected_action": [str(export.pk)]}
    page = client.post("/console/exports/storedclosing/", chosen, follow=True, headers={"Accept-Language": "en"})
    assert page.status_code == 200
    return page.content.decode()


def test_word__for_a_day_that_lacked_a_station_is_none_for_what_the_station_said_otherwise(
    linked: Linked, exact: SimulatedExact
) -> None:
    """It came after the list was shown, before the closing was looked at again."""
    till, division = linked
    one, whole = push(till, station("1"), general())
    assert (states([whole]), codes(whole)) == (["held"], ["partly_booked"])
    more = [*station("2")["payments"][:2], station("2")["payments"][2] | {"amount": "76.00"}]
    two = pushed(till, station("2", payments=more, **MORE))
    book_as_it_is(whole)
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
