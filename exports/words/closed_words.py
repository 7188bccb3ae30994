"""Days on which a shop is closed, in words."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from exports.models import ClosedDays, ClosedKind


def say_span(span: ClosedDays) -> str:
    """What to write on a day of a closed span: "holidays until 20/08/2026", with the note on it."""
    words, one = str(span.get_kind_display()), span.first_day == span.last_day
    if not one:
        until = _("holidays until {day}") if span.kind == ClosedKind.HOLIDAYS else _("closed until {day}")
        words = until.format(day=date_format(span.last_day, "SHORT_DATE_FORMAT"))
    return f"{words} ({span.note})" if span.note else words


def say_when_closed(first: date, last: date) -> str:
    """ "closed on 04/08/2026", or "closed from 04/08/2026 to 20/08/2026"."""
    told = [date_format(day, "SHORT_DATE_FORMAT") for day in (first, last)]
    if first == last:
        return _("closed on {day}").format(day=told[0])
    return _("closed from {first} to {last}").format(first=told[0], last=told[1])


def say_days(span: ClosedDays) -> str:
    """The days of a span: "04/08/2026 – 20/08/2026", or its only day."""
    days = dict.fromkeys((span.first_day, span.last_day))
    return " – ".join(date_format(day, "SHORT_DATE_FORMAT") for day in days)
