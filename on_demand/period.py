"""Which ranges of business dates an export may have."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_noop as N_

LONGEST_DAYS = 366
# What the faults say, on the form and to a till.
FAULTS = {
    "period_reversed": N_("The last day comes before the first."),
    "period_in_future": N_("This day has not come yet."),
    "period_too_long": N_("Choose 366 days at most."),
}


def period_faults(first: date, last: date, *, today: date, longest: int = LONGEST_DAYS) -> Iterator[tuple[str, str]]:
    """Yield every fault as (field, code): "to" and one of `FAULTS`.

    `today` is the day in France: the day that closings are booked on now. `longest` is how many days there may be.
    """
    if last < first:
        yield "to", "period_reversed"
    for field, day in (("from", first), ("to", last)):
        if day > today:
            yield field, "period_in_future"
    if (last - first).days >= longest:
        yield "to", "period_too_long"
