"""Tills that should have closed on a day and did not.

The rule stands here twice, side by side: in SQL for all tills and one day, in Python for one till and a day among many
that were read already. `tests/exports/coverage/test_shop_days.py` holds one against the other.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, DateField, Exists, ExpressionWrapper, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

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
    """Whether a till should close on `day`: as its establishment's opening days (ISO weekdays) say, else by its habit.

    `closed_on` are the days it closed on, at least those of the four weeks before.
    """
    if opening_days is not None:
        return day.isoweekday() in opening_days
    return sum(it in closed_on for it in same_weekdays(day)) >= CLOSED_IN_WEEKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A till that stopped: its last closing, and the first day after it on which another was expected."""

    till: Till
    last: date
    since: date


def silences(tills: QuerySet[Till], day: date) -> list[Silence]:
    """Which of these tills owe a closing up to `day`, those that stopped last first. One query.

    A till that stopped stays silent until it closes again, or until somebody suspends it or its shop: what it usually
    does is what it did in the four weeks before it stopped. One without a habit is let be for `LONGEST_WITHOUT_HABIT`.
    """
    own = StoredClosing.objects.filter(till=OuterRef("pk"), business_date__lte=day).order_by()
    four_weeks = ExpressionWrapper(OuterRef("last") - timedelta(weeks=LEARNED_FROM_WEEKS), output_field=DateField())
    rows = expected_tills(tills).annotate(last=Subquery(own.order_by("-business_date").values("business_date")[:1]))
    rows = rows.filter(last__lt=day).annotate(
        days=ArraySubquery(own.filter(business_date__gt=four_weeks).values("business_date").distinct())
    )
    found = []
    for till in rows.select_related("establishment__tenant"):
        since = _find_expected(till.last, till.establishment.opening_days, till.days)
        if since <= day:
            found.append(Silence(till=till, last=till.last, since=since))
    return sorted(found, key=lambda it: (-it.since.toordinal(), it.till.establishment.code, it.till.name))


def _find_expected(last: date, opening_days: Collection[int] | None, closed_on: Collection[date]) -> date:
    """The first day after `last` on which a closing was expected."""
    if opening_days is None:
        counts = Counter(day.isoweekday() for day in closed_on)
        usual = {weekday for weekday, times in counts.items() if times >= CLOSED_IN_WEEKS}
    else:
        usual = {*opening_days}
    after = (last + timedelta(days=count) for count in range(1, 8))
    return next((day for day in after if day.isoweekday() in usual), last + LONGEST_WITHOUT_HABIT)


def silent_among(tills: QuerySet[Till], day: date) -> QuerySet[Till]:
    """Which of these tills should have closed on `day` and did not.

    The establishment says its opening days, or they are learned: a till is expected that closed on three of the last
    four same weekdays. A till that was paired later cannot be missed, unless it closed before with another device.
    """
    of_the_till = StoredClosing.objects.filter(till=OuterRef("pk"))
    habit = (
        of_the_till.filter(business_date__in=same_weekdays(day))
        .order_by()
        .values("till")
        .annotate(n=Count("business_date", distinct=True))
        .values("n")
    )
    day_ends = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
    in_use = Q(paired_at__lt=day_ends) | Exists(of_the_till.filter(business_date__lt=day))
    return (
        expected_tills(tills)
        .filter(in_use)
        .filter(~Exists(of_the_till.filter(business_date=day)))
        .annotate(habit=Coalesce(Subquery(habit, output_field=IntegerField()), 0))
        .filter(
            Q(establishment__opening_days__contains=[day.isoweekday()])
            | Q(establishment__opening_days=None, habit__gte=CLOSED_IN_WEEKS)
        )
    )


def expected_tills(tills: QuerySet[Till]) -> QuerySet[Till]:
    """Those of these tills that may send: paired, and neither they nor whose they are is suspended."""
    live = Q(suspended_at=None, establishment__suspended_at=None, tenant__suspended_at=None)
    return tills.filter(live, tenant__reseller__suspended_at=None, paired_at__isnull=False)
