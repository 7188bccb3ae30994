"""The last question of the activation: from which day on closings are booked, and which ones go then.

It is a step of an activation link (`exact.activation.pages`). It is in this room because `exact` knows no closings.
"""

from contextlib import suppress
from datetime import date
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from exact.activation.link_steps import go_live
from exact.activation.links import StepTaken
from exact.activation.pages import number_of, of_this_browser, redirect_to, show_step
from exact.models import ActivationLink, LinkStep
from exports.start.days import choices_of, read_day
from exports.start.outlook import outlook
from exports.way.reviews import say_reviews
from exports.way.starts import say_start
from tenants.models import REVIEWS_MAX, Establishment

REVIEW_CHOICES = (0, 1, 3, 5, 10)


@require_http_methods(["GET", "POST"])
@of_this_browser
def start_page(request: HttpRequest, link: ActivationLink) -> HttpResponse:
    """Ask for the first day (`from`), show what goes then; on POST switch the export on."""
    if link.step != LinkStep.START:
        return redirect_to(link)
    shop = link.establishment
    if request.method == "POST":
        day = read_day(request.POST.get("from", ""))
        reviews = number_of(request.POST.get("reviews", "0"))
        if day is not None and 0 <= reviews <= REVIEWS_MAX:
            with suppress(StepTaken):
                go_live(link, number_of(request.POST.get("steps_made", "")), prepare=partial(_keep, shop, day, reviews))
            return redirect_to(link)
    return show_step(request, link, "exports/start_link.html", _context(request, link))


def _keep(shop: Establishment, day: date, reviews: int) -> None:
    say_start(shop.pk, day)
    say_reviews(shop.pk, reviews)


def _context(request: HttpRequest, link: ActivationLink) -> dict[str, Any]:
    shop, asked = link.establishment, request.GET.get("from", "")
    choices = choices_of(shop, link.division)
    waiting = max(choices, key=lambda it: (it.count, it.day))
    day = read_day(asked)
    if day is None and not asked:
        # While closings wait, no day is proposed: a wrong one books them twice or not at all, which is noticed late.
        day = shop.books_from or (None if waiting.count else timezone.localdate(timezone=shop.zone))
    return {
        "choices": choices,
        "day": day,
        "mistaken": bool(asked) and day is None,
        "going": outlook(shop, link.division, day) if day is not None else None,
        "waiting": waiting,
        "review_choices": [(count, _say_reviews(count)) for count in REVIEW_CHOICES],
        "reviews": shop.reviews_left,
    }


def _say_reviews(count: int) -> str:
    return _("none, they go by themselves") if count == 0 else _("the first {count}").format(count=count)
