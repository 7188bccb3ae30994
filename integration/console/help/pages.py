"""The pages of the help: all books with the reader's own first, one book, and what each state means."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from integration.console.help.handbook import book, books_for
from integration.console.help.searching import find
from integration.console.help.states import state_groups
from tenants.models import User


def help_page(request: HttpRequest) -> HttpResponse:
    """All books, the reader's own first; `?q=` finds chapters by words."""
    user = request.user
    assert isinstance(user, User)
    books = books_for(user)
    asked = request.GET.get("q", "").strip()[:100]
    context = {
        **admin.site.each_context(request),
        "title": _("Help"),
        "own": books[0],
        "others": books[1:],
        "asked": asked,
        "found": find(books, asked),
    }
    return TemplateResponse(request, "console/help/index.html", context)


def book_page(request: HttpRequest, name: str) -> HttpResponse:
    """One book: its chapters, each with an address of its own."""
    try:
        shown = book(name)
    except KeyError as unknown:
        raise Http404 from unknown
    context = {**admin.site.each_context(request), "title": shown.text.title, "book": shown}
    return TemplateResponse(request, "console/help/book.html", context)


def states_page(request: HttpRequest) -> HttpResponse:
    """Every state a page may show, and what follows of it."""
    context = {**admin.site.each_context(request), "title": _("What each state means"), "groups": [*state_groups()]}
    return TemplateResponse(request, "console/help/states.html", context)
