"""What ends here when a customer is handed over to another reseller: what is mailed to the former one's people."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy, ngettext

from on_demand.models import UNFINISHED, MailState, MonthlyExport, OnDemandExport
from tenants.handing_over import Ending, Leaving
from tenants.models import Tenant
from tenants.users import call_address


def monthly_that_goes_on(leaving: Leaving) -> QuerySet[MonthlyExport]:
    """The orders that go to others."""
    return _select_orders(leaving.tenant).exclude(leaving.sent_to_them("email"))


def _select_orders(tenant: Tenant) -> QuerySet[MonthlyExport]:
    return MonthlyExport.objects.filter(tenant=tenant, active=True).select_related("tenant", "establishment")


def _select_monthly(leaving: Leaving) -> QuerySet[MonthlyExport]:
    return _select_orders(leaving.tenant).filter(leaving.sent_to_them("email")).order_by("pk")


def _stop_monthly(orders: QuerySet[Any], _by: object) -> int:
    return orders.order_by().update(active=False)


def _select_mails(leaving: Leaving) -> QuerySet[OnDemandExport]:
    waits = Q(mail_state=MailState.DUE) | Q(state__in=UNFINISHED)
    exports = OnDemandExport.objects.filter(waits, leaving.sent_to_them("email"), tenant=leaving.tenant)
    return exports.order_by("pk")


def _end_mails(exports: QuerySet[Any], _by: object) -> int:
    return exports.order_by().update(email="", mail_state=MailState.NONE)


MONTHLY = Ending(
    select=_select_monthly,
    call=lambda order: f"{order} ({call_address(order.email)})",
    say=lambda count: ngettext(
        "{count} monthly export that goes to one of the former reseller's people stops:",
        "{count} monthly exports that go to the former reseller's people stop:",
        count,
    ).format(count=count),
    end=_stop_monthly,
    anew=gettext_lazy("Order the monthly export anew, to an address of your own."),
)
MAILS = Ending(
    select=_select_mails,
    call=lambda export: f"{export} ({export.addressee})",
    say=lambda count: ngettext(
        "{count} report that waits to go to one of the former reseller's people is not mailed; the export stays:",
        "{count} reports that wait to go to the former reseller's people are not mailed; the exports stay:",
        count,
    ).format(count=count),
    end=_end_mails,
)
