"""The last thirty days as stacked columns, drawn as SVG on the server, with a table that says the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext_lazy

from exports.console import links
from exports.coverage.stopped import LABEL as LINK_LOST
from exports.coverage.stopped import STOPPED
from exports.coverage.turnover import TURNOVER
from exports.words.money import euros
from integration.console.night import COLUMNS, closings_of, count_by_state
from tenants.models import User

DAYS = 30
WIDTH, HEIGHT = 900, 160
COLUMN_WIDTH = WIDTH / DAYS
# From the bottom of each column: exported; above it what is on its way; at the top what needs a person.
STACK = ("exported", "archived", "aside", "moving", "waiting", STOPPED, "held", "failed")
TITLES = {
    "received": gettext_lazy("Received"),
    "exported": gettext_lazy("Exported"),
    STOPPED: LINK_LOST,
    "moving": gettext_lazy("On its way"),
    "waiting": gettext_lazy("Waiting for activation"),
    "held": gettext_lazy("Held"),
    "failed": gettext_lazy("Failed"),
    "archived": gettext_lazy("Nothing to book"),
    "aside": pgettext_lazy("closings", "Set aside"),
}
# The counts of a day's sentence, by column.
COUNTED = {
    "exported": ngettext_lazy("%(count)s exported", "%(count)s exported", "count"),
    "moving": ngettext_lazy("%(count)s on its way", "%(count)s on their way", "count"),
    STOPPED: ngettext_lazy(
        "%(count)s waiting for a new log-in at Exact", "%(count)s waiting for a new log-in at Exact", "count"
    ),
    "waiting": ngettext_lazy("%(count)s waiting for activation", "%(count)s waiting for activation", "count"),
    "held": ngettext_lazy("%(count)s held", "%(count)s held", "count"),
    "failed": ngettext_lazy("%(count)s failed", "%(count)s failed", "count"),
    "archived": ngettext_lazy("%(count)s without an entry", "%(count)s without an entry", "count"),
    "aside": ngettext_lazy("%(count)s set aside", "%(count)s set aside", "count"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One colour of a column: its place and height in the drawing."""

    column: str
    top: float
    height: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One day. `turnover` is in words, "" where it is not told; `told`: the columns of the chart's table."""

    day: date
    left: float
    total: int
    blocks: list[Block]
    turnover: str
    address: str
    labelled: bool
    told: Sequence[str]

    @property
    def bar(self) -> float:
        """Where the day's bar begins, in the drawing's units from the left."""
        return self.left + 3

    @property
    def middle(self) -> float:
        """The middle of the day's column, in the drawing's units from the left: texts are centred on it."""
        return self.left + COLUMN_WIDTH / 2

    @property
    def cells(self) -> list[int]:
        """How many of each state, in the order of the table's columns."""
        counts = {it.column: it.count for it in self.blocks}
        return [counts.get(column, 0) for column in self.told]

    @property
    def said(self) -> str:
        """The day in one line: "samedi 14/03/2026 : 3 exportées, 1 retenue – 1 234,00 €"."""
        states = ", ".join(COUNTED[it.column] % {"count": it.count} for it in self.blocks)
        head = f"{date_format(self.day, 'l')} {date_format(self.day, 'SHORT_DATE_FORMAT')}"
        return " – ".join(filter(None, (head, states or _("no closing"), self.turnover)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Thirty days, and the lines of its scale: each height in the drawing, and how many closings it stands for.

    `told`: the columns of its table; closings stopped by a lost link have one only while there are some.
    """

    columns: list[Column]
    told: Sequence[str]
    scale: list[tuple[float, int]]
    turnover: bool


def last_days(user: User, last: date) -> Chart:
    """Thirty columns ending with the day `last`. Support, who sees every customer, is told no turnover."""
    first = last - timedelta(days=DAYS - 1)
    rows = closings_of(user).filter(business_date__range=(first, last)).order_by()
    counts: dict[date, dict[str, int]] = {}
    for day, state, count in count_by_state(rows, "business_date"):
        of_day = counts.setdefault(day, {})
        for column, states in COLUMNS.items():
            if state in states:
                of_day[column] = of_day.get(column, 0) + count
    gross = {} if user.is_support else dict(rows.values_list("business_date").annotate(sum=TURNOVER))
    highest = _round_up(max((sum(of_day.values()) for of_day in counts.values()), default=0))
    days = [first + timedelta(days=index) for index in range(DAYS)]
    amounts = {day: euros(amount or Decimal()) for day, amount in gross.items()}
    told = [it for it in COLUMNS if it != STOPPED or any(it in of_day for of_day in counts.values())]
    columns = [
        _column(index, day, counts.get(day, {}), highest, amounts.get(day, ""), told) for index, day in enumerate(days)
    ]
    steps = sorted({highest, highest // 2} - {0})
    return Chart(
        columns=columns,
        told=told,
        scale=[(round(HEIGHT - step / highest * (HEIGHT - 4), 1), step) for step in steps],
        turnover=not user.is_support,
    )


def _round_up(count: int) -> int:
    """A round number not below `count`, for the top of the scale: 4, 10, 20, 50, 100 …"""
    if count <= 4:
        return 4
    power: int = 10 ** (len(str(count)) - 1)
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= count)


def _column(index: int, day: date, counts: dict[str, int], highest: int, turnover: str, told: Sequence[str]) -> Column:
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
        turnover=turnover,
        address=links.closings(day=day),
        labelled=day.isoweekday() == 1,
        told=told,
    )
