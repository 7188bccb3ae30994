"""What closings say of each other: a missing number warns; a broken perpetual total or a ticket twice holds."""

from typing import Any

import pytest

from tenants.models import Establishment
from tests.clyo_ingest.given import codes, stranger
from tests.conftest import Caller, closing, colleague


def push(till: Caller, number: int, **changes: Any) -> Any:
    answer = till.post("closings", closing(number, **changes))
    assert answer.status_code == 201, answer.content
    return answer


def now(till: Caller, pushed: Any) -> Any:
    return till.get(f"closings/{pushed.json()['id']}")


def totals(before: str, after: str) -> dict[str, Any]:
    return {"totals": {"gross": "1400.00", "perpetual_before": before, "perpetual_after": after}}


def test_sequence__without_a_break_has_no_problem(till: Caller) -> None:
    assert [codes(push(till, number)) for number in (1042, 1043, 1044)] == [{}, {}, {}]


def test_gap__warns_and_holds_nothing(till: Caller) -> None:
    push(till, 1042)
    late = push(till, 1045)
    assert (late.json()["state"], codes(late)) == ("waiting", {"number_gap": False})


@pytest.mark.parametrize("arriving", [(1043,), (1043, 1044), (1044, 1043), (1044, 1045, 1043), (1045, 1044, 1043)])
def test_gap__is_forgotten_when_what_is_missing_arrives(till: Caller, arriving: tuple[int, ...]) -> None:
    push(till, 1042)
    late = push(till, max(arriving) + 1)
    assert codes(late) == {"number_gap": False}
    pushed = [late, *(push(till, number) for number in arriving)]
    assert [codes(now(till, one)) for one in pushed] == [{}] * len(pushed)


def test_gap__is_told_while_a_number_is_missing(till: Caller) -> None:
    push(till, 1042)
    push(till, 1045)
    assert codes(push(till, 1044)) == {"number_gap": False}


def test_gap__counts_each_sequence_by_itself(till: Caller) -> None:
    push(till, 1042)
    assert "number_gap" not in codes(push(till, 7, kind="station", scope="1", tickets=[], totals=None))
    assert "number_gap" not in codes(push(till, 12, kind="station", scope="2", tickets=[], totals=None))
    assert codes(push(colleague(till), 1050)) == {}


def test_perpetual__break_is_held(till: Caller) -> None:
    push(till, 1042)
    broken = push(till, 1043, **totals("905611.11", "907011.11"))
    assert (broken.json()["state"], codes(broken)) == ("held", {"perpetual_break": True})
    assert broken.json()["problems"][0]["pointer"] == "/totals/perpetual_before"


def test_perpetual__break_to_the_next_is_held(till: Caller) -> None:
    push(till, 1043)
    broken = push(till, 1042, **totals("904211.11", "905611.11"))
    assert (broken.json()["state"], codes(broken)) == ("held", {"perpetual_break": True})
    assert broken.json()["problems"][0]["pointer"] == "/totals/perpetual_after"


def test_perpetual__over_a_gap_is_judged_when_the_gap_closes(till: Caller) -> None:
    push(till, 1042)
    assert codes(push(till, 1044, **totals("907011.11", "908411.11"))) == {"number_gap": False}
    assert codes(push(till, 1043)) == {"perpetual_break": True}


def test_perpetual__goes_on_behind_a_training_closing_without_totals(till: Caller) -> None:
    push(till, 1042)
    push(till, 1043, training=True, totals=None)
    assert codes(push(till, 1044, **totals("905611.10", "907011.10"))) == {}
    push(till, 1045, training=True, totals=None)
    assert codes(push(till, 1046, **totals("1.00", "1401.00"))) == {"perpetual_break": True}


def covering(first: int, last: int, station: str = "1") -> dict[str, Any]:
    return {"tickets": [{"station": station, "first": first, "last": last, "count": last - first + 1}]}


@pytest.mark.parametrize(
    ("first", "last", "held"),
    [
        (80412, 80533, True),
        (80533, 80600, True),
        (80400, 80412, True),
        (80500, 80510, True),
        (80534, 80600, False),
        (80400, 80411, False),
    ],
)
def test_tickets__covered_twice_are_held(till: Caller, first: int, last: int, held: bool) -> None:
    push(till, 1042)
    second = push(till, 1043, **covering(first, last))
    assert second.json()["state"] == ("held" if held else "waiting")
    assert codes(second) == ({"tickets_overlap": True} if held else {})


def test_tickets__named_twice_in_one_closing_are_held(till: Caller) -> None:
    twice = covering(1, 20)["tickets"] + covering(10, 30)["tickets"]
    answer = push(till, 1042, tickets=twice)
    assert (answer.status_code, answer.json()["state"]) == (201, "held")
    assert codes(answer)["tickets_overlap_within"] is True


def test_tickets__of_another_station_do_not_overlap(till: Caller) -> None:
    push(till, 1042)
    assert codes(push(till, 1043, **covering(80412, 80533, station="2"))) == {}


def test_tickets__covered_by_another_till_of_the_establishment_are_held(till: Caller) -> None:
    push(till, 1042)
    assert codes(push(colleague(till), 1042)) == {"tickets_overlap": True}


def test_tickets__of_another_establishment_are_its_own(till: Caller) -> None:
    push(till, 1042)
    assert codes(push(stranger(), 1042)) == {}


@pytest.mark.parametrize("changes", [{"training": True}, {"kind": "station", "scope": "1"}])
def test_tickets__of_what_is_not_booked_cover_nothing(till: Caller, changes: dict[str, Any]) -> None:
    push(till, 1042, **changes)
    assert "tickets_overlap" not in codes(push(till, 1043, **covering(80412, 80533)))


def test_level__that_is_booked_is_not_archived(till: Caller) -> None:
    Establishment.objects.filter(pk=till.till.establishment_id).update(booked_level="station")
    assert push(till, 7, kind="station", scope="1", tickets=[], totals=None).json()["state"] == "waiting"
    assert push(till, 1042).json()["state"] == "archived"
