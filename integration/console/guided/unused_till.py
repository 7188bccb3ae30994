"""Of two tills in use of one line, one is in use no longer: since when, what that releases, and then it is put away."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminTextInputWidget

from clyo_ingest.out_of_use import Outlook, ToldTwice, in_use_beside, outlook_of, stop_using
from exports.console import links
from integration.console.guided.shown import Done, WhyForm, answer_done, page
from integration.console.places.reader import reader_of
from tenants.models import Till
from tenants.scope import visible_to

MINUTES = "%Y-%m-%dT%H:%M"
SHOWN = 50


class SinceForm(forms.Form):
    """Since when the till is in use no longer: not before its last closing, nor before two were in use."""

    since = forms.DateTimeField(
        label=gettext_lazy("When the device was last used"),
        input_formats=[MINUTES, "%Y-%m-%dT%H:%M:%S"],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local", "step": "1"}),
    )

    def __init__(self, data: QueryDict | None, *, first: datetime) -> None:
        shown = timezone.localtime(first).strftime(f"{MINUTES}:%S")
        super().__init__(data, initial={"since": shown})
        self._first = first

    def clean_since(self) -> datetime:
        since: datetime = self.cleaned_data["since"]
        if since > timezone.now():
            raise forms.ValidationError(_("Say a moment that is behind us."), code="not_behind")
        if since < self._first.replace(microsecond=0):
            first = date_format(timezone.localtime(self._first), "SHORT_DATETIME_FORMAT")
            words = _("It was still in use then: say {first} or later.")
            raise forms.ValidationError(words.format(first=first), code="in_use_then")
        return max(since, self._first)


def unused_till_page(request: HttpRequest, till_id: int) -> HttpResponse:
    """Ask since when the till is in use no longer, and show what that releases; on POST with a reason put it away."""
    user = reader_of(request, "tenants.change_till")
    till = get_object_or_404(visible_to(user, Till.objects.select_related("establishment__tenant")), pk=till_id)
    first = in_use_beside(till)
    if first is None:
        messages.info(request, _say_why_not(till))
        return redirect(_find_way_back(till))
    asked = request.POST if request.method == "POST" else request.GET
    when = SinceForm(asked if "since" in asked else None, first=first)
    since = when.cleaned_data["since"] if when.is_bound and when.is_valid() else first
    outlook = outlook_of(till, since)
    assert outlook is not None
    form = WhyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and when.is_bound and when.is_valid() and form.is_valid():
        try:
            done = stop_using(till, since=since, why=form.cleaned_data["why"])
        except ToldTwice:
            messages.error(request, _say_told_twice(outlook))
        else:
            return _answer(request, till, outlook) if done else redirect(_find_way_back(till))
    return page(request, "console/guided/unused_till.html", _tell(till, when, form, since, outlook))


def _tell(till: Till, when: SinceForm, form: WhyForm, since: datetime, outlook: Outlook) -> dict[str, Any]:
    return {
        "title": _("A till is in use no longer"),
        "subtitle": str(till),
        "till": till,
        "when": when,
        "form": form,
        "since": since,
        "since_told": timezone.localtime(since).isoformat(),
        "others": _name(outlook),
        "released": outlook.released[:SHOWN],
        "more_released": max(0, len(outlook.released) - SHOWN),
        "still_held": outlook.still_held[:SHOWN],
        "more_still_held": max(0, len(outlook.still_held) - SHOWN),
        "back": _find_way_back(till),
    }


def _answer(request: HttpRequest, till: Till, outlook: Outlook) -> HttpResponse:
    count = len(outlook.released)
    said = [
        _("{till} was put away: its closings stay, its key is refused, nothing is expected of it any more.").format(
            till=till.name
        ),
        _("What other tills tell since then is compared with the tickets of {others}.").format(others=_name(outlook)),
    ]
    if count:
        words = ngettext(
            "{count} closing that was held because two tills were in use was looked at again.",
            "{count} closings that were held because two tills were in use were looked at again.",
            count,
        )
        said.append(words.format(count=count))
    said.append(_("Wrong? “Use it again”, beside the till, takes it back."))
    return answer_done(
        request,
        Done(
            title=_("{till} is in use no longer").format(till=till.name),
            detail=str(till.establishment),
            said=said,
            left=[],
            back=_find_way_back(till),
            back_words=_("Back to the establishment"),
        ),
    )


def _say_why_not(till: Till) -> str:
    if till.ended_at is not None:
        return _("{till} was put away already.").format(till=till)
    return _("No other till is in use in the place of {till}: replace or suspend it.").format(till=till)


def _say_told_twice(outlook: Outlook) -> str:
    words = _(
        "Nothing was done: a closing that a person let through since then tells the same tickets as {others}. "
        "Say a later moment, or set that closing aside first."
    )
    return words.format(others=_name(outlook))


def _name(outlook: Outlook) -> str:
    return ", ".join(it.name for it in outlook.others)


def _find_way_back(till: Till) -> str:
    return f"{links.shop(till.establishment_id)}#tills"
