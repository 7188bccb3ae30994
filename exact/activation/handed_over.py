"""What ends here when a customer is handed over to another reseller: links to the activation pages. Consents stay."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from exact.models import ActivationLink
from tenants.handing_over import Ending, Leaving
from tenants.users import call_address


def _select_links(leaving: Leaving) -> QuerySet[ActivationLink]:
    """Made by the former reseller's people, or mailed to one of them. Others that the customer's people have stay."""
    open_ones = ActivationLink.objects.filter(tenant=leaving.tenant, expires_at__gt=timezone.now())
    theirs = Q(made_by__reseller=leaving.former) | leaving.sent_to_them("mailed_to")
    return open_ones.filter(theirs).select_related("establishment").order_by("pk")


def _end_links(links: QuerySet[Any], _by: object) -> int:
    """Ended, not withdrawn: whoever opens one may still ask that a new one goes to the contact's address."""
    return links.order_by().update(expires_at=timezone.now())


LINKS = Ending(
    select=_select_links,
    call=lambda link: (
        f"{link.establishment} ({call_address(link.mailed_to)})" if link.mailed_to else str(link.establishment)
    ),
    say=lambda count: ngettext(
        "{count} activation link that is still open ends:", "{count} activation links that are still open end:", count
    ).format(count=count),
    end=_end_links,
    anew=gettext_lazy("Send the links anew from the set-up page: to whoever still has to log in at Exact."),
)
