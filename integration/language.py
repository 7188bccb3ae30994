"""Which language an answer is in."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

API_PREFIX = "/api/"


class LanguageMiddleware(LocaleMiddleware):
    """People: their own choice, else the browser's. Tills: `Accept-Language`, French when it says nothing known.

    A till's answer never depends on a cookie, so the API skips Django's look-up of the session.
    """

    get_response: Callable[[HttpRequest], HttpResponse]

    def process_request(self, request: HttpRequest) -> None:
        if not request.path_info.startswith(API_PREFIX):
            super().process_request(request)
            return
        language = translation.get_language_from_request(_without_cookies(request))
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()


def _without_cookies(request: HttpRequest) -> HttpRequest:
    request.COOKIES = {}
    return request
