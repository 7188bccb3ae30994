"""The page of the one search box."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from integration.console.search.found import search
from tenants.models import User

TERM_MIN, TERM_MAX = 2, 100


def search_page(request: HttpRequest) -> HttpResponse:
    """Show what `?q=` finds among what the person may see. A single number is looked for too."""
    user = request.user
    assert isinstance(user, User)
    term = " ".join(request.GET.get("q", "").split())[:TERM_MAX]
    searchable = len(term) >= TERM_MIN or term.isdecimal()
    context = {
        **admin.site.each_context(request),
        "title": _("Search"),
        "term": term,
        "searchable": searchable,
        "sections": search(user, term) if searchable else [],
    }
    return TemplateResponse(request, "console/search.html", context)
