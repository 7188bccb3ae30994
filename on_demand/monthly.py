"""Making the file of last month by itself, on the chosen day and once the closings of the last day came.

Closings that came after the file of their month are in the next one, which names them.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Max, Min, Q
from django.utils import timezone

from exports.coverage.closed import closed_days_of, span_of
from exports.coverage.closing_hours import same_weekdays
from exports.models import ClosingState, StoredClosing
from ledger.files.fec import FiscalYear
from on_demand.ask import ask_for_export
from on_demand.book_years import year_of
from on_demand.closings import late_closings
from on_demand.models import MonthlyExport, OnDemandExport, OnDemandFormat, OnDemandState
from on_demand.options import options_of
from on_demand.period import LONGEST_DAYS
from tenants.models import Establishment, Membership, Till

log = structlog.get_logger()

# The hour at which the closings of the month's last evening have come, also those pushed long after midnight.
SERVICE_OVER = time(6)
# How long after that the file waits for an expected closing. One that comes later is in the next month's file.
PATIENCE = timedelta(hours=48)


def ask_for_due_months() -> list[OnDemandExport]:
    """Ask for last month's export of every customer and shop whose day has come; one a month, however often called.

    One that cannot be asked for is logged and is due again in an hour; the others are made now.
    """
    now = timezone.localtime()
    last = now.date().replace(day=1) - timedelta(days=1)
    month = last.replace(day=1)
    due = MonthlyExport.objects.filter(Q(exported_month=None) | Q(exported_month__lt=month), active=True)
    asked: list[OnDemandExport] = []
    for pk in due.filter(day__lte=now.day).order_by("pk").values_list("pk", flat=True):
        try:
            asked += _ask_when_due(pk, month, last, now)
        except Exception:
            log.exception("monthly_not_asked", monthly_export=pk)
    return asked


def stop_orders_of(ended: Iterable[Membership], **_: Any) -> int:
    """Switch off the monthly exports to people whose access to the customer ended. Returns how many there were."""
    theirs = Q(pk__in=[])
    for it in ended:
        theirs |= Q(tenant=it.tenant_id, email__iexact=it.user.email)
    return MonthlyExport.objects.filter(theirs, active=True).update(active=False)


def _ask_when_due(pk: int, month: date, last: date, now: datetime) -> list[OnDemandExport]:
    """Claim the month and ask for its export, both or neither."""
    with transaction.atomic():
        rows = MonthlyExport.objects.select_for_update(of=("self",)).select_related("tenant", "establishment")
        monthly = rows.get(pk=pk)
        if not monthly.active or (monthly.exported_month is not None and monthly.exported_month >= month):
            return []
        if any(last_service_awaited(shop, last, now) for shop in _list_shops(monthly)):
            return []
        MonthlyExport.objects.filter(pk=pk).update(exported_month=month)
        since = _late_since(monthly, month)
        year_began = max(since, _year_began(monthly, month))
        return [
            *_of_years_before(monthly, since, year_began, now),
            _ask_for(monthly, month, last, late_since=year_began),
        ]


def _list_shops(monthly: MonthlyExport) -> list[Establishment]:
    if monthly.establishment is not None:
        return [monthly.establishment]
    return [*Establishment.objects.filter(tenant_id=monthly.tenant_id)]


def last_service_awaited(shop: Establishment, last: date, now: datetime) -> bool:
    """Whether a closing of the day `last` may still come: the day is not over, or an expected closing is not there.

    A till is expected to send as many closings as on the same weekday of the weeks before. None is expected on a
    weekday without any, on a closed day, after two days, or once the till has made a closing of a later day.
    """
    over = datetime.combine(last + timedelta(days=1), SERVICE_OVER, tzinfo=timezone.get_current_timezone())
    if now < over:
        return True
    if now >= over + PATIENCE:
        return False
    if span_of(last, closed_days_of([shop.pk])[shop.pk]):
        return False
    return any(_count_usual(till, last) > _came(till, last) for till in Till.objects.filter(establishment=shop))


def _count_usual(till: Till, day: date) -> int:
    """How many closings a till sent of that weekday, the last time it worked on one of the weeks before."""
    gone = till.suspended_at is not None or till.ended_at is not None
    if gone or StoredClosing.objects.filter(till=till, business_date__gt=day).exists():
        return 0
    return next((sent for before in same_weekdays(day) if (sent := _came(till, before))), 0)


def _came(till: Till, day: date) -> int:
    return StoredClosing.objects.filter(till=till, business_date=day).count()


def _late_since(monthly: MonthlyExport, month: date) -> date:
    """The first day of which a closing may have missed its monthly file: the first file's, at most a year back."""
    made = OnDemandExport.objects.filter(
        tenant_id=monthly.tenant_id,
        establishment=monthly.establishment,
        late_since__isnull=False,
        state=OnDemandState.DONE,
    )
    first = made.aggregate(first=Min("first_date"))["first"] or month
    return max(min(first, month), month - timedelta(days=LONGEST_DAYS))


def _year_began(monthly: MonthlyExport, month: date) -> date:
    """The first day that the month's file may hold: a FEC has one fiscal year only, a file for import any days."""
    if monthly.format != OnDemandFormat.FEC:
        return date.min
    return min(month, _year_of(monthly, month).first)


def _year_of(monthly: MonthlyExport, day: date) -> FiscalYear:
    options = options_of(monthly.tenant, monthly.establishment)
    return year_of(monthly.tenant, day, last_month=options.last_month)


def _of_years_before(monthly: MonthlyExport, since: date, until: date, now: datetime) -> Iterator[OnDemandExport]:
    """Ask for further FECs of earlier fiscal years, for late closings of these that can be booked."""
    while since < until:
        late = late_closings(monthly.tenant_id, monthly.establishment_id, since, until, came_until=now)
        late = late.exclude(state=ClosingState.HELD)
        first = late.aggregate(first=Min("business_date"))["first"]
        if first is None:
            return
        end = _year_of(monthly, first).last
        last = late.filter(business_date__lte=end).aggregate(last=Max("business_date"))["last"]
        yield _ask_for(monthly, first, last, late_since=first)
        since = last + timedelta(days=1)


def _ask_for(monthly: MonthlyExport, first: date, last: date, *, late_since: date) -> OnDemandExport:
    return ask_for_export(
        monthly.tenant,
        establishment=monthly.establishment,
        first=first,
        last=last,
        late_since=min(late_since, first),
        format=OnDemandFormat(monthly.format),
        email=monthly.email,
    )
