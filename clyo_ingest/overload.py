"""Refusing calls at once when a web process has more than it can do, so that the others are answered in time."""

import json
import random
import threading
from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from clyo_ingest.errors import CONTENT_TYPE, RETRY_AFTER_S, ApiError, problem_document

log = structlog.get_logger()

API = "/api/"
# `Retry-After` is spread by chance, so that tills refused at one moment do not all come back at one moment.
SPREAD = 6

GetResponse = Callable[[HttpRequest], HttpResponse]


class ShedLoad:
    """At most `WEB_IN_FLIGHT` calls of the till API at a time in this process; one more is answered 503.

    The server needs some threads more than that: they are the ones that refuse. People in the console are not counted.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response
        self._room = threading.BoundedSemaphore(settings.WEB_IN_FLIGHT)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(API):
            return self._get_response(request)
        if not self._room.acquire(blocking=False):
            return _refusal()
        try:
            return self._get_response(request)
        finally:
            self._room.release()


def _refusal() -> HttpResponse:
    log.warning("load_shed", limit=settings.WEB_IN_FLIGHT)
    # Not a secret: any spread will do.
    wait = random.randint(RETRY_AFTER_S, RETRY_AFTER_S * SPREAD)  # noqa: S311
    refused = ApiError(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", headers={"Retry-After": str(wait)})
    body = json.dumps(problem_document(refused), ensure_ascii=False)
    return HttpResponse(body, status=refused.status, headers=refused.headers, content_type=CONTENT_TYPE)
