"""What an establishment is: whose, its company in Exact, its tills."""

from exact.models import Activation
from integration.console.places.section import Told
from integration.console.set_up.progress import tills_of
from tenants.models import WEEKDAYS, Establishment, User
from tenants.scope import visible_to


def identity(user: User, shop: Establishment) -> Told:
    """Customer, reseller, code, SIRET, contact, opening days, and the company its closings go to."""
    activations = visible_to(user, Activation.objects.filter(establishment=shop))
    names = dict(WEEKDAYS)
    return {
        "shop": shop,
        "activation": activations.select_related("division").first(),
        "opening_days": [names[day] for day in sorted(shop.opening_days or ())],
    }


def tills(user: User, shop: Establishment) -> Told:
    """The tills in use, paired or not."""
    if not user.has_perm("tenants.view_till"):
        return None
    return {"shop": shop, "tills": tills_of([shop.pk])[shop.pk], "may_change": user.has_perm("tenants.change_till")}
