"""The list of rooms is what stands in the tree, and every other list is made of it."""

import re
import tomllib
from pathlib import Path

from django.apps import apps
from django.conf import settings

from integration.rooms import APPS, ROOMS, WITH_SENTENCES

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RULES = PROJECT["tool"]["importlinter"]


def test_rooms__are_the_packages_of_the_tree() -> None:
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"} == set(ROOMS)


def test_apps__are_the_rooms_with_models() -> None:
    ours = {config.name for config in apps.get_app_configs() if Path(config.path).parent == ROOT and config.models}
    assert ours == set(APPS) == set(settings.OUR_APPS)
    assert {path.parent.name for path in ROOT.glob("*/migrations")} == set(APPS)


def test_sentences__stand_where_they_are_looked_for() -> None:
    marked = {path.relative_to(ROOT).parts[0] for room in ROOMS for path in (ROOT / room).rglob("*.html")}
    marked |= {
        room
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if re.search("^from django.utils.translation import", path.read_text(), re.M) and "migrations" not in path.parts
    }
    assert marked - {"simulators"} == set(WITH_SENTENCES)


def test_types_and_import_rules__look_at_every_room() -> None:
    assert set(PROJECT["tool"]["mypy"]["files"]) == set(ROOMS)
    assert set(RULES["root_packages"]) == set(ROOMS)
    layered = {room for layer in RULES["contracts"][0]["layers"] for room in layer.split(" | ")}
    assert layered == set(ROOMS)


def test_import_rules__order_each_room_inside() -> None:
    """With every file and folder in it, so that a new one must find its floor."""
    whole = [it for it in RULES["contracts"] if it["type"] == "layers" and it.get("exhaustive")]
    assert set(ROOMS) <= {container for it in whole for container in it["containers"]}
