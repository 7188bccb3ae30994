"""The turnover that closings bring, each euro once. The first page's chart and a shop's calendar add it up here.

The same amounts as in the bridge from tills to books (`ledger.files.bridge`): of a closing that others cover in part,
only the rest.
"""

from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import DecimalField, F, Q, Sum
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce

from exports.coverage.judge import DISPUTES
from exports.models import ClosingState, StoredClosing
from tenants.models import Establishment

# Closings whose turnover is not added: others tell it too, a person has yet to decide, or it is not in euro.
NOT_ADDED = Q(state=ClosingState.ARCHIVED) | (
    Q(state=ClosingState.HELD)
    & reduce(or_, (Q(problems__contains=[{"code": code}]) for code in sorted({*DISPUTES, "currency"})))
)
_TOLD_LEFT = KeyTextTransform("gross", KeyTransform("totals", "remainder__document"))
_LEFT = Cast(_TOLD_LEFT, DecimalField(max_digits=14, decimal_places=2))
TURNOVER = Sum(Coalesce(_LEFT, F("gross")), filter=~NOT_ADDED)


def turnover_of(shop: Establishment, first: date, last: date) -> dict[date, Decimal]:
    """The turnover of each business date in euro, of the days that have any."""
    rows = StoredClosing.objects.filter(establishment=shop, business_date__range=(first, last)).order_by()
    told = rows.values_list("business_date").annotate(sum=TURNOVER)
    return {day: amount for day, amount in told if amount is not None}
