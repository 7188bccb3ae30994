"""Closing a shop for holidays: the days, what that changes, a yes; and the list of its closed days, to be changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, Max, Min, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exports.console import links
from exports.coverage.closed import CannotClose, refuse_days, say_closed, say_open
from exports.coverage.closed_outlook import ClosedOutlook, outlook_of
from exports.models import ClosedDays, ClosedKind, StoredClosing
from exports.words.closed_words import say_days, say_span, say_when_closed
from integration.console.places.reader import reader_of, shop_of
from ledger import texts
from tenants.acting import person_behind
from tenants.models import WHY_MAX, Establishment, User
from tenants.scope import visible_to

MAY_CLOSE = "exports.change_closeddays"
PAST_SHOWN = 20
SHOPS_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which days the page was asked to close, of how many of the customer's shops, and what was noted."""

    first: date
    last: date
    note: str
    every: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanShown:
    """A span as the page lists it, who said it where one may know, and what closings came of its days all the same.

    `from_day` and `to_day` are the first and last of these closings' days.
    """

    span: ClosedDays
    days: str
    words: str
    who: str
    came: int
    from_day: date | None
    to_day: date | None


def closed_page(request: HttpRequest, establishment_id: int) -> HttpResponse:
    """The closed days of a shop; `first` and `last` show what closing it then comes to, on POST it is said, or taken
    back (`do`)."""
    shop = shop_of(request, establishment_id, MAY_CLOSE)
    user = reader_of(request, MAY_CLOSE)
    form = request.POST if request.method == "POST" else request.GET
    if request.method == "POST" and form.get("do") == "open":
        _take_back(request, shop, form)
        return redirect("console_closed", establishment_id=shop.pk)
    asked, fault = _read(form)
    shops = _list_shops(user, shop, every=asked is not None and asked.every)
    looked = [outlook_of(it, asked.first, asked.last) for it in shops] if asked else []
    if request.method == "POST" and asked is not None:
        if form.get("shown", "") == _name(looked):
            _close(request, shops, asked)
            return redirect("console_closed", establishment_id=shop.pk)
        messages.warning(request, _("This has changed since it was shown, so nothing was done. Look at it again."))
    context = {
        **admin.site.each_context(request),
        "title": _("Days the shop is closed"),
        "subtitle": str(shop),
        "shop": shop,
        "back": links.shop(shop.pk),
        "asked": asked,
        "form": form,
        "fault": fault,
        "looked": [(it, [say_days(span) for span in it.before]) for it in looked],
        "shown": _name(looked),
        "others": _list_shops(user, shop, every=True).count() - 1,
        "spans": list_spans(user, shop),
        "note_max": WHY_MAX,
    }
    return TemplateResponse(request, "console/places/closed.html", context)


def _list_shops(user: User, shop: Establishment, *, every: bool) -> Any:
    rows = visible_to(user, Establishment.objects.filter(tenant=shop.tenant_id)).order_by("code")
    if not every:
        return rows.filter(pk=shop.pk)
    return rows.filter(pk__in=rows.filter(suspended_at=None).values("pk")[:SHOPS_MAX])


def _read(form: QueryDict) -> tuple[Asked | None, str]:
    """The days that are asked for, else why they cannot be meant; neither where nothing was asked."""
    if "first" not in form:
        return None, ""
    try:
        typed = form.get("first", "")
        first, last = texts.day(typed), texts.day(form.get("last", "") or typed)
        refuse_days(first, last)
    except ValueError:
        return None, _("Choose the first and the last day it is closed.")
    except CannotClose as refused:
        return None, str(refused)
    note = texts.without_unusable(form.get("text", "")).strip()[:WHY_MAX]
    return Asked(first=first, last=last, note=note, every=form.get("every") == "yes"), ""


def _name(looked: Iterable[ClosedOutlook]) -> str:
    """A digest of what is shown: it changes with the shops, and with the closings and spans of these days."""
    return "/".join(f"{it.shop.pk}.{it.came}.{len(it.before)}" for it in looked)


def _close(request: HttpRequest, shops: Iterable[Establishment], asked: Asked) -> None:
    by = person_behind(request)
    assert by is not None
    with transaction.atomic():
        for shop in shops:
            say_closed(shop, asked.first, asked.last, by=by, note=asked.note, kind=ClosedKind.HOLIDAYS)
    words = _("{shops}: {closed}. No closing is expected then.")
    said = words.format(shops=", ".join(str(it) for it in shops), closed=say_when_closed(asked.first, asked.last))
    messages.success(request, said)


def _take_back(request: HttpRequest, shop: Establishment, form: QueryDict) -> None:
    try:
        first, last = texts.day(form.get("first", "")), texts.day(form.get("last", ""))
    except ValueError:
        messages.error(request, _("Choose the day from which it is open again."))
        return
    taken = say_open(shop, first, last)
    if not taken:
        messages.info(request, _("{shop} was not said to be closed on these days.").format(shop=shop))
        return
    words = ngettext(
        "{shop}: {count} day is open again, and a closing is expected on it as usual.",
        "{shop}: {count} days are open again, and closings are expected on them as usual.",
        taken,
    )
    messages.success(request, words.format(shop=shop, count=taken))


def list_spans(user: User, shop: Establishment) -> dict[str, list[SpanShown]]:
    """The closed days of a shop: those that last or are to come, and the latest of those that are over."""
    past = [*_read_spans(user, shop).filter(last_day__lt=_find_today(shop)).order_by("-first_day")[:PAST_SHOWN]]
    coming = [*_read_spans(user, shop).filter(last_day__gte=_find_today(shop)).order_by("first_day")]
    people = User.objects.filter(pk__in={it.said_by_id for it in (*coming, *past)})
    names = {it.pk: str(it) for it in people}
    return {
        "coming": [_show_span(it, names.get(it.said_by_id, "")) for it in coming],
        "past": [_show_span(it, names.get(it.said_by_id, "")) for it in past],
    }


def coming_spans(user: User, shop: Establishment) -> list[SpanShown]:
    """The days it is closed, now and to come, without who said so. One query."""
    rows = _read_spans(user, shop).filter(last_day__gte=_find_today(shop))
    return [_show_span(it, "") for it in rows.order_by("first_day")]


def _read_spans(user: User, shop: Establishment) -> QuerySet[Any]:
    own = StoredClosing.objects.filter(
        establishment=OuterRef("establishment"),
        business_date__gte=OuterRef("first_day"),
        business_date__lte=OuterRef("last_day"),
    )
    of_span = own.order_by().values("establishment")
    return visible_to(user, ClosedDays.objects.filter(establishment=shop)).annotate(
        came=Subquery(of_span.annotate(it=Count("*")).values("it")),
        from_day=Subquery(of_span.annotate(it=Min("business_date")).values("it")),
        to_day=Subquery(of_span.annotate(it=Max("business_date")).values("it")),
    )


def _find_today(shop: Establishment) -> date:
    return timezone.localdate(timezone=shop.zone)


def _show_span(span: Any, who: str) -> SpanShown:
    return SpanShown(
        span=span,
        days=say_days(span),
        words=say_span(span),
        who=who,
        came=span.came or 0,
        from_day=span.from_day,
        to_day=span.to_day,
    )
