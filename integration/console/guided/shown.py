"""What every guided task shows at its end: what was done, the new codes, what is left to do and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from clyo_ingest.models import PairingCode
from integration.console.set_up.codes import Code, make_codes
from tenants.acting import person_behind
from tenants.models import WHY_MAX, Till


class WhyForm(forms.Form):
    """Why something is done; it stays in the history.

    `shown_at` is when the form was shown: loaded again, what it leads to makes no code that was made since.
    """

    shown_at = forms.DateTimeField(required=False, initial=timezone.now, widget=forms.HiddenInput())
    why = forms.CharField(
        label=_("Why (it stays in the history)"), max_length=WHY_MAX, widget=UnfoldAdminTextInputWidget()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Something left to do: by whom, what, and where, if there is a page for it."""

    who: str
    what: str
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The end of a task, for its page. Codes are shown this once."""

    title: str
    said: Sequence[str]
    left: Sequence[Left]
    back: str
    back_words: str
    codes: Sequence[Code] = field(default_factory=tuple)
    detail: str = ""
    # What to send once more to have fresh codes, where this form made its codes already.
    ask_again: Sequence[tuple[str, str]] = ()


def make_codes_once(request: HttpRequest, tills: Sequence[Till], form: WhyForm) -> dict[str, Any]:
    """New codes of tills; or, where this very form made them already, how to ask for fresh ones: a page that is loaded
    again ends no code that is on its way to a device. Returns either as `Done` takes it.
    """
    shown_at = form.cleaned_data.get("shown_at")
    if shown_at is None or not PairingCode.objects.filter(till__in=tills, created_at__gte=shown_at).exists():
        return {"codes": make_codes(tills, by=person_behind(request), why=form.cleaned_data["why"])}
    sent = {name: str(it) for name, it in request.POST.items() if name != "csrfmiddlewaretoken"}
    return {"ask_again": [*(sent | {"shown_at": timezone.now().isoformat()}).items()]}


def answer_done(request: HttpRequest, done: Done) -> HttpResponse:
    """The last page of a task."""
    return page(request, "console/guided/done.html", {"title": done.title, "subtitle": done.detail, "done": done})


def page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page of a task in the console's frame."""
    return TemplateResponse(request, template, {**admin.site.each_context(request), **context})
