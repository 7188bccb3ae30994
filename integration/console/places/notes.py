"""Notes on a place: read by those who look after it, written by them, never changed."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from exports.console import links
from integration.console.places.reader import customer_of, shop_of
from integration.console.places.section import Told, Visit
from tenants.acting import person_behind
from tenants.models import NOTE_MAX, Establishment, Note, Tenant
from tenants.scope import visible_to

SHOWN = 20


class NoteForm(forms.Form):
    """One note."""

    text = forms.CharField(
        label=gettext_lazy("New note"), max_length=NOTE_MAX, widget=forms.Textarea(attrs={"rows": 3, "id": "new-note"})
    )


def of_shop(visit: Visit, shop: Establishment) -> Told:
    """The notes on an establishment, and on its customer as a whole."""
    return _tell(visit, shop.tenant, shop)


def of_customer(visit: Visit, tenant: Tenant) -> Told:
    """The notes on a customer and on all its establishments."""
    return _tell(visit, tenant, None)


def _tell(visit: Visit, tenant: Tenant, shop: Establishment | None) -> Told:
    if not visit.user.has_perm("tenants.view_note"):
        return None
    rows = visible_to(visit.user, Note.objects.filter(tenant=tenant)).select_related("author", "establishment")
    if shop is not None:
        rows = rows.filter(establishment=shop) | rows.filter(establishment=None)
    notes = [*rows.order_by("-written_at", "-pk")[: SHOWN + 1]]
    return {
        "notes": notes[:SHOWN],
        "more": len(notes) > SHOWN,
        "shop": shop,
        "tenant": tenant,
        "form": NoteForm() if visit.user.has_perm("tenants.add_note") else None,
    }


@require_POST
def note_on_shop(request: HttpRequest, establishment_id: int) -> HttpResponse:
    """Keep a note on an establishment."""
    shop = shop_of(request, establishment_id, "tenants.add_note")
    return _keep(request, shop.tenant, shop, f"{links.shop(shop.pk)}#notes")


@require_POST
def note_on_customer(request: HttpRequest, tenant_id: int) -> HttpResponse:
    """Keep a note on a customer."""
    tenant = customer_of(request, tenant_id, "tenants.add_note")
    return _keep(request, tenant, None, f"{links.customer(tenant.pk)}#notes")


def _keep(request: HttpRequest, tenant: Tenant, shop: Establishment | None, back: str) -> HttpResponse:
    """Keep a note once: the same words by the same person within a minute are one button pressed twice."""
    form, author = NoteForm(request.POST), person_behind(request)
    assert author is not None
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["text"])))
        return redirect(back)
    text = form.cleaned_data["text"]
    just_now = timezone.now() - timedelta(minutes=1)
    same = Note.objects.filter(tenant=tenant, establishment=shop, author=author, text=text, written_at__gt=just_now)
    if not same.exists():
        Note.objects.create(tenant=tenant, establishment=shop, author=author, text=text)
    messages.success(request, _("The note is kept."))
    return redirect(back)
