"""A day as it is written in words: "dimanche 1er novembre 2026"."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language


def in_words(day: date, *, year: bool = True) -> str:
    """The weekday, the day and the month, and the year unless it is left out.

    French counts the first of a month, and no other day: "1er novembre", "2 novembre".
    """
    said = date_format(day, "l j F Y" if year else "l j F")
    if day.day == 1 and (get_language() or "").startswith("fr"):
        return said.replace(" 1 ", " 1er ", 1)
    return said
