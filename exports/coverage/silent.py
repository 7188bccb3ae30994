"""Tills that should have closed and did not: since their last closing, and on each day that somebody asks about."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DateField, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery

from exports.models import StoredClosing
from tenants.models import Till

LEARNED_FROM_WEEKS = 4
CLOSED_IN_WEEKS = 3
# A till that closes once a month, or on no day in particular, is let be for so long.
LONGEST_WITHOUT_HABIT = timedelta(days=35)


def same_weekdays(day: date) -> list[date]:
    """The same weekday of the four weeks before, from which it is learnt what a till usually does; the latest first."""
    return [day - timedelta(weeks=weeks) for weeks in range(1, LEARNED_FROM_WEEKS + 1)]


def is_expected(day: date, *, opening_days: Collection[int] | None, closed_on: Collection[date]) -> bool:
    """Whether a till should close on `day`, by what it did before: the one rule of silence.

    As its establishment's opening days (ISO weekdays) say, else by its habit: what it usually does is what it did in
    the four weeks before it stopped, so it is missed until it closes again. One without a habit is let be for
    `LONGEST_WITHOUT_HABIT`. `closed_on` are the days it closed on, at least its last one before `day` and those of the
    four weeks up to that.
    """
    if opening_days is not None:
        return day.isoweekday() in opening_days
    last = max((it for it in closed_on if it < day), default=None)
    if last is None:
        return False
    counts = Counter(it.isoweekday() for it in closed_on if last - timedelta(weeks=LEARNED_FROM_WEEKS) < it <= last)
    usual = {weekday for weekday, times in counts.items() if times >= CLOSED_IN_WEEKS}
    return day.isoweekday() in usual if usual else day >= last + LONGEST_WITHOUT_HABIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A till that stopped: its last closing, and the first day after it on which another was expected."""

    till: Till
    last: date
    since: date


def silences(tills: QuerySet[Till], day: date) -> list[Silence]:
    """Which of these tills owe a closing up to `day`, those that stopped last first. One query.

    A till that stopped stays silent until it closes again, or until somebody suspends it or its shop. One that never
    closed is no silent one (`concerns.tills.never_sent`).
    """
    found = []
    rows = with_last_weeks(expected_tills(tills), day).filter(last__lt=day)
    for till in rows.select_related("establishment__tenant"):
        since = _find_expected(till.last, till.establishment.opening_days, till.last_weeks)
        if since is not None and since <= day:
            found.append(Silence(till=till, last=till.last, since=since))
    return sorted(found, key=lambda it: (-it.since.toordinal(), it.till.establishment.code, it.till.name))


def _find_expected(last: date, opening_days: Collection[int] | None, closed_on: Collection[date]) -> date | None:
    """The first day after `last` on which a closing was expected: within a week, or when the patience is over."""
    after = (last + timedelta(days=count) for count in (*range(1, 8), LONGEST_WITHOUT_HABIT.days))
    return next((day for day in after if is_expected(day, opening_days=opening_days, closed_on=closed_on)), None)


def with_last_weeks(tills: QuerySet[Till], day: date) -> QuerySet[Any]:
    """These tills with their last closing up to `day` (`last`), and the days of the four weeks up to that
    (`last_weeks`): as much of the past as `is_expected` asks for."""
    own = StoredClosing.objects.filter(till=OuterRef("pk"), business_date__lte=day).order_by()
    four_weeks = ExpressionWrapper(OuterRef("last") - timedelta(weeks=LEARNED_FROM_WEEKS), output_field=DateField())
    rows = tills.annotate(last=Subquery(own.order_by("-business_date").values("business_date")[:1]))
    return rows.annotate(
        last_weeks=ArraySubquery(own.filter(business_date__gt=four_weeks).values("business_date").distinct())
    )


def expected_tills(tills: QuerySet[Till]) -> QuerySet[Till]:
    """Those of these tills that may send: paired, and neither they nor whose they are is suspended."""
    live = Q(suspended_at=None, establishment__suspended_at=None, tenant__suspended_at=None)
    return tills.filter(live, tenant__reseller__suspended_at=None, paired_at__isnull=False)
