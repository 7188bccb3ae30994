"""Every answer of the till API that a test gets is held against the OpenAPI document that the API serves.

A status, media type, header, field or word that is not in the document fails the test that met it.
"""

import functools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
from django.http import HttpResponse

from clyo_ingest import schema_words as words
from clyo_ingest.schema import api_document

API = "/api/"
# What every answer of the site has, or HTTP itself asks for; the document need not say it.
OF_THE_SITE = {
    "allow",
    "cache-control",
    "content-language",
    "content-length",
    "content-security-policy",
    "content-type",
    "cross-origin-opener-policy",
    "referrer-policy",
    "vary",
    "x-content-type-options",
    "x-frame-options",
}
PARAMETER = re.compile(r"{\w+}")


@dataclass(frozen=True, slots=True)
class Untrue(AssertionError):
    """An answer that is not as the document says."""

    call: str
    why: str

    def __str__(self) -> str:
        return f"{self.call}: not as /api/v1/schema says: {self.why}"


def check_answer(method: str, path: str, answer: HttpResponse) -> None:
    """Raises `Untrue` when the answer of a call is not as the document says."""
    faults = [*faults_of(method, path, answer)] if path.startswith(API) and method != "OPTIONS" else []
    if faults:
        raise Untrue(f"{method} {path} → {answer.status_code}", "; ".join(faults))


def faults_of(method: str, path: str, answer: HttpResponse) -> Iterator[str]:
    """What the document does not say of this answer."""
    operation = operation_of(method, path)
    declared = _of_no_operation() if operation is None else operation["responses"]
    said = declared.get(str(answer.status_code))
    if said is None:
        yield "the status is not declared" if operation else "there is no such operation"
        return
    yield from _faults_of_headers(_whole(said), answer)
    if method != "HEAD":
        yield from _faults_of_body(_whole(said), answer)


def _of_no_operation() -> dict[str, Any]:
    """No such address, or no such method there: refused in the one form, perhaps before anybody looked for it."""
    parts = api_document()["components"]["responses"]
    refusals = {str(status): parts[name] for status, (name, _when) in words.REFUSALS.items()}
    return refusals | {"405": refusals["404"]}


def operation_of(method: str, path: str) -> dict[str, Any] | None:
    """The operation of a call; a HEAD is a GET whose body stays behind."""
    found = next((it for pattern, it in _paths() if pattern.fullmatch(path)), {})
    operation: dict[str, Any] | None = found.get({"HEAD": "get"}.get(method, method.lower()))
    return operation


def _faults_of_headers(declared: dict[str, Any], answer: HttpResponse) -> Iterator[str]:
    said, sent = {name.lower() for name in declared["headers"]}, {name.lower() for name in answer.headers}
    for name in sorted(said - sent):
        yield f"the header {name} is declared, and not there"
    for name in sorted(sent - said - OF_THE_SITE):
        yield f"the header {name} is not declared"


def _faults_of_body(declared: dict[str, Any], answer: HttpResponse) -> Iterator[str]:
    content = declared.get("content", {})
    media = answer.headers.get("Content-Type", "").partition(";")[0]
    if not content and not answer.content:
        return
    if media not in content:
        yield f"the media type {media or 'of nothing'} is not declared"
    elif media.endswith("json"):
        for fault in _validator(json.dumps(content[media]["schema"])).iter_errors(answer.json()):  # type: ignore[attr-defined]
            yield f"{fault.message} at {'/'.join(map(str, fault.instance_path)) or 'the top'}"


@functools.cache
def _paths() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    paths = api_document()["paths"].items()
    return [(re.compile(PARAMETER.sub("[^/]+", path)), operations) for path, operations in paths]


def _whole(part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    found: dict[str, Any] = api_document()["components"]["responses"][part["$ref"].rpartition("/")[2]]
    return found


@functools.cache
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        json.loads(schema) | {"components": {"schemas": _strict_parts()}}, validate_formats=True
    )


@functools.cache
def _strict_parts() -> dict[str, Any]:
    strict: dict[str, Any] = _strict(api_document()["components"]["schemas"])
    return strict


def _strict(part: Any) -> Any:
    """Tills must bear fields and codes that come later; today's answers have none that is not written down."""
    if isinstance(part, list):
        return [_strict(it) for it in part]
    if not isinstance(part, dict):
        return part
    strict = {name: _strict(value) for name, value in part.items()}
    if part.get("type") == "object" and "properties" in part:
        strict["additionalProperties"] = False
    if "x-extensible-enum" in part:
        strict["enum"] = part["x-extensible-enum"]
    return strict
