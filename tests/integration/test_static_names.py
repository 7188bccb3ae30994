"""What a page calls its static files by."""

import json
from pathlib import Path
from typing import Any

import pytest

from integration.static_names import NamedByContent


@pytest.fixture
def collected(tmp_path: Path, settings: Any) -> Path:
    """A folder as `collectstatic` leaves it, in a service that serves from it."""
    manifest = {"paths": {"console/frame.css": "console/frame.3b374620aac0.css"}, "version": "1.1", "hash": ""}
    (tmp_path / "staticfiles.json").write_text(json.dumps(manifest))
    settings.WHITENOISE_USE_FINDERS = False
    return tmp_path


def test_file__is_named_by_its_content_where_files_were_collected(collected: Path) -> None:
    names = NamedByContent(location=collected, base_url="/static/")
    assert names.url("console/frame.css") == "/static/console/frame.3b374620aac0.css"


def test_file_that_was_not_collected__keeps_its_name(collected: Path) -> None:
    assert NamedByContent(location=collected, base_url="/static/").url("console/new.css") == "/static/console/new.css"


def test_files__have_their_own_names_where_they_are_served_from_their_apps(collected: Path, settings: Any) -> None:
    settings.WHITENOISE_USE_FINDERS = True
    assert (
        NamedByContent(location=collected, base_url="/static/").url("console/frame.css") == "/static/console/frame.css"
    )
