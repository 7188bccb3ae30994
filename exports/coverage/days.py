"""How a day of a shop stands, in one word: for the calendar, the map of all shops, and whatever else shows a day.

Closings are counted by the database from the index `exports_shop_days` alone, for any number of shops in one query.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exact.models import Finding
from exports.coverage.aside import Aside, asides_by_day
from exports.coverage.closed import closed_days_of, joined, span_of
from exports.coverage.closing_hours import Owed, still_awaited
from exports.coverage.silent import is_expected, with_last_days
from exports.coverage.stopped import LABEL as LINK_LOST
from exports.coverage.stopped import STOPPED, shown_state
from exports.coverage.suspended import days_of_ranges, days_suspended, lasting, ranges_of_till
from exports.models import ClosedDays, ClosingState, StoredClosing
from tenants.models import Establishment, Till


class DayWord(StrEnum):
    """How a day stands, the most urgent first. `BLANK`: the day is not over yet, or the shop was not in use then."""

    FAILED = "failed"
    DIFFERS = "differs"
    HELD = "held"
    STOPPED = "stopped"
    SILENT = "silent"
    WAITING = "waiting"
    AWAITED = "awaited"
    ASIDE = "aside"
    WELL = "well"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    BLANK = "blank"

    @property
    def label(self) -> str:
        return str(LABELS[self])

    @property
    def mark(self) -> str:
        """A sign for each word, so that none is told by its colour only."""
        return MARKS[self]


LABELS = {
    DayWord.FAILED: _("Failed"),
    DayWord.DIFFERS: _("Differs in Exact"),
    DayWord.HELD: _("Held back"),
    DayWord.STOPPED: LINK_LOST,
    DayWord.SILENT: _("No closing came"),
    DayWord.WAITING: _("Not in Exact yet"),
    DayWord.AWAITED: _("Not closed yet"),
    DayWord.ASIDE: _("Set aside"),
    DayWord.WELL: _("All well"),
    DayWord.CLOSED: _("Closed that day"),
    DayWord.SUSPENDED: _("Suspended"),
    DayWord.BLANK: _("Nothing yet"),
}
MARKS = {
    DayWord.FAILED: "✕",
    DayWord.DIFFERS: "≠",
    DayWord.HELD: "‖",
    DayWord.STOPPED: "!",
    DayWord.SILENT: "?",
    DayWord.WAITING: "…",
    DayWord.AWAITED: "○",
    DayWord.ASIDE: "↷",
    DayWord.WELL: "✓",
    DayWord.CLOSED: "–",
    DayWord.SUSPENDED: "⊘",
    DayWord.BLANK: "",
}
ON_ITS_WAY = frozenset({ClosingState.WAITING, ClosingState.READY, ClosingState.EXPORTING})


def word_of(
    states: Collection[str],
    *,
    differs: bool,
    silent: bool,
    over: bool,
    closed: bool = False,
    awaited: bool = False,
    suspended: bool = False,
    aside: bool = False,
) -> DayWord:
    """The one rule of a day's word.

    `states`: those of the day's closings (`exports.coverage.stopped.shown_state`). `differs`: Exact holds another entry
    of the day than was posted. `silent`: a till that was expected did not close; `awaited`: it may still. `over`: the
    day is past, and the shop had a till then. `closed`: a person said that the shop was closed. `suspended`: somebody
    had suspended it. `aside`: some of the day's turnover is in no book, as a person set its closing aside.
    """
    if ClosingState.FAILED in states:
        return DayWord.FAILED
    if differs:
        return DayWord.DIFFERS
    if ClosingState.HELD in states:
        return DayWord.HELD
    if STOPPED in states:
        return DayWord.STOPPED
    if silent:
        return DayWord.SILENT
    if ON_ITS_WAY.intersection(states):
        return DayWord.WAITING
    if awaited:
        return DayWord.AWAITED
    if aside:
        return DayWord.ASIDE
    if states:
        return DayWord.WELL
    if suspended and not closed:
        return DayWord.SUSPENDED
    return DayWord.CLOSED if over or closed else DayWord.BLANK


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopDay:
    """One business date of a shop: its word, how many closings, and the names of tills that should have closed.

    `awaited`: the names of tills that may still close. `aside`: what of it was set aside, None if nothing. `span`: the
    span of closed days that it is in; None on an open day.
    """

    day: date
    word: DayWord
    closings: int = 0
    silent: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()
    aside: Aside | None = None
    span: ClosedDays | None = None


@dataclass(slots=True)
class _Read:
    """What was read of one shop: its closed days and those it was suspended; each day's closings by state; the days of
    each till (by its id), and some earlier ones, and the days on which it could not close; since when each till is in
    use; and, by day, the names of tills that did not close or may still, and what was set aside."""

    spans: list[ClosedDays]
    suspended: list[ClosedDays] = field(default_factory=list)
    off: dict[int, list[ClosedDays]] = field(default_factory=dict)
    states: defaultdict[date, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    closed_on: defaultdict[int, set[date]] = field(default_factory=lambda: defaultdict(set))
    tills_since: dict[Till, date] = field(default_factory=dict)
    silent: dict[date, tuple[str, ...]] = field(default_factory=dict)
    awaited: dict[date, tuple[str, ...]] = field(default_factory=dict)
    asides: dict[date, Aside] = field(default_factory=dict)


def days_of(shops: Collection[Establishment], first: date, last: date) -> dict[int, list[ShopDay]]:
    """The days `first` to `last` of each shop, by its key, in six queries for any number of shops.

    The shops are those the asking person may see, read with `select_related("tenant__reseller")`.
    """
    read = _read(shops, first, last)
    differing = _list_differing(shops, first, last)
    for shop, of_shop in asides_by_day([*read], first, last).items():
        read[shop].asides = of_shop
    return {shop.pk: [*_walk(shop, read[shop.pk], differing[shop.pk], first, last)] for shop in shops}


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedDay:
    """A day on which tills of a shop should have closed and did not, by their names."""

    shop: Establishment
    day: date
    tills: tuple[str, ...]


def missed_days(shops: Collection[int], first: date, last: date) -> list[MissedDay]:
    """The days `first` to `last` on which a closing of one of these establishments (by id) is missed, the latest first.

    None is missed on a closed day. Five queries."""
    rows = [*Establishment.objects.filter(pk__in=[*shops]).select_related("tenant__reseller")]
    read = _read(rows, first, last)
    found = [
        MissedDay(shop=shop, day=it.day, tills=it.silent)
        for shop in rows
        for it in _walk(shop, read[shop.pk], (), first, last)
        if it.silent
    ]
    return sorted(found, key=lambda it: (-it.day.toordinal(), it.shop.code, it.shop.pk))


def _read(shops: Collection[Establishment], first: date, last: date) -> dict[int, _Read]:
    """All that days of these shops are told of, except whether Exact agrees."""
    read = _count_closings(shops, first, last)
    _add_tills(shops, first, read)
    owed = {shop.pk: _list_owed(shop, read[shop.pk], first, last) for shop in shops}
    awaited = still_awaited(
        Owed(till=till.pk, day=day, zone=shop.zone)
        for shop in shops
        for day in owed[shop.pk]
        for till in owed[shop.pk][day]
    )
    for shop in shops:
        for day, tills in owed[shop.pk].items():
            kept = read[shop.pk]
            kept.awaited[day] = tuple(it.name for it in tills if (it.pk, day) in awaited)
            kept.silent[day] = tuple(it.name for it in tills if (it.pk, day) not in awaited)
    return read


def _list_owed(shop: Establishment, read: _Read, first: date, last: date) -> dict[date, list[Till]]:
    """The tills that should make a closing of each day, up to today, and did not."""
    until = min(last, timezone.localdate(timezone=shop.zone), (shop.ended_on or date.max) - timedelta(days=1))
    return {
        day: [
            till
            for till, since in read.tills_since.items()
            if since <= day and _should_have_closed(shop, till, day, read)
        ]
        for day in _each_day(first, until)
    }


def _walk(shop: Establishment, read: _Read, differing: Collection[date], first: date, last: date) -> Iterator[ShopDay]:
    today = timezone.localdate(timezone=shop.zone)
    for day in _each_day(first, last):
        states, span = read.states.get(day, {}), span_of(day, read.spans)
        silent, awaited = read.silent.get(day, ()), read.awaited.get(day, ())
        began = any(since <= day for since in read.tills_since.values())
        yield ShopDay(
            day=day,
            word=word_of(
                states,
                differs=day in differing,
                silent=bool(silent),
                over=day < today and began,
                closed=span is not None,
                awaited=bool(awaited),
                suspended=day <= today and span_of(day, read.suspended) is not None,
                aside=day in read.asides,
            ),
            closings=sum(states.values()),
            silent=silent,
            awaited=awaited,
            aside=read.asides.get(day),
            span=span,
        )


def _should_have_closed(shop: Establishment, till: Till, day: date, read: _Read) -> bool:
    gone, closed_on = _first_day(shop, till.suspended_at, till.ended_at), read.closed_on[till.pk]
    if day in closed_on or (gone is not None and day >= gone):
        return False
    return is_expected(day, opening_days=shop.opening_days, closed_on=closed_on, spans=read.off[till.pk])


def _in_use_since(shop: Establishment, till: Till, closed_on: Collection[date]) -> date:
    """The first day on which a till can be missed. A till paired anew, on another device, was in use before."""
    assert till.paired_at is not None
    return min([*closed_on, timezone.localdate(till.paired_at, shop.zone)])


def _first_day(shop: Establishment, *moments: datetime | None) -> date | None:
    """The day of the earliest of these moments, by the shop's clock."""
    told = [moment for moment in moments if moment is not None]
    return timezone.localdate(min(told), shop.zone) if told else None


def _each_day(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def _count_closings(shops: Collection[Establishment], first: date, last: date) -> dict[int, _Read]:
    spans = closed_days_of([shop.pk for shop in shops])
    found = {shop.pk: _Read(spans[shop.pk]) for shop in shops}
    rows = StoredClosing.objects.filter(establishment__in=[*found], business_date__range=(first, last))
    shown = rows.order_by().annotate(shown=shown_state())
    counted = shown.values_list("establishment", "business_date", "till", "shown").annotate(n=Count("*"))
    for shop, day, till, state, count in counted:
        found[shop].closed_on[till].add(day)
        of_day = found[shop].states[day]
        of_day[state] = of_day.get(state, 0) + count
    return found


def _add_tills(shops: Collection[Establishment], first: date, read: Mapping[int, _Read]) -> None:
    """Add to what was read the tills of each shop, and their days before `first`, from which their habit is learnt; and
    the days on which shops were suspended, and those on which each till could not close."""
    by_key = {shop.pk: shop for shop in shops}
    now = {shop.pk: days_suspended(lasting(shop), shop.zone) for shop in shops}
    for key in by_key:
        read[key].suspended = now[key]
    paired = Till.objects.filter(establishment__in=[*by_key], paired_at__isnull=False)
    told = paired.annotate(own_off=ranges_of_till(), shop_off=ranges_of_till(of_shop=True))
    for till in with_last_days(told, first - timedelta(days=1)):
        shop, its = by_key[till.establishment_id], read[till.establishment_id]
        its.suspended = [*now[shop.pk], *days_of_ranges(till.shop_off, shop.zone)]
        its.off[till.pk] = joined([*its.spans, *now[shop.pk], *days_of_ranges(till.own_off, shop.zone)])
        its.closed_on[till.pk].update(till.last_days)
        its.tills_since[till] = _in_use_since(shop, till, its.closed_on[till.pk])


def _list_differing(shops: Collection[Establishment], first: date, last: date) -> defaultdict[int, set[date]]:
    """The days of which Exact holds other entries than were posted, while no person has settled the difference."""
    found: defaultdict[int, set[date]] = defaultdict(set)
    rows = Finding.objects.filter(
        settled_at=None,
        posting__establishment__in=[shop.pk for shop in shops],
        posting__business_date__range=(first, last),
    )
    for shop, day in rows.order_by().values_list("posting__establishment", "posting__business_date"):
        found[shop].add(day)
    return found
