"""Which older release can run on the database, and which cannot any more."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.migrations.loader import MigrationLoader

FIRST = ("exact", "0001_initial")


@pytest.fixture
def contracted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration in force says that it took away what nobody uses since 1.2.0."""
    load = MigrationLoader.load_disk

    def load_and_say(loader: Any) -> None:
        load(loader)
        loader.disk_migrations[FIRST].unused_since = "1.2.0"

    monkeypatch.setattr(MigrationLoader, "load_disk", load_and_say)


@pytest.mark.parametrize("release", ["1.2.0", "1.10.0", "2.0.0"])
def test_release_that_does_not_miss_it__may_come_back(
    db: None, contracted: None, release: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("way_back", release)
    assert capsys.readouterr().out == f"{release} can run on this database.\n"


@pytest.mark.parametrize("release", ["0.9.0", "1.1.9"])
def test_release_that_needs_what_is_gone__may_not(db: None, contracted: None, release: str) -> None:
    with pytest.raises(CommandError, match=r"exact\.0001_initial \(unused since 1\.2\.0\)"):
        call_command("way_back", release)


def test_nothing_taken_away__every_release_may(db: None) -> None:
    call_command("way_back", "0.0.1")


@pytest.mark.parametrize("text", ["1.2", "v1.2.3", "1.2.x", ""])
def test_what_is_no_version__is_said(db: None, text: str) -> None:
    with pytest.raises(CommandError, match="is no version"):
        call_command("way_back", text)
