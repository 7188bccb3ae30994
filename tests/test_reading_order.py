"""docs/reading-order.md: each "where would I change …?" leads to its place at the first search."""

import re

import pytest

from integration.rooms import ROOMS
from tests.conftest import ROOT

LOOKED_THROUGH = [room for room in ROOMS if room not in ("simulators", "tools")]


def answers() -> list[tuple[str, str, str]]:
    """What one wants, the word to search for, and the file it leads to."""
    lines = [it for it in (ROOT / "docs/reading-order.md").read_text().splitlines() if it.startswith("| ")]
    rows = [[cell.strip() for cell in it.strip("|").split("|")] for it in lines[1:]]
    return [(wanted, *re.findall(r"`([^`]+)`", word), place.strip("`")) for wanted, word, place, _else in rows]


def first_with(word: str) -> str:
    """The first file that `git grep` would show."""
    paths = sorted(str(it.relative_to(ROOT)) for room in LOOKED_THROUGH for it in (ROOT / room).rglob("*.py"))
    return next((it for it in paths if word in (ROOT / it).read_text()), "")


def test_ten_questions_are_answered() -> None:
    assert len(answers()) == 10


@pytest.mark.parametrize(("wanted", "word", "place"), answers(), ids=lambda it: it.replace(" ", "_"))
def test_one_search_leads_to_the_place(wanted: str, word: str, place: str) -> None:
    assert first_with(word) == place, wanted
