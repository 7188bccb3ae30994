"""Whether a closing follows its predecessors: no number missing, no turnover lost between two, no ticket twice.

The law asks for an unbroken chain (CGI 286-I-3° bis); a break is shown, never repaired here.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from clyo_ingest.succession import Told, breaks
from exports.coverage.gaps import NOT_FOLLOWED, followed_stations, uncovered_before
from ledger.closing import Closing as Facts
from ledger.kinds import ClosingKind
from ledger.problem import Problem
from ledger.tickets import TicketSet


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A closing of the same till, kind and scope."""

    closing_id: UUID
    number: int
    perpetual_before: Decimal | None
    perpetual_after: Decimal | None
    told: Told
    era: int = 0
    digest: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The closings received before that surround a number in its sequence: the same number, the previous, the next.

    The sequence is that of one `era` of the till; `namesakes` have the same number in any era. `tickets`: those of the
    closing itself.
    """

    same: Neighbour | None
    before: Neighbour | None
    after: Neighbour | None
    era: int = 0
    namesakes: tuple[Neighbour, ...] = ()
    tickets_follow: bool = True
    tickets: TicketSet = field(default_factory=TicketSet)

    def repeated(self, digest: str) -> Neighbour | None:
        """The closing received before with the same content, else the one with the same number."""
        return next((it for it in self.namesakes if it.digest == digest), self.same)


# Each sub-select is one step in the unique index of a closing's identity, however long the sequence is.
# With them, in every row, whether the closing's tickets follow those that are covered.
NEIGHBOURS = f"""
WITH era AS (
    SELECT coalesce(max(era) FILTER (WHERE since <= %(closed_at)s), 0) AS now, coalesce(max(era), 0) AS newest
    FROM clyo_ingest_restart WHERE till_id = %(till)s
), place AS (
    SELECT era.now AS era, beside.number FROM era, LATERAL (VALUES
        ((SELECT max(number) FROM clyo_ingest_receivedclosing AS closing WHERE till_id = %(till)s AND kind = %(kind)s
            AND scope = %(scope)s AND closing.era = era.now AND number < %(number)s)),
        ((SELECT min(number) FROM clyo_ingest_receivedclosing AS closing WHERE till_id = %(till)s AND kind = %(kind)s
            AND scope = %(scope)s AND closing.era = era.now AND number > %(number)s))) AS beside (number)
    UNION ALL SELECT past.era, %(number)s FROM era, generate_series(0, era.newest) AS past (era)
)
SELECT era.now, {NOT_FOLLOWED},
    there.stored_id, there.number, there.perpetual_before, there.perpetual_after, there.era, there.digest,
    there.version,
    there.training, there.business_date, there.opened_at, there.closed_at, there.float_open, there.float_left,
    there.signature, there.signature_before
FROM era LEFT JOIN (place JOIN clyo_ingest_receivedclosing AS there
    ON there.till_id = %(till)s AND there.kind = %(kind)s AND there.scope = %(scope)s
    AND there.era = place.era AND there.number = place.number) ON true
ORDER BY there.version
"""  # noqa: S608


def neighbours(till_id: int, establishment_id: int, facts: Facts, tickets: TicketSet) -> Neighbours:
    """Read them, and whether the tickets follow, in one query. Of several versions of one number the newest counts."""
    place = {"till": till_id, "kind": facts.kind.value, "scope": facts.scope, "number": facts.number}
    with connection.cursor() as sql:
        asked: dict[str, Any] = place | {"closed_at": facts.closed_at, "establishment": establishment_id}
        sql.execute(NEIGHBOURS, asked | followed_stations(tickets))
        rows = sql.fetchall()
    era, not_followed = rows[0][:2]
    found = [_neighbour(*row[2:]) for row in rows if row[2] is not None]
    sides = {_side(it, facts.number): it for it in found if it.era == era}
    return Neighbours(
        same=sides.get("same"),
        before=sides.get("before"),
        after=sides.get("after"),
        era=era,
        namesakes=tuple(it for it in found if it.number == facts.number),
        tickets_follow=not not_followed,
        tickets=tickets,
    )


def _neighbour(
    closing_id: UUID,
    number: int,
    before: Decimal | None,
    after: Decimal | None,
    era: int,
    digest: str,
    version: int,
    *told: Any,
) -> Neighbour:
    names = ("training", "business_date", "opened_at", "closed_at", "float_open", "float_left")
    kept = dict(zip((*names, "signature", "signature_before"), told, strict=True))
    return Neighbour(closing_id, number, before, after, Told(number=number, **kept), era, digest, version)


def _side(row: Neighbour, number: int) -> str:
    return "same" if row.number == number else "before" if row.number < number else "after"


def perpetual_reached(facts: Facts, around: Neighbours) -> Decimal | None:
    """The perpetual total after this closing; for one without totals (a training) that of the closing before it."""
    if facts.totals is not None and facts.totals.perpetual_after is not None:
        return facts.totals.perpetual_after
    before = around.before
    return before.perpetual_after if before is not None and before.number == facts.number - 1 else None


def check_sequence(facts: Facts, around: Neighbours, told: Told) -> list[Problem]:
    """The problems with the closings before and after: missing numbers and breaks, which warn; and a break of the
    perpetual total, which holds the closing.
    """
    problems = []
    before, after = around.before, around.after
    if before is not None and before.number < facts.number - 1:
        gap = {"first": str(before.number + 1), "last": str(facts.number - 1)}
        problems.append(Problem(code="number_gap", pointer="/number", facts=gap, blocking=False))
    elif before is not None:
        problems += breaks(before.told, told, currency=facts.currency)
    if after is not None and after.number == facts.number + 1:
        problems += breaks(told, after.told, currency=facts.currency)
    return [*problems, *_perpetual_breaks(facts, before, after)]


def _perpetual_breaks(facts: Facts, before: Neighbour | None, after: Neighbour | None) -> list[Problem]:
    problems: list[Problem] = []
    totals = facts.totals
    if totals is None:
        return problems
    if before is not None and before.number == facts.number - 1:
        problems += _break(facts, before.number, before.perpetual_after, totals.perpetual_before, "perpetual_before")
    if after is not None and after.number == facts.number + 1:
        problems += _break(facts, facts.number, totals.perpetual_after, after.perpetual_before, "perpetual_after")
    return problems


def _break(facts: Facts, number: int, ended: Decimal | None, began: Decimal | None, field: str) -> list[Problem]:
    """Closing `number` ended at one perpetual total, the next began at another."""
    if ended is None or began is None or ended == began:
        return []
    told = {"found": facts.money(began), "expected": facts.money(ended), "other": str(number)}
    return [Problem(code="perpetual_break", pointer=f"/totals/{field}", facts=told)]


def check_coverage(establishment_id: int, facts: Facts, around: Neighbours) -> list[Problem]:
    """Warn, when a GÉNÉRALE comes, of tickets before it that no closing covers that counts.

    Behind a number that never came it says nothing: that one is missed already.
    """
    follows = around.before is not None and around.before.number == facts.number - 1
    if facts.kind is not ClosingKind.GENERAL or facts.training or around.tickets_follow or not follows:
        return []
    return uncovered_before(establishment_id, around.tickets)
