"""The page on which somebody else's second factor is taken away: what will happen, a reason, and who did it before."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from integration.console.guided.shown import WhyForm, page
from integration.console.places.reader import reader_of
from tenants.acting import person_behind
from tenants.factor_reset import NothingToReset, has_factor, may_reset, reset_factor
from tenants.models import FactorReset, User
from tenants.scope import visible_to


def factor_reset_page(request: HttpRequest, user_id: int) -> HttpResponse:
    """Say what taking away a person's second factor does; on POST with a reason do it."""
    user, behind = reader_of(request, "tenants.resetfactor_user"), person_behind(request)
    person = get_object_or_404(visible_to(user, User.objects.select_related("reseller")), pk=user_id)
    if behind is None or behind == person or not may_reset(user, person):
        raise PermissionDenied
    form = WhyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        _reset(request, person, user, behind, form.cleaned_data["why"])
        return redirect("admin:tenants_user_change", person.pk)
    resets = FactorReset.objects.filter(user=person).select_related("by")
    context = {
        "title": _("Take away a second factor"),
        "subtitle": str(person),
        "person": person,
        "has_factor": has_factor(person),
        "form": form,
        "resets": visible_to(user, resets)[:10],
    }
    return page(request, "console/factor_reset.html", context)


def _reset(request: HttpRequest, person: User, by: User, behind: User, why: str) -> None:
    try:
        was_told = reset_factor(person, by=by, behind=behind, why=why)
    except NothingToReset:
        messages.info(request, _("{person} has no second factor: nothing was changed.").format(person=person))
        return
    words = _("The second factor of {person} was taken away, and the person logged out everywhere.")
    messages.success(request, words.format(person=person))
    if not was_told:
        words = _("The mail to {email} could not be sent: tell the person yourself.")
        messages.warning(request, words.format(email=person.email))
