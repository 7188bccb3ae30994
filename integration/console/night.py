"""What one night brought: closings by state, tills that stayed silent, lanes that stand still, links about to lapse.

A night is a business date. Every figure is counted by the database, in one query over the index `exports_by_day`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.db.models import Count, QuerySet

from concerns.condition import Condition, ShopCondition
from exact.models import Lane
from exports.console import links
from exports.coverage.aside import IS_ASIDE
from exports.coverage.stopped import STOPPED, UNDER_WAY, shown_state
from exports.models import ClosingState, StoredClosing
from tenants.models import Establishment, User, still_open
from tenants.scope import visible_to

ROWS_MAX = 100
# Counted beside the states: an archived closing that a person set aside. It is in no book, though it had sales.
ASIDE = "aside"
NOTHING_WAITS: Mapping[int, ShopCondition] = MappingProxyType({})
COLUMNS: dict[str, tuple[str, ...]] = {
    "exported": (ClosingState.EXPORTED,),
    "moving": UNDER_WAY,
    "waiting": (ClosingState.WAITING,),
    STOPPED: (STOPPED,),
    "held": (ClosingState.HELD,),
    "failed": (ClosingState.FAILED,),
    "archived": (ClosingState.ARCHIVED,),
    ASIDE: (ASIDE,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A count, and the list it counts."""

    column: str
    count: int
    address: str


@dataclass(slots=True, kw_only=True)
class Line:
    """The closings of one establishment (or, for support, of one reseller) in a night."""

    title: str
    subtitle: str = ""
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    filters: dict[str, int] = field(default_factory=dict)
    address: str = ""
    stands: ShopCondition | None = None

    def add(self, state: str, count: int) -> None:
        """Count closings of one state as received, and in the column of that state where there is one."""
        self.counts["received"] += count
        for column, states in COLUMNS.items():
            if state in states:
                self.counts[column] += count

    def figures(self, day: date, columns: Iterable[str]) -> list[Figure]:
        """Received first, then each of these columns."""
        return [
            Figure(
                column=column,
                count=self.counts[column],
                address=links.closings(state="" if column == "received" else column, day=day, **self.filters),  # type: ignore[arg-type]
            )
            for column in ("received", *columns)
        ]

    @property
    def urgency(self) -> tuple[int, int, int, int]:
        """A sort key: shops that need a person first, by their condition; then silent ones, then the others."""
        waits = self.stands.condition.urgency if self.stands else len(Condition)
        return waits, -self.counts["failed"], -self.counts["held"], int(self.counts["received"] > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One night as a person may see it. `more` says how many lines are not shown."""

    day: date
    total: Line
    lines: list[Line]
    more: int


def night_of(user: User, day: date, stand: Mapping[int, ShopCondition] = NOTHING_WAITS) -> Night:
    """Count a night's closings: by reseller for support, by establishment for everybody else.

    `stand`: the conditions of the establishments in which something needs a person; they come first.
    """
    rows = closings_of(user).filter(business_date=day)
    lines = _group_by_reseller(rows) if user.is_support else _list_establishments(user, rows, stand)
    total = Line(title="")
    for line in lines:
        for column, count in line.counts.items():
            total.counts[column] += count
    ordered = sorted(lines, key=lambda line: (line.urgency, line.title))
    return Night(day=day, total=total, lines=ordered[:ROWS_MAX], more=max(0, len(ordered) - ROWS_MAX))


def closings_of(user: User) -> QuerySet[StoredClosing]:
    """The closings a person may see, to be counted: by establishment, as the index has them, unless it sees all."""
    if user.is_support:
        return visible_to(user, StoredClosing.objects.all())
    return StoredClosing.objects.filter(
        establishment__in=visible_to(user, Establishment.objects.order_by()).values("pk")
    )


def count_by_state(rows: QuerySet[StoredClosing], *by: str) -> Iterator[tuple[Any, ...]]:
    """The fields `by`, a state, and how many of these closings there are, each closing once.

    What was set aside is counted apart from the other archived ones: two queries, the larger one from an index alone.
    """
    asides = {tuple(row[:-1]): row[-1] for row in _count(rows.filter(IS_ASIDE), *by)}
    for *key, state, count in _count(rows.annotate(shown=shown_state()), *by, "shown"):
        aside = asides.get(tuple(key), 0) if state == ClosingState.ARCHIVED else 0
        if count > aside:
            yield *key, state, count - aside
        if aside:
            yield *key, ASIDE, min(aside, count)


def _count(rows: QuerySet[StoredClosing], *by: str) -> QuerySet[StoredClosing, tuple[Any, ...]]:
    return rows.order_by().values_list(*by).annotate(n=Count("*"))


def _group_by_reseller(rows: QuerySet[StoredClosing]) -> list[Line]:
    found: dict[int, Line] = {}
    for reseller, name, state, count in count_by_state(rows, "tenant__reseller", "tenant__reseller__name"):
        line = found.setdefault(reseller, Line(title=name, filters={"reseller": reseller}))
        line.add(state, count)
    return [*found.values()]


def _list_establishments(user: User, rows: QuerySet[StoredClosing], stand: Mapping[int, ShopCondition]) -> list[Line]:
    shops = visible_to(user, Establishment.objects.filter(still_open(), suspended_at=None, tenant__suspended_at=None))
    found = {
        shop.pk: Line(
            title=str(shop),
            subtitle=shop.tenant.name,
            filters={"establishment": shop.pk},
            address=links.shop(shop.pk),
            stands=stand.get(shop.pk),
        )
        for shop in shops.select_related("tenant")
    }
    for shop_id, state, count in count_by_state(rows, "establishment"):
        line = found.get(shop_id) or Line(title=str(shop_id), filters={"establishment": shop_id})
        found[shop_id] = line
        line.add(state, count)
    return [*found.values()]


def paused_lanes(user: User, now: datetime) -> QuerySet[Lane]:
    """Divisions nothing is sent to now, the longest pause first."""
    rows = visible_to(user, Lane.objects.filter(paused_until__gt=now))
    return rows.select_related("division__tenant", "division__connection").order_by("-paused_until")
