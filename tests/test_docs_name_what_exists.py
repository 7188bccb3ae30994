"""What the docs name by its path exists: modules and what stands in them, files, folders.

Decision records are history and may name what is gone.
"""

import importlib
import re
from pathlib import Path

import pytest
from django.apps import apps

from integration.rooms import ROOMS
from tests.conftest import ROOT

# Words after a dot that make it a file.
SUFFIXES = {"py", "md", "toml", "sql", "json", "html", "txt", "po", "js", "css"}
IN_BACKTICKS = re.compile(r"`([^`\n]+)`")
DOTTED = re.compile(rf"(?:{'|'.join(ROOMS)}|tests)(?:\.\w+)+")
PATH = re.compile(rf"(?:{'|'.join(ROOMS)}|tests|docs|linters|deploy)/[\w./-]*")
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def exists(name: str) -> bool:
    """Whether a dotted name is a module, or something in one: `exact.lane.states`, `exact.lane.states.move`."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            thing: object = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[end:]:
            if not hasattr(thing, attribute):
                return False
            thing = getattr(thing, attribute)
        return True
    return False


def is_right(name: str) -> bool:
    """Whether a dotted name is what a person may be allowed, of a model that exists: `exact.change_activation`."""
    room, _dot, codename = name.partition(".")
    _action, _underscore, model = codename.partition("_")
    return any((it._meta.app_label, it._meta.model_name) == (room, model) for it in apps.get_models())


def unfound_in(text: str) -> list[str]:
    """The names between backticks that lead nowhere."""
    names = IN_BACKTICKS.findall(text)
    modules = {it for it in names if DOTTED.fullmatch(it) and it.rpartition(".")[2] not in SUFFIXES}
    paths = {it for it in names if PATH.fullmatch(it)}
    return sorted(it for it in modules if not exists(it) and not is_right(it)) + sorted(
        it for it in paths if not (ROOT / it).exists()
    )


def test_a_name_that_leads_nowhere_is_found() -> None:
    text = "`exact.lane.states`, `exact.lane.states.move`, `exact.lane.lost`, `exact.lane.states.lost`, `docs/lost.md`"
    text += ", `exact.change_activation`, `exact.change_lost`"

    assert unfound_in(text) == ["exact.change_lost", "exact.lane.lost", "exact.lane.states.lost", "docs/lost.md"]


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_docs_name_what_exists(page: Path) -> None:
    assert unfound_in(page.read_text()) == []
