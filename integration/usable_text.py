"""Removing from addresses, forms and cookies the characters that the database cannot store."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from integration.language import API_PREFIX
from ledger import texts


class UsableTextMiddleware:
    """Takes NUL, control characters and halves of surrogate pairs out, so that no view has to think of them.

    A cookie that holds one is none of ours and is left out whole. The till API refuses such a text by itself, with a
    pointer; its bodies are never read here. Forms are read once their view is known, after load was shed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.COOKIES = {name: it for name, it in request.COOKIES.items() if texts.unusable_in(name + it) is None}
        if not _is_of_a_till(request):
            request.GET = usable(request.GET)  # type: ignore[assignment] # the same, frozen, to the stubs alone
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Clean the form before its first use, which is the check of its CSRF token."""
        if request.method == "POST" and not _is_of_a_till(request):
            request.POST = usable(request.POST)  # type: ignore[assignment]


def usable(asked: QueryDict) -> QueryDict:
    """The same names and values, without characters that cannot be stored; the same object if there are none."""
    values = [(name, value) for name, found in asked.lists() for value in found]
    if not any(texts.unusable_in(name + value, lines=True) for name, value in values):
        return asked
    cleaned = QueryDict(mutable=True, encoding=asked.encoding)
    for name, value in values:
        cleaned.appendlist(texts.without_unusable(name), texts.without_unusable(value))
    cleaned._mutable = False
    return cleaned


def _is_of_a_till(request: HttpRequest) -> bool:
    return request.path_info.startswith(API_PREFIX)
