"""What a customer is: its reseller, its number, its establishments."""

from exports.console import links
from integration.console.places.section import Told
from tenants.models import Establishment, Tenant, User
from tenants.scope import visible_to

SHOPS_MAX = 100


def identity(user: User, tenant: Tenant) -> Told:
    """Legal name, SIREN, reseller."""
    return {"tenant": tenant, "by_support": user.is_support}


def shops(user: User, tenant: Tenant) -> Told:
    """Its establishments, by their codes; each leads to its page."""
    rows = visible_to(user, Establishment.objects.filter(tenant=tenant)).order_by("code")[: SHOPS_MAX + 1]
    found = [(shop, links.shop(shop.pk)) for shop in rows]
    return {"shops": found[:SHOPS_MAX], "more": len(found) > SHOPS_MAX}
