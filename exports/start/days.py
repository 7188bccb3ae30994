"""The days a person may choose to begin with, each with what would go from then on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from exact.models import CatalogueItem, CatalogueKind, Division
from exports.models import ClosingState, StoredClosing
from exports.way.states import FROM_BEFORE_START
from exports.words.money import euros
from tenants.models import FIRST_DAY_BOOKED, Establishment

# A day further ahead is a slip of the hand.
AHEAD_MAX = timedelta(days=366)
NOT_GONE = (ClosingState.WAITING, ClosingState.HELD, ClosingState.READY)
IN_ANOTHER_CURRENCY = Q(problems__contains=[{"code": "currency"}])


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySum:
    """The closings of one business date: how many, and their turnover in euros."""

    day: date
    count: int
    gross: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChoice:
    """A first day to choose: what it is called, and how many closings of what turnover would go from then on."""

    day: date
    label: str
    count: int
    gross: str


def not_gone(shop: Establishment) -> QuerySet[StoredClosing]:
    """An establishment's closings to which the first day applies: no entry of them was sent yet."""
    return StoredClosing.objects.filter(Q(state__in=NOT_GONE) | FROM_BEFORE_START, establishment=shop)


def waiting_by_day(rows: QuerySet[StoredClosing]) -> list[DaySum]:
    """How many of these closings each business date has, the oldest first."""
    by_day = rows.order_by("business_date").values("business_date")
    summed = by_day.annotate(count=Count("pk"), gross=Sum("gross", filter=~IN_ANOTHER_CURRENCY))
    return [DaySum(day=it["business_date"], count=it["count"], gross=it["gross"] or Decimal()) for it in summed]


def choices_of(shop: Establishment, division: Division | None) -> list[DayChoice]:
    """The likely first days, the likeliest first, each once."""
    waiting = waiting_by_day(not_gone(shop))
    found: dict[date, str] = {}
    for day, label in _suggest(shop, division, waiting):
        found.setdefault(day, label)
    return [_choice(day, label, waiting) for day, label in found.items()]


def read_day(text: str) -> date | None:
    """A day as a form sends it; None when it is no date, or too far ahead or in the past to be meant."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY_BOOKED <= day <= timezone.localdate() + AHEAD_MAX else None


def _suggest(shop: Establishment, division: Division | None, waiting: list[DaySum]) -> Iterator[tuple[date, str]]:
    """Days with their names. A day that comes twice keeps its first name, so the order matters."""
    today = timezone.localdate(timezone=shop.zone)
    if shop.books_from is not None:
        yield shop.books_from, _("As it is set now")
    if waiting:
        yield waiting[0].day, _("From the first that waits")
    yield today, _("From today")
    yield today.replace(day=1), _("From the first of this month")
    if division is not None and (first := _first_of_year(division, today)):
        yield first, _("From the first day of the fiscal year")


def _first_of_year(division: Division, today: date) -> date | None:
    """The first day of the fiscal year that today lies in, as Exact's periods say."""
    periods = CatalogueItem.objects.filter(division=division, kind=CatalogueKind.PERIOD)
    rows = [(code.partition("/")[0], facts) for code, facts in periods.values_list("code", "facts")]
    text = today.isoformat()
    year = next((year for year, facts in rows if facts["starts"] <= text <= facts["ends"]), None)
    starts = [facts["starts"] for its, facts in rows if its == year]
    return date.fromisoformat(min(starts)) if starts else None


def _choice(day: date, label: str, waiting: Iterable[DaySum]) -> DayChoice:
    going = [it for it in waiting if it.day >= day]
    gross = euros(sum((it.gross for it in going), Decimal()))
    return DayChoice(day=day, label=label, count=sum(it.count for it in going), gross=gross)
