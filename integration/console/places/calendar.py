"""A month of a shop: each day's word and turnover, a grid from Monday to Sunday that leads to the days."""

from calendar import Calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exports.console import links
from exports.coverage.aside import Aside, together
from exports.coverage.days import DayWord, ShopDay, days_of
from exports.coverage.turnover import turnover_of
from exports.words.closed_words import say_span
from exports.words.days import in_words
from exports.words.money import euros
from ledger import texts
from tenants.filter_values import warn_of_unreadable
from tenants.models import Establishment

MONTHS_TO_CHOOSE = 36
NOTHING_CAME = frozenset({DayWord.AWAITED, DayWord.CLOSED, DayWord.SUSPENDED, DayWord.BLANK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One day of the grid: `said` is all of it in words, for who does not see the colours."""

    day: date
    word: DayWord
    turnover: Decimal | None
    aside: Decimal | None
    address: str
    said: str
    is_today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month: weeks of seven cells (None outside of it), how often each word stands in it, and the months around it.

    `turnover` is of the whole month, `aside` what was set aside of it; `choices` are months to go to, the newest first;
    `missed` are the days on which a till should have closed and did not, the latest first.
    """

    shop: Establishment
    first: date
    weeks: list[list[Cell | None]]
    legend: list[tuple[DayWord, int]]
    turnover: Decimal
    aside: Aside | None
    before: date | None
    after: date | None
    choices: list[date]
    missed: list[date]

    @property
    def weekdays(self) -> list[tuple[str, str]]:
        """The weekdays, short and whole, Monday first."""
        return [(str(WEEKDAYS_ABBR[number]), str(WEEKDAYS[number])) for number in range(7)]


def asked_month(query: QueryDict, shop: Establishment) -> date:
    """The first day of the month a page was asked for (`?month=2026-03`), else of this one, by the shop's clock."""
    try:
        return texts.day(f"{query.get('month', '')}-01")
    except ValueError:
        return timezone.localdate(timezone=shop.zone).replace(day=1)


def warn_of_month(request: HttpRequest) -> None:
    """Tell the person that the month of a page's address could not be read, where one was given."""
    try:
        texts.day(f"{request.GET.get('month', '')}-01")
    except ValueError:
        warn_of_unreadable(request, "month", _("Month"))


def month_of(shop: Establishment, first: date, address_of: Callable[[date], str]) -> Month:
    """The month that begins with `first`; `address_of` says where a day leads. Seven queries."""
    last = _next_month(first) - timedelta(days=1)
    days = {it.day: it for it in days_of([shop], first, last)[shop.pk]}
    turnover = turnover_of(shop, first, last)
    today = timezone.localdate(timezone=shop.zone)
    grid = Calendar().monthdatescalendar(first.year, first.month)
    words = [it.word for it in days.values()]
    return Month(
        shop=shop,
        first=first,
        weeks=[
            [_cell(shop, days[day], turnover.get(day), address_of(day), today) if day in days else None for day in week]
            for week in grid
        ],
        legend=[(word, words.count(word)) for word in DayWord if word in words and word is not DayWord.BLANK],
        turnover=sum(turnover.values(), Decimal()),
        aside=together(it.aside for it in days.values()),
        before=_if_in_years((first - timedelta(days=1)).replace(day=1)),
        after=_if_in_years(_next_month(first)) if _next_month(first) <= today else None,
        choices=_list_choices(first, today.replace(day=1)),
        missed=[it.day for it in reversed(days.values()) if it.word is DayWord.SILENT],
    )


def _cell(shop: Establishment, it: ShopDay, turnover: Decimal | None, address: str, today: date) -> Cell:
    said = [in_words(it.day), it.word.label, *say_day(it)]
    if turnover is not None:
        said.append(euros(turnover))
    return Cell(
        day=it.day,
        word=it.word,
        turnover=turnover,
        aside=it.aside.gross if it.aside else None,
        address=where_to(it, shop, address),
        said=", ".join(said),
        is_today=it.day == today,
    )


def where_to(it: ShopDay, shop: Establishment, address: str) -> str:
    """The link of a day: to its log (`address`); for a day without a closing, of which somebody said or should say
    whether the shop was closed, to that question."""
    if it.word is DayWord.SILENT or (it.span is not None and not it.closings):
        return links.closed_day(shop.pk, it.day)
    return "" if it.word in NOTHING_CAME and not it.closings else address


def say_day(it: ShopDay) -> list[str]:
    """In words: how many closings a day has, what was set aside, which tills are missed or awaited, why closed."""
    counted = ngettext("{count} closing", "{count} closings", it.closings).format(count=it.closings)
    missed = _("{tills} did not close").format(tills=", ".join(it.silent)) if it.silent else ""
    awaited = _("{tills} may still close").format(tills=", ".join(it.awaited)) if it.awaited else ""
    aside = it.aside.words if it.aside else ""
    return [words for words in (counted if it.closings else "", aside, missed, awaited, _say_closed(it)) if words]


def _say_closed(it: ShopDay) -> str:
    if it.span is None:
        return ""
    if it.closings:
        return _("although said to be closed: {reason}").format(reason=say_span(it.span))
    return say_span(it.span)


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _if_in_years(day: date) -> date | None:
    return day if texts.in_years(day) else None


def _list_choices(shown: date, newest: date) -> list[date]:
    """Three years back from this month, and the month that is shown."""
    months, month = {shown}, newest
    for _number in range(MONTHS_TO_CHOOSE):
        months.add(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return sorted(months, reverse=True)
