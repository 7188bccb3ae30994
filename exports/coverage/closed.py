"""Days a shop is closed: on none of them a closing is expected, and nobody is told that one is missing.

The one home of them: who says them, what takes them back, and what asks whether a day is one. A closing that comes of
such a day all the same is booked as any other.
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
# Two answers of one shop, one after the other: of its people not everybody may lock its own row.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('exports_closeddays ' || %s, 0))"

Days = tuple[date, date]


class CannotClose(Exception):
    """No shop is closed on such days; the text says why, in words for who asked."""


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
    """The spans of the establishment that rows of any table have by that path, for `spans_of` to read."""
    own = ClosedDays.objects.filter(establishment=OuterRef(establishment)).order_by("first_day")
    return ArraySubquery(own.values(days=DAYS))


def spans_of(ranges: Iterable[Any]) -> list[ClosedDays]:
    """Spans as `ranges_of` read them: of each its days and nothing else."""
    return [ClosedDays(first_day=it.lower, last_day=it.upper - ONE_DAY) for it in ranges]


def span_of(day: date, spans: Iterable[ClosedDays]) -> ClosedDays | None:
    """The span that holds a day."""
    return next((it for it in spans if day in it), None)


def count_closed(spans: Iterable[ClosedDays], first: date, last: date) -> int:
    """How many of the days `first` to `last` are closed ones."""
    inside = ((max(it.first_day, first), min(it.last_day, last)) for it in spans)
    return sum((end - begin).days + 1 for begin, end in inside if begin <= end)


def closed_between(establishment: str, first: date, last: date) -> Exists:
    """A condition for rows of any table: their establishment, by that path, is closed on one of these days."""
    return Exists(ClosedDays.objects.filter(_meets(first, last), establishment=OuterRef(establishment)))


def refuse_days(first: date, last: date) -> None:
    """Raises `CannotClose` for days on which no shop can be meant to be closed."""
    if last < first:
        raise CannotClose(_("The last day comes before the first."))
    if last - first >= LONGEST:
        raise CannotClose(_("That is more than a year. Suspend the establishment rather."))
    if first < FIRST_DAY_BOOKED or last > timezone.localdate() + AHEAD_MAX:
        raise CannotClose(_("These days are too far away. Check the year."))


def say_closed(
    shop: Establishment, first: date, last: date, *, by: User, note: str = "", kind: ClosedKind = ClosedKind.DAY
) -> Said:
    """Say that a shop is closed from `first` to `last`, both included. Said twice it is said once.

    With spans that share a day with it or stand beside it it becomes one: holidays, if any of them is. Raises
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
    """Take back that a shop is closed on the days `first` to `last`: spans are shortened, parted, or gone.

    Returns on how many of these days it was said to be closed; 0 when it was taken back before.
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
