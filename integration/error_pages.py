"""Answers where a page or a call went wrong outside of any view: a page for people, a problem document for tills.

The page asks nothing of the database and of no session: it must be there when they are not.
"""

import json
import sys
from collections.abc import Callable, Iterator

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from structlog.contextvars import get_contextvars

from clyo_ingest.errors import CONTENT_TYPE, DATABASE_AWAY, RETRY_AFTER_S, ApiError, problem_document
from exact.activation import pages
from integration.language import API_PREFIX

log = structlog.get_logger()

ACTIVATION = "/activation/"
# A person reads the page first; a till comes again sooner.
READ_AGAIN_AFTER_S = 60
# What happened, and what to do.
SAID = {
    400: (
        _("This request cannot be understood"),
        _("The address or the form holds something that does not belong there. Go back, and begin anew from the menu."),
    ),
    403: (
        _("You may not do this"),
        _("Your account is not allowed to. Ask whoever manages your accounts, or log in with another one."),
    ),
    404: (
        _("There is no such page"),
        _("It was moved or removed, or belongs to somebody else. Check the address, or go to the first page."),
    ),
    405: (
        _("This address alone does nothing"),
        _("It is that of a button on a page. Nothing was changed: go back to that page, or to the first page."),
    ),
    413: (
        _("This is too large"),
        _("Files and forms may have 3 MB at most. Send less at a time, for example one file after the other."),
    ),
    415: (
        _("This text is in an unknown encoding"),
        _("Only UTF-8 is read here. Open the page in an up-to-date browser, and send the form again."),
    ),
    429: (
        _("Too many attempts"),
        _("Wait a minute, then try again."),
    ),
    500: (
        _("Something went wrong on our side"),
        _("Nothing you had saved is lost. Try again in a moment; if it happens again, give support the number below."),
    ),
    503: (
        _("The service is not available for a moment"),
        _("Nothing is lost: what you had saved is kept, and tills send what they have again. Try again in a minute."),
    ),
}
NO_COOKIE = (
    _("This page is too old, or cookies are off"),
    _("Nothing was changed. Open the page anew and do it again; if it happens again, allow cookies for this site."),
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 for what Django calls suspicious: an unknown filter, a strange host; 413 for a form that is too large."""
    large = isinstance(exception, RequestDataTooBig)
    return answer_refusal(request, ApiError(413, "too_large") if large else ApiError(400, "bad_request"))


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the person who is logged in may not do this."""
    return answer_refusal(request, ApiError(403, "suspended"))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing is there, or nothing of this person's."""
    return answer_refusal(request, ApiError(404, "not_found"))


class WrongMethod:
    """Middleware: a page of its own for a person who opens the address of a form's button. A till gets its document."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.content or request.path_info.startswith(API_PREFIX):
            return response
        return HttpResponse(_page(request, *SAID[405]), status=405, headers={"Allow": response.headers["Allow"]})


def server_error(request: HttpRequest) -> HttpResponse:
    """500: the log has what broke, under the same number. 503 while the database is away, as in a fail-over."""
    broke = sys.exc_info()[1]  # Django calls this while it handles what broke
    if any(isinstance(it, DATABASE_AWAY) for it in _with_causes(broke)):
        log.warning("database_unavailable", error=str(broke)[:200])
        wait = RETRY_AFTER_S if request.path_info.startswith(API_PREFIX) else READ_AGAIN_AFTER_S
        return answer_refusal(request, ApiError(503, "unavailable", headers={"Retry-After": str(wait)}))
    return answer_refusal(request, ApiError(500, "server_error"))


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and what it was raised from: a transaction that cannot go on names the connection that broke."""
    while error is not None:
        yield error
        error = error.__cause__


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its cookie: an old page, or a browser that refuses cookies."""
    if request.path_info.startswith(ACTIVATION):
        return pages.csrf_failure(request, reason)
    return HttpResponse(_page(request, *NO_COOKIE), status=403)


def answer_refusal(request: HttpRequest, refusal: ApiError) -> HttpResponse:
    """The refusal in the form its caller reads: a page for a person, a problem document for a till."""
    if request.path_info.startswith(API_PREFIX):
        body = json.dumps(problem_document(refusal), ensure_ascii=False, default=str)
        return HttpResponse(body, status=refusal.status, headers=refusal.headers, content_type=CONTENT_TYPE)
    title, advice = SAID[refusal.status]
    again = request.get_full_path() if refusal.status == 503 and request.method == "GET" else ""
    return HttpResponse(_page(request, title, advice, again), status=refusal.status, headers=refusal.headers)


def _page(request: HttpRequest, title: object, advice: object, again: str = "") -> str:
    language = getattr(request, "LANGUAGE_CODE", "") or translation.get_language_from_request(request)
    number = get_contextvars().get("request_id", "")
    with translation.override(language):
        context = {"title": title, "advice": advice, "number": number, "again": again}
        return render_to_string("error.html", context)
