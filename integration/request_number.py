"""The number of a request, by which a till, its programmer, a person before an error page and the logs refer to it."""

import re
import secrets
from collections.abc import Callable

import sentry_sdk
from django.core.signals import request_finished
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from structlog.contextvars import bind_contextvars, clear_contextvars

HEADER = "X-Request-ID"
NUMBER = "REQUEST_NUMBER"  # in `request.META`, for templates
SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")
RANDOM_BYTES = 12

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class RequestNumber:
    """The caller's own `X-Request-ID` when it looks sane, else a new one: in every answer, log line and Sentry event.

    First of all middleware, so that no answer is without. What Django logs of an answer after all middleware has the
    number too, and what is logged while a file is sent: it is forgotten when the request is over.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        number = request.META[NUMBER] = _number_of(request)
        sentry_sdk.get_isolation_scope().set_tag("request_id", number)
        clear_contextvars()
        bind_contextvars(request_id=number)
        answer = self._get_response(request)
        answer.headers[HEADER] = number
        return answer


@receiver(request_finished)
def _forget(**_: object) -> None:
    clear_contextvars()


def _number_of(request: HttpRequest) -> str:
    told = request.headers.get(HEADER, "")
    return told if SANE.fullmatch(told) else secrets.token_hex(RANDOM_BYTES)
