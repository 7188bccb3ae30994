"""Days in words."""

from datetime import date

import pytest
from django.utils import translation

from exports.words.days import in_words


@pytest.mark.parametrize(
    ("language", "day", "year", "said"),
    [
        ("fr", date(2026, 11, 1), True, "dimanche 1er novembre 2026"),
        ("fr", date(2026, 11, 1), False, "dimanche 1er novembre"),
        ("fr", date(2026, 11, 11), True, "mercredi 11 novembre 2026"),
        ("en", date(2026, 11, 1), True, "Sunday 1 November 2026"),
    ],
)
def test_in_words__french_counts_the_first(language: str, day: date, *, year: bool, said: str) -> None:
    with translation.override(language):
        assert in_words(day, year=year) == said
