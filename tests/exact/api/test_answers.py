"""What counts as Exact's word, answer by answer; whatever else a write meets leaves its outcome unknown."""

import json
from typing import Any

import httpx
import pytest

from exact.api.answers import outcome
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

PAGE = "<!doctype html><html><body><h1>Access denied</h1></body></html>"
LIMITS = {"X-RateLimit-Minutely-Remaining": "0", "X-RateLimit-Minutely-Reset": "1774000000000"}
Body = str | dict[str, Any] | list[Any]


def said(*sentences: str) -> dict[str, Any]:
    """Exact's error body (rules.md §4.1)."""
    return {"error": {"code": "", "message": {"lang": "", "value": "\r\n".join(sentences)}}}


def fault(code: object) -> dict[str, Any]:
    """The gateway's."""
    return {"fault": {"faultstring": "…", "detail": {"errorcode": code}}}


def answer(status: int, body: Body = "", headers: dict[str, str] | None = None) -> httpx.Response:
    text = body if isinstance(body, str) else json.dumps(body)
    return httpx.Response(status, headers=headers, text=text)


NO_TARGET = fault("messaging.adaptors.http.flow.ApplicationNotFound")
WRITES: list[tuple[int, Body, dict[str, str], type[ExactError]]] = [
    # Exact's word
    (500, said("Obligatoire : Client"), {}, Refused),
    (500, said("La période est clôturée : 2026 – 3", "Obligatoire : Client"), {}, Refused),
    (400, said("Error processing request stream."), {}, Refused),
    (404, said("Resource not found for the segment."), {}, Refused),
    (405, said("Method not allowed."), {}, Refused),
    (409, said("Already exists"), {}, Refused),
    (403, said("Forbidden"), {}, Forbidden),
    (403, said(""), {}, Forbidden),
    (401, said("Unauthorized"), {}, Unauthorized),
    (401, {"error": "invalid_token", "error_description": "expired"}, {}, Unauthorized),
    (401, "", {"WWW-Authenticate": "Bearer"}, Unauthorized),
    (401, "", {"Reason": "TokenExpired"}, Unauthorized),
    (429, "", LIMITS, RateLimited),
    (429, said("Rate limit exceeded."), {}, RateLimited),
    # a no of Exact's that may have come after it wrote
    (500, said("An error has occurred. Please contact your system administrator."), {}, RefusedInDoubt),
    (500, said("An unexpected error occurred."), {}, RefusedInDoubt),
    (500, said("Er is een fout opgetreden. Neem contact op met uw beheerder."), {}, RefusedInDoubt),
    (500, said("Une erreur s'est produite. Veuillez contacter l'administrateur."), {}, RefusedInDoubt),
    (500, said("Es ist ein Fehler aufgetreten.", "Bitte wenden Sie sich an den Support."), {}, RefusedInDoubt),
    (500, said("Something went wrong"), {}, RefusedInDoubt),
    (500, said(""), {}, RefusedInDoubt),
    # the gateway proves that Exact did not get it
    (404, NO_TARGET, {}, Unavailable),
    (500, NO_TARGET, {}, Unavailable),
    (400, fault("protocol.http.BadPath"), {}, Unavailable),
    (413, fault("protocol.http.TooBigBody"), {}, Unavailable),
    # the gateway proves nothing
    (504, fault("messaging.adaptors.http.flow.GatewayTimeout"), {}, OutcomeUnknown),
    (502, fault("messaging.adaptors.http.UnexpectedEOFAtTarget"), {}, OutcomeUnknown),
    (503, fault("messaging.adaptors.http.flow.ServiceUnavailable"), {}, OutcomeUnknown),
    (502, fault("protocol.http.TooBigHeaders"), {}, OutcomeUnknown),
    (405, fault("protocol.http.Response405WithoutAllowHeader"), {}, OutcomeUnknown),
    (500, fault("steps.javascript.ScriptExecutionFailed"), {}, OutcomeUnknown),
    (429, fault("policies.ratelimit.QuotaViolation"), {}, OutcomeUnknown),
    (504, fault(None), {}, OutcomeUnknown),
    (504, {"fault": "GatewayTimeout"}, {}, OutcomeUnknown),
    # something else spoke
    *((status, PAGE, {}, OutcomeUnknown) for status in (200, 201, 204, 302, 400, 401, 403, 404, 405, 408, 429)),
    *((status, PAGE, {}, OutcomeUnknown) for status in (500, 502, 503, 504, 520, 524)),
    *((status, "", {}, OutcomeUnknown) for status in (200, 201, 400, 401, 403, 404, 429, 500, 502, 503, 504)),
    (401, PAGE, {"WWW-Authenticate": "Bearer"}, OutcomeUnknown),
    (401, "", {"WWW-Authenticate": 'Basic realm="proxy"'}, OutcomeUnknown),
    (429, PAGE, LIMITS, OutcomeUnknown),
    (503, said("Service unavailable"), {}, OutcomeUnknown),
    (408, said("Time-out"), {}, OutcomeUnknown),
    (201, '{"d": {"EntryID": "61', {}, OutcomeUnknown),
    (201, [], {}, OutcomeUnknown),
    (403, {"error": {"code": 403, "message": "Forbidden by policy"}}, {}, OutcomeUnknown),
    (500, {"error": {"code": "", "message": {"value": None}}}, {}, OutcomeUnknown),
    (400, {"message": "Bad request"}, {}, OutcomeUnknown),
    (500, "[" * 100_000, {}, OutcomeUnknown),
]
READS: list[tuple[int, Body, dict[str, str], type[ExactError]]] = [
    (403, said("Forbidden"), {}, Forbidden),
    (403, "", {}, Forbidden),
    (404, "", {}, Refused),
    (400, said("Please add a $select"), {}, Refused),
    (401, "", {}, Unauthorized),
    (401, PAGE, {"WWW-Authenticate": "Bearer"}, Unauthorized),
    (429, PAGE, {}, RateLimited),
    *((status, PAGE, {}, Unavailable) for status in (200, 400, 401, 403, 404, 500, 502, 503, 504)),
    (500, said("An error has occurred. Please contact your administrator."), {}, Unavailable),
    (504, fault("messaging.adaptors.http.flow.GatewayTimeout"), {}, Unavailable),
]


EVERY_WRITE = [(method, *row) for method in ("POST", "DELETE") for row in WRITES if (method, row[0]) != ("DELETE", 204)]


@pytest.mark.parametrize(("method", "status", "body", "headers", "means"), EVERY_WRITE)
def test_write(method: str, status: int, body: Body, headers: dict[str, str], means: type[ExactError]) -> None:
    with pytest.raises(ExactError) as raised:
        outcome(method, answer(status, body, headers))
    assert raised.type is means
    assert raised.value.status == status


@pytest.mark.parametrize(("status", "body", "headers", "means"), READS)
def test_read(status: int, body: Body, headers: dict[str, str], means: type[ExactError]) -> None:
    with pytest.raises(ExactError) as raised:
        outcome("GET", answer(status, body, headers))
    assert raised.type is means


@pytest.mark.parametrize(("method", "status"), [("POST", 201), ("POST", 200), ("GET", 200)])
def test_success__is_an_object_with_its_d(method: str, status: int) -> None:
    assert outcome(method, answer(status, {"d": {"EntryID": "61"}})) == {"d": {"EntryID": "61"}}


def test_success__of_a_delete_is_empty() -> None:
    assert outcome("DELETE", answer(204)) == {}


def test_refusal__keeps_exact_s_sentences_and_the_id_of_the_call() -> None:
    with pytest.raises(Refused) as raised:
        outcome("POST", answer(500, said("Un", "", " Deux "), {"X-Exact-Correlation-Id": "abc"}))
    assert raised.value.messages == ["Un", "Deux"]
    assert raised.value.correlation_id == "abc"
