"""The first steps of a new account, shown on the first page while nothing was received yet."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from exact.models import Activation
from exports.models import StoredClosing
from tenants.models import Establishment, Tenant, Till, User
from tenants.scope import visible_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: its words, its page, and whether it is done."""

    title: str
    address: str
    done: bool


def first_steps(user: User) -> list[Step]:
    """The first three steps of an account of which nothing has ever been received; none once something was."""
    shops = visible_to(user, Establishment.objects.order_by())
    if StoredClosing.objects.filter(establishment__in=shops.values("pk")).exists():
        return []
    newest = visible_to(user, Tenant.objects.order_by("-created_at"))
    paired = Till.objects.filter(tenant=OuterRef("pk"), paired_at__isnull=False)
    on = Activation.objects.filter(tenant=OuterRef("pk"), active=True)
    customer = newest.annotate(paired=Exists(paired), on=Exists(on)).first()
    checklist = reverse("console_set_up_customer", args=[customer.pk]) if customer else reverse("console_set_up")
    begin = checklist if customer or not user.has_perm("tenants.add_tenant") else reverse("console_set_up_new")
    return [
        Step(title=_("Set a customer up with its shops and tills"), address=begin, done=customer is not None),
        Step(
            title=_("Pair a till with its code: it sends its settings by itself"),
            address=checklist,
            done=customer is not None and customer.paired,
        ),
        Step(
            title=_("Have the customer link Exact Online"),
            address=checklist,
            done=customer is not None and customer.on,
        ),
    ]
