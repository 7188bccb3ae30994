"""Which ranges of business dates a run may have."""

from collections.abc import Iterator
from datetime import date

LONGEST_DAYS = 366


def period_faults(first: date, last: date, *, today: date, longest: int = LONGEST_DAYS) -> Iterator[tuple[str, str]]:
    """Yield every fault as (field, code): "to" and `period_reversed`, `period_in_future`, `period_too_long`.

    `today` is the day in France: the day that closings are booked on now. `longest` is how many days there may be.
    """
    if last < first:
        yield "to", "period_reversed"
    for field, day in (("from", first), ("to", last)):
        if day > today:
            yield field, "period_in_future"
    if (last - first).days >= longest:
        yield "to", "period_too_long"
