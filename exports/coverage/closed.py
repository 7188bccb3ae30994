"""Days a shop is closed: no closing of them is expected, and nobody is told that one is missing.

Only this module stores them, takes them back, and answers whether a day is one. A closing of such a day that comes all
the same is booked like any other.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from exports.models import ClosedDays, ClosedKind
from postgres.days import DAYS
from tenants.models import FIRST_DAY_BOOKED, WHY_MAX, Establishment, User

LONGEST = timedelta(days=366)
AHEAD_MAX = timedelta(days=2 * 366)
ONE_DAY = timedelta(days=1)
# Makes two answers for one shop wait for each other; a lock on the shop's own row is not allowed to all its people.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('exports_closeddays ' || %s, 0))"

Days = tuple[date, date]


class CannotClose(Exception):
    """A shop cannot be closed on these days; the text says why, for the person who asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What came of saying that a shop is closed: the span it is in, and which of the days are `new`."""

    span: ClosedDays
    new: tuple[Days, ...]


def closed_days_of(shops: Collection[int]) -> defaultdict[int, list[ClosedDays]]:
    """Every span of these establishments, by their key, the earliest first. One query."""
    found: defaultdict[int, list[ClosedDays]] = defaultdict(list)
    for it in ClosedDays.objects.filter(establishment__in=[*shops]).order_by("first_day"):
        found[it.establishment_id].append(it)
    return found


def ranges_of(establishment: str) -> ArraySubquery:
    """A subquery of the spans of `establishment`, a path from the queried table; `spans_of` reads its value."""
    own = ClosedDays.objects.filter(establishment=OuterRef(establishment)).order_by("first_day")
    return ArraySubquery(own.values(days=DAYS))


def spans_of(ranges: Iterable[Any]) -> list[ClosedDays]:
    """The spans that `ranges_of` selected, with their days only."""
    return [ClosedDays(first_day=it.lower, last_day=it.upper - ONE_DAY) for it in ranges]


def joined(spans: Iterable[ClosedDays]) -> list[ClosedDays]:
    """The days of these spans as spans that share none, the earliest first."""
    found: list[ClosedDays] = []
    for it in sorted(spans, key=lambda it: it.first_day):
        if found and it.first_day <= found[-1].last_day:
            found[-1] = ClosedDays(first_day=found[-1].first_day, last_day=max(found[-1].last_day, it.last_day))
        else:
            found.append(ClosedDays(first_day=it.first_day, last_day=it.last_day))
    return found


def span_of(day: date, spans: Iterable[ClosedDays]) -> ClosedDays | None:
    """The span that holds a day."""
    return next((it for it in spans if day in it), None)


def count_closed(spans: Iterable[ClosedDays], first: date, last: date) -> int:
    """How many of the days `first` to `last` are closed ones."""
    inside = ((max(it.first_day, first), min(it.last_day, last)) for it in spans)
    return sum((end - begin).days + 1 for begin, end in inside if begin <= end)


def closed_between(establishment: str, first: date, last: date) -> Exists:
    """A condition for a query: the establishment at this path is closed on one of the days `first` to `last`."""
    return Exists(ClosedDays.objects.filter(_meets(first, last), establishment=OuterRef(establishment)))


def refuse_days(first: date, last: date) -> None:
    """Raise `CannotClose` for days that cannot be meant: in the wrong order, too many, or too far from today."""
    if last < first:
        raise CannotClose(_("The last day comes before the first."))
    if last - first >= LONGEST:
        raise CannotClose(_("That is more than a year. Suspend the establishment rather."))
    if first < FIRST_DAY_BOOKED or last > timezone.localdate() + AHEAD_MAX:
        raise CannotClose(_("These days are too far away. Check the year."))


def say_closed(
    shop: Establishment, first: date, last: date, *, by: User, note: str = "", kind: ClosedKind = ClosedKind.DAY
) -> Said:
    """Store that a shop is closed from `first` to `last`, both included. Asked twice, it does nothing more.

    Spans that share a day with the new one, or adjoin it, are joined to one span: holidays, if any of them is. Raises
    `CannotClose`.
    """
    refuse_days(first, last)
    with transaction.atomic():
        _wait_for_others(shop)
        around = _lock_spans(shop, first - ONE_DAY, last + ONE_DAY)
        gaps = tuple(_list_gaps(around, first, last))
        if not gaps:
            return Said(span=next(it for it in around if first in it), new=())
        now = timezone.now()
        span = around[0] if around else ClosedDays(tenant_id=shop.tenant_id, establishment=shop)
        kinds = {kind, *(it.kind for it in around)}
        span.first_day = min([first, *(it.first_day for it in around)])
        span.last_day = max([last, *(it.last_day for it in around)])
        span.kind = ClosedKind.HOLIDAYS if ClosedKind.HOLIDAYS in kinds else ClosedKind.DAY
        span.note = note[:WHY_MAX] or next((it.note for it in around if it.note), "")
        span.said_by, span.said_at = by, now
        ClosedDays.objects.filter(pk__in=[it.pk for it in around[1:]]).delete()
        span.save()
        return Said(span=span, new=gaps)


def say_open(shop: Establishment, first: date, last: date) -> int:
    """Take back that a shop is closed on the days `first` to `last`: spans are shortened, split or deleted.

    Returns how many of these days were closed ones; 0 when they were taken back before.
    """
    with transaction.atomic():
        _wait_for_others(shop)
        spans = _lock_spans(shop, first, last)
        for it in spans:
            _cut_out(it, first, last)
        return count_closed(spans, first, last)


def _cut_out(span: ClosedDays, first: date, last: date) -> None:
    before, after = (span.first_day, first - ONE_DAY), (last + ONE_DAY, span.last_day)
    left = [(begin, end) for begin, end in (before, after) if begin <= end]
    rows = ClosedDays.objects.filter(pk=span.pk)
    if not left:
        rows.delete()
        return
    rows.update(first_day=left[0][0], last_day=left[0][1])
    for begin, end in left[1:]:
        ClosedDays.objects.create(
            tenant_id=span.tenant_id,
            establishment_id=span.establishment_id,
            first_day=begin,
            last_day=end,
            kind=span.kind,
            note=span.note,
            said_by_id=span.said_by_id,
            said_at=span.said_at,
        )


def _wait_for_others(shop: Establishment) -> None:
    with connection.cursor() as sql:
        sql.execute(ONE_AT_A_TIME, [shop.pk])


def _lock_spans(shop: Establishment, first: date, last: date) -> list[ClosedDays]:
    rows = ClosedDays.objects.filter(_meets(first, last), establishment=shop).order_by("first_day")
    return [*rows.select_for_update(of=("self",))]


def _meets(first: date, last: date) -> Q:
    return Q(first_day__lte=last, last_day__gte=first)


def _list_gaps(spans: Iterable[ClosedDays], first: date, last: date) -> Iterable[Days]:
    """The parts of `first` to `last` that no span holds; the spans in their order."""
    begin = first
    for it in spans:
        if begin < it.first_day and begin <= last:
            yield begin, min(it.first_day - ONE_DAY, last)
        begin = max(begin, it.last_day + ONE_DAY)
    if begin <= last:
        yield begin, last
