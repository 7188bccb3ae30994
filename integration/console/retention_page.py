"""A customer leaves, a person wants to be forgotten: what would be done, the command that does it, and the last runs.

The commands are the operator's (docs/decisions/0064): this page prepares them and shows what became of each.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from clyo_ingest.models import Push
from exact.models import Posting
from exports.models import StoredClosing
from integration.console.guided.shown import page
from integration.console.places.reader import reader_of
from ledger import texts
from on_demand.models import OnDemandExport
from retention.erasure import uses_of
from retention.models import PruneRound, RetentionAct
from retention.prune import books_over_age
from tenants.models import Membership, Note, Tenant, User
from tenants.scope import visible_to

SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """What an archive of a customer would hold, counted, and how it is made."""

    tenant: Tenant
    counted: list[tuple[str, int]]
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """Who would be erased, what keeps it from being done, and how it is done."""

    address: str
    person: User | None
    customers: int
    uses: list[str]
    look: str
    command: str


def retention_page(request: HttpRequest) -> HttpResponse:
    """Show it for the `customer` of the query, or for the e-mail `address` of a form, which no log then holds."""
    user = reader_of(request, "retention.view_retentionact")
    context: dict[str, Any] = {
        "title": _("Archives and erasures"),
        "acts": RetentionAct.objects.select_related("customer", "person")[:SHOWN],
        "pruned": PruneRound.objects.first(),
        "over_age": books_over_age(timezone.now()),
    }
    if asked := request.GET.get("customer"):
        tenant = get_object_or_404(visible_to(user, Tenant.objects.all()), pk=texts.whole(asked) or 0)
        context["leaving"] = _prepare_archive(tenant)
    if request.method == "POST":
        address = request.POST.get("address", "").strip()
        try:
            EmailValidator()(address)
            context["forgotten"] = _prepare_erasure(address)
        except ValidationError:
            context["address_error"] = _("This is no e-mail address. Check it.")
    return page(request, "console/retention.html", context)


def _prepare_archive(tenant: Tenant) -> Leaving:
    of_it = {"tenant": tenant}
    counted = [
        (_("closings"), StoredClosing.objects.filter(**of_it).count()),
        (_("entries"), Posting.objects.filter(**of_it).count()),
        (_("pushes, byte for byte"), Push.objects.filter(**of_it).count()),
        (_("delivered files"), OnDemandExport.objects.filter(**of_it, content__isnull=False).count()),
        (_("people who look after it"), Membership.objects.filter(**of_it).count()),
        (_("notes, which are left out"), Note.objects.filter(**of_it).count()),
    ]
    command = f"manage.py archive_customer {tenant.pk} --to client-{tenant.pk}.zip"
    return Leaving(tenant=tenant, counted=counted, command=command)


def _prepare_erasure(address: str) -> Forgotten:
    person = User.objects.filter(email__iexact=address).select_related("reseller").first()
    return Forgotten(
        address=address,
        person=person,
        customers=person.memberships.filter(ended_at=None).count() if person else 0,
        uses=uses_of(address),
        look=f"manage.py erase_person {_quote(address)} --look",
        command=f"manage.py erase_person {_quote(address)}",
    )


def _quote(address: str) -> str:
    """For a shell: an address may hold an apostrophe."""
    return "'{}'".format(address.replace("'", "'\\''"))
