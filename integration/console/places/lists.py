"""The lists of customers, establishments and tills: they show how each stands, and lead to its page.

The forms and actions of these rows are in their rooms. Their conditions need several rooms, so the lists are made here,
as subclasses of the rooms' own, which they replace.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clyo_ingest.admin import TillAdmin
from concerns.condition import ShopCondition, conditions_of
from exact.admin import EstablishmentAdmin
from exports.console import links
from exports.coverage.latest import last_days_of_shops, last_days_of_tills
from integration.console.places.succession import successions_of
from tenants.admin import TenantAdmin
from tenants.models import Establishment, Tenant, Till, User
from tenants.scope import visible_to


def _say_condition(condition: ShopCondition | None) -> str:
    if condition is None:
        return ""
    tag = '<span class="console-tag is-{}">{}</span><br><span class="console-quiet">{}</span>'
    return format_html(tag, condition.condition.tone, condition.condition.label, condition.words)


def _say_day(day: date | None) -> str:
    return date_format(day, "SHORT_DATE_FORMAT") if day else "–"


def _link(address: str, words: object) -> str:
    return format_html('<a class="console-link" href="{}">{}</a>', address, words)


class PlaceList:
    """What such lists share: a row leads to its page, and to its form by a link that says so."""

    list_display_links = None
    only_links = frozenset({"edit", "set_up"})
    opts: Any

    @admin.display(description=_("Edit"))
    def edit(self, row: Model) -> str:
        """The way to the row's form."""
        address = reverse(f"admin:tenants_{self.opts.model_name}_change", args=[row.pk])
        words = _now("Edit")
        label = _now("Change {name}").format(name=row)
        return format_html('<a class="console-link" href="{}" aria-label="{}">{}</a>', address, label, words)


class EstablishmentList(PlaceList, EstablishmentAdmin):
    """Establishments, each with how it stands."""

    list_display = ["place", "customer", "condition", "last_closing", "edit"]
    short_row = ("condition",)

    def lay_beside(self, request: HttpRequest, rows: Sequence[Establishment]) -> None:
        user = cast(User, request.user)
        conditions, days, moved = conditions_of(user, rows), last_days_of_shops(rows), successions_of(user, rows)
        for shop in rows:
            shop.shown_succession = moved[shop.pk].words if shop.pk in moved else ""  # type: ignore[attr-defined]
            shop.shown_condition, shop.shown_day = conditions.get(shop.pk), days.get(shop.pk)  # type: ignore[attr-defined]

    @admin.display(description=_("establishment"), ordering="code")
    def place(self, shop: Establishment) -> str:
        linked, said = _link(links.shop(shop.pk), shop), getattr(shop, "shown_succession", "")
        return format_html('{}<br><span class="console-quiet">{}</span>', linked, said) if said else linked

    @admin.display(description=_("customer"), ordering="tenant__name")
    def customer(self, shop: Establishment) -> str:
        return _link(links.customer(shop.tenant_id), shop.tenant)

    @admin.display(description=_("state"))
    def condition(self, shop: Establishment) -> str:
        return _say_condition(getattr(shop, "shown_condition", None))

    @admin.display(description=_("last closing"))
    def last_closing(self, shop: Establishment) -> str:
        return _say_day(getattr(shop, "shown_day", None))


class TillList(PlaceList, TillAdmin):
    """Tills, each with the shop it stands in."""

    list_display = ["till", "shop", "customer", "pairing", "last_closing", "software", "edit"]
    short_row = ("shop", "last_closing")

    def lay_beside(self, request: HttpRequest, rows: Sequence[Till]) -> None:
        days = last_days_of_tills(rows)
        for till in rows:
            till.shown_day = days.get(till.pk)  # type: ignore[attr-defined]

    @admin.display(description=_("till"), ordering="name")
    def till(self, till: Till) -> str:
        return _link(f"{links.shop(till.establishment_id)}#tills", till.name)

    @admin.display(description=_("establishment"), ordering="establishment__code")
    def shop(self, till: Till) -> str:
        return _link(links.shop(till.establishment_id), till.establishment)

    @admin.display(description=_("customer"), ordering="tenant__name")
    def customer(self, till: Till) -> str:
        return _link(links.customer(till.tenant_id), till.tenant)

    @admin.display(description=_("state"))
    def pairing(self, till: Till) -> str:
        tone, words = "warning", _now("till not paired")
        if till.ended_at is not None:
            tone, words = "quiet", _now("till put away")
        elif till.suspended_at is not None:
            tone, words = "quiet", _now("suspended till")
        elif till.paired_at is not None:
            tone, words = "good", _now("paired till")
        return format_html('<span class="console-tag is-{}">{}</span>', tone, words)

    @admin.display(description=_("last closing"))
    def last_closing(self, till: Till) -> str:
        return _say_day(getattr(till, "shown_day", None))


class TenantList(PlaceList, TenantAdmin):
    """Customers, each with how its worst establishment stands."""

    list_display = ["customer", "siren", "reseller", "condition", "shops", "last_closing", "set_up", "edit"]
    short_row = ("condition",)

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """All customers of a reseller are its own."""
        by_support = getattr(request.user, "is_support", False)
        return [it for it in self.list_display if by_support or it != "reseller"]

    def lay_beside(self, request: HttpRequest, rows: Sequence[Tenant]) -> None:
        shops = [*visible_to(request.user, Establishment.objects.filter(tenant__in=rows)).select_related("tenant")]
        conditions, days = conditions_of(cast(User, request.user), shops), last_days_of_shops(shops)
        of_customer: defaultdict[int, list[Establishment]] = defaultdict(list)
        for shop in shops:
            of_customer[shop.tenant_id].append(shop)
        for tenant in rows:
            own = of_customer[tenant.pk]
            found = [conditions[shop.pk] for shop in own if shop.pk in conditions]
            tenant.shown_condition = min(found, key=lambda it: it.condition.urgency, default=None)  # type: ignore[attr-defined]
            tenant.shown_day = _latest(days, own)  # type: ignore[attr-defined]
            tenant.shown_shops = len(own)  # type: ignore[attr-defined]

    @admin.display(description=_("customer"), ordering="name")
    def customer(self, tenant: Tenant) -> str:
        return _link(links.customer(tenant.pk), tenant.name)

    @admin.display(description=_("state"))
    def condition(self, tenant: Tenant) -> str:
        return _say_condition(getattr(tenant, "shown_condition", None))

    @admin.display(description=_("establishments"))
    def shops(self, tenant: Tenant) -> str:
        count = getattr(tenant, "shown_shops", 0)
        return ngettext("{count} establishment", "{count} establishments", count).format(count=count)

    @admin.display(description=_("last closing"))
    def last_closing(self, tenant: Tenant) -> str:
        return _say_day(getattr(tenant, "shown_day", None))


def _latest(days: dict[int, date], shops: Sequence[Establishment]) -> date | None:
    return max((days[shop.pk] for shop in shops if shop.pk in days), default=None)


for _model, _list in ((Establishment, EstablishmentList), (Till, TillList), (Tenant, TenantList)):
    admin.site.unregister(_model)
    admin.site.register(_model, _list)
