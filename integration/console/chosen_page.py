"""Where one customer, or all, is chosen, and searched for where they are many; it leads back to where it was made."""

from urllib.parse import urlsplit

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenants.chosen import FOUND_MAX, Choice
from tenants.models import User

TERM_MAX = 100


@require_POST
def choose_customer(request: HttpRequest) -> HttpResponse:
    """Keep the choice, and go back to the list it was made on; from a page about one thing, to the first page."""
    assert isinstance(request.user, User)
    Choice(request, request.user).take(request.POST.get("customer", ""))
    return redirect(_list_of(request.POST.get("next", "")))


def find_customer(request: HttpRequest) -> HttpResponse:
    """The customers that `?q=` finds, each with a button that chooses it; with `?part=1` only these, for the script."""
    assert isinstance(request.user, User)
    choice = Choice(request, request.user)
    term = " ".join(request.GET.get("q", "").split())[:TERM_MAX]
    found = choice.search(term) if term else []
    context = {
        **admin.site.each_context(request),
        "title": _("Choose a customer"),
        "term": term,
        "found": found[:FOUND_MAX],
        "more": len(found) > FOUND_MAX,
        "back": request.GET.get("next", ""),
        "by_reseller": request.user.is_support,
    }
    part = "part" in request.GET
    return TemplateResponse(request, "console/chosen_found.html" if part else "console/chosen_page.html", context)


def _list_of(address: str) -> str:
    """The path of an address of the console that names no row, without its filters; else the first page."""
    path = urlsplit(address).path
    if url_has_allowed_host_and_scheme(address, allowed_hosts=None) and path.startswith("/console/"):
        try:
            return path if not resolve(path).kwargs else "admin:index"
        except Resolver404:
            pass
    return "admin:index"
