"""What the database knows, as metrics. Beat serves them: there is one, so that nothing is counted twice.

They are read when Prometheus asks, at most every quarter of a minute, and those that look at a week or at every till
every five minutes; a statement that takes longer than a few seconds is given up, and a scrape never waits longer than
it may. Without a database the scrape answers all the same, and says so.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import NamedTuple

import structlog
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from exact.models import ConnectionState, PauseCode, PostingState
from exports.coverage.silent import silences
from exports.models import ClosingState
from integration.looked_at import LookedAt
from integration.metrics.figures_sql import GAPS, QUICK
from on_demand.models import UNFINISHED
from tenants.models import Till

log = structlog.get_logger()

STATEMENT_MAX_S = 3
# How long a scrape waits; Prometheus itself waits 10 s.
WAIT_S = 6.0
GOOD_FOR_S = 15.0
SLOW_GOOD_FOR_S = 300.0
OVER = (PostingState.POSTED, PostingState.WITHDRAWN, PostingState.REVERSED)


class Figure(NamedTuple):
    """A gauge: its name and words, and all the values that its one label takes."""

    name: str
    words: str
    label: str = ""
    values: tuple[str, ...] = ()


Row = tuple[str, str, float]
FIGURES = {
    "postings": Figure(
        "clyo_postings",
        "Postings under way or stopped, by state; those that are over are not counted.",
        "state",
        tuple(state.value for state in PostingState if state not in OVER),
    ),
    "oldest_ready": Figure("clyo_oldest_ready_posting_seconds", "How long a posting waits that could have gone."),
    "oldest_unknown": Figure("clyo_oldest_unknown_posting_seconds", "Age of the oldest posting whose outcome is open."),
    "lanes": Figure("clyo_lanes_with_work", "Companies with postings to send or to look up."),
    "lanes_standing": Figure(
        "clyo_lanes_standing",
        "Of them, those whose lane stands still, by reason.",
        "reason",
        tuple(PauseCode.values),
    ),
    "closings": Figure(
        "clyo_closings",
        "Closings that wait for a person, by state.",
        "state",
        (ClosingState.HELD.value, ClosingState.FAILED.value, ClosingState.WAITING.value),
    ),
    "differences": Figure("clyo_differences_open", "Entries that differ in Exact's books."),
    "budget_left": Figure(
        "clyo_exact_budget_left_ratio",
        "Of the calls that Exact allows, the part left to the company that has the least.",
        "window",
        ("minute", "day"),
    ),
    "connections": Figure(
        "clyo_connections",
        "Consents that active establishments go by: lapsing within ten days, or gone.",
        "state",
        (*ConnectionState.values, "lapsing"),
    ),
    "not_compared": Figure("clyo_companies_not_compared", "Companies not compared with Exact for two nights."),
    "on_demand": Figure(
        "clyo_exports_on_demand",
        "Exports on demand not finished yet; stuck: nobody works on it for 15 minutes.",
        "state",
        (*(state.value for state in UNFINISHED), "stuck"),
    ),
    "letters_late": Figure("clyo_letters_late", "Letters that could not be sent by mail for an hour."),
    "oldest_for_webhook": Figure(
        "clyo_oldest_webhook_letter_seconds", "How long a letter to a webhook waits that could have gone."
    ),
    "webhooks": Figure(
        "clyo_webhooks",
        "Webhooks: ended by themselves after days in which their receiver took nothing, switched off by their person, "
        "failing, well.",
        "state",
        ("ended", "off", "failing", "well"),
    ),
    "database_bytes": Figure("clyo_database_bytes", "Size of the database."),
    "archive_failing": Figure("clyo_wal_archive_failing", "1: the last try to archive the write-ahead log failed."),
    "gaps": Figure("clyo_closing_gaps", "Gaps in the numbers of this week's closings that are not filled."),
    "silent": Figure("clyo_tills_silent", "Tills that owe a closing up to yesterday."),
}


WITHIN_MINUTES = ("gaps", "silent")
WITHIN_SECONDS = tuple(key for key in FIGURES if key not in WITHIN_MINUTES)


def read(statements: Iterable[str]) -> list[Row]:
    """What statements of `figures_sql` give, each within `STATEMENT_MAX_S`. Raises `DatabaseError`."""
    rows: list[Row] = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{STATEMENT_MAX_S}s'")
        for statement in statements:
            cursor.execute(statement)
            rows += cursor.fetchall()
    return rows


def read_slow() -> list[Row]:
    """The figures of a week and of every till. Raises `DatabaseError`."""
    yesterday = timezone.localdate() - timedelta(days=1)
    rows = read([GAPS])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{STATEMENT_MAX_S}s'")
        return [*rows, ("silent", "", len(silences(Till.objects.all(), yesterday)))]


def _read_quick() -> list[Row]:
    return read(QUICK)


def _close_after(look: Callable[[], list[Row]]) -> Callable[[], list[Row]]:
    """Call it in a thread whose session is for this look only; the session is closed afterwards."""

    def look_and_close() -> list[Row]:
        try:
            return look()
        finally:
            connection.close()

    return look_and_close


class Figures:
    """A collector for `serve_metrics`."""

    def __init__(self) -> None:
        self._looked = (
            LookedAt(_close_after(_read_quick), good_for_s=GOOD_FOR_S),
            LookedAt(_close_after(read_slow), good_for_s=SLOW_GOOD_FOR_S),
        )

    def describe(self) -> Iterator[Metric]:
        """Empty, so that registering the collector does not query the database."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        """The figures of the looks that came back in time, and which did."""
        now, week = (self._ask(looked) for looked in self._looked)
        up = "clyo_database_up", "Whether the database gave its figures in time."
        yield _make_gauge(*up, now is not None)
        yield _make_gauge(
            "clyo_week_figures_up", "Whether it gave those of a week and of every till.", week is not None
        )
        yield from families(now or [], WITHIN_SECONDS if now is not None else ())
        yield from families(week or [], WITHIN_MINUTES if week is not None else ())

    def _ask(self, looked: LookedAt[list[Row]]) -> list[Row] | None:
        try:
            return looked.ask(WAIT_S / len(self._looked))
        except (DatabaseError, InterfaceError, TimeoutError) as error:
            log.warning("figures_not_read", error=type(error).__name__)
            return None


def families(rows: list[Row], keys: Iterable[str]) -> Iterator[Metric]:
    """The rows of the figures called `keys`, as metrics. A label value without a row is 0, so that an alert ends; a
    figure without label and row is left out."""
    for key in keys:
        figure = FIGURES[key]
        found = {value: float(number) for name, value, number in rows if name == key and number is not None}
        if figure.label:
            family = GaugeMetricFamily(figure.name, figure.words, labels=[figure.label])
            for value in figure.values:
                family.add_metric([value], found.get(value, 0.0))
            yield family
        elif "" in found:
            yield _make_gauge(figure.name, figure.words, found[""])


def _make_gauge(name: str, words: str, number: float) -> Metric:
    return GaugeMetricFamily(name, words, value=number)
