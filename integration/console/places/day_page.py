"""The log of a day of one establishment: by business date, or by the clock. A closing's lines are folded into one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from clyo_ingest.day_log import DayLog, LogLine, business_date_log, day_log
from exports.console import links
from exports.coverage.latest import last_days_of_shops
from exports.models import StoredClosing
from exports.words.history import OF_NUMBERS
from exports.words.money import in_currency
from integration.console.places.reader import reader_of
from ledger import texts
from tenants.filter_values import warn_of_unreadable
from tenants.models import Establishment, User
from tenants.scope import visible_to

SHOPS_MAX = 500


@dataclass(slots=True, kw_only=True)
class Fold:
    """What is shown as one line until it is opened: all lines of one closing, or a line that is of none."""

    first: LogLine
    lines: list[LogLine] = field(default_factory=list)
    closing: StoredClosing | None = None

    @property
    def began(self) -> datetime:
        """When the first of its lines happened."""
        return self.lines[0].at

    @property
    def ended(self) -> datetime:
        """When the last of its lines happened."""
        return self.lines[-1].at

    @property
    def turnover(self) -> str:
        """The closing's gross in words; "" for a line that is of no closing."""
        return in_currency(self.closing.gross, self.closing.currency) if self.closing else ""

    @property
    def address(self) -> str:
        """The closing's page; "" for a line that is of no closing."""
        return links.closing(self.closing.pk) if self.closing else ""


def log_page(request: HttpRequest) -> HttpResponse:
    """The log of a day: read, narrowed down, or taken away as a text file (`?as=text`)."""
    user = reader_of(request, "exports.view_storedclosing")
    shops = visible_to(user, Establishment.objects.select_related("tenant")).order_by("tenant__name", "code")
    if (pk := texts.whole(request.GET.get("establishment", ""))) is None:
        warn_of_unreadable(request, "establishment", _("establishment"))
    shop = get_object_or_404(shops, pk=pk) if pk is not None else shops.first()
    by_clock = request.GET.get("by") == "hour"
    day = _asked_day(request, shop, by_clock=by_clock)
    log = _read_log(user, shop, day, by_clock=by_clock) if shop else None
    if log is not None and request.GET.get("as") == "text":
        return _answer_file(log)
    query, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    lines = [line for line in log.lines if _is_wanted(line, query, state)] if log else []
    context = {
        **admin.site.each_context(request),
        "title": _("Day's log"),
        "subtitle": str(shop or ""),
        "shops": shops[:SHOPS_MAX],
        "shop": shop,
        "by_clock": by_clock,
        "day": day,
        "day_before": day - timedelta(days=1),
        "day_after": day + timedelta(days=1),
        "query": query,
        "state": state,
        "states": _list_states(log) if log else [],
        "lines": lines,
        "folds": fold(user, lines),
        "narrowed": bool(query or state),
        "log": log,
    }
    return TemplateResponse(request, "console/log.html", context)


def _read_log(user: User, shop: Establishment, day: date, *, by_clock: bool) -> DayLog:
    if by_clock:
        return day_log(shop, day, with_pushes=user.has_perm("clyo_ingest.view_push"))
    return business_date_log(shop, day)


def fold(user: User, lines: Iterable[LogLine]) -> list[Fold]:
    """The lines, those of one closing together where its first stands; with the closing as it stands now."""
    folds: list[Fold] = []
    of_closing: dict[UUID, Fold] = {}
    for line in lines:
        if line.closing_id is None:
            folds.append(Fold(first=line, lines=[line]))
            continue
        if line.closing_id not in of_closing:
            of_closing[line.closing_id] = Fold(first=line)
            folds.append(of_closing[line.closing_id])
        of_closing[line.closing_id].lines.append(line)
    rows = visible_to(user, StoredClosing.objects.filter(pk__in=of_closing)).defer("document")
    for closing in rows:
        of_closing[closing.pk].closing = closing
    return folds


def _list_states(log: DayLog) -> list[tuple[str, str]]:
    own = (line for line in log.lines if line.closing_id and not line.reference)
    return sorted({(it.state, _("numbers never made") if it.state == OF_NUMBERS else it.what) for it in own})


def _asked_day(request: HttpRequest, shop: Establishment | None, *, by_clock: bool) -> date:
    """The day of the address; else today, or by business date the last one that closings came of."""
    try:
        return texts.day(request.GET.get("date", ""))
    except ValueError:
        warn_of_unreadable(request, "date", _("day"))
        last = last_days_of_shops([shop]).get(shop.pk) if shop and not by_clock else None
        return last or timezone.localdate()


def _is_wanted(line: LogLine, query: str, state: str) -> bool:
    return query.lower() in line.to_text().lower() and state in ("", line.state)


def _answer_file(log: DayLog) -> HttpResponse:
    answer = HttpResponse(log.to_text(), content_type="text/plain; charset=utf-8")
    name = f"log-{log.establishment.code}-{log.day.isoformat()}.txt"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
