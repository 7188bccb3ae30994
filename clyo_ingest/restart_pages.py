"""The console's forms about a till whose counters begin anew: on the till's page, and on that of a refused push."""

from collections.abc import Callable
from datetime import datetime
from functools import update_wrapper
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clyo_ingest.models import Push, RestartReason
from clyo_ingest.restarts import CannotTake, closing_of, may_be_taken, note_restart, take_second
from exports.words.money import in_currency
from ledger import texts
from ledger.closing import Closing as Facts
from tenants.acting import person_behind
from tenants.models import Till, User

NOTE, TAKE = "clyo_ingest.restart_till", "clyo_ingest.takeown_push"
MINUTES = "%Y-%m-%dT%H:%M"
AdminView = Callable[[Any, HttpRequest, str], HttpResponse]


class WhyForm(forms.Form):
    """Why counters begin anew; it stays in the history."""

    reason = forms.ChoiceField(label=gettext_lazy("What happened"), choices=RestartReason.choices)
    why = forms.CharField(label=gettext_lazy("Why (it stays in the history)"), max_length=200)


class RestartForm(WhyForm):
    """The form that also asks since which moment the till's counters count anew."""

    since = forms.DateTimeField(
        label=gettext_lazy("Since when"),
        input_formats=[MINUTES, "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTES),
    )

    def clean_since(self) -> datetime:
        since: datetime = self.cleaned_data["since"]
        if not texts.in_years(since):
            raise forms.ValidationError(_("The year must be between 2000 and 2100."), code="out_of_years")
        return since


def shown_by(model_admin: Any, page: AdminView) -> Callable[..., HttpResponse]:
    """A page as one of an admin's own: for who is logged in, about rows of the admin's model."""

    def view(request: HttpRequest, object_id: str) -> HttpResponse:
        return page(model_admin, request, object_id)

    guarded: Any = update_wrapper(model_admin.admin_site.admin_view(view), page)
    guarded.model_admin = model_admin
    done: Callable[..., HttpResponse] = guarded
    return done


def restarts_of(request: HttpRequest, till: Till | None) -> dict[str, Any]:
    """What the till's page shows of it, and the form for who may say so."""
    if till is None:
        return {}
    may = _user(request).has_perm(NOTE)
    return {
        "restarts": till.restarts.select_related("by"),
        "restart_form": RestartForm(initial={"since": timezone.localtime()}) if may else None,
    }


def restart_page(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Write down that a till's counters begin anew. 404 for another's till."""
    till = _row(model_admin, request, object_id, NOTE)
    form = RestartForm(request.POST)
    if request.method == "POST" and form.is_valid():
        note_restart(till, by=_find_person(request), **form.cleaned_data)
        messages.success(request, _("Noted. What the till closes from then on is not compared with what was before."))
    elif request.method == "POST":
        messages.error(request, _("Say what happened, since when and why: it stays in the history."))
    return redirect("admin:tenants_till_change", till.pk)


def second_of(request: HttpRequest, push: Push | None) -> dict[str, Any]:
    """What a refused push's page shows when it brought a second closing of a number, and the form for support."""
    if push is None or not may_be_taken(push) or not _user(request).has_perm(TAKE):
        return {}
    first, second = push.closing, Facts.from_document(closing_of(push).canonical())
    assert first is not None, "a closing stands where a second one was refused"
    return {
        "number": second.number,
        "first_day": first.stored.business_date,
        "first_gross": in_currency(first.stored.gross, first.stored.currency),
        "second_day": second.business_date,
        "second_gross": in_currency(second.turnover, second.currency),
        "take_form": WhyForm(),
    }


def take_page(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Take a refused second closing as one of its own."""
    push = _row(model_admin, request, object_id, TAKE)
    form = WhyForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        if request.method == "POST":
            messages.error(request, _("Say what happened and why: it stays in the history."))
        return redirect("admin:clyo_ingest_push_change", push.pk)
    try:
        received = take_second(push, by=_find_person(request), **form.cleaned_data)
    except CannotTake:
        messages.warning(request, _("There is nothing to take here any more."))
        return redirect("admin:clyo_ingest_push_change", push.pk)
    messages.success(request, _("Taken as a closing of its own."))
    return redirect("admin:exports_storedclosing_change", received.stored.pk)


def _row(model_admin: Any, request: HttpRequest, object_id: str, permission: str) -> Any:
    """The row, for who may act on it."""
    if not _user(request).has_perm(permission):
        raise PermissionDenied
    row = model_admin.get_object(request, unquote(object_id))
    if row is None:
        raise Http404
    return row


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _find_person(request: HttpRequest) -> User:
    person = person_behind(request)
    assert person is not None
    return person
