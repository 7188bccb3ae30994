"""All establishments a person may see, each leading to its page."""

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from exports.console import links
from integration.console.places.reader import reader_of
from tenants.models import Establishment
from tenants.scope import visible_to

SHOPS_A_PAGE = 50


def shops_page(request: HttpRequest) -> HttpResponse:
    """The establishments, by customer, fifty a page."""
    user = reader_of(request, "tenants.view_establishment")
    rows = visible_to(user, Establishment.objects.select_related("tenant__reseller"))
    page = Paginator(rows.order_by("tenant__name", "code", "pk"), SHOPS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        **admin.site.each_context(request),
        "title": _("All establishments"),
        "page": page,
        "shops": [(shop, links.shop(shop.pk), links.customer(shop.tenant_id)) for shop in page],
    }
    return TemplateResponse(request, "console/places/shops.html", context)
