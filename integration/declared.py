"""What a request says of its own text, before Django decodes or looks up anything with it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from clyo_ingest.body import is_utf_8
from clyo_ingest.errors import ApiError
from integration.error_pages import answer_refusal

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class Declared:
    """Refuses what is not declared as UTF-8, and leaves out cookies that cannot be ours.

    A till's push is kept before it is refused, so its view refuses it itself (`keeps_what_it_refuses`).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # A cookie may spell a NUL, which no database looks up: nobody was ever given such a one.
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if value.isprintable()}
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponseBase | None:
        """The 415, as a problem document for tills and as a page for people."""
        pushed = request.method != "GET" and getattr(getattr(view, "cls", None), "keeps_what_it_refuses", False)
        declared = (request.content_params or {}).get("charset", "")
        if pushed or not declared or is_utf_8(declared):
            return None
        return answer_refusal(request, ApiError(415, "charset_unsupported"))
