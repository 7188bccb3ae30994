"""How an establishment books in a company: its settings, and what the company itself says of its journals."""

from exact.mapping import booking_plan
from exact.models import Division, Mapping
from ledger.plan import BookingPlan


def plan_in(division: Division | None, mapping: Mapping) -> BookingPlan:
    """The booking plan, with the journals' own accounts as the division has them."""
    return booking_plan(mapping, journal_accounts=division.journal_accounts if division else {})
