"""What a person types who looks for closings: a day as people write it, an amount, a number."""

import re
from datetime import date, timedelta
from decimal import Decimal

from ledger import texts
from ledger.money import cents

DAY = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{1,2})(?:[/.\-]([0-9]{2}|[0-9]{4}))?").fullmatch
AMOUNT = re.compile(r"-?[0-9]{1,12}[.,][0-9]{2}").fullmatch
BLANKS = re.compile(r"[\s\u00a0\u202f]+")


def read_day(text: str, *, today: date) -> date | None:
    """Read 15/03/2026, 15/03/26, 15.3 or 2026-03-15; without a year it is the last such day up to tomorrow's."""
    try:
        return texts.day(text)
    except ValueError:
        pass
    if (found := DAY(text)) is None:
        return None
    day, month, year = int(found[1]), int(found[2]), found[3]
    years = (int(year) + (2000 if len(year) == 2 else 0),) if year else (today.year, today.year - 1)
    for one in years:
        try:
            asked = date(one, month, day)
        except ValueError:
            continue
        if texts.in_years(asked) and (year or asked <= today + timedelta(days=1)):
            return asked
    return None


def read_amount(text: str) -> Decimal | None:
    """Read 1 442,20, 1442.20 € or 1.442,20: an amount has its cents, else it may be any number."""
    compact = BLANKS.sub("", text).removesuffix("€").replace("'", "")
    if compact.count(".") + compact.count(",") > 1:
        whole, cents_sign, rest = compact[:-3], compact[-3:-2], compact[-2:]
        other = "." if cents_sign == "," else ","
        compact = whole.replace(other, "") + cents_sign + rest
    return cents(compact.replace(",", ".")) if AMOUNT(compact) else None
