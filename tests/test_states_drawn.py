"""docs/states.md draws the machines that are: the same states and moves, each letter explained."""

import re
from collections.abc import Mapping
from functools import cache

import pytest
from django.db.models import TextChoices

from concerns.models import LetterState
from exact.activation.state import ActivationState
from exact.models import MOVES, LinkStep, PauseCode, PostingState
from exports.models import ClosingState
from exports.way.states import MOVES as CLOSING_MOVES
from on_demand.models import OnDemandState
from tests.conftest import ROOT

ARROW = re.compile(r"─(\w)▶ ([\w, ]+)")
Edges = set[tuple[str, str]]


@cache
def parts() -> dict[str, str]:
    """Each part of the page by its heading."""
    _head, *rest = re.split(r"^## ", (ROOT / "docs/states.md").read_text(), flags=re.M)
    return {part.partition("\n")[0]: part for part in rest}


def drawing(part: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each drawn line: the state, and its arrows as letter and targets."""
    text = parts()[part].split("```")[1]
    lines = [re.split(r"\s{2,}|$", it, maxsplit=1) for it in text.strip().splitlines()]
    return [(state, ARROW.findall(arrows)) for state, arrows in lines]


def drawn_edges(part: str) -> Edges:
    arrows = [(state, targets) for state, row in drawing(part) for _letter, targets in row]
    return {(state, it.strip()) for state, targets in arrows for it in targets.split(",") if not state.startswith("(")}


def edges_of(
    moves: Mapping[PostingState, frozenset[PostingState]] | Mapping[ClosingState, frozenset[ClosingState]],
) -> Edges:
    """The moves of a machine; staying where one is is none."""
    return {(str(before), str(after)) for before, afters in moves.items() for after in afters if after != before}


def test_the_moves_of_a_posting_are_drawn() -> None:
    assert drawn_edges("A posting") == edges_of(MOVES)


def test_the_moves_of_a_closing_are_drawn() -> None:
    assert drawn_edges("A closing") == edges_of(CLOSING_MOVES)


@pytest.mark.parametrize(
    ("part", "states"),
    [
        ("A posting", PostingState),
        ("A closing", ClosingState),
        ("An activation", ActivationState),
        ("An activation link", LinkStep),
        ("An export on demand", OnDemandState),
        ("A letter", LetterState),
    ],
)
def test_every_state_is_drawn(part: str, states: type[TextChoices]) -> None:
    drawn = {state for state, _arrows in drawing(part) if not state.startswith("(")}

    assert drawn | {after for _before, after in drawn_edges(part)} == {*states.values}


def test_every_reason_of_a_pause_is_told() -> None:
    assert {*re.findall(r"^\| `(\w+)` \|", parts()["A lane"], flags=re.M)} == {*PauseCode.values}


def test_every_letter_is_explained() -> None:
    assert len(parts()) == 11
    for part, text in parts().items():
        drawn = {letter for _state, arrows in drawing(part) for letter, _targets in arrows}
        told = re.findall(r"^\| (\w(?:, \w)*) \|", text, flags=re.M)
        assert {it for letters in told for it in letters.split(", ")} == drawn, part
