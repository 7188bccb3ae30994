"""Where support teaches the address of entries' pages: pasted, recognised, tried, kept; and taken back."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from exact.models import ExactApp
from exact.web.addresses import TAUGHT_IN, address_by
from exact.web.recognise import NotRecognised, Recognised, examples_of, recognise
from ledger.entry import EntryKind

MAY = "exact.change_exactapp"


def entry_pages(request: HttpRequest, app_id: int) -> HttpResponse:
    """One country's addresses of entries; on POST look at what was pasted, `keep` it, or take one back (`forget`)."""
    if not request.user.has_perm(MAY):
        raise PermissionDenied
    app = get_object_or_404(ExactApp.objects.defer("client_secret"), pk=app_id)
    if request.method != "POST":
        return _show(request, app)
    if (kind := request.POST.get("forget", "")) in TAUGHT_IN:
        return _write(request, app, {TAUGHT_IN[kind]: ""}, _("Forgotten: these numbers open the company again."))
    try:
        found = recognise(app, request.POST.get("address", ""))
    except NotRecognised as refusal:
        return _show(request, app, trouble=refusal.words, status=422)
    if "keep" not in request.POST:
        return _show(request, app, found=found)
    return _write(
        request, app, {found.column: found.pattern}, _("Kept: these numbers open the entry itself from now on.")
    )


def _write(request: HttpRequest, app: ExactApp, change: dict[str, str], said: str) -> HttpResponse:
    """The host is named too: a pattern of one that was changed meanwhile is not kept."""
    if ExactApp.objects.filter(pk=app.pk, base_url=app.base_url).update(**change):
        messages.success(request, said)
    else:
        messages.warning(request, _("This page was no longer current. Nothing was changed."))
    return redirect("console_entry_pages", app.pk)


def _show(
    request: HttpRequest, app: ExactApp, *, found: Recognised | None = None, trouble: str = "", status: int = 200
) -> HttpResponse:
    kinds = [(EntryKind.SALES, _("Sales entries")), (EntryKind.RECEIPTS, _("Receipts entries"))]
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Pages of entries in Exact Online"),
        "app": app,
        "taught": [(kind, title, getattr(app, TAUGHT_IN[kind])) for kind, title in kinds],
        "found": found,
        "found_kind": dict(kinds)[EntryKind(found.posting.entry_kind)] if found else "",
        "tries": [(it, address_by(found.pattern, it.division, it)) for it in _to_try(found)] if found else [],
        "trouble": trouble,
        "typed": request.POST.get("address", ""),
    }
    return TemplateResponse(request, "exact/entry_pages.html", context, status=status)


def _to_try(found: Recognised) -> list[Any]:
    return examples_of(found) or [found.posting]
