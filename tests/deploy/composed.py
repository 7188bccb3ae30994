"""docker-compose.yml as Docker reads it: extensions merged, and what `${NAME:-default}` says filled in."""

import re
from functools import cache
from typing import Any

import yaml

from tests.conftest import ROOT

VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<how>[-?])(?P<other>[^}]*))?\}")
GIVEN = {"CLYO_HOST": "exact.clyo.example", "CLYO_URL": "https://exact.clyo.example"}


@cache
def composed() -> dict[str, Any]:
    """The file, with a name given and nothing else."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    filled = VARIABLE.sub(lambda found: GIVEN.get(found["name"], found["other"] if found["how"] == "-" else ""), text)
    document: dict[str, Any] = yaml.safe_load(filled)
    return document


def services() -> dict[str, dict[str, Any]]:
    """The services by name."""
    found: dict[str, dict[str, Any]] = composed()["services"]
    return found


def of_our_image() -> dict[str, dict[str, Any]]:
    """Those that run the service's own image."""
    return {name: it for name, it in services().items() if it["image"].startswith("clyo-exact:")}
