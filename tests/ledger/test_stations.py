"""Stations are compared in one spelling, and different ones stay different."""

import pytest

from ledger.stations import one_spelling


@pytest.mark.parametrize(
    "station", ["1", "01", " 1 ", "Poste 1", "POSTE 01", "poste-1", "Poste n° 1", "POSTE1", "Station 001", "１"]
)
def test_station__is_the_same_in_any_spelling(station: str) -> None:
    assert one_spelling(station) == "1"


@pytest.mark.parametrize(
    ("one", "other"),
    [("1", "10"), ("1", "11"), ("1-2", "12"), ("BAR", "BAR 2"), ("Poste 1", "Caisse 1"), ("0", "1"), ("1", "1 bis")],
)
def test_stations__that_differ_stay_apart(one: str, other: str) -> None:
    assert one_spelling(one) != one_spelling(other)


@pytest.mark.parametrize("station", ["Poste", "postes", "Posterie", "°", "--", "n°"])
def test_station__keeps_a_name(station: str) -> None:
    assert one_spelling(station)
    assert one_spelling(one_spelling(station)) == one_spelling(station)


def test_station__of_letters_is_the_same_in_any_case() -> None:
    assert one_spelling("BAR 01") == one_spelling("Bar 1") == "bar 1"
