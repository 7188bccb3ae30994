"""What every guided task shows at its end: what was done, the new codes, what is left to do and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from integration.console.set_up.codes import Code
from tenants.models import WHY_MAX


class WhyForm(forms.Form):
    """Why something is done; it stays in the history."""

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


def answer_done(request: HttpRequest, done: Done) -> HttpResponse:
    """The last page of a task."""
    return page(request, "console/guided/done.html", {"title": done.title, "subtitle": done.detail, "done": done})


def page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page of a task in the console's frame."""
    return TemplateResponse(request, template, {**admin.site.each_context(request), **context})
