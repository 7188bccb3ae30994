"""A reseller offers a customer to another: to whom, what it changes, and how to take it back; no address is told of."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminEmailInputWidget

from exact.nudge import nudge
from exports.console import links
from integration.console.guided.hand_over_facts import tell_hand_over
from integration.console.guided.hand_over_shown import HandOverForm, say_title
from integration.console.guided.shown import page
from tenants.acting import person_behind
from tenants.handing_over import CannotHandOver, refuse_by_itself
from tenants.models import Tenant, User
from tenants.offering import OFFERS, AlreadyOffered, offer, open_offer_of, withdraw


class OfferForm(forms.Form):
    """To whom: an administrator of another reseller, by the e-mail address."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address of an administrator of the other reseller"),
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Ask for it: the one with which that person logs in here."),
    )

    def __init__(self, tenant: Tenant, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenant = tenant

    def clean_email(self) -> str:
        """Refuse the address of a colleague. Of any other address nothing is told, not even whether somebody has it."""
        email: str = self.cleaned_data["email"]
        if User.objects.filter(reseller=self.tenant.reseller_id, email__iexact=email).exists():
            raise forms.ValidationError(_("This is the address of a colleague. Type one of the other reseller's."))
        return email


def offer_customer(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Ask for the address; then (`email`) show what it changes; on POST with a reason offer it. An open offer is shown
    instead, and can be withdrawn."""
    by = person_behind(request)
    assert by is not None, "who may is somebody"
    there = open_offer_of(tenant)
    if request.method == "POST" and "withdraw" in request.POST:
        _withdraw(request, tenant, by)
        return redirect(links.customer(tenant.pk))
    asked = request.POST if request.method == "POST" else request.GET
    form = OfferForm(tenant, asked if "email" in asked else None)
    context = {"title": say_title(tenant), "tenant": tenant, "form": form, "offer": there}
    if there is not None and not (request.method == "POST" and form.is_valid()):
        return page(request, "console/guided/offered_by_us.html", context)
    try:
        if not form.is_valid():
            refuse_by_itself(tenant)
            return page(request, "console/guided/offer.html", context)
        why = HandOverForm(request.POST if request.method == "POST" else None)
        if why.is_valid():
            said = why.cleaned_data
            offer(
                tenant,
                form.cleaned_data["email"],
                by=by,
                why=said["why"],
                notes_go_along=said["notes_go_along"],
            )
            transaction.on_commit(lambda: nudge(OFFERS), robust=True)
            return redirect("console_hand_over", tenant_id=tenant.pk)
        refuse_by_itself(tenant)
    except AlreadyOffered:
        messages.error(request, _("This customer is offered to somebody else already. Withdraw that first."))
        return redirect("console_hand_over", tenant_id=tenant.pk)
    except CannotHandOver as refusal:
        return page(request, "console/guided/hand_over_refused.html", {**context, "refusal": refusal})
    context |= {"email": form.cleaned_data["email"], "why": why, **tell_hand_over(tenant)}
    return page(request, "console/guided/offer_preview.html", context)


def _withdraw(request: HttpRequest, tenant: Tenant, by: User) -> None:
    there = open_offer_of(tenant)
    if there is not None and withdraw(there, by=by):
        messages.success(request, _("The offer is withdrawn: {customer} stays yours.").format(customer=tenant.name))
    else:
        messages.info(request, _("No offer of this customer is open."))
