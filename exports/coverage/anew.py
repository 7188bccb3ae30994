"""Ticket numbers that come a second time, because a till was replaced by one that counts from 1: a series of their own.

Coverage compares tickets by station and number. After a station's counter began anew, its tickets are stored under the
station's name with the number of the series, "1 (2)". No till can send such a name (`ledger.stations`), so new tickets
never clash with old ones, and the database's constraint on tickets holds as it is. A series belongs to the till that
began it, also after that till is replaced, or the till before it is taken up again. Of other tills the hours tell it,
but not while both are in use: a closing of them is held then, as nobody can tell of which series its tickets are.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

from django.db import connection

from exports.models import StoredClosing
from exports.models.coverage import CountersAnew
from ledger.closing import Closing
from ledger.problem import Problem
from ledger.stations import one_spelling
from ledger.tickets import TicketSet
from postgres.transactions import assert_in_transaction
from tenants.models import Till

ANEW_WITHIN = "counters_anew_within"
PLAIN = r"regexp_replace(covered.station, ' \(\d+\)$', '')"
# Every station of which the former till told tickets, or began a series, begins one that nobody had.
NOTE = f"""
INSERT INTO exports_countersanew (tenant_id, establishment_id, station, since, former_id, till_id, series, beside)
SELECT former.tenant_id, former.establishment_id, told.station, %(since)s, former.id, %(till)s, 1 + COALESCE(
    (SELECT max(anew.series) FROM exports_countersanew AS anew
     WHERE anew.establishment_id = former.establishment_id AND anew.station = told.station), 1), false
FROM tenants_till AS former, LATERAL (
    SELECT {PLAIN} AS station
    FROM exports_storedclosing AS closing
    JOIN exports_coveredtickets AS covered ON covered.closing_id = closing.id
    WHERE closing.till_id = former.id
    UNION SELECT anew.station FROM exports_countersanew AS anew WHERE anew.till_id = former.id
) AS told
WHERE former.id = %(former)s
"""  # noqa: S608
# The former till is back, in the series it began itself, else in the first, instead of or beside the one in use by now.
# Without %(since)s it is as if it had never gone.
BACK = """
INSERT INTO exports_countersanew (tenant_id, establishment_id, station, since, former_id, till_id, series, beside)
SELECT DISTINCT ON (began.station) began.tenant_id, began.establishment_id, began.station,
    COALESCE(%(since)s, began.since), %(in_use)s, began.former_id, COALESCE((
        SELECT own.series FROM exports_countersanew AS own
        WHERE own.till_id = began.former_id AND own.station = began.station ORDER BY own.id LIMIT 1), 1), %(beside)s
FROM exports_countersanew AS began WHERE began.former_id = %(former)s AND NOT began.beside
ORDER BY began.station, began.id DESC
RETURNING since
"""
# Gives all tickets that are stored under another name than that of their series the right name.
RENAME = f"""
WITH told AS MATERIALIZED (
    SELECT id, till_id, (document->>'opened_at')::timestamptz AS opened_at
    FROM exports_storedclosing WHERE till_id = ANY (%(tills)s::bigint[]) AND business_date >= %(day)s
)
UPDATE exports_coveredtickets AS covered SET station = named.name
FROM told JOIN unnest(
    %(tills)s::bigint[], %(stations)s::text[], %(begins)s::timestamptz[], %(ends)s::timestamptz[], %(names)s::text[]
) AS named (till, station, begins, ends, name)
    ON named.till = told.till_id AND told.opened_at >= named.begins AND told.opened_at < named.ends
WHERE covered.closing_id = told.id AND covered.station <> named.name AND named.station = {PLAIN}
"""  # noqa: S608
END_OF_TIME = datetime.max.replace(tzinfo=UTC)

# Those of a row called `establishment`, for a statement that reads more of it.
ANEW = """
(SELECT json_agg(json_build_array(anew.station, anew.since, anew.former_id, anew.till_id, anew.series, anew.beside)
    ORDER BY anew.since, anew.id)
 FROM exports_countersanew AS anew WHERE anew.establishment_id = establishment.id)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anew:
    """A station's counter began anew: from then on `till` tells its tickets, in `former`'s place, or `beside` it."""

    station: str
    since: datetime
    former: int
    till: int
    series: int
    beside: bool = False


class _Counter:
    """The counter of one station that began anew: which series a till tells at a moment."""

    def __init__(self, rows: Sequence[Anew]) -> None:
        """Take all rows of the station, in the order of time."""
        self.rows = rows
        self._began = {row.series: row.since for row in reversed(rows)}
        self._families: list[set[int]] = []
        for row in rows:
            kin = {row.former, row.till}.union(*(it for it in self._families if it & {row.former, row.till}))
            self._families = [*(it for it in self._families if not it & kin), kin]

    def series_at(self, till: int, at: datetime) -> int:
        """The series of the tickets of a closing of this till that was opened at that moment; 1 is the first one."""
        return max(self._list_series(till, at), key=lambda it: (self._began[it], it), default=1)

    def changes_within(self, till: int, closing: Closing) -> Iterator[datetime]:
        """The moments since which nobody can tell the series of all tickets of a closing of this till: it changed
        while the closing lasted, or two are counted on; or another till was in this one's place, and others told its
        series."""
        begin = {self.series_at(till, closing.opened_at)}
        before = [row.since for row in self.rows if row.since <= closing.opened_at]
        if self._may_be_at(till, closing.opened_at) != begin:
            yield before[-1]
        yield from [row.since for row in self.rows if row.former == till and self._is_away(row, closing.opened_at)][-1:]
        for since in sorted({row.since for row in self.rows if closing.opened_at < row.since < closing.closed_at}):
            if self._may_be_at(till, since) != begin:
                yield since

    def beside(self, till: int, at: datetime) -> Anew | None:
        """What is to be said if this till is in use no longer from then on: another in use beside it tells its series
        alone. None if no other is."""
        for family in self._families:
            series = self._in_use(family, at) if till in family else {}
            others = [it for it in series if it != till]
            if till in series and others:
                return Anew(
                    station=self.rows[0].station, since=at, former=till, till=others[-1], series=series[others[-1]]
                )
        return None

    def changed_last(self, till: int) -> datetime:
        """Since when the tills of this one's line are in use as they are."""
        family = next(it for it in self._families if till in it)
        return max(row.since for row in self.rows if row.till in family)

    def _list_series(self, till: int, at: datetime) -> Iterator[int]:
        """The series that this till began; and, of tills that neither preceded nor followed it, the last one begun."""
        for family in self._families:
            rows = [row for row in self.rows if row.till in family]
            own = till in family
            behind = [row for row in rows if row.till == till] if own else [row for row in rows if row.since <= at][-1:]
            yield from {row.series for row in behind} - {1}

    def _may_be_at(self, till: int, at: datetime) -> set[int]:
        """The series that tickets of this till may be of: several where two tills are in use, neither of them it."""
        own = [row.series for row in self.rows if row.till == till]
        others = (family for family in self._families if till not in family)
        counted_on = [{*self._in_use(family, at).values()} or {1} for family in others]
        return {
            max({*own, *series} - {1}, key=lambda it: (self._began[it], it), default=1)
            for series in product(*counted_on)
        }

    def _is_away(self, row: Anew, at: datetime) -> bool:
        """Whether the till that was replaced by this row was not in use then."""
        family = next(it for it in self._families if row.former in it)
        return row.since <= at and not row.beside and row.former not in self._in_use(family, at)

    def _in_use(self, family: set[int], at: datetime) -> dict[int, int]:
        """The tills of this family that are in use, each with its present series; none if none began yet."""
        series: dict[int, int] = {}
        for row in self.rows:
            if row.till in family and row.since <= at:
                if not row.beside:
                    series.pop(row.former, None)
                series[row.till] = row.series
        return series


def note_counters_anew(former: Till, till: Till, *, since: datetime) -> None:
    """Store that the stations of which `former` told tickets count anew, as `till` took its place.

    Tickets that other tills told of them since then move to the new series too. The establishment must be locked.
    """
    assert_in_transaction()
    with connection.cursor() as sql:
        sql.execute(NOTE, {"former": former.pk, "till": till.pk, "since": since})
    _rename_told_since(former.establishment_id, since)


def note_back_again(former: Till, in_use: Till, *, since: datetime | None, beside: bool) -> None:
    """Store that `former` is in use again instead of `in_use`: later tickets of other tills are of its series again.

    `beside`: the other stays in use too. `since` None: the counters never began anew. The establishment must be locked.
    """
    assert_in_transaction()
    with connection.cursor() as sql:
        sql.execute(BACK, {"former": former.pk, "in_use": in_use.pk, "since": since, "beside": beside})
        begun = [row[0] for row in sql.fetchall()]
    if begun:
        _rename_told_since(former.establishment_id, min(begun))


def out_of_use(till_id: int, anew: Collection[Anew], since: datetime) -> list[Anew]:
    """The rows that say that this till, which others of its line are in use beside, is in use no longer; one for each
    station of which that is so, none if nobody is beside it."""
    found = (counter.beside(till_id, since) for counter in _read_counters(anew).values())
    return [row for row in found if row is not None]


def beside_since(till_id: int, anew: Collection[Anew]) -> datetime | None:
    """Since when others of its line have been in use beside this till, as they are now; None if none is."""
    counters = _read_counters(anew).values()
    since = (it.changed_last(till_id) for it in counters if it.beside(till_id, END_OF_TIME) is not None)
    return max(since, default=None)


def note_out_of_use(till: Till, *, since: datetime) -> None:
    """Store that this till is in use no longer, and others beside it are: later tickets of other tills are of their
    series. The establishment must be locked."""
    assert_in_transaction()
    rows = out_of_use(till.pk, anew_in(till.establishment_id), since)
    for row in rows:
        CountersAnew.objects.create(
            tenant_id=till.tenant_id,
            establishment_id=till.establishment_id,
            station=row.station,
            since=since,
            former_id=row.former,
            till_id=row.till,
            series=row.series,
        )
    if rows:
        _rename_told_since(till.establishment_id, since)


def anew_in(establishment_id: int) -> tuple[Anew, ...]:
    """All new beginnings of an establishment's counters, the earliest first."""
    rows = CountersAnew.objects.filter(establishment=establishment_id).order_by("since", "pk")
    return tuple(
        Anew(
            station=it.station,
            since=it.since,
            former=it.former_id,
            till=it.till_id,
            series=it.series,
            beside=it.beside,
        )
        for it in rows
    )


def read_anew(told: Iterable[tuple[str, str, int, int, int, bool]] | None) -> tuple[Anew, ...]:
    """The same, read from the JSON that a statement with `ANEW` in it returned."""
    return tuple(
        Anew(
            station=station,
            since=datetime.fromisoformat(since),
            former=former,
            till=till,
            series=series,
            beside=beside,
        )
        for station, since, former, till, series, beside in told or ()
    )


def tickets_of(closing: Closing, till_id: int, anew: Iterable[Anew]) -> TicketSet:
    """The tickets a closing of this till covers, each under its station's series: no other place compares tickets."""
    plain = TicketSet.of(closing.tickets)
    counters = _read_counters(anew)
    if not counters:
        return plain
    names = {it: _name(it, counter.series_at(till_id, closing.opened_at)) for it, counter in counters.items()}
    return TicketSet.joined(span._replace(station=names.get(span.station, span.station)) for span in plain)


def tickets_here(stored: StoredClosing, closing: Closing) -> TicketSet:
    """The tickets of a stored closing, each under its station's series."""
    return tickets_of(closing, stored.till_id, anew_in(stored.establishment_id))


def told_by(closings: Collection[StoredClosing]) -> TicketSet:
    """The tickets of several stored closings of one establishment, in one set."""
    anew = [it for shop in {it.establishment_id for it in closings} for it in anew_in(shop)]
    told = (tickets_of(Closing.from_document(it.document), it.till_id, anew) for it in closings)
    return TicketSet.joined(span for tickets in told for span in tickets)


def anew_within(closing: Closing, till_id: int, anew: Iterable[Anew]) -> list[Problem]:
    """The problem of a closing of another till that lasted from one series into the next, or was made while tills of
    two series are in use: nobody can tell which of its tickets are of which series."""
    told = {one_spelling(it.station) for it in closing.tickets}
    return [
        Problem(code=ANEW_WITHIN, pointer="/tickets", facts={"station": station, "since": since.isoformat()})
        for station, counter in _read_counters(anew).items()
        if station in told
        for since in counter.changes_within(till_id, closing)
    ]


def _read_counters(anew: Iterable[Anew]) -> dict[str, _Counter]:
    stations: defaultdict[str, list[Anew]] = defaultdict(list)
    for it in anew:
        stations[it.station].append(it)
    return {station: _Counter(rows) for station, rows in stations.items()}


def _name(station: str, series: int) -> str:
    return station if series == 1 else f"{station} ({series})"


def _rename_told_since(establishment_id: int, since: datetime) -> None:
    """Store under the name of their series the tickets told after `since`, before the new beginning was stored."""
    tills = [*Till.objects.filter(establishment=establishment_id).values_list("pk", flat=True)]
    named = [
        (till, station, begins, ends, _name(station, counter.series_at(till, begins)))
        for station, counter in _read_counters(anew_in(establishment_id)).items()
        for begins, ends in pairwise(
            [*sorted({since, *(it.since for it in counter.rows if it.since > since)}), END_OF_TIME]
        )
        for till in tills
    ]
    if not named:
        return
    columns = dict(
        zip(("tills", "stations", "begins", "ends", "names"), map(list, zip(*named, strict=True)), strict=True)
    )
    day = since.date() - timedelta(days=1)
    with connection.cursor() as sql:
        sql.execute(RENAME, {"day": day, **columns})
