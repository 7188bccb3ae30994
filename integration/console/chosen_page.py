"""Where the choice of one customer, or of all, is taken; it leads back to where it was made."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tenants.chosen import Choice
from tenants.models import User


@require_POST
def choose_customer(request: HttpRequest) -> HttpResponse:
    """Keep the choice, and go back to the list it was made on; from a page about one thing, to the first page."""
    assert isinstance(request.user, User)
    Choice(request, request.user).take(request.POST.get("customer", ""))
    return redirect(_list_of(request.POST.get("next", "")))


def _list_of(address: str) -> str:
    """The path of an address of the console that names no row, without its filters; else the first page."""
    path = urlsplit(address).path
    if url_has_allowed_host_and_scheme(address, allowed_hosts=None) and path.startswith("/console/"):
        try:
            return path if not resolve(path).kwargs else "admin:index"
        except Resolver404:
            pass
    return "admin:index"
