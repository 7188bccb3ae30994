"""docs/glossary.md: every class in it exists, and every French word is one that people read."""

import re

import pytest
from babel.messages.pofile import read_po

from tests.conftest import ROOT
from tests.test_docs_name_what_exists import exists

CATALOGUE = ROOT / "integration/locale/fr/LC_MESSAGES/django.po"
NONE = "–"


def words() -> list[tuple[str, str, str]]:
    """English, French and what carries it, of each row."""
    lines = [it for it in (ROOT / "docs/glossary.md").read_text().splitlines() if it.startswith("| ")]
    rows = [[cell.strip() for cell in it.strip("|").split("|")] for it in lines]
    return [(english, french, carrier) for english, french, carrier, _api in rows if english != "word"]


@pytest.fixture(scope="module")
def french() -> set[str]:
    """Every French text that people read."""
    with CATALOGUE.open("rb") as file:
        texts = [it.string for it in read_po(file)]
    return {form for text in texts for form in ([text] if isinstance(text, str) else text)}


def test_each_word_is_carried_by_a_class_that_exists() -> None:
    named = {name for _english, _french, carrier in words() for name in re.findall(r"`([^`]+)`", carrier)}

    assert len(named) > 20
    assert [it for it in sorted(named) if not exists(it)] == []


def test_each_french_word_is_one_that_people_read(french: set[str]) -> None:
    said = [it for _english, it, _carrier in words() if it != NONE]

    assert len(said) > 20
    assert [it for it in said if it not in french] == []


def test_one_french_word_stands_for_one_thing() -> None:
    """A closing is the only one that is two: the row, and the value that is booked."""
    said = [it for _english, it, _carrier in words() if it != NONE]

    assert {it for it in said if said.count(it) > 1} == {"clôture"}
