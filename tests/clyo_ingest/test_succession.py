"""A closing goes on where the one before it ended: date, clock, drawer and signature; a break warns, on either side."""

from typing import Any

import pytest

from tests.clyo_ingest.given import codes
from tests.conftest import Caller, closing

DAY: dict[str, Any] = {"opened_at": "2026-03-14T08:55:00+01:00", "closed_at": "2026-03-14T23:40:00+01:00"}
NEXT: dict[str, Any] = {
    "business_date": "2026-03-15",
    "opened_at": "2026-03-15T08:55:00+01:00",
    "closed_at": "2026-03-15T23:40:00+01:00",
}


def drawer(float_open: str, float_left: str) -> dict[str, Any]:
    return {"cash": {"float_open": float_open, "float_left": float_left}}


def signed(value: str, previous: str = "") -> dict[str, Any]:
    return {"signature": {"algorithm": "SHA256", "value": value, "previous": previous, "signed": "x"}}


# What the second closing brings, after one of 14 March that leaves 150.00 and is signed "aaaa" after "zzzz".
FIRST = {**DAY, **drawer("150.00", "150.00"), **signed("aaaa", "zzzz")}
GOOD = {**NEXT, **drawer("150.00", "80.00"), **signed("bbbb", "aaaa")}
BREAKS = [
    pytest.param({"business_date": "2026-03-13", "opened_at": "2026-03-13T08:55:00+01:00"}, "date_back", id="date"),
    pytest.param({"opened_at": "2026-03-14T23:39:59+01:00"}, "clock_back", id="opened before the end"),
    pytest.param(
        {"business_date": "2026-03-14", "opened_at": DAY["opened_at"], "closed_at": "2026-03-14T22:00:00+01:00"},
        "clock_back",
        id="closed before the end",
    ),
    pytest.param(drawer("100.00", "80.00"), "float_gap", id="float"),
    pytest.param(signed("bbbb", "cccc"), "signature_break", id="chain"),
    pytest.param(signed("bbbb"), "signature_break", id="previous no longer told"),
    pytest.param(signed("aaaa", "aaaa"), "signature_repeated", id="same signature"),
    pytest.param({"signature": None}, "signature_missing", id="chain that stops"),
]
GOES_ON = [
    pytest.param({}, id="as it should"),
    pytest.param({"opened_at": "2026-03-14T22:40:00Z"}, id="opened as it closed, told in UTC"),
    pytest.param({"business_date": "2026-03-14", "opened_at": DAY["opened_at"]}, id="the day's opening told again"),
    pytest.param({"cash": None}, id="no drawer told"),
    pytest.param(signed(" bbbb\n", "aaaa "), id="spaces"),
]


@pytest.mark.parametrize(("changes", "code"), BREAKS)
def test_break__warns_and_holds_nothing(till: Caller, changes: dict[str, Any], code: str) -> None:
    assert codes(till.post("closings", closing(1042, **FIRST))) == {}
    second = till.post("closings", closing(1043, **{**GOOD, **changes}))
    assert (second.json()["state"], codes(second)) == ("waiting", {code: False})


@pytest.mark.parametrize(("changes", "code"), BREAKS)
def test_break__is_found_when_the_earlier_one_comes_late(till: Caller, changes: dict[str, Any], code: str) -> None:
    assert codes(till.post("closings", closing(1043, **{**GOOD, **changes}))) == {}
    assert codes(till.post("closings", closing(1042, **FIRST))) == {code: False}


@pytest.mark.parametrize("changes", GOES_ON)
def test_what_goes_on__says_nothing(till: Caller, changes: dict[str, Any]) -> None:
    till.post("closings", closing(1042, **FIRST))
    assert codes(till.post("closings", closing(1043, **{**GOOD, **changes}))) == {}


def test_closing_between__is_compared_with_both(till: Caller) -> None:
    till.post("closings", closing(1042, **FIRST))
    last = {**NEXT, "business_date": "2026-03-16", "opened_at": "2026-03-16T08:00:00Z"}
    last |= {"closed_at": "2026-03-16T22:00:00Z", **drawer("70.00", "0.00"), **signed("cccc", "bbbb")}
    assert codes(till.post("closings", closing(1044, **last))) == {"number_gap": False}
    between = till.post("closings", closing(1043, **{**GOOD, **drawer("140.00", "80.00")}))
    said = [it["message"] for it in between.json()["problems"]]
    assert len(said) == 2
    assert "1042" in said[0] and "140,00" in said[0] and "150,00" in said[0]
    assert "1044" in said[1] and "70,00" in said[1] and "80,00" in said[1]


def test_over_a_gap__nothing_is_compared(till: Caller) -> None:
    till.post("closings", closing(1042, **FIRST))
    assert codes(till.post("closings", closing(1044, **{**GOOD, **drawer("1.00", "1.00")}))) == {"number_gap": False}


def test_training__leaves_drawer_and_chain_as_they_were(till: Caller) -> None:
    till.post("closings", closing(1042, **FIRST))
    assert codes(till.post("closings", closing(1043, training=True, totals=None))) == {}
    broken = {**GOOD, **drawer("100.00", "80.00"), **signed("bbbb", "cccc")}
    told = codes(till.post("closings", closing(1044, **broken | {"totals": None})))
    assert told == {"float_gap": False, "signature_break": False}


def test_till_that_begins_to_sign__has_no_break(till: Caller) -> None:
    till.post("closings", closing(1042, **DAY))
    assert codes(till.post("closings", closing(1043, **NEXT, **signed("aaaa", "zzzz")))) == {}
    till.post("closings", closing(7, kind="station", scope="1", tickets=[], totals=None, **signed("a")))
    later = closing(8, kind="station", scope="1", tickets=[], totals=None, **signed("b"))
    assert "signature_break" not in codes(till.post("closings", later))


def test_break__is_told_for_good(till: Caller) -> None:
    till.post("closings", closing(1042, **FIRST))
    pushed = till.post("closings", closing(1043, **{**GOOD, **drawer("100.00", "80.00")})).json()
    assert codes(till.get(f"closings/{pushed['id']}")) == {"float_gap": False}
