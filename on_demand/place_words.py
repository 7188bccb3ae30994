"""Of which establishments an export is, as people read it."""

from django.utils.translation import gettext as _

from on_demand.models import OnDemandExport

NAMED_MAX = 5


def place_of(export: OnDemandExport) -> str:
    """One establishment by its name, several by their codes, else all of the customer's."""
    if export.establishment is not None:
        return str(export.establishment)
    if not export.some_shops:
        return _("{customer}: all establishments").format(customer=export.tenant)
    codes = [shop.code for shop in export.some_shops]
    more = " …" if len(codes) > NAMED_MAX else ""
    return _("{customer}: {establishments}").format(
        customer=export.tenant, establishments=", ".join(codes[:NAMED_MAX]) + more
    )
