"""Suspending a place and taking that back: a button and a reason. Nobody types a date."""

from dataclasses import dataclass
from typing import TypeAlias

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from exports.console import links
from integration.console.places.reader import customer_of, reader_of, shop_of
from tenants.models import WHY_MAX, Establishment, Reseller, Tenant, Till
from tenants.scope import visible_to

Suspendable: TypeAlias = Reseller | Tenant | Establishment | Till


class WhyForm(forms.Form):
    """Why a place is suspended."""

    why = forms.CharField(
        label=gettext_lazy("Why (it stays in the history)"), max_length=WHY_MAX, widget=UnfoldAdminTextInputWidget()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the page says of one sort of place."""

    title: str
    means: str


def suspend_shop(request: HttpRequest, establishment_id: int) -> HttpResponse:
    """Suspend an establishment, or take that back."""
    shop = shop_of(request, establishment_id, "tenants.change_establishment")
    means = _("Its tills are refused: they keep their closings and send them once the suspension is over.")
    return _answer(request, shop, Words(title=str(shop), means=means), back=links.shop(shop.pk))


def suspend_till(request: HttpRequest, till_id: int) -> HttpResponse:
    """Suspend a till, or take that back."""
    user = reader_of(request, "tenants.change_till")
    till = get_object_or_404(visible_to(user, Till.objects.select_related("establishment")), pk=till_id)
    means = _("The till is refused: it keeps its closings and sends them once the suspension is over.")
    return _answer(request, till, Words(title=str(till), means=means), back=links.shop(till.establishment_id))


def suspend_customer(request: HttpRequest, tenant_id: int) -> HttpResponse:
    """Suspend a customer with all its establishments, or take that back."""
    tenant = customer_of(request, tenant_id, "tenants.change_tenant")
    means = _("The tills of all its establishments are refused, and its accountants no longer see it.")
    return _answer(request, tenant, Words(title=tenant.name, means=means), back=links.customer(tenant.pk))


def suspend_reseller(request: HttpRequest, reseller_id: int) -> HttpResponse:
    """Suspend a reseller with all its customers, or take that back. Support alone may."""
    user = reader_of(request, "tenants.change_reseller")
    reseller = get_object_or_404(visible_to(user, Reseller.objects.all()), pk=reseller_id)
    means = _("Its people cannot log in, and the tills of all its customers are refused.")
    return _answer(request, reseller, Words(title=reseller.name, means=means), back=links.reseller(reseller.pk))


def _answer(request: HttpRequest, place: Suspendable, words: Words, *, back: str) -> HttpResponse:
    form = WhyForm(request.POST if "suspend" in request.POST else None)
    if request.method == "POST" and "resume" in request.POST:
        _resume(request, place)
        return redirect(back)
    if form.is_valid():
        _suspend(request, place, form.cleaned_data["why"])
        return redirect(back)
    context = {
        **admin.site.each_context(request),
        "title": _("Suspension"),
        "subtitle": words.title,
        "words": words,
        "place": place,
        "form": form,
        "back": back,
    }
    return TemplateResponse(request, "console/places/suspend.html", context)


def _suspend(request: HttpRequest, place: Suspendable, why: str) -> None:
    """Suspend a place, or take that back. The second of two people changes nothing: the first reason stays."""
    rows = type(place)._default_manager.filter(pk=place.pk, suspended_at=None)
    if rows.update(suspended_at=timezone.now(), suspended_why=why):
        messages.success(request, _("{place} is suspended.").format(place=place))
    else:
        messages.info(request, _("{place} was suspended already.").format(place=place))


def _resume(request: HttpRequest, place: Suspendable) -> None:
    rows = type(place)._default_manager.filter(pk=place.pk, suspended_at__isnull=False)
    if rows.update(suspended_at=None, suspended_why=""):
        messages.success(request, _("{place} is no longer suspended.").format(place=place))
    else:
        messages.info(request, _("{place} is not suspended.").format(place=place))
