"""Tills that should have closed on a day and did not.

The rule stands here twice, side by side: in SQL for all tills and one day, in Python for one till and a day among many
that were read already. `tests/exports/coverage/test_shop_days.py` holds one against the other.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from exports.models import StoredClosing
from tenants.models import Till, User
from tenants.scope import visible_to

LEARNED_FROM_WEEKS = 4
CLOSED_IN_WEEKS = 3


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


def silent_tills(user: User, day: date) -> QuerySet[Till]:
    """Tills of those the user may see that should have closed on `day` and did not."""
    return (
        visible_to(user, silent_among(Till.objects.all(), day))
        .select_related("establishment__tenant")
        .order_by("tenant__name", "establishment__code", "name")
    )


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
