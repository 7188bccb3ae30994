"""The first closing that covers a ticket is booked; one over the same tickets is checked against it and never added."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from exact.models import Division
from exports import tasks
from exports.coverage.gaps import still_uncovered
from exports.models import StoredClosing
from exports.way.accept import reconsider
from tests.conftest import Caller, SimulatedExact, closing, colleague
from tests.exports.coverage.covering import (
    FIRST,
    GENERAL,
    SECOND,
    books,
    codes,
    covering,
    facts,
    general,
    lanes,
    push,
    pushed,
    states,
    station,
)

Linked = tuple[Caller, Division]


def book_as_it_is(closing: StoredClosing) -> StoredClosing:
    return reconsider(closing.pk, why="booked as it is", accept_problems=True)


def test_general__over_its_stations_is_checked_and_archived(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    one, two, whole = push(till, station("1"), station("2"), general())
    assert states([one, two, whole]) == ["ready", "ready", "archived"]
    assert facts(whole, "checked_against") == {
        "others": "Z 7 (1), Z 7 (2)",
        "found": "1400.00",
        "expected": "1400.00",
    }
    assert books(exact, division) == GENERAL


def test_stations__after_their_general_are_archived_and_compared_with_the_last(
    linked: Linked, exact: SimulatedExact
) -> None:
    till, division = linked
    whole, one, two = push(till, general(), station("1"), station("2"))
    assert states([whole, one, two]) == ["ready", "archived", "archived"]
    assert (codes(one), codes(two)) == (["covered_within"], ["checked_against"])
    assert facts(two, "checked_against")["others"] == "Z 42"
    assert books(exact, division) == GENERAL


def test_stations__that_say_more_than_their_general_are_held_with_the_last(
    linked: Linked, exact: SimulatedExact
) -> None:
    till, division = linked
    more = [*SECOND["payments"][:2], SECOND["payments"][2] | {"amount": "76.00"}]
    tip = [SECOND["other_receipts"][0] | {"amount": "16.00"}]
    whole, one, two = push(till, general(), station("1"), station("2", payments=more, other_receipts=tip))
    assert states([whole, one, two]) == ["ready", "archived", "held"]
    assert codes(two) == ["sums_differ"]
    book_as_it_is(two)
    assert books(exact, division) == GENERAL | {"426100": -2600, "511800": 20100}


def test_general__over_one_station_of_two_is_held_with_what_is_left(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    one, whole = push(till, station("1"), general())
    assert states([one, whole]) == ["ready", "held"]
    assert facts(whole, "partly_booked") == {
        "others": "Z 7 (1)",
        "count": "1",
        "found": "1400.00",
        "expected": "840.00",
        "difference": "560.00",
    }
    lanes(division)
    book_as_it_is(whole)
    assert books(exact, division) == GENERAL
    assert states([one, whole]) == ["exported", "exported"]


def test_remainder__is_what_a_station_that_comes_later_is_checked_against(
    linked: Linked, exact: SimulatedExact
) -> None:
    till, division = linked
    _one, whole = push(till, station("1"), general())
    book_as_it_is(whole)
    late = pushed(till, station("2"))
    assert states([late]) == ["archived"]
    assert facts(late, "checked_against") == {
        "others": "Z 42",
        "found": "560.00",
        "expected": "560.00",
    }
    assert books(exact, division) == GENERAL


def test_remainder__is_booked_once_however_often_a_person_says_so(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    _one, whole = push(till, station("1"), general())
    for _press in range(3):
        book_as_it_is(whole)
        tasks.sweep()
    assert books(exact, division) == GENERAL


def test_general__goes_by_itself_when_the_missing_station_arrives(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    one, whole, two = push(till, station("1"), general(), station("2"))
    assert states([one, whole, two]) == ["ready", "held", "ready"]
    tasks.sweep()
    assert states([whole]) == ["archived"]
    assert facts(whole, "checked_against")["others"] == "Z 7 (1), Z 7 (2)"
    assert books(exact, division) == GENERAL


def test_general__whose_sums_differ_is_held_and_a_word_books_the_difference(
    linked: Linked, exact: SimulatedExact
) -> None:
    till, division = linked
    tip = [{"kind": "tip", "amount": "28.00", "label": "Pourboires"}]
    cards = [it if it["means"] != "CB" else it | {"amount": "903.00"} for it in general()["payments"]]
    one, two, whole = push(till, station("1"), station("2"), general(other_receipts=tip, payments=cards))
    assert (states([whole]), codes(whole)) == (["held"], ["sums_differ"])
    book_as_it_is(whole)
    assert books(exact, division) == GENERAL | {"426100": -2800, "511500": 90300}
    assert states([one, two, whole]) == ["exported"] * 3


def test_closing__that_shares_some_tickets_and_lacks_others_is_never_booked_at_a_word(
    linked: Linked, exact: SimulatedExact
) -> None:
    till, division = linked
    one, other = push(till, station("1"), general(tickets=covering(("1", 51, 150))))
    assert (states([other]), codes(other)) == (["held"], ["tickets_overlap"])
    book_as_it_is(other)
    assert states([other]) == ["held"]
    assert sum(books(exact, division)[account] for account in ("706000", "707000")) == -75000
    assert states([one]) == ["exported"]


def test_drawers__beside_stations_and_their_general_are_booked_by_none(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    drawer = general(9, kind="drawer", scope="Caisse bar")
    closings = push(till, station("1"), station("2"), drawer, general())
    assert states(closings) == ["ready", "ready", "archived", "archived"]
    assert books(exact, division) == GENERAL


@pytest.mark.parametrize("name", ["01", "Poste 1", "POSTE 01"])
def test_tickets__of_one_station_in_another_spelling_are_the_same(linked: Linked, name: str) -> None:
    till, _division = linked
    first, again = push(till, general(1, tickets=covering(("1", 1, 100))), general(2, tickets=covering((name, 1, 100))))
    assert (states([first, again]), codes(again)) == (["ready", "held"], ["tickets_overlap"])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "general", "scope": "X"}, "scope_unexpected"),
        ({"kind": "station", "scope": ""}, "scope_missing"),
        ({"kind": "drawer", "scope": ""}, "scope_missing"),
        ({"kind": "drawer", "scope": "  "}, "scope_missing"),
    ],
)
@pytest.mark.parametrize("tickets", [True, False])
def test_scope__that_is_misplaced_is_held_whatever_a_person_says(
    linked: Linked, exact: SimulatedExact, changes: dict[str, Any], code: str, tickets: bool
) -> None:
    till, division = linked
    told = {} if tickets else {"tickets": []}
    odd, right = push(till, general(**changes, **told), general(43, **told))
    assert (states([odd, right]), codes(odd)) == (["held", "ready"], [code])
    book_as_it_is(odd)
    assert states([odd]) == ["held"]
    assert books(exact, division) == GENERAL


@pytest.mark.parametrize("first", [{"tickets": []}, {}], ids=["untold", "told"])
@pytest.mark.parametrize("again", [{"tickets": []}, {}], ids=["untold", "told"])
def test_same_figures_and_hours__under_the_next_number_are_a_question(
    linked: Linked, exact: SimulatedExact, first: dict[str, Any], again: dict[str, Any]
) -> None:
    till, division = linked
    one, two = push(till, general(42, **first), general(43, **again))
    assert states([one, two]) == ["ready", "held"]
    assert codes(two) == (["same_again"] if first or again else ["tickets_overlap"])
    assert books(exact, division) == GENERAL


@pytest.mark.parametrize("first", [{"tickets": []}, {}], ids=["untold", "told"])
@pytest.mark.parametrize("closed_at", ["2026-03-15T00:41:00+01:00", "2026-03-14T09:10:00+01:00"])
def test_same_figures__in_hours_that_overlap_are_a_question(
    linked: Linked, exact: SimulatedExact, first: dict[str, Any], closed_at: str
) -> None:
    """A till that closes once more, or after a restore, tells another minute."""
    till, division = linked
    one, two = push(till, general(42, **first), general(43, tickets=[], closed_at=closed_at))
    assert states([one, two]) == ["ready", "held"]
    assert "same_again" in codes(two)
    assert books(exact, division) == GENERAL


def test_same_figures__of_the_hours_that_follow_are_another_closing(linked: Linked) -> None:
    till, _division = linked
    lunch = general(42, tickets=[], closed_at="2026-03-14T15:00:00+01:00")
    dinner = general(43, tickets=[], opened_at="2026-03-14T15:00:00+01:00")
    assert states(push(till, lunch, dinner)) == ["ready", "ready"]


def test_same_figures_and_hours__are_booked_when_a_person_says_they_are_another_day_s(
    linked: Linked, exact: SimulatedExact
) -> None:
    till, division = linked
    _one, two = push(till, general(42, tickets=[]), general(43, tickets=[]))
    book_as_it_is(two)
    assert books(exact, division) == {account: 2 * amount for account, amount in GENERAL.items()}


def test_same_figures_and_hours__are_two_closings_when_the_perpetual_total_says_so(linked: Linked) -> None:
    till, _division = linked
    totals = [
        {"gross": "1400.00", "perpetual_before": before, "perpetual_after": after}
        for before, after in (("0.00", "1400.00"), ("1400.00", "2800.00"))
    ]
    closings = push(till, *(general(42 + n, tickets=[], totals=it) for n, it in enumerate(totals)))
    assert states(closings) == ["ready", "ready"]


def test_same_figures_and_hours__of_another_till_of_the_shop_are_a_question(linked: Linked) -> None:
    till, _division = linked
    pushed(till, general(tickets=[]))
    again = pushed(colleague(till), general(tickets=[]))
    assert (states([again]), codes(again)) == (["held"], ["same_again"])


def test_alike_of_a_wrong_date__is_held_and_not_turned_away_for_ever(till: Caller) -> None:
    """A till whose date is wrong sends a day again, under the next number."""
    day = (timezone.localdate() + timedelta(days=300)).isoformat()
    for number, code in ((1042, "business_date_future"), (1043, "same_again")):
        told = closing(number, tickets=[], totals=None, business_date=day)
        answer = till.post("closings", told)
        assert answer.status_code == 201
        assert code in {it["code"] for it in answer.json()["problems"]}


def test_tickets__that_no_booked_closing_covers_are_told_by_the_next_general(linked: Linked) -> None:
    till, _division = linked
    _one, whole = push(till, station("1"), general(42))
    assert states([whole]) == ["held"]
    next_day = {"tickets": covering(("1", 101, 150), ("2", 61, 90))}
    second = {"tickets": covering(("2", 61, 90))}
    first = {"tickets": covering(("1", 101, 150))}
    *_stations, after = push(till, station("1", 8, **first), station("2", 8, **second), general(43, **next_day))
    assert (states([after]), codes(after)) == (["archived"], ["checked_against", "tickets_uncovered"])
    assert facts(after, "tickets_uncovered") == {"station": "2", "first": "1", "last": "60"}
    assert [it.facts for it in still_uncovered([after])[after.pk]] == [facts(after, "tickets_uncovered")]

    pushed(till, station("2"))
    assert still_uncovered([after]) == {}


def test_tickets__between_two_generals_that_nothing_covers_are_told(linked: Linked) -> None:
    till, _division = linked
    first, second = push(
        till, general(1, tickets=covering(("1", 1, 100))), general(2, tickets=covering(("1", 111, 200)))
    )
    assert states([first, second]) == ["ready", "ready"]
    assert facts(second, "tickets_uncovered") == {"station": "1", "first": "101", "last": "110"}


def test_training__covers_tickets_that_nobody_waits_for(linked: Linked) -> None:
    till, _division = linked
    closings = push(
        till,
        general(1, tickets=covering(("1", 1, 100))),
        general(2, tickets=covering(("1", 101, 110)), training=True),
        general(3, tickets=covering(("1", 111, 200))),
    )
    assert (states(closings), codes(closings[2])) == (["ready", "archived", "ready"], [])


def test_zero_closing__of_another_kind_raises_no_question(linked: Linked) -> None:
    till, _division = linked
    nothing = {"sales": [], "other_receipts": [], "payments": [], "tickets": []}
    whole, empty, after = push(
        till,
        general(1, tickets=[]),
        station("1", **nothing),
        general(2, tickets=[], **FIRST),
    )
    assert states([whole, empty, after]) == ["ready", "archived", "ready"]


def test_tickets__numbered_anew_on_another_day_are_held_and_a_word_books_all_of_them(
    linked: Linked, exact: SimulatedExact
) -> None:
    till, division = linked
    later = {"business_date": "2026-03-20", "opened_at": "2026-03-20T09:00:00+01:00"}
    later |= {"closed_at": "2026-03-20T23:00:00+01:00"}
    first, again = push(till, general(42), general(43, **later, **FIRST))
    assert (states([first, again]), codes(again)) == (["ready", "held"], ["tickets_overlap"])
    book_as_it_is(again)
    assert books(exact, division)["706000"] == -160000
    assert states([first, again]) == ["exported", "exported"]


def test_tickets__of_a_closing_booked_at_a_word_are_named_at_the_next_one(linked: Linked) -> None:
    """It is booked whole, though another stands for the tickets of its numbers: what shares them is still held."""
    till, _division = linked
    later = {"business_date": "2026-03-20", "opened_at": "2026-03-20T09:00:00+01:00"}
    later |= {"closed_at": "2026-03-20T23:00:00+01:00"}
    push(till, general(42, tickets=covering(("1", 1, 10))))
    again, next_one = push(
        till,
        general(43, **later, **FIRST, tickets=covering(("1", 5, 20))),
        general(44, **later, **SECOND, tickets=covering(("1", 5, 6))),
    )
    book_as_it_is(again)
    book_as_it_is(next_one)
    assert (states([again, next_one]), codes(next_one)) == (["ready", "held"], ["tickets_overlap"])
    assert facts(next_one, "tickets_overlap") == {"station": "1", "first": "5", "last": "6", "other": "43"}
