"""Days on which a shop or a till was suspended: its closings were refused, so none is expected of them.

A suspension that is over stands in `tenants.models.Suspension`, one that lasts in the row that is suspended. The day on
which one ends is a day as any other: the till may close that evening.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import DateTimeRangeField
from django.db.models import Func, OuterRef, Q
from django.utils import timezone

from exports.coverage.closed import ONE_DAY
from exports.models import ClosedDays
from tenants.models import Establishment, Suspension

Moments = tuple[datetime, datetime | None]
MOMENTS = Func("began_at", "ended_at", function="tstzrange", output_field=DateTimeRangeField())


def ranges_of_till(*, of_shop: bool = False) -> ArraySubquery:
    """A subquery, for a query of tills: what the suspensions that are over took of each, or with `of_shop` of its shop
    alone; `days_of_ranges` reads it."""
    shop = Q(establishment=None) | Q(establishment=OuterRef("establishment"))
    till = Q(till=None) if of_shop else Q(till=None) | Q(till=OuterRef("pk"))
    own = Suspension.objects.filter(shop, till, tenant=OuterRef("tenant")).order_by("began_at")
    return ArraySubquery(own.values(moments=MOMENTS))


def days_of_ranges(ranges: Iterable[Any], zone: ZoneInfo) -> list[ClosedDays]:
    """The days of what `ranges_of_till` selected, by the shop's clock."""
    return days_suspended(((it.lower, it.upper) for it in ranges), zone)


def days_suspended(suspensions: Iterable[Moments], zone: ZoneInfo) -> list[ClosedDays]:
    """The whole days that suspensions took, as spans; one without an end lasts."""
    found = []
    for began, ended in suspensions:
        first = timezone.localdate(began, zone)
        last = date.max if ended is None else timezone.localdate(ended, zone) - ONE_DAY
        if first <= last:
            found.append(ClosedDays(first_day=first, last_day=last))
    return found


def lasting(shop: Establishment) -> list[Moments]:
    """The suspensions of a shop, its customer and its reseller that last; each must have been read."""
    rows = (shop, shop.tenant, shop.tenant.reseller)
    return [(row.suspended_at, None) for row in rows if row.suspended_at is not None]
