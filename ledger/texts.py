"""How a text, a day and a whole number that comes from outside is written. One definition for the documents of tills,
the addresses they ask for, and the console's searches, filters and files.
"""

import re
from datetime import date, datetime

# A century of closings. Every sum of days, of hours and of offsets that is ever made from one stays a date.
FIRST_YEAR, LAST_YEAR = 2000, 2100
# What PostgreSQL's bigint holds.
BIGGEST = 2**63 - 1

CURRENCY = r"^[A-Z]{3}$"
# In lines, if the till likes (RFC 2045): the white space is ASCII's, as no encoder writes any other.
BASE64 = r"^[A-Za-z0-9+/ \t\r\n]*={0,2}[ \t\r\n]*$"

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
_WHOLE = re.compile(r"[0-9]{1,19}").fullmatch
# NUL is in no text of PostgreSQL's, half a surrogate pair in no UTF-8; controls are in no name anybody reads.
_UNUSABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_ENDS = "\t\n\r"


class OutOfYears(ValueError):
    """A day that is one, and that no closing can have."""


def unusable_in(text: str, *, lines: bool = False) -> str | None:
    """Return the first character of a text that cannot be kept or compared, or None. `lines`: ends of lines may be."""
    for found in _UNUSABLE.finditer(text):
        if not (lines and found[0] in _LINE_ENDS):
            return found[0]
    return None


def without_unusable(text: str) -> str:
    """Return the text without the characters that no row can hold; ends of lines and tabs stay."""
    return _UNUSABLE.sub(lambda found: found[0] if found[0] in _LINE_ENDS else "", text)


def day(text: str) -> date:
    """Read a day written as 2026-03-14. Raises `ValueError` for anything else and outside of the years 2000 to 2100."""
    if not _DAY(text):
        raise ValueError("not a day written as 2026-03-14")
    found = date.fromisoformat(text)
    if not in_years(found):
        raise OutOfYears(f"not in the years {FIRST_YEAR} to {LAST_YEAR}")
    return found


def in_years(moment: date | datetime) -> bool:
    """Whether a day or an instant is within the years that are taken, by its own offset."""
    return FIRST_YEAR <= moment.year <= LAST_YEAR


def whole(text: str) -> int | None:
    """Read a whole number of ASCII digits that PostgreSQL holds; None when the text is no such number."""
    number = int(text) if _WHOLE(text) else BIGGEST + 1
    return number if number <= BIGGEST else None
