"""Which language an answer is in."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.views.i18n import set_language

from tenants.acting import person_behind

API_PREFIX = "/api/"


class LanguageMiddleware(LocaleMiddleware):
    """The language before a log-in: what was chosen, else the browser's. Of a till: `Accept-Language`, else French.

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


class PersonLanguageMiddleware:
    """Who is logged in reads the console in the language of the account, on every machine."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/console/") and (person := person_behind(request)):
            translation.activate(person.language)
            request.LANGUAGE_CODE = person.language
        return self.get_response(request)


def switch_language(request: HttpRequest) -> HttpResponse:
    """Django's own switch, kept in the account as well."""
    answer = set_language(request)
    if request.method == "POST":
        choose_language(request, answer, request.POST.get("language", ""))
    return answer


def choose_language(request: HttpRequest, answer: HttpResponse, language: str) -> None:
    """Keep the language in the account, where there is one, and in the browser. An unknown one changes nothing."""
    if language not in dict(settings.LANGUAGES):
        return
    if person := person_behind(request):
        person.language = language
        person.save(update_fields=["language"])
    answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)


def _without_cookies(request: HttpRequest) -> HttpRequest:
    request.COOKIES = {}
    return request
