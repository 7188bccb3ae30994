"""Are the closing's day, hours, tickets and currency possible?"""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from ledger.closing import Closing, TicketRange
from ledger.money import BOOKS
from ledger.problem import Problem
from ledger.stations import one_spelling

MAINLAND = ZoneInfo("Europe/Paris")
# Allowed for a till's clock that was not changed in autumn, or a shop overseas whose time zone nobody set.
_CLOCKS_DIFFER = timedelta(hours=3)


def currency(closing: Closing) -> Iterator[Problem]:
    """French books are kept in euro."""
    if closing.currency != BOOKS:
        yield Problem(code="currency", pointer="/currency", facts={"found": closing.currency})


def closed_before_opened(closing: Closing) -> Iterator[Problem]:
    """A closing ends after it began, whatever the offsets of the two instants."""
    if closing.closed_at < closing.opened_at:
        facts = {"opened_at": closing.opened_at.isoformat(), "closed_at": closing.closed_at.isoformat()}
        yield Problem(code="closed_before_opened", pointer="/closed_at", facts=facts)


def business_date(closing: Closing, zone: tzinfo) -> Iterator[Problem]:
    """The day booked on is not after the till closed, nor more than a day before it opened.

    Opened on the 14th and closed on the 15th at 00:40, a closing may be booked on the 13th, 14th or 15th. A day is the
    till's by the offset it sent, and the shop's: 22:05 UTC is 00:05 of the next day in Paris in summer.
    """
    earliest = min(closing.opened_at.date(), closing.opened_at.astimezone(zone).date()) - timedelta(days=1)
    latest = max(closing.closed_at.date(), closing.closed_at.astimezone(zone).date())
    if not earliest <= closing.business_date <= latest:
        facts = {
            "earliest": earliest.isoformat(),
            "latest": latest.isoformat(),
            "found": closing.business_date.isoformat(),
        }
        yield Problem(code="business_date", pointer="/business_date", facts=facts)


def in_the_future(closing: Closing, received_at: datetime, zone: tzinfo) -> Iterator[Problem]:
    """A business date has begun in the shop. Clocks may differ by three hours: at 22:30 the next day is let pass.

    Exact would take an entry of any day, even of the next fiscal year.
    """
    latest = (received_at + _CLOCKS_DIFFER).astimezone(zone).date()
    if closing.business_date > latest:
        facts = {"date": closing.business_date.isoformat(), "received": received_at.astimezone(zone).date().isoformat()}
        yield Problem(code="business_date_future", pointer="/business_date", facts=facts)


def ticket_count(closing: Closing) -> Iterator[Problem]:
    """Tickets 80412 to 80533 are 122; a range never runs backwards."""
    for i, tickets in enumerate(closing.tickets):
        expected = tickets.last - tickets.first + 1
        if tickets.first > tickets.last or tickets.count != expected:
            facts = {**_range_facts(tickets), "found": str(tickets.count)}
            field = "last" if tickets.first > tickets.last else "count"
            yield Problem(code="ticket_count", pointer=f"/tickets/{i}/{field}", facts=facts)


def tickets_overlap_within(closing: Closing) -> Iterator[Problem]:
    """No ticket is covered twice: 1 to 10 and 8 to 20 of one station overlap."""
    furthest: dict[str, TicketRange] = {}
    for i, tickets in sorted(enumerate(closing.tickets), key=lambda it: (it[1].first, it[1].last, it[0])):
        station = one_spelling(tickets.station)
        before = furthest.get(station)
        if before and tickets.first <= before.last:
            facts = {
                **_range_facts(tickets),
                "other_first": str(before.first),
                "other_last": str(before.last),
            }
            yield Problem(code="tickets_overlap_within", pointer=f"/tickets/{i}", facts=facts)
        if before is None or tickets.last > before.last:
            furthest[station] = tickets


def _range_facts(tickets: TicketRange) -> dict[str, str]:
    return {"station": tickets.station, "first": str(tickets.first), "last": str(tickets.last)}
