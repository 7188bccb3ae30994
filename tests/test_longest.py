"""The list of the longest files speaks of files that are there."""

from pathlib import Path

from tests.longest import PLACES


def test_longest_files__are_there() -> None:
    assert [name for name in PLACES if not Path(name).exists()] == []
