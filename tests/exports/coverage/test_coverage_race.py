"""Two tills of one shop at one moment, and a person who changes what is booked meanwhile: nothing is booked twice."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from exact.models import Division
from exports import tasks
from exports.models import StoredClosing
from exports.way.accept import reconsider
from exports.way.levels import set_level
from tenants.models import BookedLevel
from tests.conftest import Caller, SimulatedExact, colleague
from tests.exports.coverage.covering import GENERAL, books, covering, general, push, states, station

Linked = tuple[Caller, Division]
ROUNDS = 6


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Make the calls from threads of their own, all starting together."""
    ready = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            ready.wait(20)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [*pool.map(run, calls)]


def days(count: int, **changes: Any) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """So many GÉNÉRALES, each with the POSTES that tell the same sales."""
    found = []
    for n in range(count):
        of_one, of_two = ("1", 100 * n + 1, 100 * n + 100), ("2", 60 * n + 1, 60 * n + 60)
        told: dict[str, Any] = {"opened_at": f"2026-03-{n + 1:02d}T09:00:00+01:00", **changes}
        told |= {"business_date": f"2026-03-{n + 1:02d}", "closed_at": f"2026-03-{n + 1:02d}T23:00:00+01:00"}
        whole = general(n + 1, **({"tickets": covering(of_one, of_two)} | told))
        parts = [
            station(name, n + 1, **({"tickets": covering(it)} | told)) for name, it in (("1", of_one), ("2", of_two))
        ]
        found.append((whole, parts))
    return found


def test_general_and_stations__pushed_at_once_by_three_tills_are_booked_once(
    linked: Linked, exact: SimulatedExact
) -> None:
    till, division = linked
    others = [colleague(till), colleague(till)]
    for whole, (one, two) in days(ROUNDS):
        answers = at_once(
            lambda whole=whole: till.post("closings", whole),
            lambda one=one: others[0].post("closings", one),
            lambda two=two: others[1].post("closings", two),
        )
        assert [it.status_code for it in answers] == [201] * 3, [it.content for it in answers]
    tasks.sweep()
    assert Counter(StoredClosing.objects.values_list("state", flat=True)).keys() == {"ready", "archived"}
    assert books(exact, division) == {account: ROUNDS * amount for account, amount in GENERAL.items()}


def test_first_closings__of_two_kinds_without_tickets_at_once_leave_one_and_a_question(
    linked: Linked, exact: SimulatedExact
) -> None:
    till, division = linked
    other = colleague(till)
    whole, (one, _two) = days(1, tickets=[])[0]
    answers = at_once(lambda: till.post("closings", whole), lambda: other.post("closings", one))
    assert [it.status_code for it in answers] == [201, 201]
    assert Counter(it.json()["state"] for it in answers) == {"ready": 1, "held": 1}
    assert len({it["lines"][0]["account_code"] for it in exact.entries(division.code)}) == 0
    books(exact, division)
    assert StoredClosing.objects.filter(state="exported").count() == 1


def test_one_closing__without_tickets_by_two_tills_at_once_is_booked_once(
    linked: Linked, exact: SimulatedExact
) -> None:
    till, division = linked
    other = colleague(till)
    for whole, _parts in days(ROUNDS, tickets=[]):
        answers = at_once(
            lambda whole=whole: till.post("closings", whole), lambda whole=whole: other.post("closings", whole)
        )
        assert Counter(it.json()["state"] for it in answers) == {"ready": 1, "held": 1}
    assert books(exact, division) == {account: ROUNDS * amount for account, amount in GENERAL.items()}


@pytest.mark.parametrize("told", [True, False], ids=["told", "untold"])
def test_setting__changed_while_closings_arrive_books_each_day_once_at_most(
    linked: Linked, exact: SimulatedExact, told: bool
) -> None:
    """Whatever the order, what is booked of a day is its GÉNÉRALE or its POSTES, and what is left waits for a word."""
    till, division = linked
    other = colleague(till)
    set_level(till.till.establishment_id, BookedLevel.GENERAL)
    levels = [BookedLevel.STATION, BookedLevel.GENERAL]
    for n, (whole, parts) in enumerate(days(ROUNDS, **({} if told else {"tickets": []}))):
        at_once(
            lambda whole=whole: till.post("closings", whole),
            lambda parts=parts: [other.post("closings", it) for it in parts],
            lambda n=n: set_level(till.till.establishment_id, levels[n % 2]),
            tasks.release,
        )
    for level in (*levels, BookedLevel.GENERAL):
        set_level(till.till.establishment_id, level)
        tasks.sweep()
    for closing in StoredClosing.objects.filter(state="held"):
        reconsider(closing.pk, why="booked as it is", accept_problems=True)
    assert books(exact, division) == {account: ROUNDS * amount for account, amount in GENERAL.items()}


def test_word__given_by_four_people_at_once_books_the_rest_once(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    _one, whole = push(till, station("1"), general())
    at_once(*[lambda: reconsider(whole.pk, why="booked as it is", accept_problems=True)] * 4)
    assert states([whole]) == ["ready"]
    assert books(exact, division) == GENERAL
