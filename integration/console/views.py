"""The console's pages about many closings at once: errors by cause, and the day's log."""

from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from clyo_ingest.day_log import DayLog, LogLine, day_log
from exports.console.causes import READ_MAX, causes_of
from exports.models import StoredClosing
from ledger import texts
from tenants.models import Establishment, User
from tenants.scope import visible_to

SHOPS_MAX = 500


def _reader(request: HttpRequest) -> User:
    if not isinstance(request.user, User) or not request.user.has_perm("exports.view_storedclosing"):
        raise PermissionDenied
    return request.user


def causes_page(request: HttpRequest) -> HttpResponse:
    """What waits for a person, grouped by what can be mended once for all of it."""
    user = _reader(request)
    causes = causes_of(visible_to(user, StoredClosing.objects.all()))
    context = {
        **admin.site.each_context(request),
        "title": _("Errors by cause"),
        "causes": causes,
        "read_max": READ_MAX,
        "full": len({pk for cause in causes for pk in cause.closings}) >= READ_MAX,
        "may_repost": user.has_perm("exports.repost_storedclosing"),
    }
    return TemplateResponse(request, "console/causes.html", context)


def log_page(request: HttpRequest) -> HttpResponse:
    """The day's log of one establishment: read, narrowed down, or taken away as a text file (`?as=text`)."""
    user = _reader(request)
    shops = visible_to(user, Establishment.objects.select_related("tenant")).order_by("tenant__name", "code")
    asked, day = request.GET.get("establishment", ""), _day(request)
    shop = get_object_or_404(shops, pk=pk) if (pk := texts.whole(asked)) is not None else shops.first()
    log = day_log(shop, day, with_pushes=user.has_perm("clyo_ingest.view_push")) if shop else None
    if log is not None and request.GET.get("as") == "text":
        return _answer_file(log)
    query, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Day's log"),
        "shops": shops[:SHOPS_MAX],
        "shop": shop,
        "day": day,
        "day_before": day - timedelta(days=1),
        "day_after": day + timedelta(days=1),
        "query": query,
        "state": state,
        "states": sorted({(line.state, line.what) for line in log.lines if line.closing_id and not line.reference})
        if log
        else [],
        "lines": [line for line in log.lines if _is_wanted(line, query, state)] if log else [],
        "log": log,
    }
    return TemplateResponse(request, "console/log.html", context)


def _day(request: HttpRequest) -> date:
    try:
        return texts.day(request.GET.get("date", ""))
    except ValueError:
        return timezone.localdate()


def _is_wanted(line: LogLine, query: str, state: str) -> bool:
    return query.lower() in line.to_text().lower() and state in ("", line.state)


def _answer_file(log: DayLog) -> HttpResponse:
    answer = HttpResponse(log.to_text(), content_type="text/plain; charset=utf-8")
    name = f"log-{log.establishment.code}-{log.day.isoformat()}.txt"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
