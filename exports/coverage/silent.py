"""Tills that should have closed and did not: since their last closing, and on each day that somebody asks about."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from exports.coverage.closed import count_closed, joined, ranges_of, span_of, spans_of
from exports.coverage.closing_hours import CLOSED_IN_WEEKS, LEARNED_FROM_WEEKS, Owed, still_awaited
from exports.coverage.suspended import days_of_ranges, ranges_of_till
from exports.models import ClosedDays, StoredClosing
from tenants.models import Till, still_open, zone_of

# How long a till may be silent that has no habit: it closes once a month, or on no weekday in particular.
LONGEST_WITHOUT_HABIT = timedelta(days=35)


# From how many closed days, at most, a habit is learnt: four weeks of open days have no more.
DAYS_LEARNT = 7 * LEARNED_FROM_WEEKS
# How far back those days are looked for: after holidays of more than a year there is no habit any more.
WEEKS_LOOKED_BACK = 60


def is_expected(
    day: date, *, opening_days: Collection[int] | None, closed_on: Collection[date], spans: Collection[ClosedDays]
) -> bool:
    """Whether a till should close on `day`, by what it did before. All that speaks of silent tills asks here.

    Never on a day on which its establishment is closed or it is suspended (`spans`, which share no day). Otherwise by
    its opening days (ISO weekdays), or, if it has none, by its habit: the weekdays of the four weeks of open days
    before it stopped, so that it is missed until it closes again. Without a habit it is missed after
    `LONGEST_WITHOUT_HABIT` of open days. `closed_on`: the days on which it made a closing, at least the last
    `DAYS_LEARNT` before `day`.
    """
    if span_of(day, spans):
        return False
    if opening_days is not None:
        return day.isoweekday() in opening_days
    last = max((it for it in closed_on if it < day), default=None)
    return last is not None and _is_due(day, last, _learn_weekdays(last, closed_on, spans) or None, spans)


def _is_due(day: date, last: date, weekdays: Collection[int] | None, spans: Collection[ClosedDays]) -> bool:
    """Whether a till that made its last closing on `last` should make one on an open day: on its `weekdays`, or, if it
    has none, after `LONGEST_WITHOUT_HABIT`."""
    if weekdays is not None:
        return day.isoweekday() in weekdays
    return (day - last).days - count_closed(spans, last + timedelta(days=1), day) >= LONGEST_WITHOUT_HABIT.days


def _learn_weekdays(last: date, closed_on: Collection[date], spans: Collection[ClosedDays]) -> set[int]:
    """The weekdays on which a till closed in three of the last four weeks up to `last`, closed days left out."""
    if (
        not spans
    ):  # then the four weeks are the last ones, and are counted in one go: this is asked of thousands of tills
        backs = ((last - day).days for day in {*closed_on})
        weeks = Counter(back % 7 for back in backs if 0 <= back < DAYS_LEARNT)
        return {(last - timedelta(days=back)).isoweekday() for back, times in weeks.items() if times >= CLOSED_IN_WEEKS}
    learnt, closed_on = set(), {*closed_on}
    for back in range(7):
        newest = last - timedelta(days=back)
        weekly = (newest - timedelta(weeks=weeks) for weeks in range(WEEKS_LOOKED_BACK))
        open_days = islice((it for it in weekly if not span_of(it, spans)), LEARNED_FROM_WEEKS)
        if sum(it in closed_on for it in open_days) >= CLOSED_IN_WEEKS:
            learnt.add(newest.isoweekday())
    return learnt


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A till that stopped: its last closing, and the first day after it on which another was expected."""

    till: Till
    last: date
    since: date


def silences(tills: QuerySet[Till], day: date, *, at_most: int | None = None) -> list[Silence]:
    """The tills among these that should have made a closing by `day` and did not, the last to stop first.

    A till is silent until it makes a closing again, or until somebody suspends it or its shop. One that never made a
    closing is not among them (`concerns.tills.never_sent`), nor one whose closing is still awaited. Two queries, one
    more where something of yesterday may be awaited, and one or two where a whole night is missing.
    """
    return _say_stopped(_look(tills, day, at_most)[0])


def missed_and_awaited(
    tills: QuerySet[Till], day: date, *, at_most: int | None = None
) -> tuple[list[Silence], list[Silence]]:
    """The same, and those whose closing is still awaited, each the last to stop first and cut to `at_most`.

    Of a day that is not over nearly all is awaited, and a look at some of it is enough: who is missed since before is
    asked of the day before.
    """
    missed, awaited = _look(tills, day, at_most)
    if day >= timezone.localdate():
        missed = [it for it in missed if it.since == day]
    return _say_stopped(missed), _say_stopped(awaited)


@dataclass(frozen=True, slots=True)
class _Stopped:
    """What was read of a till that stopped, by its id."""

    till: int
    last: date
    since: date
    zone: ZoneInfo

    @property
    def key(self) -> tuple[int, date]:
        return self.till, self.since


def _look(tills: QuerySet[Till], day: date, at_most: int | None) -> tuple[list[_Stopped], list[_Stopped]]:
    """Those that are missed by `day`, and those that are awaited; of each no more than are asked for are looked for."""
    # Those that closed on the day are put aside all at once; only the few others are looked back for.
    closed_then = StoredClosing.objects.filter(till=OuterRef("pk"), business_date=day)
    others = with_last_days(expected_tills(tills).filter(~Exists(closed_then)), day)
    rows = others.annotate(closed=ranges_of("establishment"), suspended=ranges_of_till())
    rows = rows.order_by("establishment__code", "name", "pk")
    shop = ("establishment__opening_days", "establishment__time_zone")
    missed: list[_Stopped] = []
    awaited: list[_Stopped] = []
    over, first = day < timezone.localdate(), None if at_most is None else 2 * at_most
    for part in (rows[:first], rows[first:]):
        looked_at = [*part.values_list("pk", *shop, "last", "last_days", "closed", "suspended")]
        found = [*_find_stopped(looked_at, day)]
        later = still_awaited(Owed(till=it.till, day=it.since, zone=it.zone) for it in found)
        missed += [it for it in found if it.key not in later]
        awaited += [it for it in found if it.key in later]
        # None of the others stopped later than on the day itself.
        enough = sum(it.since == day for it in (missed if over else awaited))
        if first is None or len(looked_at) < first or enough >= first // 2:
            break
    return _cut(missed, at_most), _cut(awaited, at_most)


def _cut(stopped: list[_Stopped], at_most: int | None) -> list[_Stopped]:
    return sorted(stopped, key=lambda it: it.since, reverse=True)[:at_most]


def _find_stopped(rows: Iterable[tuple[Any, ...]], day: date) -> Iterator[_Stopped]:
    """The tills among these that did not close, each with its last closing and since when."""
    for pk, opening_days, zone, last, last_days, closed, suspended in rows:
        if last is None:
            continue
        spans = spans_of(closed)
        if suspended:
            spans = joined([*spans, *days_of_ranges(suspended, zone_of(zone))])
        if since := _find_expected(opening_days, last, last_days, day, spans):
            yield _Stopped(pk, last, since, zone_of(zone))


def _say_stopped(stopped: list[_Stopped]) -> list[Silence]:
    shown = Till.objects.select_related("establishment__tenant").in_bulk([it.till for it in stopped])
    return [Silence(till=shown[it.till], last=it.last, since=it.since) for it in stopped if it.till in shown]


def _find_expected(
    opening_days: Collection[int] | None,
    last: date,
    last_days: Collection[date],
    until: date,
    spans: Collection[ClosedDays],
) -> date | None:
    """The first day after its last closing on which a till was expected: within a week of open days, or, without a
    habit, after `LONGEST_WITHOUT_HABIT` of them."""
    weekdays = opening_days
    if weekdays is None:
        weekdays = _learn_weekdays(last, last_days, spans) or None
    asked = LONGEST_WITHOUT_HABIT.days
    day = last
    while asked and day < until:
        day += timedelta(days=1)
        if span_of(day, spans):
            continue
        if _is_due(day, last, weekdays, spans):
            return day
        asked -= 1
    return None


def with_last_days(tills: QuerySet[Till], day: date) -> QuerySet[Any]:
    """These tills with the days they closed on up to `day`, the last one (`last`) and the last `DAYS_LEARNT` of them
    (`last_days`): as much of the past as `is_expected` asks for."""
    own = StoredClosing.objects.filter(till=OuterRef("pk"), business_date__lte=day).order_by("-business_date")
    days = own.values("business_date")
    return tills.annotate(last=Subquery(days[:1]), last_days=ArraySubquery(days.distinct()[:DAYS_LEARNT]))


def expected_tills(tills: QuerySet[Till]) -> QuerySet[Till]:
    """The tills among these that may send: paired, not put away; neither they nor their owners are suspended."""
    live = Q(ended_at=None, suspended_at=None, establishment__suspended_at=None, tenant__suspended_at=None)
    return tills.filter(
        live, still_open("establishment__"), tenant__reseller__suspended_at=None, paired_at__isnull=False
    )
