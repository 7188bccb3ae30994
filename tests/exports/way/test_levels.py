"""Which kind of closing counts: asked once where tickets do not tell, fixed by a person, changed without doubling."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from exact.models import Division
from exports import tasks
from exports.models import StoredClosing
from exports.models.coverage import ClosingKinds, LevelChange
from exports.way.accept import reconsider
from exports.way.levels import open_questions, set_level, waiting_for_the_answer
from tenants.models import BookedLevel, Establishment
from tests.conftest import Caller, SimulatedExact
from tests.exports.coverage.covering import (
    GENERAL,
    books,
    codes,
    covering,
    general,
    lanes,
    push,
    pushed,
    states,
    station,
)

Linked = tuple[Caller, Division]
UNTOLD: dict[str, Any] = {"tickets": []}


def day(number: int) -> dict[str, str]:
    return {
        "business_date": f"2026-03-{number:02d}",
        "opened_at": f"2026-03-{number:02d}T08:55:00+01:00",
        "closed_at": f"2026-03-{number:02d}T23:40:00+01:00",
    }


def general_of(number: int, **changes: Any) -> dict[str, Any]:
    return general(number, **(UNTOLD | day(number) | changes))


def stations_of(number: int, **changes: Any) -> list[dict[str, Any]]:
    return [station(name, number, **(UNTOLD | day(number) | changes)) for name in ("1", "2")]


def choose(till: Caller, level: str) -> None:
    """As the establishment's form does it."""
    set_level(till.till.establishment_id, BookedLevel(level))
    tasks.release()


def question(till: Caller) -> ClosingKinds | None:
    return open_questions(Establishment.objects.filter(pk=till.till.establishment_id)).first()


def test_kind__that_comes_alone_counts_without_a_question(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    closings = push(till, *stations_of(3), *stations_of(4))
    assert states(closings) == ["ready"] * 4
    assert question(till) is None
    assert books(exact, division) == {account: 2 * amount for account, amount in GENERAL.items()}


def test_second_kind__raises_one_question_and_what_came_waits_for_it(linked: Linked) -> None:
    till, _division = linked
    first, *others = push(till, general_of(3), *stations_of(3), general_of(4), *stations_of(4))
    assert states([first, *others]) == ["ready", *["held"] * 5]
    assert {code for it in others for code in codes(it)} == {"which_closing_counts"}
    asked = question(till)
    assert asked is not None
    assert ClosingKinds.objects.count() == 1
    assert waiting_for_the_answer(till.till.establishment).count() == 5


@pytest.mark.parametrize("level", ["general", "station"])
def test_answer__lets_what_waits_go_and_books_each_day_once(linked: Linked, exact: SimulatedExact, level: str) -> None:
    till, division = linked
    closings = push(till, general_of(3), *stations_of(3), general_of(4), *stations_of(4))
    choose(till, level)
    assert question(till) is None
    archived = "archived"
    by_level = {
        "general": ["ready", archived, archived, "ready", archived, archived],
        # The GÉNÉRALE of the 3rd is in the books already: its POSTES are not booked beside it.
        "station": ["ready", archived, archived, archived, "ready", "ready"],
    }
    assert states(closings) == by_level[level]
    assert books(exact, division) == {account: 2 * amount for account, amount in GENERAL.items()}
    later = push(till, general_of(5), *stations_of(5))
    assert states(later) == by_level[level][3:]


def test_answer__that_what_came_late_counts_books_only_what_is_left(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    one, two = stations_of(3)
    first, whole = push(till, one, general_of(3))
    choose(till, "general")
    assert (states([first, whole]), codes(whole)) == (["ready", "held"], ["partly_booked"])
    second = pushed(till, two)
    assert (states([second]), codes(second)) == (["archived"], ["other_level_booked"])
    support_books(whole)
    assert books(exact, division) == GENERAL


def support_books(closing: StoredClosing) -> None:
    reconsider(closing.pk, why="booked as it is", accept_problems=True)


def test_answer__is_kept_with_who_gave_it(linked: Linked) -> None:
    till, _division = linked
    push(till, general_of(3), *stations_of(3))
    choose(till, "station")
    row = ClosingKinds.objects.get()
    assert (row.answer, row.answered_at is not None) == ("station", True)


def test_question__comes_again_when_a_person_takes_the_answer_back(linked: Linked) -> None:
    till, _division = linked
    push(till, general_of(3), *stations_of(3))
    choose(till, "general")
    choose(till, "auto")
    again = pushed(till, general_of(4))
    assert (states([again]), codes(again)) == (["held"], ["which_closing_counts"])
    assert question(till) is not None


def test_told_tickets__need_no_answer_while_another_kind_waits_for_one(linked: Linked) -> None:
    till, _division = linked
    closings = push(
        till,
        general(3, **day(3), tickets=covering(("1", 1, 100))),
        *stations_of(3),
        general(4, **day(4), tickets=covering(("1", 101, 200))),
    )
    assert states(closings) == ["ready", "held", "held", "ready"]


@pytest.mark.parametrize("told", [True, False], ids=["told", "untold"])
def test_kind__that_is_fixed_books_nothing_else(linked: Linked, exact: SimulatedExact, told: bool) -> None:
    till, division = linked
    choose(till, "general")
    more: dict[str, Any] = {} if told else UNTOLD
    closings = push(till, station("1", **more), general(**more), station("2", **more))
    assert states(closings) == ["archived", "ready", "archived"]
    assert codes(closings[0]) == ["other_level_booked"]
    assert books(exact, division) == GENERAL


@pytest.mark.parametrize("told", [True, False], ids=["told", "untold"])
def test_change__books_what_was_archived_for_it_and_nothing_that_is_in_the_books(
    linked: Linked, exact: SimulatedExact, told: bool
) -> None:
    till, division = linked
    choose(till, "station")
    more: dict[str, Any] = {} if told else UNTOLD
    later = {"tickets": covering(("1", 101, 150), ("2", 61, 90))} if told else UNTOLD
    first = push(till, *(station(name, 3, **(day(3) | more)) for name in ("1", "2")), general(3, **(day(3) | more)))
    alone = pushed(till, general(4, **(day(4) | later)))
    lanes(division)
    assert states([*first, alone]) == ["exported", "exported", "archived", "archived"]

    choose(till, "general")
    assert states([*first, alone]) == ["exported", "exported", "archived", "ready"]
    assert codes(first[2]) == ["checked_against"]
    assert books(exact, division) == {account: 2 * amount for account, amount in GENERAL.items()}

    choose(till, "station")
    choose(till, "auto")
    choose(till, "general")
    tasks.sweep()
    assert books(exact, division) == {account: 2 * amount for account, amount in GENERAL.items()}


@pytest.mark.parametrize("told", [True, False], ids=["told", "untold"])
def test_change__takes_what_waits_with_it_and_says_what_nothing_covers_then(till: Caller, told: bool) -> None:
    choose(till, "general")
    more: dict[str, Any] = {} if told else UNTOLD
    whole, one, two = push(till, general(**more), station("1", **more), station("2", **more))
    assert states([whole, one, two]) == ["waiting", "archived", "archived"]
    lone = {"tickets": covering(("1", 101, 150))} if told else UNTOLD
    alone = pushed(till, general(43, **(day(20) | lone)))
    choose(till, "station")
    assert states([whole, one, two, alone]) == ["archived", "waiting", "waiting", "archived"]
    assert codes(whole) == ["other_level_booked"]
    assert set(codes(alone)) == {"other_level_booked", "tickets_uncovered" if told else "hours_uncovered"}


def test_change__is_noted_by_the_database_whoever_makes_it(linked: Linked) -> None:
    till, _division = linked
    with connection.cursor() as sql:
        sql.execute(
            "UPDATE tenants_establishment SET booked_level = 'drawer' WHERE id = %s", [till.till.establishment_id]
        )
    change = LevelChange.objects.get()
    assert (change.before, change.after, change.done_at) == ("auto", "drawer", None)
    tasks.sweep()
    change.refresh_from_db()
    assert change.done_at is not None


def test_change__is_carried_out_for_all_though_one_closing_makes_trouble(
    till: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from exports.way import levels

    choose(till, "station")
    closings = push(till, *(general_of(number) for number in (3, 4, 5)))
    look = levels.reconsider
    broken = {closings[0].pk}

    def trouble(pk: Any, **more: Any) -> StoredClosing:
        if pk in broken:
            raise RuntimeError("out of order")
        return look(pk, **more)

    monkeypatch.setattr(levels, "reconsider", trouble)
    choose(till, "general")
    assert states(closings) == ["archived", "waiting", "waiting"]
    broken.clear()
    tasks.sweep()
    assert states(closings) == ["waiting"] * 3
    assert not LevelChange.objects.filter(done_at=None).exists()


def test_dispute__is_looked_at_again_only_after_something_happened_beside_it(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hours stand for tickets here; where nothing moved, no sweep looks, so that others have their turn."""
    from exports.way import levels

    monkeypatch.setattr(levels, "CLOCKS_APART", timedelta())
    till, _division = linked
    one, two = stations_of(3)
    _first, whole = push(till, one, general_of(3))
    choose(till, "general")
    assert codes(whole) == ["partly_booked"]
    tasks.sweep()
    assert levels.look_again_at_disputes() == 0
    pushed(till, two)
    assert levels.look_again_at_disputes() == 1
    assert levels.look_again_at_disputes() == 0


def test_disputes__are_looked_at_again_the_longest_unseen_first(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    from exports.way import levels

    monkeypatch.setattr(levels, "BATCH", 1)
    till, _division = linked
    first = push(till, station("1", 3), general(3))[1]
    other = {"tickets": covering(("1", 101, 150), ("2", 61, 90))}
    second = push(till, station("1", 4, tickets=covering(("1", 101, 150))), general(4, **other))[1]
    reconsider(first.pk, why="a person looked")
    push(till, station("2", 3), station("2", 4, tickets=covering(("2", 61, 90))))
    looks = []
    for _sweep in range(2):
        assert levels.look_again_at_disputes() == 1
        looks.append(states([first, second]))
    assert looks == [["held", "archived"], ["archived", "archived"]]
