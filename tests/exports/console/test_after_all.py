"""What told the sales of a closing was set aside: what it covered is booked by a person's word, each euro once."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from clyo_ingest.keys import issue_key
from clyo_ingest.replacing import replace_counting_anew
from exact.models import Division
from exports.coverage.rows import is_freed, kept
from exports.models import ClosingState, RepostRun, SetAside, StoredClosing
from exports.models.coverage import Remainder
from exports.way.after_all import book_after_all, look_again_at_freed
from exports.way.decide import Look
from exports.way.levels import look_again_after_changes, look_again_at_disputes, set_level
from exports.way.set_aside import set_aside, take_back
from on_demand.till_sums import told_of
from tenants.factories import ResellerAdminFactory, StaffFactory, SupportFactory
from tenants.models import BookedLevel
from tests.conftest import Caller, SimulatedExact, colleague
from tests.correcting import correct, refused
from tests.exports.coverage.covering import (
    FIRST,
    GENERAL,
    SECOND,
    books,
    codes,
    covering,
    facts,
    general,
    push,
    pushed,
    states,
    station,
)
from tests.exports.coverage.test_coverage import book_as_it_is
from tests.exports.coverage.test_rest_set_aside import again
from tests.exports.walking import browser, page, say, stamp, ways, yes

Linked = tuple[Caller, Division]
# Of station 2: a tip of 1.00 more than the GÉNÉRALE says.
MORE = {
    "payments": [*SECOND["payments"][:2], SECOND["payments"][2] | {"amount": "76.00"}],
    "other_receipts": [SECOND["other_receipts"][0] | {"amount": "16.00"}],
}
Day = tuple[StoredClosing, StoredClosing, StoredClosing]


@pytest.fixture
def day(linked: Linked, exact: SimulatedExact) -> Day:
    """The GÉNÉRALE came first and was booked; its two POSTES are archived; then it was taken out of Exact again."""
    till, division = linked
    whole, one, two = push(till, general(), station("1"), station("2"))
    assert states([whole, one, two]) == ["ready", "archived", "archived"]
    assert books(exact, division) == GENERAL
    yes(browser(), "take-out", whole)
    settle(exact, division)
    assert states([whole, one, two]) == ["archived", "archived", "archived"]
    return whole, one, two


def settle(exact: SimulatedExact, division: Division) -> None:
    """Whatever is due is done, twice: what the first round freed is looked at in the second."""
    for _round in range(2):
        again(exact, division)


def test_parts__of_what_was_set_aside_are_told_so_and_booked_by_a_word(
    day: Day, linked: Linked, exact: SimulatedExact
) -> None:
    whole, one, two = day
    assert codes(one) == codes(two) == ["others_set_aside"]
    assert facts(one, "others_set_aside") == {"others": "Z 42"}
    client = browser(ResellerAdminFactory(reseller=one.tenant.reseller))
    assert ways(client, one) == ["after-all"]
    assert ways(client, whole) == ["others", "look-again"]
    yes(client, "after-all", one)
    assert states(day) == ["archived", "ready", "archived"]
    yes(client, "after-all", two)
    settle(exact, linked[1])
    assert states(day) == ["archived", "exported", "exported"]
    assert books(exact, linked[1]) == GENERAL
    assert (ways(client, whole), ways(client, one)) == (["look-again"], ["replace", "take-out"])


def test_parts__all_at_once_from_the_page_of_the_whole(day: Day, linked: Linked, exact: SimulatedExact) -> None:
    _whole, one, two = day
    client = browser()
    shown = page(client, "after-all", one, two)
    assert shown.context["total"] == 2
    assert all(name in shown.content.decode() for name in ("Z 7 (1)", "Z 7 (2)"))
    form = {"confirm": "yes", "closing": [str(one.pk), str(two.pk)], "why": "the drawer was counted twice"}
    client.post(shown.request["PATH_INFO"], form)
    assert RepostRun.objects.get().way == "after-all"
    settle(exact, linked[1])
    assert states(day) == ["archived", "exported", "exported"]
    assert books(exact, linked[1]) == GENERAL


def test_pressed_twice_and_by_who_may_not__nothing_more_happens(day: Day, linked: Linked) -> None:
    _whole, one, _two = day
    staff = browser(StaffFactory(reseller=one.tenant.reseller))
    assert "after-all" not in ways(staff, one)
    assert page(staff, "after-all", one).status_code == 403
    client = browser()
    seen = stamp(page(client, "after-all", one))
    for _press in range(2):
        say(client, "after-all", one, seen)
    assert states([one]) == ["ready"]
    assert one.events.filter(after="ready").count() == 1


def test_whole_comes_back__what_was_booked_meanwhile_is_told_once(
    day: Day, linked: Linked, exact: SimulatedExact
) -> None:
    whole, one, two = day
    client = browser()
    yes(client, "after-all", one)
    yes(client, "look-again", whole)
    assert (states(day), codes(whole)) == (["held", "ready", "archived"], ["partly_booked"])
    yes(client, "rest", whole)
    settle(exact, linked[1])
    assert (states(day), codes(two)) == (["exported", "exported", "archived"], ["checked_against"])
    assert books(exact, linked[1]) == GENERAL


def test_whole_comes_back_first__the_parts_stay_archived(day: Day, linked: Linked, exact: SimulatedExact) -> None:
    whole, one, _two = day
    client = browser()
    seen = stamp(page(client, "after-all", one))
    yes(client, "look-again", whole)
    say(client, "after-all", one, seen)
    settle(exact, linked[1])
    assert states(day) == ["exported", "archived", "archived"]
    assert codes(one) == ["checked_against"]
    assert "after-all" not in ways(client, one)
    assert books(exact, linked[1]) == GENERAL


def test_rest_over_the_whole__is_asked_anew_once_that_is_set_aside(till: Caller) -> None:
    """What station 2 said beyond the GÉNÉRALE was to be booked: the whole gone, that alone would be a tip of 1.00."""
    whole, one, two = push(till, general(), station("1"), station("2", **MORE))
    assert (states([whole, one, two]), codes(two)) == (["waiting", "archived", "held"], ["sums_differ"])
    came = {"whole": whole, "one": one, "two": book_as_it_is(two)}
    assert counted(came) == 1400
    set_aside(whole.pk, actor=SupportFactory(), why="typed by hand")
    look_again_at_freed()
    assert (states([whole, one, two]), counted(came)) == (["archived", "archived", "waiting"], 560)
    book_after_all(one.pk, actor=SupportFactory(), why="it was not")
    assert counted(came) == 1400


def test_corrected_whole__stands_for_what_it_still_tells(till: Caller) -> None:
    """The corrected GÉNÉRALE tells station 1 alone: station 2, which the former told too, is free."""
    whole, one, two = push(till, general(), station("1"), station("2"))
    correct(refused(till, general(tickets=covering(("1", 1, 100)), **FIRST)))
    look_again_at_freed()
    corrected = StoredClosing.objects.get(corrects=whole)
    assert states([whole, corrected, one, two]) == ["archived", "waiting", "archived", "archived"]
    assert (codes(one), codes(two)) == (["checked_against"], ["others_set_aside"])
    yes(browser(), "after-all", two)
    assert counted({"corrected": corrected, "one": one, "two": two}) == 1400


def test_decided_between__the_fellows_count_with_the_one_that_was_chosen(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    whole, one, two = push(till, general(), station("1"), station("2", **MORE))
    again(exact, division)
    client = browser()
    assert ["Z 7 (1)" in it.label for it in page(client, "between", two).context["shown"].choices] == [False, True]
    yes(client, "between", two, choice="this")
    settle(exact, division)
    settle(exact, division)
    assert states([whole, one, two]) == ["archived", "exported", "exported"]
    assert books(exact, division)["511800"] == 20000 + 100


def test_a_part_comes_back__beside_the_rest_that_left_it_out(linked: Linked, exact: SimulatedExact) -> None:
    """The rest of the GÉNÉRALE was worked out without station 1: taken out and back, station 1 is booked as it was."""
    till, division = linked
    one, whole = push(till, station("1"), general())
    book_as_it_is(whole)
    assert books(exact, division) == GENERAL
    client = browser()
    yes(client, "take-out", one)
    settle(exact, division)
    assert states([one, whole]) == ["archived", "exported"]
    yes(client, "look-again", one)
    settle(exact, division)
    assert states([one, whole]) == ["exported", "exported"]
    assert books(exact, division) == GENERAL


def documents_of(place: int) -> dict[str, dict[str, Any]]:
    """The day's closings once more, over tickets that no other order has."""
    first, second = ("1", 100 * place + 1, 100 * place + 100), ("2", 60 * place + 1, 60 * place + 60)
    return {
        "whole": general(42 + place, tickets=covering(first, second)),
        "one": station("1", 7 + place, tickets=covering(first)),
        "two": station("2", 7 + place, tickets=covering(second)),
    }


def counted(came: dict[str, StoredClosing]) -> int:
    """What of the closings of one order is booked, once nothing else holds it."""
    looks = [Look.at(it, judged=kept) for it in refreshed(came).values() if it.state != ClosingState.ARCHIVED]
    return int(sum((look.booked.turnover for look in looks if look.stored.state != ClosingState.HELD), Decimal()))


def refreshed(came: dict[str, StoredClosing]) -> dict[str, StoredClosing]:
    rows = StoredClosing.objects.select_related("establishment", "remainder").in_bulk([it.pk for it in came.values()])
    return {name: rows[it.pk] for name, it in came.items()}


def test_bridge__counts_of_what_is_set_aside_what_no_other_tells(till: Caller) -> None:
    whole, one, two = push(till, general(), station("1"), station("2"))
    actor = SupportFactory()
    set_aside(whole.pk, actor=actor, why="typed by hand")
    for booked, left in ((None, "1400.00"), (one, "560.00"), (two, "0.00")):
        if booked:
            book_after_all(booked.pk, actor=actor, why="it was not")
        said = told_of([whole, one, two])[whole.pk]
        assert (str(said.gross), said.set_aside) == (left, left != "0.00")


@pytest.mark.parametrize(
    ("of_whole", "of_one"), [({}, {"tickets": []}), ({"tickets": []}, {})], ids=["beside one without", "without"]
)
def test_bridge__counts_of_what_is_set_aside_by_hours_where_one_side_tells_no_tickets(
    till: Caller, of_whole: dict[str, Any], of_one: dict[str, Any]
) -> None:
    whole, one = push(till, general(**of_whole), station("1", **of_one))
    set_aside(whole.pk, actor=SupportFactory(), why="typed by hand")
    assert str(told_of([whole, one])[whole.pk].gross) == "1400.00"
    set_level(till.till.establishment_id, BookedLevel.STATION)
    look_again_after_changes()
    assert states([whole, one]) == ["archived", "waiting"]
    assert str(told_of([whole, one])[whole.pk].gross) == "560.00"


def test_bridge__counts_the_rest_of_what_tells_no_tickets_once(till: Caller) -> None:
    """The GÉNÉRALE counts beside station 1 for the rest, by hours: what station 2 told is in it."""
    set_level(till.till.establishment_id, BookedLevel.STATION)
    one, two = push(till, station("1", tickets=[]), station("2", tickets=[]))
    actor = SupportFactory()
    set_aside(two.pk, actor=actor, why="typed by hand")
    whole = pushed(till, general(tickets=[]))
    book_after_all(whole.pk, actor=actor, why="it was not")
    book_as_it_is(whole)
    assert (states([one, two, whole]), counted({"one": one, "whole": whole})) == (
        ["waiting", "archived", "waiting"],
        1400,
    )
    assert str(told_of([one, two, whole])[two.pk].gross) == "0.00"


@dataclass(frozen=True, slots=True)
class Renewed:
    """A shop whose till gave way to one that counts from 1; a former GÉNÉRALE told all these numbers that very day."""

    till: Caller
    beside: Caller


@pytest.fixture
def renewed(till: Caller) -> Renewed:
    since, every = "2026-03-14T08:55:00+01:00", covering(("1", 1, 400), ("2", 1, 400))
    former = pushed(till, general(1, tickets=every, opened_at="2026-03-14T06:00:00+01:00", closed_at=since))
    set_aside(former.pk, actor=SupportFactory(), why="typed by hand")
    beside = colleague(till)
    row = replace_counting_anew(till.till, name="Caisse neuve", since=datetime.fromisoformat(since), why="cassé")
    return Renewed(till=Caller(row, issue_key(row)), beside=beside)


def test_in_whatever_order__in_a_series_of_their_own_too(renewed: Renewed) -> None:
    """What the former till told under the same numbers, and was set aside, is none of their business."""
    _try_orders({"whole": renewed.till, "one": renewed.till, "two": renewed.beside}, place_of_whole=1)


def test_rest__stays_as_it_was_said_when_numbers_of_another_series_are_set_aside(till: Caller) -> None:
    """Another day told the same numbers, as a person said; then the counter is found to have begun anew between."""
    beside, day = colleague(till), "2026-03-18"
    hours = {"business_date": day, "opened_at": f"{day}T09:00:00+01:00", "closed_at": f"{day}T23:00:00+01:00"}
    first = pushed(till, station("1"))
    later = pushed(beside, station("1", 8, **hours))
    assert codes(later) == ["tickets_overlap"]
    book_as_it_is(later)
    since = datetime.fromisoformat("2026-03-17T06:00:00+01:00")
    replace_counting_anew(till.till, name="Caisse neuve", since=since, why="cassé")
    set_aside(first.pk, actor=SupportFactory(), why="typed by hand")
    look_again_at_freed()
    assert (states([first, later]), Remainder.objects.get().closing_id) == (["archived", "waiting"], later.pk)


@pytest.mark.parametrize("place_of_whole", [0, 1, 2])
def test_in_whatever_order_they_came__each_euro_counts_once_or_is_told_by_what_is_set_aside(
    till: Caller, place_of_whole: int
) -> None:
    """Nothing is linked, so what counts waits. Each closing that counts is set aside once, and taken back.

    The stations are alike: all that can differ is when the whole came.
    """
    _try_orders(dict.fromkeys(("whole", "one", "two"), till), place_of_whole)


def _try_orders(tills: dict[str, Caller], place_of_whole: int) -> None:
    order = ["one", "two"]
    order.insert(place_of_whole, "whole")
    actor = SupportFactory()
    for place, aside in enumerate(order):
        came = {}
        for name in order:
            came[name] = pushed(tills[name], documents_of(place)[name])
            settle_disputes(came)
        assert counted(came) == 1400
        own = counted({aside: came[aside]})
        if not own:
            continue
        set_aside(came[aside].pk, actor=actor, why="typed by hand")
        settle_disputes(came)
        assert counted(came) == 1400 - own
        freed = [it for it in refreshed(came).values() if is_freed(it)]
        for it in freed:
            book_after_all(it.pk, actor=actor, why="it was not")
        settle_disputes(came)
        assert counted(came) == (1400 if freed else 1400 - own)
        word = SetAside.objects.get(closing=came[aside], ended_at=None)
        take_back(came[aside].pk, actor=actor, why="it was right", shown=str(word.pk))
        settle_disputes(came)
        assert counted(came) == 1400


def settle_disputes(came: dict[str, StoredClosing]) -> None:
    """Whatever is due is looked at, and what is left of a closing beside others is booked, as a person would say."""
    look_again_at_freed()
    look_again_at_disputes()
    for it in refreshed(came).values():
        if it.state == ClosingState.HELD:
            book_as_it_is(it)
