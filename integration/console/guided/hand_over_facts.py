"""What a hand-over of a customer changes, as its pages tell it before: what ends, what goes on, whose notes it has."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exact.models import Division
from on_demand.handed_over import monthly_that_goes_on
from tenants.handing_over import Leaving, will_end
from tenants.models import Establishment, Membership, Note, Reseller, Tenant, Till
from tenants.rights import Role


def tell_hand_over(tenant: Tenant) -> dict[str, Any]:
    """The facts for `console/guided/hand_over_facts.html`. Reads the customer's reseller."""
    leaving = Leaving(tenant, tenant.reseller)
    return {
        "tenant": tenant,
        "former": tenant.reseller,
        "shops": Establishment.objects.filter(tenant=tenant).count(),
        "tills": Till.objects.filter(tenant=tenant, ended_at=None).count(),
        "ends": will_end(leaving),
        "goes_on": [*_list_going_on(leaving)],
        "notes": count_notes(tenant, tenant.reseller),
    }


def count_notes(tenant: Tenant, reseller: Reseller) -> int:
    """How many internal notes on the customer are by that reseller's people."""
    return Note.objects.filter(tenant=tenant, author__reseller=reseller).count()


def _list_going_on(leaving: Leaving) -> Iterator[tuple[str, list[str]]]:
    """What nobody has to do anything for, each with the names."""
    tenant = leaving.tenant
    linked = Division.objects.filter(tenant=tenant, activations__active=True).distinct().order_by("name")
    if companies := [it.name for it in linked]:
        words = ngettext(
            "The link to Exact stays: {count} company. Nobody consents anew.",
            "The links to Exact stay: {count} companies. Nobody consents anew.",
            len(companies),
        )
        yield words.format(count=len(companies)), companies
    members = Membership.objects.filter(tenant=tenant, ended_at=None).select_related("user").order_by("user__email")
    for role, one, many in (
        (Role.ACCOUNTANT, _("{count} accountant keeps the access:"), _("{count} accountants keep the access:")),
        (
            Role.MERCHANT,
            _("{count} person of its own keeps the access:"),
            _("{count} people of its own keep the access:"),
        ),
    ):
        if names := [f"{it.user} ({it.user.email})" for it in members if it.role == role]:
            yield (one if len(names) == 1 else many).format(count=len(names)), names
    if orders := [f"{it} ({it.email})" for it in monthly_that_goes_on(leaving).order_by("pk")]:
        words = ngettext(
            "{count} monthly export goes on to the address it has:",
            "{count} monthly exports go on to the addresses they have:",
            len(orders),
        )
        yield words.format(count=len(orders)), orders
