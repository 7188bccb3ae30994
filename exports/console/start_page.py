"""From which day an establishment's closings go to Exact: said or moved here, with what comes of it shown first.

And how many of the next closings a person looks at before they go.
"""

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from exact.models import Activation, Division
from exports.console import links
from exports.models import StoredClosing
from exports.start.days import choices_of, read_day, waiting_by_day
from exports.start.outlook import Outlook, gone_before, outlook
from exports.way.reviews import say_reviews, waiting_for_review
from exports.way.starts import before_start, coming_back, leaving, say_start
from exports.words.money import euros
from ledger import texts
from tenants.models import REVIEWS_MAX, WHY_MAX, Establishment, User
from tenants.scope import visible_to

RELEASED_AT_ONCE = 50
DAY_SHOWN_MAX = 20


def start_page(request: HttpRequest, establishment_id: int) -> HttpResponse:
    """Show the first day that is booked, and what another (`from`) would change; on POST with `why` move it."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm("tenants.change_establishment"):
        raise PermissionDenied
    shops = visible_to(user, Establishment.objects.select_related("tenant__reseller"))
    shop = get_object_or_404(shops, pk=establishment_id)
    if request.method == "POST" and "reviews" in request.POST:
        return _keep_reviews(request, shop)
    asked = (request.POST if request.method == "POST" else request.GET).get("from", "").strip()
    day = read_day(asked)
    if asked and day is None:
        words = _("“{text}” is no day from which closings can be booked. Choose another one.")
        messages.warning(request, words.format(text=asked[:DAY_SHOWN_MAX]))
    why = request.POST.get("why", "").strip()[:WHY_MAX]
    if request.method == "POST" and day is not None and why:
        if request.POST.get("shown", "") == _name(shop, day):
            say_start(shop.pk, day, why=why)
            words = _("{establishment}: booked from {day} on. What this changes is being looked at.")
            said = words.format(establishment=shop, day=date_format(day, "SHORT_DATE_FORMAT"))
            messages.success(request, said)
            return redirect("console_start", establishment_id=shop.pk)
        messages.warning(request, _("This has changed since it was shown, so nothing was done. Look at it again."))
    context = {**admin.site.each_context(request), **_context(shop), **_tell_move(shop, day)}
    context["why_missing"] = request.method == "POST" and day is not None and not why
    return TemplateResponse(request, "exports/start.html", context)


def _keep_reviews(request: HttpRequest, shop: Establishment) -> HttpResponse:
    count = texts.whole(request.POST["reviews"])
    if count is None or count > REVIEWS_MAX:
        messages.error(request, _("At most {max} closings can be reviewed.").format(max=REVIEWS_MAX))
    else:
        say_reviews(shop.pk, count)
        messages.success(request, _("{establishment}: kept.").format(establishment=shop))
    return redirect("console_start", establishment_id=shop.pk)


def _division(shop: Establishment) -> Division | None:
    activation = Activation.objects.select_related("division").filter(establishment=shop).first()
    return activation.division if activation else None


def _context(shop: Establishment) -> dict[str, Any]:
    before = waiting_by_day(before_start(shop))
    to_review = waiting_for_review(shop)
    return {
        "title": _("From which day?"),
        "subtitle": str(shop),
        "shop": shop,
        "choices": choices_of(shop, _division(shop)),
        "before": sum(it.count for it in before),
        "before_gross": euros(sum((it.gross for it in before), Decimal())),
        "before_address": links.closings(establishment=shop.pk, problem="before_start"),
        "to_review": to_review.count(),
        "to_review_address": _release_address(to_review),
        "reviews_max": REVIEWS_MAX,
        "back": links.shop(shop.pk),
    }


def _release_address(to_review: QuerySet[StoredClosing]) -> str:
    """Where the oldest closings that wait for a review are looked at together."""
    chosen = [("closing", str(pk)) for pk in to_review.values_list("pk", flat=True)[:RELEASED_AT_ONCE]]
    return f"{reverse('console_way', args=['release'])}?{urlencode(chosen)}"


def _tell_move(shop: Establishment, day: date | None) -> dict[str, Any]:
    """What a move of the first day to `day` comes to: what then goes, what then is left, what stays in Exact."""
    if day is None or day == shop.books_from:
        return {"day": None}
    left = leaving(shop, day)
    return {
        "day": day,
        "going": _going(shop, day),
        "left": left.count(),
        "left_gross": euros(sum((it.gross for it in waiting_by_day(left)), Decimal())),
        "gone": gone_before(shop, day),
        "shown": _name(shop, day),
    }


def _going(shop: Establishment, day: date) -> Outlook:
    return outlook(shop, _division(shop), day, coming_back(shop, day))


def _name(shop: Establishment, day: date) -> str:
    """A digest of what is shown: it changes with the number of closings that a move concerns."""
    return f"{shop.books_from}/{coming_back(shop, day).count()}/{leaving(shop, day).count()}"
