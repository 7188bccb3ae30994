"""The font of icons holds each that a page could show, and no page loads what none needs."""

from django.contrib.staticfiles import finders
from fontTools.ttLib import TTFont

from integration.unfold_templates import as_shown
from tools.icons import NAME, OURS, UNFOLD, WHOLE, icons_in, words_used


def test_font__draws_every_icon_that_is_named_anywhere_and_is_the_one_that_is_served() -> None:
    missing = {*icons_in(TTFont(WHOLE))} & words_used() - {*icons_in(TTFont(OURS))}
    assert not missing, "make icons"
    assert finders.find(str(NAME)) == str(OURS)
    assert OURS.stat().st_size < WHOLE.stat().st_size / 8


def test_frame__loads_no_library_for_charts() -> None:
    frame = (UNFOLD / "templates/unfold/layouts/skeleton.html").read_text(encoding="utf-8")
    assert "chart.js" in frame, "unfold leaves it out by itself: take it out of `integration.unfold_templates`"
    assert "chart.js" not in as_shown(frame) and "htmx.js" in as_shown(frame)
