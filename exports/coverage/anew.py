"""Ticket numbers that come a second time, because a till was replaced by one that counts from 1: a series of their own.

Coverage compares tickets by station and number. After a station's counter began anew, its tickets are stored under the
station's name with the number of the series, "1 (2)". No till can send such a name (`ledger.stations`), so new tickets
never clash with old ones, and the database's constraint on tickets holds as it is.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from exports.models import StoredClosing
from exports.models.coverage import CountersAnew, CoveredTickets
from ledger.closing import Closing
from ledger.problem import Problem
from ledger.stations import one_spelling
from ledger.tickets import TicketSet
from postgres.transactions import assert_in_transaction
from tenants.models import Till

ANEW_WITHIN = "counters_anew_within"
SERIES = re.compile(r" \(\d+\)$")
# Every station of which the former till told tickets, under its plain name.
NOTE = """
INSERT INTO exports_countersanew (tenant_id, establishment_id, station, since, former_id, till_id)
SELECT DISTINCT till.tenant_id, till.establishment_id, regexp_replace(covered.station, ' \\(\\d+\\)$', ''),
    %(since)s::timestamptz, till.id, %(till)s::bigint
FROM tenants_till AS till
JOIN exports_storedclosing AS closing ON closing.till_id = till.id
JOIN exports_coveredtickets AS covered ON covered.closing_id = closing.id
WHERE till.id = %(former)s
ON CONFLICT DO NOTHING
"""

# Those of a row called `establishment`, for a statement that reads more of it.
ANEW = """
(SELECT json_agg(json_build_array(anew.station, anew.since, anew.former_id, anew.till_id) ORDER BY anew.since, anew.id)
 FROM exports_countersanew AS anew WHERE anew.establishment_id = establishment.id)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anew:
    """A station's counter began anew at a moment, when `till` took the place of `former`; both by their keys."""

    station: str
    since: datetime
    former: int
    till: int


def note_counters_anew(former: Till, till: Till, *, since: datetime) -> None:
    """Store that the stations of which `former` told tickets count anew, as `till` took its place. Twice adds nothing.

    Tickets that other tills told of them since then move to the new series too. The establishment must be locked.
    """
    assert_in_transaction()
    with connection.cursor() as sql:
        sql.execute(NOTE, {"former": former.pk, "till": till.pk, "since": since})
    _rename_told_since(former, till, since)


def anew_in(establishment_id: int) -> tuple[Anew, ...]:
    """All new beginnings of an establishment's counters, the earliest first."""
    rows = CountersAnew.objects.filter(establishment=establishment_id).order_by("since", "pk")
    return tuple(Anew(station=it.station, since=it.since, former=it.former_id, till=it.till_id) for it in rows)


def read_anew(told: Iterable[tuple[str, str, int, int]] | None) -> tuple[Anew, ...]:
    """The same, read from the JSON that a statement with `ANEW` in it returned."""
    return tuple(
        Anew(station=station, since=datetime.fromisoformat(since), former=former, till=till)
        for station, since, former, till in told or ()
    )


def tickets_of(closing: Closing, till_id: int, anew: Iterable[Anew]) -> TicketSet:
    """The tickets a closing of this till covers, each under its station's series."""
    plain = TicketSet.of(closing.tickets)
    names = _name_series(closing, till_id, anew)
    if not names:
        return plain
    return TicketSet.joined(span._replace(station=names.get(span.station, span.station)) for span in plain)


def _name_series(closing: Closing, till_id: int, anew: Iterable[Anew]) -> dict[str, str]:
    """Under which name the tickets of a station stand that a closing of this till tells, where it is not its own."""
    behind = Counter(it.station for it in anew if _is_behind(it, closing, till_id))
    return {station: f"{station} ({times + 1})" for station, times in behind.items()}


def _rename_told_since(former: Till, till: Till, since: datetime) -> None:
    """Store under the name of the new series the tickets that other tills told after `since`."""
    anew = anew_in(till.establishment_id)
    days = Q(establishment=till.establishment_id, business_date__gte=since.date() - timedelta(days=1))
    told = StoredClosing.objects.filter(days, Exists(CoveredTickets.objects.filter(closing=OuterRef("pk"))))
    for closing in told.exclude(till__in=[former, till]).only("till_id", "document"):
        names = _name_series(Closing.from_document(closing.document), closing.till_id, anew)
        for row in CoveredTickets.objects.filter(closing=closing):
            name = names.get(SERIES.sub("", row.station), row.station)
            CoveredTickets.objects.filter(pk=row.pk).exclude(station=name).update(station=name)


def tickets_here(stored: StoredClosing, closing: Closing) -> TicketSet:
    """The tickets of a stored closing, each under its station's series."""
    return tickets_of(closing, stored.till_id, anew_in(stored.establishment_id))


def anew_within(closing: Closing, till_id: int, anew: Iterable[Anew]) -> list[Problem]:
    """The problem of a closing of another till that lasted from one series into the next: nobody can tell which of its
    tickets are of which series."""
    told = {one_spelling(it.station) for it in closing.tickets}
    return [
        Problem(code=ANEW_WITHIN, pointer="/tickets", facts={"station": it.station, "since": it.since.isoformat()})
        for it in anew
        if it.station in told
        and till_id not in (it.former, it.till)
        and closing.opened_at < it.since < closing.closed_at
    ]


def _is_behind(it: Anew, closing: Closing, till_id: int) -> bool:
    """Whether a closing was counted after the counter began anew. The two tills themselves count on one side of it."""
    if till_id in (it.former, it.till):
        return till_id == it.till
    return closing.opened_at >= it.since
