"""A customer is handed over to another reseller: by support at once, on the customer's word; by its own reseller, which
offers it (`offer_customer`)."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget

from integration.console.guided.hand_over_facts import tell_hand_over
from integration.console.guided.hand_over_shown import HandOverForm, answer_handed_over, say_title
from integration.console.guided.offer_customer import offer_customer
from integration.console.guided.shown import page
from integration.console.places.reader import customer_of, reader_of
from tenants.acting import person_behind
from tenants.handing_over import CannotHandOver, hand_over, refuse, refuse_by_itself
from tenants.models import Reseller, Tenant, User
from tenants.scope import visible_to


class ToForm(forms.Form):
    """To which reseller."""

    to = forms.ModelChoiceField(
        label=gettext_lazy("New reseller"),
        queryset=Reseller.objects.none(),
        widget=UnfoldAdminSelectWidget(),
        help_text=gettext_lazy("It looks after the customer from the moment you confirm."),
    )

    def __init__(self, resellers: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = resellers  # type: ignore[attr-defined]


def hand_over_page(request: HttpRequest, tenant_id: int) -> HttpResponse:
    """Ask to whom; then (`to`) show what it changes; on POST with a reason do it."""
    tenant = customer_of(request, tenant_id, "tenants.handover_tenant")
    user = reader_of(request, "tenants.handover_tenant")
    return _by_support(request, user, tenant) if user.is_support else offer_customer(request, tenant)


def _by_support(request: HttpRequest, user: User, tenant: Tenant) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    resellers = visible_to(user, Reseller.objects.filter(suspended_at=None))
    if request.method != "POST":  # a second press finds what the first did, where it did it
        resellers = resellers.exclude(pk=tenant.reseller_id)
    form = ToForm(resellers, asked if "to" in asked else None)
    context = {"title": say_title(tenant), "tenant": tenant, "form": form}
    try:
        if not form.is_valid():
            refuse_by_itself(tenant)
            return page(request, "console/guided/hand_over.html", context)
        why = HandOverForm(request.POST if request.method == "POST" else None)
        if why.is_valid():
            return _carry_out(request, tenant, form.cleaned_data["to"], why.cleaned_data)
        refuse(tenant, form.cleaned_data["to"])
    except CannotHandOver as refusal:
        return page(request, "console/guided/hand_over_refused.html", {**context, "refusal": refusal})
    context |= {"to": form.cleaned_data["to"], "why": why, **tell_hand_over(tenant)}
    return page(request, "console/guided/hand_over_preview.html", context)


def _carry_out(request: HttpRequest, tenant: Tenant, to: Reseller, said: dict[str, Any]) -> HttpResponse:
    by, former = person_behind(request), request.POST.get("former", "")
    assert by is not None, "who may is somebody"
    done, ended = hand_over(
        tenant.pk,
        former_id=int(former) if former.isdecimal() else tenant.reseller_id,
        to_id=to.pk,
        by=by,
        why=said["why"],
        notes_go_along=said["notes_go_along"],
    )
    return answer_handed_over(request, tenant, done, ended)
