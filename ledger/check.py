"""Everything that does not add up within one closing, all at once.

A further check is a function of `ledger.checks`, its name in a list here, and the sentence of its problem's code.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, tzinfo

from ledger.checks import cash, period, sums, vat
from ledger.closing import Closing
from ledger.problem import Problem

_Check = Callable[[Closing], Iterator[Problem]]

# Without these a booking could not balance, or would be in the wrong money.
_NEEDED_TO_BOOK: tuple[_Check, ...] = (
    sums.sale_total,
    sums.receipts_identity,
    vat.offered_amount,
    period.currency,
)
_ALL: tuple[_Check, ...] = (
    *_NEEDED_TO_BOOK,
    sums.sale_sign,
    sums.turnover_total,
    sums.perpetual_total,
    cash.cash_expected,
    cash.cash_float_left,
    cash.movement_tax,
    period.closed_before_opened,
    period.ticket_count,
    period.tickets_overlap_within,
    vat.offered_within_sales,
    vat.vat_tolerance,
)


def check_closing(closing: Closing, *, zone: tzinfo = period.MAINLAND) -> list[Problem]:
    """Return all that is wrong with a closing by itself; empty when it adds up. ``zone`` is where its shop is.

    A training closing is checked too, but never booked: whatever is wrong with it only warns.
    """
    problems = [problem for check in _ALL for problem in check(closing)]
    return _only_warning_of_training(closing, [*problems, *period.business_date(closing, zone)])


def check_arrival(closing: Closing, *, received_at: datetime, zone: tzinfo = period.MAINLAND) -> list[Problem]:
    """Return what is wrong with a closing because of when it came. Asked once, at its arrival: that never changes."""
    return _only_warning_of_training(closing, period.in_the_future(closing, received_at, zone))


def _only_warning_of_training(closing: Closing, problems: Iterable[Problem]) -> list[Problem]:
    return [replace(it, blocking=False) for it in problems] if closing.training else [*problems]


def check_bookable(closing: Closing) -> list[Problem]:
    """Return what keeps a closing from being booked by any plan, were its other problems waved through."""
    return [problem for check in _NEEDED_TO_BOOK for problem in check(closing)]
