"""The last thirty days as stacked columns, drawn as SVG on the server: each column leads to its day's closings."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count

from exports.console import links
from integration.console.night import COLUMNS, closings_of
from tenants.models import User

DAYS = 30
WIDTH, HEIGHT = 900, 160
COLUMN_WIDTH = WIDTH / DAYS
# From the bottom of each column: exported; above it what is on its way; at the top what needs a person.
STACK = ("exported", "moving", "waiting", "held", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One colour of a column: its place and height in the drawing."""

    column: str
    top: float
    height: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One day."""

    day: date
    left: float
    total: int
    blocks: list[Block]
    address: str
    labelled: bool

    @property
    def bar(self) -> float:
        return self.left + 3

    @property
    def middle(self) -> float:
        return self.left + COLUMN_WIDTH / 2


def last_days(user: User, last: date) -> list[Column]:
    """Thirty columns ending with the day `last`."""
    first = last - timedelta(days=DAYS - 1)
    rows = closings_of(user).filter(business_date__range=(first, last)).order_by()
    counts: dict[date, dict[str, int]] = {}
    for day, state, count in rows.values_list("business_date", "state").annotate(n=Count("*")):
        of_day = counts.setdefault(day, {})
        for column, states in COLUMNS.items():
            if state in states:
                of_day[column] = of_day.get(column, 0) + count
    highest = max((sum(of_day.values()) for of_day in counts.values()), default=0) or 1
    return [
        _column(index, first + timedelta(days=index), counts.get(first + timedelta(days=index), {}), highest)
        for index in range(DAYS)
    ]


def _column(index: int, day: date, counts: dict[str, int], highest: int) -> Column:
    blocks, ground = [], float(HEIGHT)
    for column in STACK:
        if count := counts.get(column, 0):
            height = max(2.0, count / highest * (HEIGHT - 4))
            ground -= height
            blocks.append(Block(column=column, top=round(ground, 1), height=round(height, 1), count=count))
    return Column(
        day=day,
        left=round(index * COLUMN_WIDTH, 1),
        total=sum(counts.values()),
        blocks=blocks,
        address=links.closings(day=day),
        labelled=index % 7 == (DAYS - 1) % 7,
    )
