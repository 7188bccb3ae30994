"""What an answer means (rules.md §4.2). An answer that has not Exact's form came from a device between us and Exact.

Between us and Exact are its gateway, firewalls and caches. Their answer to a write proves nothing, except one that says
that the call never reached Exact: then nothing was booked. After any other the write's outcome is unknown.
"""

import re
from typing import Any

import httpx
from django.utils import timezone

from exact.api.budget import MINUTE
from exact.api.errors import (
    ExactError,
    Forbidden,
    OutcomeUnknown,
    RateLimited,
    Refused,
    RefusedInDoubt,
    Unauthorized,
    Unavailable,
)

CORRELATION_HEADER = "x-exact-correlation-id"
# Faults of the gateway about the way to Exact; those about a request's own form are `protocol.http.…` with a 4xx.
NO_SUCH_TARGET = "messaging.adaptors.http.flow.ApplicationNotFound"
FORM_OF_REQUEST = "protocol.http."
# Exact's general sentence, in the languages of its users: "An error has occurred. Please contact your administrator."
_FAILED = r"\b(errors?|fout(en)?|erreurs?|fehler)\b"
_SOMEHOW = (
    r"occur|unexpected|contact|try again|opgetreden|onverwacht|opnieuw|produite|survenue|inattendue|"
    r"à nouveau|réessay|aufgetreten|unerwartet|kontakt|wenden|erneut"
)
GENERAL = re.compile(
    rf"{_FAILED}.*({_SOMEHOW})|({_SOMEHOW}).*{_FAILED}|\b(something went wrong|iets mis\w*|schiefgegangen)\b", re.I
)


def outcome(method: str, response: httpx.Response) -> dict[str, Any]:
    """The JSON object of a success; else raises the matching `ExactError`."""
    document = json_object(response)
    if response.status_code in (200, 201) and document is not None and "d" in document:
        return document
    if method == "DELETE" and response.status_code == httpx.codes.NO_CONTENT:
        return {}
    raise _trouble(method, response, document)


def json_object(response: httpx.Response) -> dict[str, Any] | None:
    """The body, if it is a JSON object."""
    try:
        document = response.json()
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _trouble(method: str, response: httpx.Response, document: dict[str, Any] | None) -> ExactError:
    status = response.status_code
    known: dict[str, Any] = {"status": status, "correlation_id": response.headers.get(CORRELATION_HEADER, "")}
    if _never_arrived(status, document):
        return Unavailable("the gateway before Exact did not pass the call on", **known)
    messages = _messages(document)
    if status == 401 and _is_about_token(method, response, document):
        return Unauthorized("the access token is refused", **known)
    if status == 429 and _is_about_limit(method, response, document):
        return RateLimited("Exact's limit is reached", until=timezone.now() + MINUTE, **known)
    if messages is None and method == "GET" and not response.content:
        messages = []  # a refused read without Exact's words did no harm
    if messages is not None:
        if status == 403:
            return Forbidden("; ".join(messages) or "Forbidden", **known)
        doubtful = not messages or GENERAL.search(" ".join(messages))
        if status == 500 and doubtful and method != "GET":
            return RefusedInDoubt(messages or [f"HTTP {status}"], **known)
        if (400 <= status < 500 and status not in (401, 408, 429)) or (status == 500 and not doubtful):
            return Refused(messages or [f"HTTP {status}"], **known)
    words = f"Exact answered {status} with something unreadable"
    return Unavailable(words, **known) if method == "GET" else OutcomeUnknown(words, **known)


def _never_arrived(status: int, document: dict[str, Any] | None) -> bool:
    """Whether the gateway's answer proves that Exact did not get the call. A time-out of the gateway is no proof."""
    try:
        code = (document or {})["fault"]["detail"]["errorcode"]
    except (KeyError, TypeError):
        return False
    if code == NO_SUCH_TARGET:
        return True
    of_request = isinstance(code, str) and code.startswith(FORM_OF_REQUEST) and "response" not in code.lower()
    return of_request and 400 <= status < 500


def _is_about_token(method: str, response: httpx.Response, document: dict[str, Any] | None) -> bool:
    if _messages(document) is not None or isinstance((document or {}).get("error"), str):
        return True
    says_so = "reason" in response.headers or "bearer" in response.headers.get("www-authenticate", "").lower()
    if method == "GET":
        return says_so or not response.content
    return says_so and not response.content


def _is_about_limit(method: str, response: httpx.Response, document: dict[str, Any] | None) -> bool:
    if method == "GET" or _messages(document) is not None:
        return True
    return not response.content and any(name.startswith("x-ratelimit-") for name in response.headers)


def _messages(document: dict[str, Any] | None) -> list[str] | None:
    """Exact's sentences: `{"error": {"message": {"value": "a\\r\\nb"}}}` gives ["a", "b"]. None: not Exact's shape."""
    try:
        value = (document or {})["error"]["message"]["value"]
    except (KeyError, TypeError):
        return None
    if not isinstance(value, str):
        return None
    return [line.strip() for line in value.splitlines() if line.strip()]
