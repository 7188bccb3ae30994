"""What a customer is: its reseller, its number, its establishments."""

from exports.console import links
from integration.console.places.section import Told, Visit
from tenants.models import Establishment, Tenant
from tenants.scope import visible_to

SHOPS_MAX = 100


def identity(visit: Visit, tenant: Tenant) -> Told:
    """Legal name, SIREN, reseller."""
    return {"tenant": tenant, "by_support": visit.user.is_support}


def shops(visit: Visit, tenant: Tenant) -> Told:
    """Its establishments, by their codes; each leads to its page."""
    rows = visible_to(visit.user, Establishment.objects.filter(tenant=tenant)).order_by("code")[: SHOPS_MAX + 1]
    found = [(shop, links.shop(shop.pk)) for shop in rows]
    return {"shops": found[:SHOPS_MAX], "more": len(found) > SHOPS_MAX}
