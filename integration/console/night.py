"""What one night brought: closings by state, tills that stayed silent, lanes that stand still, links about to lapse.

A night is a business date. Every figure is counted by the database, in one query over the index `exports_by_day`.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from exact.models import Connection, ConnectionState, Lane
from exports.models import Export, ExportState
from integration.console import links
from tenants.models import Establishment, Till, User
from tenants.scope import visible_to

ROWS_MAX = 100
LEARNED_FROM_WEEKS = 4
CLOSED_IN_WEEKS = 3
# Exact forgets a refresh token nobody used for 30 days (rules.md §1.6); it is renewed every 14, so 20 is late.
LAPSES_AFTER = timedelta(days=30)
LATE_AFTER = timedelta(days=20)
COLUMNS: dict[str, tuple[str, ...]] = {
    "exported": (ExportState.EXPORTED,),
    "moving": (ExportState.READY, ExportState.EXPORTING),
    "waiting": (ExportState.WAITING,),
    "held": (ExportState.HELD,),
    "failed": (ExportState.FAILED,),
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

    def add(self, state: str, count: int) -> None:
        self.counts["received"] += count
        for column, states in COLUMNS.items():
            if state in states:
                self.counts[column] += count

    def figures(self, day: date) -> list[Figure]:
        """Received first, then each state that a person looks for."""
        return [
            Figure(
                column=column,
                count=self.counts[column],
                address=links.closings(state="" if column == "received" else column, day=day, **self.filters),  # type: ignore[arg-type]
            )
            for column in ("received", *COLUMNS)
        ]

    @property
    def urgency(self) -> tuple[int, int, int]:
        """Sorts what needs a person to the top, and silence before what went well."""
        return -self.counts["failed"], -self.counts["held"], int(self.counts["received"] > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One night as a person may see it. `more` says how many lines are not shown."""

    day: date
    total: Line
    lines: list[Line]
    more: int


def night_of(user: User, day: date) -> Night:
    """Count a night's closings: by reseller for support, by establishment for everybody else."""
    rows = closings_of(user).filter(business_date=day)
    lines = _by_reseller(rows) if user.is_support else _by_establishment(user, rows)
    total = Line(title="")
    for line in lines:
        for column, count in line.counts.items():
            total.counts[column] += count
    ordered = sorted(lines, key=lambda line: (line.urgency, line.title))
    return Night(day=day, total=total, lines=ordered[:ROWS_MAX], more=max(0, len(ordered) - ROWS_MAX))


def closings_of(user: User) -> QuerySet[Export]:
    """The closings a person may see, to be counted: by establishment, as the index has them, unless it sees all."""
    if user.is_support:
        return visible_to(user, Export.objects.all())
    return Export.objects.filter(establishment__in=visible_to(user, Establishment.objects.order_by()).values("pk"))


def _by_reseller(rows: QuerySet[Export]) -> list[Line]:
    found: dict[int, Line] = {}
    counted = rows.order_by().values_list("tenant__reseller", "tenant__reseller__name", "state").annotate(n=Count("*"))
    for reseller, name, state, count in counted:
        line = found.setdefault(reseller, Line(title=name, filters={"reseller": reseller}))
        line.add(state, count)
    return [*found.values()]


def _by_establishment(user: User, rows: QuerySet[Export]) -> list[Line]:
    shops = visible_to(user, Establishment.objects.filter(suspended_at=None, tenant__suspended_at=None))
    found = {
        shop.pk: Line(title=str(shop), subtitle=shop.tenant.name, filters={"establishment": shop.pk})
        for shop in shops.select_related("tenant")
    }
    for shop_id, state, count in rows.order_by().values_list("establishment", "state").annotate(n=Count("*")):
        line = found.get(shop_id) or Line(title=str(shop_id), filters={"establishment": shop_id})
        found[shop_id] = line
        line.add(state, count)
    return [*found.values()]


def silent_tills(user: User, day: date) -> QuerySet[Till]:
    """Tills that should have closed on `day` and did not.

    The establishment says its opening days, or they are learned: a till is expected that closed on three of the last
    four same weekdays.
    """
    same_weekdays = [day - timedelta(weeks=weeks) for weeks in range(1, LEARNED_FROM_WEEKS + 1)]
    of_the_till = Export.objects.filter(till=OuterRef("pk"))
    habit = (
        of_the_till.filter(business_date__in=same_weekdays)
        .order_by()
        .values("till")
        .annotate(n=Count("business_date", distinct=True))
        .values("n")
    )
    live = Q(suspended_at=None, establishment__suspended_at=None, tenant__suspended_at=None)
    tills = visible_to(user, Till.objects.filter(live, tenant__reseller__suspended_at=None, paired_at__isnull=False))
    return (
        tills.filter(~Exists(of_the_till.filter(business_date=day)))
        .annotate(habit=Coalesce(Subquery(habit, output_field=IntegerField()), 0))
        .filter(
            Q(establishment__opening_days__contains=[day.isoweekday()])
            | Q(establishment__opening_days=None, habit__gte=CLOSED_IN_WEEKS)
        )
        .select_related("establishment__tenant")
        .order_by("tenant__name", "establishment__code", "name")
    )


def paused_lanes(user: User, now: datetime) -> QuerySet[Lane]:
    """Divisions nothing is sent to now, the longest pause first."""
    rows = visible_to(user, Lane.objects.filter(paused_until__gt=now))
    return rows.select_related("division__tenant").order_by("-paused_until")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """A connection that is gone, or that ends on `ends_at` unless its consent is used before."""

    connection: Connection
    ends_at: datetime | None

    @property
    def days_left(self) -> int:
        return max(0, (self.ends_at - timezone.now()).days) if self.ends_at else 0


def lapsing_connections(user: User, now: datetime) -> list[Lapse]:
    """Connections that must be made again, then those that will lapse soon."""
    gone = Q(state=ConnectionState.RECONNECT_REQUIRED)
    late = Q(state=ConnectionState.ACTIVE, access_issued_at__lt=now - LATE_AFTER)
    rows = visible_to(user, Connection.objects.filter(gone | late)).select_related("tenant")
    rows = rows.defer("access_token", "refresh_token")
    ordered: Iterable[Connection] = rows.order_by(F("state").desc(), "access_issued_at")[:ROWS_MAX]
    return [
        Lapse(
            connection=row,
            ends_at=row.access_issued_at + LAPSES_AFTER
            if row.state == ConnectionState.ACTIVE and row.access_issued_at
            else None,
        )
        for row in ordered
    ]
