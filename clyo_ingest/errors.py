"""Every refusal of the till API as `application/problem+json` (RFC 9457), in the till's language."""

from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from pydantic import ValidationError
from rest_framework import exceptions
from rest_framework.response import Response
from structlog.contextvars import get_contextvars

from ledger import texts
from ledger.money import MONEY_TEXT, RATE_TEXT
from on_demand import period

log = structlog.get_logger()

RETRY_AFTER_S = 5
CONTENT_TYPE = "application/problem+json"
TITLES: dict[str, str] = {
    "not_authenticated": N_("No valid till key. Pair this till again from the console."),
    "key_missing": N_("No till key came with this call. Send Authorization: Bearer and the key of this till."),
    "key_unknown": N_("There is no such till key. Check that the till sends its key whole, or pair it again."),
    "key_replaced": N_("This till key was replaced by a newer one. Send the key that this till was given last."),
    "key_revoked": N_("This till key was revoked. Pair this till again from the console."),
    "suspended": N_("This till or its customer is suspended. Call your reseller."),
    "throttled": N_("Too many calls. Try again later."),
    "not_json": N_("The body is not JSON. Correct it and try again."),
    "bad_request": N_("The call cannot be understood. Check its address and headers."),
    "too_deep": N_("The JSON is nested deeper than 64 levels. Correct it and try again."),
    "too_complex": N_("The JSON has more than 100,000 lists. Leave out what is not asked for and try again."),
    "length_required": N_("The length of the body is not known here. Send it with Content-Length."),
    "charset_unsupported": N_("The declared charset is not UTF-8. Send UTF-8, and say so or nothing."),
    "too_large": N_("The body is larger than 2 MiB. Send less and try again."),
    "unsupported_media_type": N_("Send application/json, plain or with gzip encoding."),
    "closing_invalid": N_(
        "The closing has fields that are missing or of the wrong type. Correct those that are named and send it again."
    ),
    "closing_conflict": N_(
        "Another closing with this number was already received with other content. Call your reseller."
    ),
    "parameters_invalid": N_(
        "The parameters have fields that are missing or of the wrong type. Correct those that are named and send them "
        "again."
    ),
    "pairing_invalid": N_(
        "The pairing request has fields that are missing or of the wrong type. Correct those that are named and try "
        "again."
    ),
    "pairing_refused": N_("This pairing code is unknown, already used or over. Make a new one in the console."),
    "export_invalid": N_("This export is not possible as it was asked for."),
    "export_not_done": N_("The export is not finished yet. Ask again in a moment."),
    "export_has_no_file": N_("This export has no file."),
    "query_invalid": N_("A parameter of the address is not valid. Correct it and try again."),
    "not_found": N_("There is nothing here. Check the address."),
    "method_not_allowed": N_("This method is not possible here. Use another one."),
    "not_acceptable": N_("Only JSON can be answered. Ask for JSON in the Accept header."),
    "unavailable": N_("The service cannot take this at the moment. Nothing is lost: send it again."),
    "server_error": N_("Something went wrong on our side. Nothing is lost: send it again."),
}
# pydantic's error types, by what a till programmer needs to hear.
MESSAGES: dict[str, str] = {
    "missing": N_("This field is missing. Add it."),
    "string_type": N_("A string is expected."),
    "string_pattern_mismatch": N_("This has not the expected form. Correct it."),
    "string_too_short": N_("This must not be empty. Fill it in."),
    "string_too_long": N_("This is too long: at most {max} characters."),
    "int_type": N_("A whole number is expected."),
    "int_from_float": N_("A whole number is expected."),
    "int_parsing": N_("A whole number is expected."),
    "bool_type": N_("true or false is expected."),
    "list_type": N_("A list is expected."),
    "model_type": N_("An object is expected."),
    "literal_error": N_("One of these is expected: {values}"),
    "enum": N_("One of these is expected: {values}"),
    "greater_than_equal": N_("This is too small: at least {min}."),
    "less_than_equal": N_("This is too large: at most {max}."),
    "too_short": N_("This list is too short: at least {min}."),
    "too_long": N_("This list is too long: at most {max}."),
    "date_type": N_("A date is expected: YYYY-MM-DD."),
    "date_parsing": N_("A date is expected: YYYY-MM-DD."),
    "date_from_datetime_parsing": N_("A date is expected: YYYY-MM-DD."),
    "date_from_datetime_inexact": N_("A date is expected: YYYY-MM-DD."),
    "datetime_type": N_("An instant with its offset is expected (ISO 8601)."),
    "datetime_parsing": N_("An instant with its offset is expected (ISO 8601)."),
    "datetime_from_date_parsing": N_("An instant with its offset is expected (ISO 8601)."),
    "date_out_of_range": N_("The year must be between 2000 and 2100."),
    "datetime_out_of_range": N_("The year must be between 2000 and 2100."),
    "datetime_offset": N_("The offset must be between -15:59 and +15:59."),
    "cursor_invalid": N_("Take the cursor from `next` of the page before, as it stands there."),
    "email_invalid": N_("This is not an e-mail address."),
    **period.FAULTS,
    "again_for_files_only": N_("Only a file can be made again; in Exact nothing is ever sent twice."),
    "sum_too_large": N_("The amounts of this list add up to more than 99,999,999,999.99. Check its lines."),
    "slot_twice": N_("This slot is there twice: say each slot once."),
    "string_nul": N_("A NUL character is not allowed."),
    "string_unicode": N_("Half of a surrogate pair is not allowed."),
    "string_control": N_("A control character is not allowed."),
    "timezone_aware": N_("The offset is missing. Add it, for example +01:00."),
}
PATTERN_HINTS: dict[str, str] = {
    MONEY_TEXT: N_('Money is a string with two decimals and a point, for example "12.50".'),
    RATE_TEXT: N_('A rate is a string with two decimals and a point, for example "20.00".'),
    texts.CURRENCY: N_('A currency is three capital letters, for example "EUR".'),
    texts.BASE64: N_("Base64 is expected: letters, digits, + and /, with = at the end."),
}


class ApiError(Exception):
    """A refusal: status, stable code, and the faults with their pointers.

    `title` and `detail`, where this one has more to say than its code, are in the caller's language already. `members`
    are what this kind of problem has beside what all have (RFC 9457, 3.2).
    """

    def __init__(
        self,
        status: int,
        code: str,
        *,
        title: str = "",
        detail: str = "",
        errors: Iterable[Mapping[str, str]] = (),
        members: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.errors = [*errors]
        self.members = dict(members or {})
        self.headers = dict(headers or {})


class KeyRefused(exceptions.AuthenticationFailed):
    """No till is known by what was sent; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code=code)
        self.code = code


def problem_document(error: ApiError) -> dict[str, Any]:
    """What a refusal says, in the active language."""
    title = error.title or _(TITLES[error.code])
    body: dict[str, Any] = {
        "type": f"urn:clyo-exact:problem:{error.code}",
        "title": title,
        "status": error.status,
        "code": error.code,
        "detail": error.detail or title,
    }
    if number := get_contextvars().get("request_id"):
        body["request_id"] = number
    if error.errors:
        body["errors"] = error.errors
    return body | error.members


def problem_response(error: ApiError) -> Response:
    """The answer for a refusal."""
    document = problem_document(error)
    return Response(document, status=error.status, headers=error.headers, content_type=CONTENT_TYPE)


def validation_errors(error: ValidationError) -> list[dict[str, str]]:
    """All faults of a document, each with its JSON pointer, code and message."""
    return [
        {"pointer": pointer(fault["loc"]), "code": fault["type"], "message": validation_message(fault)}
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
        "values": str(context.get("expected", "")).replace(" or ", ", "),  # pydantic's own word is English
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
        case OperationalError() | InterfaceError():
            # Restarting, out of connections, or too slow: nothing was committed that was not acknowledged.
            log.warning("database_unavailable", error=str(exception)[:200])
            error = ApiError(503, "unavailable", headers={"Retry-After": str(RETRY_AFTER_S)})
        case _:
            log.exception("api_failed", exc_info=exception)
            error = ApiError(500, "server_error")
    return error
