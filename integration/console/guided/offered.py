"""A customer is offered to this person's reseller: what it is, and the two answers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from integration.console.guided.hand_over_shown import answer_handed_over
from integration.console.guided.shown import page
from integration.console.places.reader import reader_of
from tenants.acting import person_behind
from tenants.handing_over import CannotHandOver
from tenants.models import Tenant
from tenants.offering import OfferOver, decline, received, take


def offered_page(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Show what was offered to the person; on POST take or decline it. Any other offer looks like one that is over."""
    user, by = reader_of(request, "tenants.handover_tenant"), person_behind(request)
    assert by is not None, "who may is somebody"
    context = {"title": _("A customer is offered to you"), "over": True}
    if request.method == "POST" and "decline" in request.POST:
        if decline(user, offer_id, by=by):
            messages.success(request, _("The offer is declined. The customer stays where it is."))
            return redirect("admin:index")
        return page(request, "console/guided/offered.html", context)
    if request.method == "POST":
        try:
            done, ended = take(user, offer_id, by=by)
        except OfferOver:
            return page(request, "console/guided/offered.html", context)
        except CannotHandOver as refusal:
            return page(request, "console/guided/hand_over_refused.html", {**context, "refusal": refusal})
        return answer_handed_over(request, Tenant.objects.get(pk=done.tenant_id), done, ended)
    found = received(user, offer_id)
    return page(request, "console/guided/offered.html", {**context, "over": found is None, "it": found})
