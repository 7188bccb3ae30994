"""Addresses of the console's lists with filters set, so that each figure of a page links to the rows it counts."""

from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from tenants.models import Establishment


def closings(
    *,
    state: str = "",
    day: date | None = None,
    to: date | None = None,
    reseller: int | None = None,
    establishment: int | None = None,
    problem: str = "",
    seen_to: str = "",
) -> str:
    """The list of closings, from `day` to `to` (or that day alone), in a state or a group of states."""
    asked = {
        "state": state,
        "business_date_from": day.isoformat() if day else "",
        "business_date_to": (to or day).isoformat() if day else "",
        "reseller": reseller or "",
        "establishment__id__exact": establishment or "",
        "problem": problem,
        "seen_to": seen_to,
    }
    chosen = urlencode({name: value for name, value in asked.items() if value})
    page = reverse("admin:exports_storedclosing_changelist")
    return f"{page}?{chosen}" if chosen else page


def set_up(shop: Establishment) -> str:
    """The customer's checklist, at this establishment: what is missing, and where a new link is sent."""
    return f"{reverse('console_set_up_customer', args=[shop.tenant_id])}#shop-{shop.pk}"


def findings(*, establishment: int | None = None, kind: str = "", settled: str = "") -> str:
    """The list of open differences from Exact, of one establishment or one kind when these are said.

    `settled`: "yes" for those that are settled.
    """
    asked = {"posting__establishment__id__exact": establishment, "kind__exact": kind, "settled": settled}
    chosen = urlencode({name: value for name, value in asked.items() if value})
    page = reverse("admin:exact_finding_changelist")
    return f"{page}?{chosen}" if chosen else page


def shop(pk: int) -> str:
    """The page of one establishment."""
    return reverse("console_shop", args=[pk])


def customer(pk: int) -> str:
    """The page of one customer."""
    return reverse("console_customer", args=[pk])


def day_of(establishment: int, day: date) -> str:
    """The log of one business date in one establishment."""
    return days()(establishment, day)


def days() -> Callable[[int, date], str]:
    """The same for as many days as a page shows: Django looks the page's own address up once."""
    page = reverse("console_log")
    return lambda establishment, day: f"{page}?establishment={establishment}&date={day.isoformat()}"


def closed_days(establishment: int) -> str:
    """The page of the days on which an establishment is closed."""
    return reverse("console_closed", args=[establishment])


def closed_day(establishment: int, day: date) -> str:
    """The page that asks whether an establishment was closed on a day, and shows the answer."""
    return f"{reverse('console_closed_day', args=[establishment])}?{urlencode({'day': day.isoformat()})}"


def closing(pk: UUID) -> str:
    """The page of one closing."""
    return reverse("admin:exports_storedclosing_change", args=[pk])


def way(name: str, closing: UUID) -> str:
    """The page of a way out for one closing (`exports.console.way_page`)."""
    return f"{reverse('console_way', args=[name])}?closing={closing}"


def reseller(pk: int) -> str:
    """The page of one reseller."""
    return reverse("admin:tenants_reseller_change", args=[pk])
