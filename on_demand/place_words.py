"""Of which establishments an export is, as people read it."""

from django.utils.translation import gettext as _

from on_demand.models import OnDemandExport

NAMED_MAX = 5


def place_of(export: OnDemandExport) -> str:
    """One establishment by its name, several by their customer and codes, else all of the customer's."""
    if export.establishment is not None:
        return str(export.establishment)
    return _("{customer}: {establishments}").format(customer=export.tenant, establishments=shops_of(export))


def shops_of(export: OnDemandExport) -> str:
    """The same where the customer is named beside it: all establishments, or which."""
    if export.establishment is not None:
        return str(export.establishment)
    if not export.some_shops:
        return _("all establishments")
    codes = [shop.code for shop in export.some_shops]
    return ", ".join(codes[:NAMED_MAX]) + (" …" if len(codes) > NAMED_MAX else "")
