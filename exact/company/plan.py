"""The booking plan of an establishment in a company: its settings, with the company's own accounts of journals."""

from booking.mapping import booking_plan
from booking.models import Mapping
from exact.models import Division
from ledger.plan import BookingPlan


def plan_in(division: Division | None, mapping: Mapping) -> BookingPlan:
    """The booking plan, with the journals' own accounts as the division has them."""
    return booking_plan(mapping, journal_accounts=division.journal_accounts if division else {})
