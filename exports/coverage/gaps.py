"""Tickets that are covered by no closing that counts: turnover that would be missing in the books unnoticed."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from exports.coverage.judge import UNCOVERED, uncovered
from exports.coverage.parts import live_among, live_among_each
from exports.models import StoredClosing
from ledger.problem import Problem
from ledger.tickets import Span, TicketSet

# Whether the ticket before a closing's first one, station by station, is covered by no closing: neither by one that
# counts, nor by a training, nor by one that was set aside.
NOT_FOLLOWED = """EXISTS (
    SELECT FROM unnest(%(told_stations)s::text[], %(tickets_before)s::bigint[]) AS told (station, before)
    WHERE told.before > 0 AND NOT EXISTS (
        SELECT FROM exports_coveredtickets AS covered
        WHERE covered.establishment_id = %(establishment)s AND covered.station = told.station
            AND covered.tickets @> told.before AND (covered.live OR covered.training OR EXISTS (
                SELECT FROM exports_setaside AS aside
                WHERE aside.closing_id = covered.closing_id AND aside.ended_at IS NULL))))"""

# The first of the uncovered tickets before `before`: after the last covered one, or else the first that was ever told.
SINCE = """
SELECT told.station, told.before, COALESCE(
    (SELECT max(upper(tickets)) FROM exports_coveredtickets
     WHERE establishment_id = %(establishment)s AND station = told.station AND (live OR training)
        AND tickets << int8range(told.before, told.before, '[]')),
    (SELECT min(lower(tickets)) FROM exports_coveredtickets
     WHERE establishment_id = %(establishment)s AND station = told.station AND lower(tickets) <= told.before))
FROM unnest(%(told_stations)s::text[], %(tickets_before)s::bigint[]) AS told (station, before)
WHERE told.before > 0
"""


def followed_stations(tickets: TicketSet) -> dict[str, Any]:
    """Each station of a closing's tickets, and the number before its first one: parameters of the statements here."""
    firsts: dict[str, int] = {}
    for it in tickets:
        firsts[it.station] = min(it.first, firsts.get(it.station, it.first))
    return {"told_stations": [*firsts], "tickets_before": [first - 1 for first in firsts.values()]}


def uncovered_before(establishment_id: int, tickets: TicketSet) -> list[Problem]:
    """A warning for each station whose tickets just before this closing are covered by no closing that counts."""
    with connection.cursor() as sql:
        sql.execute(SINCE, {"establishment": establishment_id, **followed_stations(tickets)})
        since = [(station, before, first) for station, before, first in sql.fetchall() if first is not None]
    spans = TicketSet.joined(Span(station, first, before) for station, before, first in since if first <= before)
    return uncovered(spans - live_among(spans, establishment_id, or_nobodys=True))


def still_uncovered(closings: Iterable[StoredClosing]) -> dict[UUID, list[Problem]]:
    """The warnings of uncovered tickets that are still true, by closing: later closings may have covered the tickets.

    One query, however many closings.
    """
    told = {(it.pk, it.establishment_id): _read_uncovered(it) for it in closings}
    of_shops: defaultdict[int, list[Span]] = defaultdict(list)
    for (_closing, shop), spans in told.items():
        of_shops[shop].extend(spans)
    wanted = {shop: TicketSet.joined(spans) for shop, spans in of_shops.items() if spans}
    covered = live_among_each(wanted, or_nobodys=True) if wanted else {}
    left = {closing: uncovered(spans - covered[shop]) for (closing, shop), spans in told.items() if spans}
    return {closing: problems for closing, problems in left.items() if problems}


def _read_uncovered(closing: StoredClosing) -> TicketSet:
    told = (Problem.from_document(it) for it in closing.problems if it["code"] == UNCOVERED)
    return TicketSet.joined(Span(it.facts["station"], int(it.facts["first"]), int(it.facts["last"])) for it in told)
