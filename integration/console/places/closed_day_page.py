"""One day of a shop on which no closing came: was it closed? Answered by a press, and taken back by another."""

from datetime import date, timedelta

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from exports.console import links
from exports.coverage.closed import CannotClose, closed_days_of, say_closed, say_open, span_of
from exports.coverage.days import MissedDay, days_of, missed_days
from exports.words.closed_words import say_days, say_span, say_when_closed
from integration.console.places.closed_page import MAY_CLOSE
from integration.console.places.reader import reader_of, shop_of
from ledger import texts
from tenants.acting import person_behind
from tenants.models import Establishment, Role, User

# How far back the page lists further unanswered days, and how many.
ASKED_BACK = timedelta(days=62)
OTHERS_SHOWN = 12


def closed_day_page(request: HttpRequest, establishment_id: int) -> HttpResponse:
    """Ask whether the shop was closed on `day`; on POST take the answer: `closed`, `until` (`last`), `open`, or `back`,
    which takes back all of the span that holds the day."""
    shop = shop_of(request, establishment_id, MAY_CLOSE)
    user = reader_of(request, MAY_CLOSE)
    form = request.POST if request.method == "POST" else request.GET
    try:
        day = texts.day(form.get("day", ""))
    except ValueError as none:
        raise Http404 from none
    if request.method == "POST":
        _take_answer(request, user, shop, day, form)
        return redirect(links.closed_day(shop.pk, day))
    (it,) = days_of([shop], day, day)[shop.pk]
    context = {
        **admin.site.each_context(request),
        "title": _("Was the shop closed?"),
        "subtitle": str(shop),
        "shop": shop,
        "it": it,
        "span_days": say_days(it.span) if it.span else "",
        "span_words": say_span(it.span) if it.span else "",
        "today": timezone.localdate(timezone=shop.zone),
        "others": [other for other in _list_missed(shop) if other.day != day][:OTHERS_SHOWN],
        "log": links.day_of(shop.pk, day),
        "back": links.shop(shop.pk),
        "of_merchant": user.role == Role.MERCHANT,
    }
    return TemplateResponse(request, "console/places/closed_day.html", context)


def _list_missed(shop: Establishment) -> list[MissedDay]:
    """The days of the last two months on which a till of the shop should have closed and did not."""
    last = timezone.localdate(timezone=shop.zone) - timedelta(days=1)
    return missed_days([shop.pk], last - ASKED_BACK, last)


def _take_answer(request: HttpRequest, user: User, shop: Establishment, day: date, form: QueryDict) -> None:
    match form.get("answer", ""):
        case "closed":
            _close(request, shop, day, day)
        case "until":
            try:
                _close(request, shop, day, texts.day(form.get("last", "")))
            except ValueError:
                messages.error(request, _("Choose the last day it is closed."))
        case "open":
            taken = say_open(shop, day, day)
            messages.info(request, _say_awaited(user, shop, day, taken=bool(taken)))
        case "back":
            _take_back(request, shop, day)


def _close(request: HttpRequest, shop: Establishment, first: date, last: date) -> None:
    by = person_behind(request)
    assert by is not None
    try:
        said = say_closed(shop, first, last, by=by)
    except CannotClose as refused:
        messages.error(request, str(refused))
        return
    if not said.new:
        told = _("{shop} was said to be closed then already: {days}.").format(shop=shop, days=say_days(said.span))
        messages.success(request, told)
        return
    if first == last:
        words = _("{shop}: {closed}. No closing of that day is expected any more.")
    else:
        words = _("{shop}: {closed}. No closing of these days is expected any more.")
    messages.success(request, words.format(shop=shop, closed=say_when_closed(first, last)))


def _take_back(request: HttpRequest, shop: Establishment, day: date) -> None:
    span = span_of(day, closed_days_of([shop.pk])[shop.pk])
    if span is None or not say_open(shop, span.first_day, span.last_day):
        messages.info(request, _("{shop} was not said to be closed on these days.").format(shop=shop))
    else:
        messages.success(request, _("Taken back: {days}.").format(days=say_days(span)))


def _say_awaited(user: User, shop: Establishment, day: date, *, taken: bool) -> str:
    """What to do if the shop was open: for the merchant in it, or for who looks after it."""
    if user.role == Role.MERCHANT:
        words = _("The closing of {day} is still awaited: close the till, or have it send again; else call {reseller}.")
        said = words.format(day=_write_short(day), reseller=shop.tenant.reseller)
    else:
        said = _("The closing of {day} is still awaited: have the till send it again.").format(day=_write_short(day))
    return f"{_('Taken back.')} {said}" if taken else said


def _write_short(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")
