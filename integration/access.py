"""One log line for each request: what was asked and answered, and how long it took. No line has a secret of a URL."""

import logging
import re
import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, ResolverMatch, resolve

from integration.health import PROBES
from integration.metrics.requests import count_request

log = structlog.get_logger()

GetResponse = Callable[[HttpRequest], HttpResponseBase]
# The forms of ids. Any other part of a path may be a secret: of a link, an invitation, a signed file.
AN_ID = re.compile(r"\d+|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Access:
    """Middleware that counts and logs every answer. It comes after `RequestNumber` and before all others."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        answer = self._get_response(request)
        seconds = time.perf_counter() - began
        count_request(request, answer.status_code, seconds)
        if request.path_info not in PROBES or answer.status_code >= 400:
            log.info(
                "request",
                method=request.method,
                path=path_told(request),
                status=answer.status_code,
                ms=round(seconds * 1000, 1),
            )
        return answer


def path_told(request: HttpRequest) -> str:
    """The path for the log: without its query, and with the route's names instead of parts that are no ids. Of an
    address that is none of ours, its first part only."""
    match = request.resolver_match or _find_match(request.path_info)
    if match is None:
        first, slash, rest = request.path_info.removeprefix("/").partition("/")
        return f"/{first[:40]}{slash}{'…' if rest else ''}"
    path = request.path_info
    for name, value in match.kwargs.items():
        if not AN_ID.fullmatch(str(value)):
            path = path.replace(str(value), f"<{name}>")
    return path


def _find_match(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None


class PathTold(logging.Filter):
    """Django's own lines of a refused or broken request ("Not Found: /…") tell its path as ours do."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            record.args = tuple(path_told(request) if it == request.path else it for it in record.args)
        return True
