"""An establishment's own page: what it is, how it stands, what waits, and what happened there lately."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from integration.console.places import shop_facts
from integration.console.places.reader import reader_of, shop_of
from integration.console.places.section import Column, Section, drawn
from tenants.models import Establishment

# In the order of the page. A further section is a row here and a template console/places/shop/NAME.html.
SECTIONS: tuple[Section[Establishment], ...] = (
    Section(name="identity", column=Column.FACTS, tell=shop_facts.identity),
    Section(name="tills", column=Column.FACTS, tell=shop_facts.tills),
)


def shop_page(request: HttpRequest, establishment_id: int) -> HttpResponse:
    """The page of one establishment."""
    shop = shop_of(request, establishment_id)
    user = reader_of(request, "tenants.view_establishment")
    context = {
        **admin.site.each_context(request),
        "title": str(shop),
        "shop": shop,
        "columns": drawn(SECTIONS, "shop", user, shop),
        "may_change": user.has_perm("tenants.change_establishment"),
    }
    return TemplateResponse(request, "console/places/shop.html", context)
