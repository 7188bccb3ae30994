"""An establishment's own page: what it is, how it stands, what waits, and what happened there lately."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from integration.console.places import notes, shop_facts, shop_news
from integration.console.places.calendar import warn_of_month
from integration.console.places.reader import reader_of, shop_of
from integration.console.places.section import Column, Section, Visit, drawn
from integration.console.places.seen_shop import SeenShop, rows_of_shops
from integration.console.places.succession import successions_of

# In the order of the page. A further section is a row here and a template console/places/shop/NAME.html.
SECTIONS: tuple[Section[SeenShop], ...] = (
    Section(name="condition", column=Column.NEWS, tell=shop_news.condition),
    Section(name="waits", column=Column.NEWS, tell=shop_news.waits),
    Section(name="month", column=Column.NEWS, tell=shop_news.month),
    Section(name="notes", column=Column.NEWS, tell=notes.of_shop),
    Section(name="lately", column=Column.NEWS, tell=shop_news.lately),
    Section(name="identity", column=Column.FACTS, tell=shop_facts.identity),
    Section(name="exact", column=Column.FACTS, tell=shop_facts.exact),
    Section(name="tills", column=Column.FACTS, tell=shop_facts.tills),
    Section(name="closed", column=Column.FACTS, tell=shop_facts.closed),
    Section(name="mapping", column=Column.FACTS, tell=shop_facts.mapping),
    Section(name="exports", column=Column.FACTS, tell=shop_facts.exports),
)


def shop_page(request: HttpRequest, establishment_id: int) -> HttpResponse:
    """The page of one establishment."""
    shop = shop_of(request, establishment_id, rows=rows_of_shops())
    user = reader_of(request, "tenants.view_establishment")
    warn_of_month(request)
    context = {
        **admin.site.each_context(request),
        "title": _("Establishment"),
        "subtitle": str(shop),
        "shop": shop,
        "columns": drawn(SECTIONS, "shop", Visit(user=user, query=request.GET), SeenShop(user, shop)),
        "succession": successions_of(user, [shop]).get(shop.pk),
        "may_move": user.has_perm("tenants.add_tenant"),
        "may_change": user.has_perm("tenants.change_establishment"),
    }
    return TemplateResponse(request, "console/places/shop.html", context)
