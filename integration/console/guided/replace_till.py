"""A till's device is replaced: does it go on counting, or does it count from 1? Each case with what it changes."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from clyo_ingest.errors import ApiError
from clyo_ingest.keys import revoke_keys
from clyo_ingest.replacing import (
    TAKEN_AT_ONCE,
    find_in_place_of,
    has_told,
    refused_of_another_device,
    replace_counting_anew,
    take_refused,
    take_up_again,
)
from clyo_ingest.restarts import closing_of
from exports.console import links
from exports.models import StoredClosing
from exports.models.called import call_number
from integration.console.guided.shown import Done, Left, WhyForm, answer_done, make_codes_once, page
from integration.console.places.reader import reader_of
from ledger import texts
from tenants.models import Till
from tenants.scope import visible_to
from tenants.till_name import TILL_NAME_MAX, next_name

SAME, ANEW = "same", "anew"
NO, YES = "no", "yes"
MINUTES = "%Y-%m-%dT%H:%M"


class SameForm(WhyForm):
    """The new device goes on with the till's counters."""

    at_once = forms.BooleanField(
        label=gettext_lazy("The old device is lost or stolen: refuse its key at once"),
        help_text=gettext_lazy("Else it goes on sending until the new device is paired."),
        required=False,
        widget=UnfoldBooleanWidget(),
    )


class AnewForm(WhyForm):
    """The new device counts from 1: it is a till of its own."""

    name = forms.CharField(
        label=gettext_lazy("Name of the new till"),
        max_length=TILL_NAME_MAX,
        help_text=gettext_lazy("The former one keeps its name, so that its closings are found."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    since = forms.DateTimeField(
        label=gettext_lazy("When the old device was last used"),
        input_formats=[MINUTES, "%Y-%m-%dT%H:%M:%S"],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
    )

    field_order = ("name", "since", "why")

    def clean_since(self) -> datetime:
        since: datetime = self.cleaned_data["since"]
        if not texts.in_years(since) or since > timezone.now():
            raise forms.ValidationError(_("Say a moment that is behind us."), code="not_behind")
        return since


class TakeUpForm(WhyForm):
    """A till is used again. `other`: the one in its place, asked about where it has sent closings."""

    other_in_use = forms.ChoiceField(
        choices=[
            (NO, gettext_lazy("No: it is put away, and its key is refused at once")),
            (YES, gettext_lazy("Yes: both are in use")),
        ],
        help_text=gettext_lazy(
            "If both are, closings of other tills that tell tickets of the same stations are held from now on: nobody "
            "can tell which of the two tills counted them."
        ),
        widget=UnfoldAdminRadioSelectWidget(),
    )
    field_order = ("other_in_use", "why")

    def __init__(self, data: Any, *, other: Till | None) -> None:
        super().__init__(data)
        if other is None:
            del self.fields["other_in_use"]
        else:
            words = _("Is {till}, which took its place and has sent closings, still in use?")
            self.fields["other_in_use"].label = words.format(till=other.name)


def replace_page(request: HttpRequest, till_id: int) -> HttpResponse:
    """Ask which case it is; then (`case`) show what it changes; on POST with a reason do it and show the new code."""
    till = _find_till(request, till_id)
    case = (request.POST if request.method == "POST" else request.GET).get("case", "")
    again = request.method == "POST" and case == ANEW and hasattr(till, "continued_by")
    if till.ended_at is not None and not again:
        messages.info(request, _("{till} was put away already.").format(till=till))
        return redirect(_find_way_back(till))
    if case == SAME:
        return _go_on(request, till)
    if case == ANEW:
        return _count_anew(request, till)
    context = {"title": _("Replace a till"), "till": till, "refused": _count_refused(till), **_tell_facts(till)}
    return page(request, "console/guided/replace.html", context)


def _go_on(request: HttpRequest, till: Till) -> HttpResponse:
    form = SameForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"title": _("The new device goes on counting"), "till": till, "form": form, "case": SAME}
        return page(request, "console/guided/replace_same.html", context | _tell_facts(till))
    codes = make_codes_once(request, [till], form)
    made = _("A new code was made; earlier ones no longer work.") if "codes" in codes else _say_shown_once()
    if form.cleaned_data["at_once"]:
        revoke_keys(till)
        said = _("The old device is refused from now on.")
    else:
        said = _("The old device goes on until the new one is paired; from then on it is refused.")
    return answer_done(
        request,
        Done(
            title=_("{till} gets a new device").format(till=till.name),
            detail=str(till.establishment),
            said=[made, said],
            left=[*_list_left(till), _say_tomorrow(till)],
            back=_find_way_back(till),
            back_words=_("Back to the establishment"),
            **codes,
        ),
    )


def _count_anew(request: HttpRequest, till: Till) -> HttpResponse:
    since = _guess_used_until(till)
    initial = {"name": _find_free_name(till), "since": timezone.localtime(since).strftime(MINUTES)}
    form = AnewForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            successor = replace_counting_anew(
                till, name=form.cleaned_data["name"], since=form.cleaned_data["since"], why=form.cleaned_data["why"]
            )
        except ValidationError as error:
            form.add_error("name", error.messages)
        else:
            return _answer_replaced(request, till, successor, form)
    context = {
        "title": _("The new device counts from 1"),
        "till": till,
        "form": form,
        "case": ANEW,
        "refused": _list_refused(till, since),
    }
    return page(request, "console/guided/replace_anew.html", context | _tell_facts(till))


def _answer_replaced(request: HttpRequest, till: Till, successor: Till, form: AnewForm) -> HttpResponse:
    refused = take_refused(till, successor, since=form.cleaned_data["since"])
    taken = refused.closings
    said = [
        _("{till} was put away: its closings stay, its key is refused, nothing is expected of it any more.").format(
            till=till.name
        ),
        _("{till} takes its place. Its numbers, totals and tickets are compared with nothing of before.").format(
            till=successor.name
        ),
    ]
    if taken:
        words = ngettext(
            "{count} closing that had been refused was taken as the new till's own.",
            "{count} closings that had been refused were taken as the new till's own.",
            taken,
        )
        said.append(words.format(count=taken))
    return answer_done(
        request,
        Done(
            title=_("{till} takes the place of {former}").format(till=successor.name, former=till.name),
            detail=str(till.establishment),
            said=said,
            left=[*_list_left(successor), *_list_not_looked_at(refused.left), _say_tomorrow(successor)],
            back=_find_way_back(till),
            back_words=_("Back to the establishment"),
            **make_codes_once(request, [successor], form),
        ),
    )


def take_up_page(request: HttpRequest, till_id: int) -> HttpResponse:
    """Use a till again that was put away: what that changes; on POST with a reason do it and show its new code."""
    till = _find_till(request, till_id)
    if till.ended_at is None:
        messages.info(request, _("{till} is in use.").format(till=till))
        return redirect(_find_way_back(till))
    in_place = find_in_place_of(till)
    other = in_place if in_place is not None and in_place.ended_at is None else None
    goes = other is not None and not has_told(other)
    form = TakeUpForm(request.POST if request.method == "POST" else None, other=None if goes else other)
    if not form.is_valid():
        context = {"title": _("Use a till again"), "till": till, "form": form, "successor": other, "goes": goes}
        context["subtitle"] = _say_which(till)
        return page(request, "console/guided/take_up.html", context)
    take_up_again(till, why=form.cleaned_data["why"], both_in_use=form.cleaned_data.get("other_in_use") != NO)
    return answer_done(
        request,
        Done(
            title=_("{till} is in use again").format(till=till.name),
            detail=str(till.establishment),
            said=[_("It goes on where it stopped: with the number after its last closing.")],
            left=_list_left(till),
            back=_find_way_back(till),
            back_words=_("Back to the establishment"),
            **make_codes_once(request, [till], form),
        ),
    )


def _find_till(request: HttpRequest, pk: int) -> Till:
    """The till of those the person may change; raises Http404 for any other."""
    user = reader_of(request, "tenants.change_till")
    rows = Till.objects.select_related("establishment__tenant__reseller", "continued_by")
    return get_object_or_404(visible_to(user, rows), pk=pk)


def _tell_facts(till: Till) -> dict[str, Any]:
    last = StoredClosing.objects.filter(till=till).order_by("-business_date", "-closed_at").defer("document").first()
    return {"last": last, "back": _find_way_back(till), "subtitle": _say_which(till)}


def _say_which(till: Till) -> str:
    return f"{till.name} · {till.establishment}"


def _find_way_back(till: Till) -> str:
    return f"{links.shop(till.establishment_id)}#tills"


def _list_left(till: Till) -> list[Left]:
    return [
        Left(
            who=_("Whoever stands at the till"),
            what=_("Type or scan the code on the device of {till} within 24 hours: it is shown only now.").format(
                till=till.name
            ),
        )
    ]


def _list_not_looked_at(count: int) -> Iterator[Left]:
    if count:
        words = ngettext(
            "Write the code down, then reload this page: {count} refused push is left to take.",
            "Write the code down, then reload this page: {count} refused pushes are left to take.",
            count,
        )
        yield Left(who=_("You"), what=words.format(count=count))


def _say_shown_once() -> str:
    return _("The code was made and shown once: nothing more was done.")


def _say_tomorrow(till: Till) -> Left:
    words = _("See tomorrow that its first closing has come. The page of the establishment says whether it is paired.")
    return Left(who=_("You"), what=words, address=links.shop(till.establishment_id))


def _guess_used_until(till: Till) -> datetime:
    """When the former device was last used: while another is refused under its key, its last closing; else now."""
    newest = StoredClosing.objects.filter(till=till).order_by("-business_date", "-closed_at")
    last: datetime | None = newest.values_list("closed_at", flat=True).first()
    now = timezone.now()
    return last if last is not None and last < now and refused_of_another_device(till, last).exists() else now


def _count_refused(till: Till) -> int:
    return refused_of_another_device(till, _guess_used_until(till)).count()


def _list_refused(till: Till, since: datetime) -> list[str]:
    """Each as "Z 1 · 14/03/2026", as far as it can be read."""
    said = []
    for push in refused_of_another_device(till, since)[:TAKEN_AT_ONCE]:
        try:
            told = closing_of(push)
        except ApiError:
            continue
        said.append(f"{call_number(told.number)} · {date_format(told.business_date, 'SHORT_DATE_FORMAT')}")
    return said


def _find_free_name(till: Till) -> str:
    """The name of a till's successor: the same name, with the next number that no till of the shop has."""
    taken = {*Till.objects.filter(establishment=till.establishment_id).values_list("name", flat=True)}
    return next_name(till.name, taken)
