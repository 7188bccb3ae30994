"""The page "Check": tills, entries and Exact of a period side by side, its files, and reading Exact now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from exact.models import IN_TURN, Division, Finding
from exports.coverage.days import missed_days
from exports.models import StoredClosing
from exports.words.closing_words import name_of
from exports.words.finding_words import said_of_finding
from on_demand.asked_days import months_until, read_month
from on_demand.bridge_words import bridge_rows
from on_demand.check.asked import (
    DETAIL_CLOSINGS_MAX,
    DETAIL_DAYS_MAX,
    FILE_CLOSINGS_MAX,
    Asked,
    CheckForm,
    asked_by,
)
from on_demand.check.detail import Detail, read_detail
from on_demand.check.files import file_answer
from on_demand.check.overview import ShopSums, shop_sums
from on_demand.check.reading import Reading, companies_by_shop, companies_of, read_now
from on_demand.check.shown import account_rows, means_rows, rate_rows, read_words, shop_row, total_row
from on_demand.check.whole import Whole, read_whole
from on_demand.closings import to_mend_in
from on_demand.places import PART
from tenants.filter_values import warn_of_unreadable
from tenants.models import User
from tenants.scope import visible_to
from tenants.table_file import FILES

MAY_CHECK = "exports.check_storedclosing"
NAMED_MAX = 50
PATH = "console_check"


def check_page(request: HttpRequest) -> HttpResponse:
    """GET shows a check, or gives it as a file; POST has Exact read now, and shows how far that is."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm(MAY_CHECK):
        raise PermissionDenied
    if "first" not in request.GET and read_month(request.GET.get("month", ""), timezone.localdate()) is None:
        warn_of_unreadable(request, "month", _("Month"))
    form = CheckForm(request.GET, user=user)
    if PART in request.GET:
        return HttpResponse(form.places_field.found_alone)
    if not form.is_valid() or form.places_field.sought:
        return _page(request, form, {})
    asked = asked_by(user, form, page=request.GET.get("page", ""))
    if request.method == "POST":
        read_now(companies_of(companies_by_shop(user, asked.shown), asked.shown))
        since = {"page": asked.page, "asked": timezone.now().isoformat()}
        return redirect(f"{_address(asked, form)}&{urlencode(since)}")
    if (kind := request.GET.get("file", "")) in FILES and asked.closings <= FILE_CLOSINGS_MAX:
        return file_answer(kind, asked)
    return _page(request, form, _show(request, asked, form))


def _show(request: HttpRequest, asked: Asked, form: CheckForm) -> dict[str, Any]:
    by_shop = companies_by_shop(asked.user, asked.shops if asked.detailed else asked.shown)
    whole = read_whole(asked.shops, asked.first, asked.last, by_shop) if asked.detailed else None
    sums = shop_sums(asked.shown, asked.stretches(), by_shop, whole)
    rows = [_shop_row(it, asked, form) for it in sums]
    read = [it.read_at for it in sums if it.read_at is not None]
    address, companies = _address(asked, form), companies_of(by_shop, asked.shown)
    any_read = bool(read) or any(it.reconciled_at for it in by_shop.values())
    return {
        "asked": asked,
        "rows": [it for it in rows if not (asked.by_month and it.nothing)],
        "missed": [] if asked.by_month else missed_days([it.pk for it in asked.shown], asked.first, asked.last),
        "total": total_row(sums, whole=len(asked.pages) == 1) if len(sums) > 1 else None,
        "read_words": read_words(min(read, default=None)),
        "unread_shops": {it.shop for it in sums if read and it.linked and not it.read and it.closings},
        "may_link": asked.user.has_perm("tenants.change_establishment"),
        "reading": _reading(request, companies),
        "companies": companies,
        "pages": asked.pages_beside,
        "address": address,
        "files": [(name, f"{address}&file={name}") for name in FILES],
        "file_possible": asked.closings <= FILE_CLOSINGS_MAX,
        **(_detail(asked, whole, read=any_read) if whole else {}),
    }


def _shop_row(sums: ShopSums, asked: Asked, form: CheckForm) -> Any:
    days = {"where": f"e{sums.shop.pk}", "first": sums.stretch.first, "last": sums.stretch.last}
    alone = len(asked.keys) == 1 and not asked.by_month
    address = "" if alone else f"{reverse(PATH)}?{urlencode(days)}"
    return shop_row(sums, by_month=asked.by_month, address=address)


def _detail(asked: Asked, whole: Whole, *, read: bool) -> dict[str, Any]:
    """The tables by rate, means and account, and the closings and differences that a person should look at."""
    detail: Detail = read_detail(whole)
    rows = StoredClosing.objects.filter(establishment__in=asked.shops, business_date__range=(asked.first, asked.last))
    findings = (
        Finding.objects.filter(settled_at=None, posting__establishment__in=asked.shops)
        .filter(posting__business_date__range=(asked.first, asked.last))
        .select_related("posting__establishment", "posting__division__app")
        .defer("posting__division__app__client_secret")
        .order_by(*(f"posting__{it}" for it in IN_TURN), "id")
    )
    found = [*visible_to(asked.user, findings)[:NAMED_MAX]]
    closings = StoredClosing.objects.only("number", "business_date").in_bulk([it.posting.closing_id for it in found])
    return {
        "bridge": [*bridge_rows(detail.bridge)],
        "tables": [
            (_("VAT rates"), _("Rate"), rate_rows(detail, read=read), True),
            (_("Means of payment"), _("Means"), means_rows(detail, read=read), True),
            (_("Accounts"), _("Account"), account_rows(detail, read=read), False),
        ],
        "to_mend": to_mend_in(rows)[:NAMED_MAX],
        "findings": [(it, name_of(closings[it.posting.closing_id]), said_of_finding(it)) for it in found],
    }


def _reading(request: HttpRequest, companies: Sequence[Division]) -> Reading | None:
    moment: datetime | None = None
    try:
        moment = parse_datetime(request.GET.get("asked", ""))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        return None
    return Reading(companies=companies, asked_at=moment)


def _address(asked: Asked, form: CheckForm) -> str:
    """The address that asks this question again."""
    days = {"month": form.month} if form.month else {"first": asked.first, "last": asked.last}
    places = [("where", it) for it in form.places]
    return f"{reverse(PATH)}?{urlencode([*places, *days.items()])}"


def _page(request: HttpRequest, form: CheckForm, shown: dict[str, Any]) -> TemplateResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Check"),
        "form": form,
        "months": months_until(timezone.localdate()),
        "detail_days_max": DETAIL_DAYS_MAX,
        "detail_closings_max": DETAIL_CLOSINGS_MAX,
        **shown,
    }
    return TemplateResponse(request, "on_demand/check.html", context)
