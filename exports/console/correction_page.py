"""Correcting closings that are booked by earlier settings: what would move, the choice, the reason, and one run."""

from collections.abc import Iterable, Iterator
from math import ceil
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from booking.mapping import stamp_of
from exact.models import Division
from exports.console.overtaken_shown import (
    by_period,
    closings_by_period,
    in_the_books,
    is_looking,
    left_behind,
    read_left,
    refused_of,
    to_correct,
)
from exports.console.replace_page import REPLACE
from exports.console.repost_page import answer_taken
from exports.models import Overtaken, RepostItem, RepostRun, RunWay, StoredClosing
from exports.reposts.repost_runs import InAnotherRun, start_run
from ledger import texts
from postgres.rows import among
from tenants.acting import person_behind
from tenants.models import WHY_MAX, Establishment, User
from tenants.scope import visible_to

# How many calls to Exact the correction of one closing usually takes: read, delete, read, post.
CALLS_A_CLOSING = 10
CORRECTED_MAX = 5000
RUNS_SHOWN = 5
ALONG = ("tenant", "mapping", "activation__division__app")


def correction_page(request: HttpRequest, establishment_id: int) -> HttpResponse:
    """The closings that today's settings would book otherwise; with POST and a reason, the run that corrects them."""
    user = reader_of(request)
    shops = visible_to(user, Establishment.objects.select_related(*ALONG))
    shop = get_object_or_404(shops, pk=establishment_id)
    if request.method == "POST":
        if not user.has_perm(REPLACE, shop):
            raise PermissionDenied
        return _begin(request, user, shop)
    return _show(request, user, shop)


def reader_of(request: HttpRequest) -> User:
    """The person who asks. Raises `PermissionDenied` for one who may not read closings and settings."""
    needed = ["exports.view_storedclosing", "booking.view_mapping"]
    if not isinstance(request.user, User) or not request.user.has_perms(needed):
        raise PermissionDenied
    return request.user


def _begin(request: HttpRequest, user: User, shop: Establishment) -> HttpResponse:
    why = request.POST.get("why", "").strip()
    if request.POST.get("shown") != _stamp(shop):
        messages.warning(
            request, _("The settings were changed after this page was shown. Here is what would move now.")
        )
        return redirect("console_correction", establishment_id=shop.pk)
    stamps = {shop.pk: _stamp(shop), **_read_sisters(request, user, shop)}
    closings = _select_chosen(request, user, shop, [*stamps])
    if not why or not closings:
        return _show(request, user, shop, why_missing=not why, nothing_chosen=not closings)
    actor = person_behind(request)
    assert actor is not None
    try:
        run = start_run(
            closings,
            actor=actor,
            why=why[:WHY_MAX],
            reseller_id=shop.tenant.reseller_id,
            way=RunWay.CORRECT,
            tenant_id=shop.tenant_id,
            shown=stamps,
        )
    except InAnotherRun as taken:
        return answer_taken(request, user, taken)
    return redirect("console_correction_run", run_id=run.pk)


def _stamp(shop: Establishment) -> str:
    mapping = getattr(shop, "mapping", None)
    return stamp_of(mapping) if mapping else ""


def _read_sisters(request: HttpRequest, user: User, shop: Establishment) -> dict[int, str]:
    """The customer's other establishments that were ticked, with the stamp they were shown under ("12:ab34…")."""
    asked = (it.partition(":") for it in request.POST.getlist("also"))
    stamps = {texts.whole(pk): stamp for pk, _colon, stamp in asked}
    own = _select_sisters(user, shop).filter(pk__in=[pk for pk in stamps if pk is not None])
    return {it.pk: stamps[it.pk] for it in own if stamps[it.pk] == _stamp(it)}


def _select_sisters(user: User, shop: Establishment) -> QuerySet[Establishment]:
    rows = visible_to(user, Establishment.objects.filter(tenant=shop.tenant_id, activation__active=True))
    return rows.exclude(pk=shop.pk).select_related("mapping").order_by("code")


def _select_chosen(request: HttpRequest, user: User, shop: Establishment, shops: Iterable[int]) -> list[StoredClosing]:
    """The closings of the ticked periods, those ticked one by one, and all of the ticked establishments.

    Those in an open run are not left out: a person who presses twice is led to that run.
    """
    own = visible_to(user, Overtaken.objects.filter(establishment=shop))
    periods, single = {*request.POST.getlist("period")}, {*request.POST.getlist("closing")}
    chosen: set[UUID] = set()
    if division := _division(shop):
        for code, group in closings_by_period(read_left(in_the_books(own)), division).items():
            chosen |= {it.closing for it in group if code in periods or str(it.closing) in single}
    sisters = visible_to(user, Overtaken.objects.filter(establishment__in=shops).exclude(establishment=shop))
    chosen |= {*in_the_books(sisters).values_list("pk", flat=True)}
    found = StoredClosing.objects.filter(among("pk", chosen)).only("pk", "tenant", "establishment")
    return [*found.order_by("business_date", "closed_at", "pk")[:CORRECTED_MAX]]


def _division(shop: Establishment) -> Division | None:
    activation = getattr(shop, "activation", None)
    return activation.division if activation and activation.active else None


def _show(
    request: HttpRequest,
    user: User,
    shop: Establishment,
    *,
    why_missing: bool = False,
    nothing_chosen: bool = False,
) -> HttpResponse:
    division = _division(shop)
    found = to_correct(visible_to(user, Overtaken.objects.filter(establishment=shop)))
    left = read_left(found) if division else []
    periods = by_period(left, division) if division else []
    refused = refused_of(left)
    total = sum(period.count for period in periods)
    context = {
        **admin.site.each_context(request),
        "title": _("Correct what is booked"),
        "subtitle": str(shop),
        "shop": shop,
        "division": division,
        "left_behind": left_behind(shop),
        "looking": is_looking(shop),
        "periods": periods,
        "total": total,
        "refused": refused,
        "none_goes": bool(total) and refused.count >= total,
        "in_files": sum(period.in_files for period in periods),
        "minutes": _minutes(shop, total),
        "sisters": [*_sisters_shown(user, shop)],
        "runs": _runs_of(user, shop),
        "shown": _stamp(shop),
        "may_correct": user.has_perm(REPLACE, shop),
        "why": request.POST.get("why", ""),
        "why_missing": why_missing,
        "nothing_chosen": nothing_chosen,
    }
    return TemplateResponse(request, "exports/correction.html", context)


def _minutes(shop: Establishment, total: int) -> int:
    """About how many minutes it takes, by the calls that Exact allows a minute less the share reserved for people."""
    division = _division(shop)
    if division is None:
        return 0
    return ceil(total * CALLS_A_CLOSING / max(1, division.app.minute_limit - settings.EXACT_MINUTE_RESERVE))


def _sisters_shown(user: User, shop: Establishment) -> Iterator[dict[str, Any]]:
    """The customer's other establishments where something was left behind too."""
    rows = to_correct(Overtaken.objects.filter(establishment__in=_select_sisters(user, shop)))
    counts = dict(rows.order_by().values_list("establishment").annotate(Count("pk")))
    for sister in _select_sisters(user, shop).filter(pk__in=counts):
        yield {"shop": sister, "count": counts[sister.pk], "shown": _stamp(sister)}


def _runs_of(user: User, shop: Establishment) -> list[RepostRun]:
    """The newest corrections of its closings."""
    items = RepostItem.objects.filter(closing__establishment=shop, run__way=RunWay.CORRECT)
    rows = visible_to(user, RepostRun.objects.filter(pk__in=items.values("run")))
    return [*rows.select_related("actor").order_by("-started_at")[:RUNS_SHOWN]]
