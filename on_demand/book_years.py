"""Fiscal years of a customer: those that people set, and twelve months where none is set."""

from datetime import date, timedelta

from django.db.models import Q

from ledger.files.fec import FiscalYear
from on_demand.models import BookYear, KeptNumber, OnDemandFormat
from on_demand.period import LONGEST_DAYS
from tenants.models import Tenant

MONTHS_AT_MOST = 24


def year_of(tenant: Tenant, day: date, *, last_month: int) -> FiscalYear:
    """The fiscal year around a day: the one that was set, else twelve months that end with `last_month`.

    Those twelve months are shortened to the days that are in no year that was set.
    """
    years = BookYear.objects.filter(tenant=tenant)
    own = years.filter(first_day__lte=day, last_day__gte=day).first()
    if own is not None:
        return FiscalYear(first=own.first_day, last=own.last_day)
    usual = FiscalYear.holding(day, last_month=last_month)
    before = years.filter(last_day__lt=day, last_day__gte=usual.first).order_by("-last_day").first()
    after = years.filter(first_day__gt=day, first_day__lte=usual.last).order_by("first_day").first()
    return FiscalYear(
        first=before.last_day + timedelta(days=1) if before else usual.first,
        last=after.first_day - timedelta(days=1) if after else usual.last,
    )


def longest_days(tenant: Tenant, format: str, first: date, last: date) -> int:
    """How many days an export may have: 366; for a FEC the whole fiscal year, if one was set and contains its days."""
    if format != OnDemandFormat.FEC:
        return LONGEST_DAYS
    year = BookYear.objects.filter(tenant=tenant, first_day__lte=first, last_day__gte=last).first()
    return max(LONGEST_DAYS, (year.last_day - year.first_day).days + 1) if year else LONGEST_DAYS


def is_numbered_otherwise(tenant: Tenant, before: FiscalYear | None, wanted: FiscalYear) -> bool:
    """Whether the change would move entries that have numbers into another year: the database refuses that too."""
    numbers = KeptNumber.objects.filter(tenant=tenant)
    if before is not None and before != wanted and numbers.filter(fiscal_year=before.last).exists():
        return True
    days = (wanted.first, wanted.last)
    touched = Q(fiscal_year__range=days) | Q(closing__business_date__range=days)
    return numbers.filter(touched).exclude(fiscal_year=wanted.last).exists()


def is_too_long(year: FiscalYear) -> bool:
    """Whether a year has more than 24 months."""
    months = year.first.year * 12 + year.first.month - 1 + MONTHS_AT_MOST
    begins = (months // 12, months % 12 + 1, year.first.day)
    return (year.last.year, year.last.month, year.last.day) >= begins
