"""Every refusal of the till API as `application/problem+json` (RFC 9457), in the till's language."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import structlog
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from pydantic import ValidationError
from rest_framework import exceptions
from rest_framework.response import Response
from structlog.contextvars import get_contextvars

from clyo_ingest.answer_body import written
from clyo_ingest.problem_bodies import ClosingLinks, ConflictAnswer, Fault, ProblemAnswer
from clyo_ingest.refusal_words import MESSAGES, PATTERN_HINTS, TITLES

log = structlog.get_logger()

RETRY_AFTER_S = 5
# Restarting, out of connections, or too slow: nothing was committed that was not acknowledged.
DATABASE_AWAY = (OperationalError, InterfaceError)
CONTENT_TYPE = "application/problem+json"


class ApiError(Exception):
    """A refusal: status, stable code, and the faults with their pointers.

    `title` and `detail`, where this one has more to say than its code, are in the caller's language already.
    `closing_id` names the closing that stands, in a conflict.
    """

    def __init__(
        self,
        status: int,
        code: str,
        *,
        title: str = "",
        detail: str = "",
        errors: Iterable[Fault] = (),
        closing_id: UUID | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.errors = [*errors]
        self.closing_id = closing_id
        self.headers = dict(headers or {})


class KeyRefused(exceptions.AuthenticationFailed):
    """No till is known by what was sent; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code=code)
        self.code = code


def problem_document(error: ApiError) -> dict[str, Any]:
    """What a refusal says, in the active language."""
    title = error.title or _(TITLES[error.code])
    told: dict[str, Any] = {
        "type": f"urn:clyo-exact:problem:{error.code}",
        "title": title,
        "status": error.status,
        "code": error.code,
        "detail": error.detail or title,
    }
    if number := get_contextvars().get("request_id"):
        told["request_id"] = number
    if error.errors:
        told["errors"] = error.errors
    if error.closing_id is None:
        return written(ProblemAnswer(**told))
    return written(ConflictAnswer(**told, id=error.closing_id, links=ClosingLinks.to(error.closing_id)))


def problem_response(error: ApiError) -> Response:
    """The answer for a refusal."""
    document = problem_document(error)
    return Response(document, status=error.status, headers=error.headers, content_type=CONTENT_TYPE)


def validation_errors(error: ValidationError) -> list[Fault]:
    """All faults of a document, each with its JSON pointer, code and message."""
    return [
        Fault(pointer=pointer(fault["loc"]), code=fault["type"], message=validation_message(fault))
        for fault in error.errors(include_url=False, include_context=True, include_input=False)
    ]


def pointer(location: Iterable[int | str]) -> str:
    """("sales", 0, "net") → "/sales/0/net" (RFC 6901)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in location)


def validation_message(fault: Mapping[str, Any]) -> str:
    """What one of pydantic's faults says to the till's programmer: what is wanted, with the limit that was passed."""
    kind, context = fault["type"], fault.get("ctx") or {}
    if (hint := PATTERN_HINTS.get(context.get("pattern", ""))) is not None:
        return _(hint)
    if kind not in MESSAGES:
        return _("This value is not valid. Correct it.")
    facts = {
        "min": context.get("ge", context.get("min_length")),
        "max": context.get("le", context.get("max_length")),
        # Pydantic's own list is English, its values in quotation marks of Python.
        "values": str(context.get("expected", "")).replace(" or ", ", ").replace("'", ""),
    }
    return _(MESSAGES[kind]).format(**facts)


def too_fast(wait: float | None) -> ApiError:
    """The 429 that says when to come again; a minute when nobody knows."""
    seconds = int(wait or 60) + 1
    detail = _("Too many calls. Try again in {seconds} seconds.").format(seconds=seconds)
    return ApiError(429, "throttled", detail=detail, headers={"Retry-After": str(seconds)})


def answer_exception(exception: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's exception handler: no answer holds a trace, whatever happened."""
    return problem_response(refusal_of(exception))


def refusal_of(exception: Exception) -> ApiError:
    """What a call is answered after this exception; the ones nobody expected are logged."""
    match exception:
        case ApiError():
            error = exception
        case KeyRefused():
            error = ApiError(401, exception.code, headers={"WWW-Authenticate": "Bearer"})
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            error = ApiError(401, "not_authenticated", headers={"WWW-Authenticate": "Bearer"})
        case exceptions.PermissionDenied():
            error = ApiError(403, "suspended")
        case exceptions.Throttled():
            error = too_fast(getattr(exception, "wait", None))
        case exceptions.NotFound() | Http404():
            error = ApiError(404, "not_found")
        case exceptions.MethodNotAllowed():
            error = ApiError(405, "method_not_allowed")
        case exceptions.NotAcceptable():
            error = ApiError(406, "not_acceptable")
        case exceptions.UnsupportedMediaType():
            error = ApiError(415, "unsupported_media_type")
        case exceptions.ParseError():
            error = ApiError(400, "not_json")
        case SuspiciousOperation():
            error = ApiError(400, "bad_request")
        case _ if isinstance(exception, DATABASE_AWAY):
            log.warning("database_unavailable", error=str(exception)[:200])
            error = ApiError(503, "unavailable", headers={"Retry-After": str(RETRY_AFTER_S)})
        case _:
            log.exception("api_failed", exc_info=exception)
            error = ApiError(500, "server_error")
    return error
