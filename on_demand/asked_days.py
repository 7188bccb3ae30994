"""Which days a page is asked for: a month, usual days by a button, or any first and last day."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from ledger import texts

MONTHS_OFFERED = 13
PRESETS = {
    "today": _("Today"),
    "yesterday": _("Yesterday"),
    "this_week": _("This week"),
    "last_week": _("Last week"),
    "this_month": _("This month"),
    "last_month": _("Last month"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedDays:
    """The days asked for as a form has them, and the month ("2026-03") where they are one; "" else."""

    first: str
    last: str
    month: str = ""

    @property
    def shown(self) -> str:
        """The text that the form sends back (`was`), by which the next question shows which field was changed."""
        return f"{self.month} {self.first} {self.last}"


def asked_days(asked: Mapping[str, str], today: date, *, usual: str) -> AskedDays:
    """The days of a button, of a month, or as typed; when nothing was asked those of the preset `usual`.

    A form has a month and two days at once: the field that was changed since the form was shown (`was`) counts.
    """
    if asked.get("preset", "") in PRESETS:
        return _make_days(*preset_days(asked["preset"], today), today)
    month = read_month(asked.get("month", ""), today)
    typed = (asked.get("first", ""), asked.get("last", ""))
    was_month, *was_days = asked.get("was", "").split(" ") if "was" in asked else ("", "", "")
    of_month = "first" not in asked or asked.get("month") != was_month or [*typed] == was_days
    if month is not None and of_month:
        return _make_days(*month_days(month, today), today)
    if "first" in asked:
        return AskedDays(first=typed[0], last=typed[1])
    return _make_days(*preset_days(usual, today), today)


def read_month(text: str, today: date) -> date | None:
    """The first day of a month ("2026-03") that has begun, also of one that is not offered any more; None else."""
    try:
        month = texts.day(f"{text}-01")
    except ValueError:
        return None
    return month if month <= today else None


def _make_days(first: date, last: date, today: date) -> AskedDays:
    whole = (first, last) == month_days(first, today)
    return AskedDays(first=first.isoformat(), last=last.isoformat(), month=f"{first:%Y-%m}" if whole else "")


def months_until(today: date) -> list[date]:
    """The first days of this month and the twelve before it, the latest first."""
    months = [today.replace(day=1)]
    while len(months) < MONTHS_OFFERED:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months


def month_days(month: date, today: date) -> tuple[date, date]:
    """The first and last day of a month, of this month until today."""
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    return month.replace(day=1), min(last, today)


def preset_days(preset: str, today: date) -> tuple[date, date]:
    """The first and last day of a preset, neither in the future; weeks begin on Monday."""
    monday = today - timedelta(days=today.weekday())
    match preset:
        case "today":
            return today, today
        case "this_week":
            return monday, today
        case "last_week":
            return monday - timedelta(days=7), monday - timedelta(days=1)
        case "this_month":
            return month_days(today, today)
        case "last_month":
            return month_days(today.replace(day=1) - timedelta(days=1), today)
    return today - timedelta(days=1), today - timedelta(days=1)
