"""GÉNÉRALE or POSTE: the page on which a person says what an establishment books."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exports.models import StoredClosing
from exports.models.coverage import ClosingKinds
from exports.way.levels import set_level, waiting_for_the_answer
from exports.words.money import in_currency
from tenants.models import BookedLevel, Establishment, User
from tenants.scope import visible_to

SHOWN_MAX = 5
CHOICES = {
    BookedLevel.AUTO: (
        gettext_lazy("Automatic"),
        gettext_lazy(
            "The first closing that covers a ticket is booked; one over the same tickets is checked against it. For "
            "tills that tell their tickets."
        ),
    ),
    BookedLevel.GENERAL: (
        gettext_lazy("GÉNÉRALE"),
        gettext_lazy(
            "One pair of entries a day for the whole shop. POSTE and CAISSE closings are kept, and are in no book."
        ),
    ),
    BookedLevel.STATION: (
        gettext_lazy("POSTE"),
        gettext_lazy(
            "A pair of entries for each station's closing. The GÉNÉRALE is kept: it tells the same sales once more."
        ),
    ),
    BookedLevel.DRAWER: (
        gettext_lazy("CAISSE"),
        gettext_lazy("A pair of entries for each drawer's closing. GÉNÉRALE and POSTE closings are kept, unbooked."),
    ),
}


def level_page(request: HttpRequest, establishment_id: int) -> HttpResponse:
    """Show what each choice means, and on POST (`level`) keep it; what waited for it then goes."""
    shop = _shop(request, establishment_id)
    if request.method == "POST" and request.POST.get("level") in BookedLevel.values:
        level = BookedLevel(request.POST["level"])
        set_level(shop.pk, level)
        words = _("{establishment}: {level} from now on. What waited for it is being looked at again.")
        messages.success(request, words.format(establishment=shop, level=CHOICES[level][0]))
        return redirect("console_level", establishment_id=shop.pk)
    kinds = ClosingKinds.objects.filter(establishment=shop).first()
    asked = kinds is not None and kinds.asked_at is not None and kinds.answered_at is None
    waiting = waiting_for_the_answer(shop)
    context = {
        "title": _("Which closings are booked?"),
        "subtitle": str(shop),
        "shop": shop,
        "asked": asked,
        "kinds": kinds,
        "waiting": waiting.count() if asked else 0,
        "newest": [_show_waiting(it) for it in _newest(waiting)] if asked else [],
        "choices": [_choice(level, shop, asked=asked) for level in BookedLevel],
    }
    return TemplateResponse(request, "exports/level.html", {**admin.site.each_context(request), **context})


def _newest(rows: QuerySet[StoredClosing]) -> QuerySet[StoredClosing]:
    return rows.order_by("-business_date", "-closed_at", "pk").defer("document")[:SHOWN_MAX]


def _show_waiting(closing: StoredClosing) -> tuple[StoredClosing, Any, str]:
    """One of the closings that wait: with the name of its kind and its amount."""
    return closing, CHOICES[BookedLevel(closing.kind)][0], in_currency(closing.gross, closing.currency)


def _choice(level: BookedLevel, shop: Establishment, *, asked: bool) -> dict[str, Any]:
    title, words = CHOICES[level]
    seen = StoredClosing.objects.filter(establishment=shop, kind=level.value).order_by().aggregate(n=Count("pk"))["n"]
    counted = ngettext("{count} closing received", "{count} closings received", seen).format(count=seen)
    return {
        "value": level.value,
        "title": title,
        "words": words,
        "counted": "" if level is BookedLevel.AUTO else counted,
        "current": level == shop.booked_level,
        # Without ticket numbers the program cannot know which closings tell the same sales: a person must say.
        "possible": not (asked and level is BookedLevel.AUTO),
    }


def _shop(request: HttpRequest, pk: int) -> Establishment:
    rows = visible_to(_user(request, "tenants.change_establishment"), Establishment.objects.select_related("tenant"))
    return get_object_or_404(rows, pk=pk)


def _user(request: HttpRequest, permission: str) -> User:
    user = request.user
    if not isinstance(user, User) or not user.has_perm(permission):
        raise PermissionDenied
    return user
