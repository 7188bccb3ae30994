"""Notes on a place, and on the closings of a shop."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from exports.console import links
from exports.models import StoredClosing
from integration.console.places.reader import customer_of, shop_of
from integration.console.places.section import Told, Visit
from integration.console.places.seen_shop import SeenShop
from tenants.models import Note, Tenant
from tenants.notes import keep_note, told_notes
from tenants.scope import visible_to


def of_shop(visit: Visit, seen: SeenShop) -> Told:
    """The notes on an establishment, on its closings, and on its customer as a whole."""
    shop = seen.shop
    rows = Note.objects.filter(tenant=shop.tenant, establishment=shop) | Note.objects.filter(
        tenant=shop.tenant, establishment=None
    )
    told = told_notes(visit.user, rows, reverse("console_note_on_shop", args=[shop.pk]))
    if told is None:
        return None
    _name_closings(visit, told["notes"])
    return {**told, "shop": shop}


def of_customer(visit: Visit, tenant: Tenant) -> Told:
    """The notes on a customer, and on all its establishments and their closings."""
    rows = Note.objects.filter(tenant=tenant)
    told = told_notes(visit.user, rows, reverse("console_note_on_customer", args=[tenant.pk]))
    if told is not None:
        _name_closings(visit, told["notes"])
    return told


def _name_closings(visit: Visit, notes: list[Note]) -> None:
    """Put beside each note on a closing which one that is."""
    keys = {it.closing_id for it in notes if it.closing_id is not None}
    rows = visible_to(visit.user, StoredClosing.objects.only("number")).in_bulk(keys) if keys else {}
    for it in notes:
        if (closing := rows.get(it.closing_id)) is not None:
            it.about, it.address = str(closing), links.closing(closing.pk)  # type: ignore[attr-defined]


@require_POST
def note_on_shop(request: HttpRequest, establishment_id: int) -> HttpResponse:
    """Keep a note on an establishment."""
    shop = shop_of(request, establishment_id, "tenants.add_note")
    keep_note(request, shop.tenant, shop)
    return redirect(f"{links.shop(shop.pk)}#notes")


@require_POST
def note_on_customer(request: HttpRequest, tenant_id: int) -> HttpResponse:
    """Keep a note on a customer."""
    tenant = customer_of(request, tenant_id, "tenants.add_note")
    keep_note(request, tenant, None)
    return redirect(f"{links.customer(tenant.pk)}#notes")
