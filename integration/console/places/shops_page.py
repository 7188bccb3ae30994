"""All establishments a person may see, the worst first, each with its last days."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from concerns.condition import what_waits, with_facts
from integration.console.places.reader import reader_of
from integration.console.places.shops_map import map_of, worst_first
from ledger import texts
from tenants.filter_values import warn_of_unreadable
from tenants.models import Establishment, Reseller, Tenant, User, still_open
from tenants.scope import visible_to
from tenants.viewpoint import Scope

SHOPS_A_PAGE = 50
CHOICES_MAX = 500


def shops_page(request: HttpRequest) -> HttpResponse:
    """Fifty establishments a page: `?reseller=` or `?customer=` chooses whose, `?q=` looks for a name or a code."""
    user = reader_of(request, "tenants.view_establishment")
    rows = visible_to(user, Establishment.objects.filter(still_open(), suspended_at=None, tenant__suspended_at=None))
    query = request.GET.get("q", "").strip()
    name, title = ("reseller", _("reseller")) if user.is_support else ("customer", _("customer"))
    if (chosen := texts.whole(request.GET.get(name, ""))) is None:
        warn_of_unreadable(request, name, title)
    waits = what_waits(Scope(user=user))
    ordered = worst_first(_narrow(user, rows, chosen, query), waits)
    page = Paginator(ordered, SHOPS_A_PAGE).get_page(request.GET.get("page"))
    shops = with_facts(Establishment.objects.select_related("tenant__reseller")).in_bulk([*page])
    context = {
        **admin.site.each_context(request),
        "title": _("All establishments"),
        "page": page,
        "map": map_of(user, [shops[pk] for pk in page if pk in shops], waits),
        "choices": _list_choices(user),
        "chosen": chosen,
        "query": query,
        "by_reseller": user.is_support,
        "asked": _address_without_page(request),
    }
    return TemplateResponse(request, "console/places/shops.html", context)


def _narrow(user: User, rows: QuerySet[Establishment], chosen: int | None, query: str) -> QuerySet[Establishment]:
    if chosen is not None:
        rows = rows.filter(tenant__reseller=chosen) if user.is_support else rows.filter(tenant=chosen)
    if query:
        rows = rows.filter(
            Q(name__plain_contains=query) | Q(code__iexact=query) | Q(tenant__name__plain_contains=query)
        )
    return rows


def _list_choices(user: User) -> list[tuple[int, str]]:
    """Support chooses a reseller, everybody else one of several customers."""
    rows: QuerySet[Any] = Reseller.objects.all() if user.is_support else Tenant.objects.all()
    return [*visible_to(user, rows).order_by("name").values_list("pk", "name")[:CHOICES_MAX]]


def _address_without_page(request: HttpRequest) -> str:
    asked = request.GET.copy()
    asked.pop("page", None)
    return f"{asked.urlencode()}&" if asked else ""
