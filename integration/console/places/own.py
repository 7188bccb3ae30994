"""The first page of merchants: each of their shops with its month, and what only they can do."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from concerns.condition import Condition, ShopCondition, conditions_of
from concerns.found import concerns_of
from exact.activation.links import make_link
from exact.api.consent import consent_of
from exact.models import Activation, LinkWay
from exports.console import links
from exports.coverage.aside import not_aside
from exports.models import StoredClosing
from integration.console.places.calendar import asked_month, month_of, warn_of_month
from integration.console.places.reader import shop_of
from tenants.acting import person_behind
from tenants.models import Establishment, User, still_open
from tenants.scope import visible_to
from tenants.viewpoint import Scope

SHOPS_SHOWN = 12
# With more shops than this the page shows no months, as each month costs queries; it is on the shop's own page.
MONTHS_SHOWN = 2
OF_LINKS = frozenset({Condition.LINK_LOST, Condition.LINK_ENDING})


def own_shops(request: HttpRequest, user: User) -> dict[str, Any]:
    """The shops as the first page shows them, and what waits for these people: nothing else is their business."""
    warn_of_month(request)
    rows = visible_to(user, Establishment.objects.filter(still_open(), suspended_at=None)).select_related(
        "tenant__reseller"
    )
    shops = [*rows.order_by("tenant__name", "code")[: SHOPS_SHOWN + 1]]
    shown = shops[:SHOPS_SHOWN]
    stands, activations = conditions_of(user, shown), _read_activations(user, shown)
    return {
        "own_shops": [
            {
                "shop": shop,
                "stands": stands.get(shop.pk),
                "last": _read_last(user, shop),
                "activation": activations.get(shop.pk),
                "linked": _is_linked(activations.get(shop.pk)) and not _stands_by_its_link(stands.get(shop.pk)),
                "by_link": _stands_by_its_link(stands.get(shop.pk)),
                "month": month_of(shop, asked_month(request.GET, shop), partial(links.day_of, shop.pk))
                if len(shown) <= MONTHS_SHOWN
                else None,
                "address": links.shop(shop.pk),
            }
            for shop in shown
        ],
        "more_shops": len(shops) > SHOPS_SHOWN,
        # A lost link to Exact is shown at its shop, with the button that renews it.
        "concerns": [it for it in concerns_of(Scope(user=user)) if it.condition not in OF_LINKS],
    }


@require_POST
def relink(request: HttpRequest, establishment_id: int) -> HttpResponse:
    """Make an activation link for the merchant and redirect to its pages, to log in at Exact again."""
    shop = shop_of(request, establishment_id, "exact.relink_activation")
    _link, address = make_link(shop, way=LinkWay.SHOWN, by=person_behind(request))
    return redirect(address)


def _read_activations(user: User, shops: list[Establishment]) -> dict[int, Activation]:
    rows = visible_to(user, Activation.objects.filter(establishment__in=shops))
    return {it.establishment_id: it for it in rows.select_related("division__connection")}


def _stands_by_its_link(shown: ShopCondition | None) -> bool:
    return shown is not None and shown.condition in OF_LINKS


def _is_linked(activation: Activation | None) -> bool:
    return activation is not None and consent_of(activation.division.connection).usable


def _read_last(user: User, shop: Establishment) -> StoredClosing | None:
    rows = visible_to(user, StoredClosing.objects.filter(not_aside(), establishment=shop)).defer("document", "problems")
    return rows.order_by("-business_date", "-closed_at").first()
