"""Finding the closings that count and cover what another one covers: by tickets, by hours, by being alike."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.db.models import Exists, OuterRef, Q, QuerySet

from exports.models import ClosingState, SetAside, StoredClosing
from exports.models.coverage import CoveredTickets, Remainder, UntoldTickets
from exports.words.closing_words import name_briefly
from ledger.closing import Closing, Totals
from ledger.figures import Figures
from ledger.kinds import ClosingKind
from ledger.stations import one_spelling
from ledger.tickets import Span, TicketSet

Hours = tuple[datetime, datetime]
# In plain SQL: each wanted span is one step in the index, however many closings an establishment has.
OVERLAPPING = """
SELECT DISTINCT covered.closing_id
FROM unnest(%(stations)s::text[], %(tickets)s::int8range[]) AS wanted (station, tickets)
JOIN exports_coveredtickets AS covered ON covered.establishment_id = %(establishment)s
    AND covered.station = wanted.station AND covered.tickets && wanted.tickets
"""
# A condition on a row of covered tickets: of its closing a rest is booked, or will be, and is not set aside.
REST_COUNTS = """EXISTS (
    SELECT FROM exports_remainder AS booked WHERE booked.closing_id = {row}.closing_id AND NOT EXISTS (
        SELECT FROM exports_setaside AS aside WHERE aside.closing_id = booked.closing_id AND aside.ended_at IS NULL))"""
COUNTING = f"WHERE covered.live OR {REST_COUNTS.format(row='covered')}"
# Of a row of covered or untold tickets, the same: its closing counts, all of it or a rest.
ROW_COUNTS = Q(live=True) | Q(
    Exists(Remainder.objects.filter(closing=OuterRef("closing"))),
    ~Exists(SetAside.objects.filter(closing=OuterRef("closing"), ended_at=None)),
)
LIVE = """
SELECT covered.establishment_id, covered.station, lower(covered.tickets), upper(covered.tickets) - 1
FROM unnest(%(establishments)s::bigint[], %(stations)s::text[], %(tickets)s::int8range[])
    AS wanted (establishment, station, tickets)
JOIN exports_coveredtickets AS covered ON covered.establishment_id = wanted.establishment
    AND covered.station = wanted.station AND covered.tickets && wanted.tickets
WHERE (covered.live OR (%(or_nobodys)s AND (covered.training OR EXISTS (
        SELECT FROM exports_setaside AS aside WHERE aside.closing_id = covered.closing_id AND aside.ended_at IS NULL))))
    AND covered.closing_id IS DISTINCT FROM %(but)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A closing beside another: the part of it that is booked, the tickets of that part, and all that it `told`.

    Where only a rest of it is booked, `over` are the closings that told the other part.
    """

    id: UUID
    name: str
    number: int
    kind: ClosingKind
    closing: Closing
    tickets: TicketSet
    told: TicketSet
    over: frozenset[UUID] = frozenset()


def together(parts: Iterable[Part]) -> TicketSet:
    """The tickets that closings stand for, all in one set."""
    return TicketSet.joined(span for part in parts for span in part.tickets)


def span_parameters(tickets: Iterable[Span]) -> dict[str, Any]:
    """The stations and ranges of a set, side by side, as the queries here take them."""
    spans = [*tickets]
    return {
        "stations": [it.station for it in spans],
        "tickets": [NumericRange(it.first, it.last, "[]") for it in spans],
    }


def beside_in_tickets(tickets: TicketSet, establishment_id: int, but: UUID | None) -> list[Part]:
    """The closings that count and cover any of these tickets.

    Not the closing `but`, nor any whose rest was booked beside `but`: that rest tells none of its sales.
    """
    parts = _parts(_ids(f"{OVERLAPPING} {COUNTING}", tickets, establishment_id, but))
    return [part for part in parts if but not in part.over]


def siblings(closing: Closing, booked: TicketSet, establishment_id: int, but: UUID | None) -> list[Part]:
    """Archived closings of the same kind that have some of the `booked` tickets, as this one has."""
    ids = _ids(f"{OVERLAPPING} WHERE NOT covered.live AND NOT covered.training", booked, establishment_id, but)
    archived = StoredClosing.objects.filter(pk__in=ids, state=ClosingState.ARCHIVED, kind=closing.kind.value)
    archived = archived.filter(~Exists(SetAside.objects.filter(closing=OuterRef("pk"), ended_at=None)))
    archived = archived.exclude(problems__contains=[{"code": "before_start"}])  # kept with its dispute
    return _parts(archived.values_list("pk", flat=True), counting=False)


def live_among(
    tickets: TicketSet, establishment_id: int, *, but: UUID | None = None, or_nobodys: bool = False
) -> TicketSet:
    """The tickets of all spans that touch these and are covered by another closing that counts.

    `or_nobodys`: or by one of which no entry is expected: a training, or one that was set aside.
    """
    return live_among_each({establishment_id: tickets}, but=but, or_nobodys=or_nobodys)[establishment_id]


def live_among_each(
    wanted: Mapping[int, TicketSet], *, but: UUID | None = None, or_nobodys: bool = False
) -> dict[int, TicketSet]:
    """`live_among` of the tickets of any number of establishments, in one query."""
    spans = [(establishment, span) for establishment, tickets in wanted.items() for span in tickets]
    asked = {
        "establishments": [establishment for establishment, _span in spans],
        **span_parameters(span for _establishment, span in spans),
        "but": but,
        "or_nobodys": or_nobodys,
    }
    found: defaultdict[int, list[Span]] = defaultdict(list)
    with connection.cursor() as sql:
        sql.execute(LIVE, asked)
        for establishment, *span in sql.fetchall():
            found[establishment].append(Span(*span))
    return {establishment: TicketSet.joined(found[establishment]) for establishment in wanted}


def beside_in_hours(closing: Closing, establishment_id: int, but: UUID | None) -> list[Part]:
    """The closings of other kinds that count and belong to the same hours, where one side told no tickets."""
    rows = _select_counting(establishment_id, closing, but).exclude(kind=closing.kind.value)
    if closing.tickets:
        rows = rows.filter(Exists(UntoldTickets.objects.filter(closing=OuterRef("pk"))))
    found = [it for it in rows if touch(hours_of(closing), hours_of(Closing.from_document(it.document)))]
    return [part for part in _parts(it.pk for it in found) if but not in part.over]


def alike(closing: Closing, establishment_id: int, but: UUID | None) -> list[Part]:
    """The closings that count and have the same figures and hours as this one, and no other perpetual total."""
    rows = _select_counting(establishment_id, closing, but).filter(gross=closing.turnover)
    if closing.tickets:
        rows = rows.filter(Exists(UntoldTickets.objects.filter(closing=OuterRef("pk"))))
    found = [it.pk for it in rows if _is_alike(closing, Closing.from_document(it.document))]
    # Of a till whose date is wrong the business date tells nothing: the database keeps two apart by their digest alone.
    same = UntoldTickets.objects.filter(establishment=establishment_id, alike=digest_of(closing), live=True)
    kept = () if closing.tickets else same.exclude(closing=but) if but else same
    return _parts(dict.fromkeys([*found, *(it.closing_id for it in kept)]))


def met(one: Closing, other: Closing) -> bool:
    """Whether the hours of two closings have a moment in common."""
    return touch(_order_hours(one), _order_hours(other))


def touch(one: Hours, other: Hours) -> bool:
    """Whether two spans of time have a moment in common; the end of one may be the beginning of the other."""
    return one[0] <= other[1] and other[0] <= one[1]


def hours_of(closing: Closing) -> Hours:
    """The hours by which a closing is compared: those of a general one; of any other the middle of its own."""
    opened, closed = _order_hours(closing)
    middle = opened + (closed - opened) / 2
    return (opened, closed) if closing.kind is ClosingKind.GENERAL else (middle, middle)


def _select_counting(establishment_id: int, closing: Closing, but: UUID | None) -> QuerySet[StoredClosing]:
    """Closings of the same days that count."""
    opened, closed = _order_hours(closing)
    days = (opened.date() - timedelta(days=2), closed.date() + timedelta(days=2))
    own = OuterRef("pk")
    counts = Exists(CoveredTickets.objects.filter(ROW_COUNTS, closing=own)) | Exists(
        UntoldTickets.objects.filter(ROW_COUNTS, closing=own)
    )
    rows = StoredClosing.objects.filter(counts, establishment=establishment_id, business_date__range=days)
    return rows.exclude(pk=but) if but else rows


def _order_hours(closing: Closing) -> Hours:
    """From its opening to its closing; the other way round where the till's clock was set back between them."""
    opened, closed = sorted((closing.opened_at, closing.closed_at))
    return opened, closed


def _is_alike(one: Closing, other: Closing) -> bool:
    if (one.opened_at, one.closed_at) != (other.opened_at, other.closed_at) and not _overlap_in_hours(one, other):
        return False
    return Figures.of([one]) == Figures.of([other]) and not _apart_by_totals(one.totals, other.totals)


def _overlap_in_hours(one: Closing, other: Closing) -> bool:
    """Whether the hours of two closings of one sequence overlap: a till that closes again tells another moment."""
    if one.kind is not other.kind or one_spelling(one.scope) != one_spelling(other.scope):
        return False
    (begins, ends), (other_begins, other_ends) = _order_hours(one), _order_hours(other)
    return begins < other_ends and other_begins < ends


def _apart_by_totals(one: Totals | None, other: Totals | None) -> bool:
    """Whether their perpetual totals show two closings, however alike the rest is."""
    if one is None or other is None or one.perpetual_before is None or other.perpetual_before is None:
        return False
    return one.perpetual_before != other.perpetual_before


def _ids(sql: str, tickets: TicketSet, establishment_id: int, but: UUID | None) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"establishment": establishment_id, **span_parameters(tickets)})
        return {row[0] for row in cursor.fetchall() if row[0] != but}


def _parts(ids: Iterable[UUID], *, counting: bool = True) -> list[Part]:
    """Read closings with what is booked of them, in the order they came."""
    wanted = [*ids]
    if not wanted:
        return []
    told: dict[UUID, list[Span]] = defaultdict(list)
    tickets: dict[UUID, list[Span]] = defaultdict(list)
    for row in CoveredTickets.objects.filter(closing__in=wanted):
        span = Span(row.station, row.tickets.lower, row.tickets.upper - 1)
        told[row.closing_id].append(span)
        if row.live or not counting:
            tickets[row.closing_id].append(span)
    closings = StoredClosing.objects.filter(pk__in=wanted).select_related("remainder").order_by("created_at", "pk")
    return [_part(it, TicketSet.joined(tickets[it.pk]), TicketSet.joined(told[it.pk])) for it in closings]


def _part(stored: StoredClosing, tickets: TicketSet, told: TicketSet) -> Part:
    left = getattr(stored, "remainder", None)
    closing = Closing.from_document(left.document if left else stored.document)
    return Part(
        id=stored.pk,
        name=name_briefly(stored),
        number=stored.number,
        kind=closing.kind,
        closing=closing,
        tickets=tickets,
        told=told,
        over=frozenset(left.over) if left else frozenset(),
    )


def digest_of(closing: Closing, *, apart: UUID | None = None) -> str:
    """A digest that is the same for closings without tickets that cannot be told apart; `apart` makes it unique."""
    figures, totals = Figures.of([closing]), closing.totals
    said = [
        _instant(closing.opened_at),
        _instant(closing.closed_at),
        [[str(rate), *map(str, sums)] for rate, sums in figures.rates.items()],
        [[code, str(amount)] for code, amount in figures.means.items()],
        [[kind.value, str(amount)] for kind, amount in figures.receipts.items()],
        str(totals.perpetual_before) if totals else "",
        str(apart or ""),
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
