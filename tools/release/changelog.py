"""The changelog's *Unreleased*, which a release gives its heading."""

import re
from datetime import date

UNRELEASED = re.compile(r"^## Unreleased\n(?P<words>.*?)(?=^## |\Z)", re.M | re.S)


class NothingToSay(Exception):
    """The changelog says nothing under *Unreleased*: there is nothing to release, or it was forgotten."""


def words_of(changelog: str) -> str:
    """What stands under *Unreleased*. Raises `NothingToSay`."""
    found = UNRELEASED.search(changelog)
    if found is None or not found["words"].strip():
        raise NothingToSay("CHANGELOG.md has no words under Unreleased. Say what a user notices, and commit it")
    return found["words"].strip()


def released(changelog: str, version: str, day: date) -> str:
    """The changelog with those words under the version's heading, and an empty *Unreleased* above."""
    words = words_of(changelog)
    return UNRELEASED.sub(
        lambda _: f"## Unreleased\n\n## {version} – {day.isoformat()}\n{words}\n\n", changelog, count=1
    )
