"""What closing a shop for some days would change, shown before a person confirms it. Nothing is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from exports.coverage.closed import ONE_DAY, closed_days_of
from exports.coverage.silent import expected_tills, is_expected, with_last_days
from exports.models import ClosedDays, StoredClosing
from tenants.models import Establishment, Till

# How far ahead to look for a till's next day. One without a habit is expected after five weeks at most.
LOOKED_AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedOutlook:
    """A shop closed for some days. `lifted`: on how many of them a closing is expected now, and would not be then.
    `came`: how many closings of these days are here. `before`: the spans that the new one would join. `again`: the day
    on which each till is expected next; None where it is expected on no day in particular."""

    shop: Establishment
    lifted: int
    came: int
    before: tuple[ClosedDays, ...]
    again: tuple[tuple[Till, date | None], ...]


def outlook_of(shop: Establishment, first: date, last: date) -> ClosedOutlook:
    """What closing a shop from `first` to `last`, both included, would change."""
    spans = closed_days_of([shop.pk])[shop.pk]
    then = [*spans, ClosedDays(first_day=first, last_day=last)]
    paired = expected_tills(Till.objects.filter(establishment=shop)).order_by("name")
    tills = [*with_last_days(paired, timezone.localdate(timezone=shop.zone))]

    def expects(till: Till, day: date, closed: list[ClosedDays]) -> bool:
        days: list[date] = till.last_days  # type: ignore[attr-defined]
        return day not in days and is_expected(day, opening_days=shop.opening_days, closed_on=days, spans=closed)

    ahead = [*_each_day(last + ONE_DAY, last + LOOKED_AHEAD)]
    return ClosedOutlook(
        shop=shop,
        lifted=sum(any(expects(till, day, spans) for till in tills) for day in _each_day(first, last)),
        came=StoredClosing.objects.filter(establishment=shop, business_date__range=(first, last)).count(),
        before=tuple(it for it in spans if it.first_day <= last + ONE_DAY and it.last_day >= first - ONE_DAY),
        again=tuple((till, next((day for day in ahead if expects(till, day, then)), None)) for till in tills),
    )


def _each_day(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += ONE_DAY
