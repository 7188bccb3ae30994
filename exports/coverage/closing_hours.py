"""By what hour a till usually closes, and until when a closing of a day is still awaited rather than missed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.utils import timezone

from exports.models import StoredClosing

LEARNED_FROM_WEEKS = 4
CLOSED_IN_WEEKS = 3
ONE_DAY = timedelta(days=1)
# How long after its usual hour a till is missed. One without such an hour has until the end of the day.
GRACE = timedelta(hours=2)
# Nothing is awaited longer than until the end of the day after, whatever the hour the till usually closes at.
LONGEST_AWAITED = 2 * ONE_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A closing that a till (by its id) should make of a business day, in the zone of its shop."""

    till: int
    day: date
    zone: ZoneInfo


def same_weekdays(day: date) -> list[date]:
    """The same weekday of the four weeks before, from which it is learnt what a till usually does; the latest first."""
    return [day - timedelta(weeks=weeks) for weeks in range(1, LEARNED_FROM_WEEKS + 1)]


def missed_from(day: date, zone: ZoneInfo, usual: Sequence[timedelta]) -> datetime:
    """From which moment on a closing of `day` is missed: never before the day is over.

    `usual`: how long after the beginning of the same weekday in earlier weeks the till had closed. By the third of four
    it usually has; `GRACE` later it is missed.
    """
    hour = ONE_DAY
    if usual:
        needed = -(-len(usual) * CLOSED_IN_WEEKS // LEARNED_FROM_WEEKS)
        hour = sorted(usual)[needed - 1]
    return datetime.combine(day, time(), zone) + min(max(hour + GRACE, ONE_DAY), LONGEST_AWAITED)


def still_awaited(owed: Iterable[Owed]) -> set[tuple[int, date]]:
    """Those of these closings that are not missed yet, each as its till and its day.

    One query, and only if one of them is of a day that ended within the last day.
    """
    now, found, doubtful = timezone.now(), set(), []
    for it in owed:
        begin = datetime.combine(it.day, time(), it.zone)
        if now < begin + ONE_DAY:
            found.add((it.till, it.day))
        elif now < begin + LONGEST_AWAITED:
            doubtful.append(it)
    if not doubtful:
        return found
    hours = _read_hours(doubtful)
    return found | {(it.till, it.day) for it in doubtful if now < missed_from(it.day, it.zone, hours[it.till])}


def _read_hours(owed: Sequence[Owed]) -> defaultdict[int, list[timedelta]]:
    """How long after the beginning of the same weekday of earlier weeks each till had closed, by the shop's clock."""
    asked = {it.till: it for it in owed}
    days = {day for it in owed for day in same_weekdays(it.day)}
    rows = StoredClosing.objects.filter(till__in=[*asked], business_date__in=days).order_by()
    found: defaultdict[int, list[timedelta]] = defaultdict(list)
    for till, day, at in rows.values_list("till", "business_date").annotate(at=Max("closed_at")):
        its = asked[till]
        if day in same_weekdays(its.day):
            clock = at.astimezone(its.zone).replace(tzinfo=None)
            found[till].append(clock - datetime.combine(day, time()))
    return found
