"""What a person types who looks for closings: a day or a month as people write it, an amount, a number."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from django.utils import translation
from django.utils.dates import MONTHS, MONTHS_3

from ledger import texts
from ledger.money import cents
from postgres.plain_text import plain

LANGUAGES = ("fr", "en")
IN_WORDS = re.compile(r"(?:([0-9]{1,2})(?:er|st|nd|rd|th)? )?([^\W\d_]{3,})\.?(?: ([0-9]{4}))?").fullmatch
MONTH = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{4})").fullmatch
DAY = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{1,2})(?:[/.\-]([0-9]{2}|[0-9]{4}))?").fullmatch
AMOUNT = re.compile(r"-?[0-9]{1,12}[.,][0-9]{2}").fullmatch
BLANKS = re.compile(r"[\s\u00a0\u202f]+")


def read_day(text: str, *, today: date) -> date | None:
    """Read 15/03/2026, 15/03/26, 15.3, 2026-03-15, 15 mars; without a year it is the last such day up to tomorrow's."""
    try:
        return texts.day(text)
    except ValueError:
        pass
    if (found := DAY(text)) is not None:
        day, month, year = int(found[1]), int(found[2]), found[3]
    elif (words := _in_words(text)) is not None and words[0]:
        day, month, year = words
    else:
        return None
    years = (int(year) + (2000 if len(year) == 2 else 0),) if year else (today.year, today.year - 1)
    for one in years:
        try:
            asked = date(one, month, day)
        except ValueError:
            continue
        if texts.in_years(asked) and (year or asked <= today + timedelta(days=1)):
            return asked
    return None


def read_month(text: str, *, today: date) -> tuple[date, date] | None:
    """Read "novembre 2026", "nov.", 11/2026: the first and last day; without a year it is the last such month."""
    if (found := MONTH(text)) is not None:
        month, year = int(found[1]), int(found[2])
    elif (words := _in_words(text)) is not None and not words[0]:
        month = words[1]
        year = int(words[2]) if words[2] else today.year - (month > today.month)
    else:
        return None
    if not 1 <= month <= 12 or not 1 <= year <= 9998:
        return None
    first = date(year, month, 1)
    last = first.replace(day=monthrange(year, month)[1])
    return (first, last) if texts.in_years(first) and texts.in_years(last) else None


def _in_words(text: str) -> tuple[int, int, str] | None:
    """(day or 0, month, year or "") of a text with a month's name in it."""
    found = IN_WORDS(plain(" ".join(text.split())))
    month = _months().get(found[2]) if found else None
    return (int(found[1] or 0), month, found[3] or "") if found and month else None


@cache
def _months() -> dict[str, int]:
    """The names of the months, whole and short, without accents, in every language of the console."""
    return {name: number for language in LANGUAGES for name, number in _names_of_months(language)}


def _names_of_months(language: str) -> Iterator[tuple[str, int]]:
    with translation.override(language):
        for names in (MONTHS, MONTHS_3):
            yield from ((plain(str(name)).rstrip("."), number) for number, name in names.items())


def read_amount(text: str) -> Decimal | None:
    """Read 1 442,20, 1442.20 € or 1.442,20: an amount has its cents, else it may be any number."""
    compact = BLANKS.sub("", text).removesuffix("€").replace("'", "")
    if compact.count(".") + compact.count(",") > 1:
        whole, cents_sign, rest = compact[:-3], compact[-3:-2], compact[-2:]
        other = "." if cents_sign == "," else ","
        compact = whole.replace(other, "") + cents_sign + rest
    return cents(compact.replace(",", ".")) if AMOUNT(compact) else None
