"""Of which establishments a run is, as people read it."""

from django.utils.translation import gettext as _

from on_demand.models import OnDemandExport

NAMED_MAX = 5


def place_of(run: OnDemandExport) -> str:
    """One establishment by its name, several by their codes, else all of the customer's."""
    if run.establishment is not None:
        return str(run.establishment)
    if not run.some_shops:
        return _("{customer}: all establishments").format(customer=run.tenant)
    codes = [shop.code for shop in run.some_shops]
    more = " …" if len(codes) > NAMED_MAX else ""
    return _("{customer}: {establishments}").format(
        customer=run.tenant, establishments=", ".join(codes[:NAMED_MAX]) + more
    )
