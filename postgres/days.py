"""The days of a row from its `first_day` to its `last_day`, for a constraint that no two rows share one."""

from django.contrib.postgres.fields import DateRangeField, RangeBoundary
from django.db.models import Func

DAYS = Func(
    "first_day",
    "last_day",
    RangeBoundary(inclusive_lower=True, inclusive_upper=True),
    function="daterange",
    output_field=DateRangeField(),
)
