"""Keeping, renaming and removing a filter of a list; each leads back to the list as it was."""

from typing import Any
from urllib.parse import parse_qsl

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ledger import texts
from tenants.acting import person_behind
from tenants.console import ScopedAdmin
from tenants.list_head import query_of, unknown_filters
from tenants.models import SavedFilter, User
from tenants.saved_filter import (
    ASKED_MAX,
    EACH_MAX,
    NAME_MAX,
    NameTaken,
    TooMany,
    keep_filter,
    own_filter,
    rename_filter,
)


class ListForm(forms.Form):
    """The list, and the query of its address."""

    listed = forms.CharField(max_length=60)
    asked = forms.CharField(max_length=ASKED_MAX, required=False)


class NameForm(forms.Form):
    """What a filter is called, and whether colleagues have it too."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_MAX)
    shared = forms.BooleanField(required=False)


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep what a list is asked for, under a name."""
    user, (page, listed, asked) = _writer_of(request), _list_of(request)
    form = NameForm(request.POST)
    if not asked:
        messages.error(request, _("There is no filter to keep: narrow the list down first."))
    elif not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["name"])))
    else:
        try:
            kept = keep_filter(user, listed, form.cleaned_data["name"], asked, shared=_may_share(user, form))
        except NameTaken:
            messages.error(request, _name_taken())
        except TooMany:
            words = _("You keep {count} filters of this list already. Remove one first.")
            messages.error(request, words.format(count=EACH_MAX))
        else:
            messages.success(request, _("The filter “{name}” is kept.").format(name=kept.name))
    return redirect(page)


@require_POST
def rename(request: HttpRequest) -> HttpResponse:
    """Give one of the person's own filters another name, share it, or no longer."""
    user, (page, _listed, _asked) = _writer_of(request), _list_of(request)
    kept, form = _find_own(request, user), NameForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["name"])))
        return redirect(page)
    try:
        rename_filter(kept, form.cleaned_data["name"], shared=_may_share(user, form))
        messages.success(request, _("Kept."))
    except NameTaken:
        messages.error(request, _name_taken())
    return redirect(page)


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Remove one of the person's own filters; the list stays as it is."""
    user, (page, _listed, _asked) = _writer_of(request), _list_of(request)
    kept = _find_own(request, user)
    kept.delete()
    messages.success(request, _("The filter “{name}” is removed.").format(name=kept.name))
    return redirect(page)


def _writer_of(request: HttpRequest) -> User:
    """The person whose filters these are. Raises PermissionDenied for who looks through another's eyes."""
    user = request.user
    if not isinstance(user, User) or person_behind(request) != user:
        raise PermissionDenied
    return user


def _list_of(request: HttpRequest) -> tuple[str, str, str]:
    """The address of the list, its model, and what was asked of it. Raises Http404 for a list the person has not."""
    form = ListForm(request.POST)
    if not form.is_valid():
        raise Http404
    shown = _admin_of(form.cleaned_data["listed"])
    if shown is None or not shown.has_view_permission(request):
        raise Http404
    parts = parse_qsl(form.cleaned_data["asked"])
    unknown = unknown_filters(dict(parts), shown, request)
    asked = query_of((name, value) for name, value in parts if name not in unknown)
    page = reverse(f"admin:{shown.opts.app_label}_{shown.opts.model_name}_changelist")
    return (f"{page}?{asked}" if asked else page), shown.opts.label_lower, asked


def _admin_of(listed: str) -> Any:
    try:
        shown = admin.site._registry.get(apps.get_model(listed))
    except (LookupError, ValueError):
        return None
    return shown if isinstance(shown, ScopedAdmin) else None


def _find_own(request: HttpRequest, user: User) -> SavedFilter:
    number = texts.whole(request.POST.get("filter", ""))
    kept = own_filter(user, number) if number is not None else None
    if kept is None:
        raise Http404
    return kept


def _may_share(user: User, form: NameForm) -> bool:
    return bool(form.cleaned_data["shared"]) and not user.is_member


def _name_taken() -> str:
    return _("You have another filter of this list with this name. Choose another name, or remove that one.")
