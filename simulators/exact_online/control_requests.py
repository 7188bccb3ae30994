"""Requests to `/_control/…`: read, checked, and answered 400 with the reason when they make no sense."""

import json
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Endpoint = Callable[[Request], Awaitable[Response]]


class ControlError(Exception):
    """The request makes no sense; the text says why."""


def safe(endpoint: Endpoint) -> Endpoint:
    """Answer a senseless request with 400 and the reason."""

    @wraps(endpoint)
    async def wrapped(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ControlError as error:
            return JSONResponse({"error": str(error)}, 400)

    return wrapped


async def body_of(request: Request) -> dict[str, Any]:
    """The body, a JSON object; none at all is an empty one."""
    raw = await request.body()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError as error:
        raise ControlError("the body is not JSON") from error
    if not isinstance(body, dict):
        raise ControlError("the body is not a JSON object")
    return body


def value_of(body: dict[str, Any], name: str, kind: type[Any], default: Any = ...) -> Any:
    """A field of the body, of that type; without a default it must be there."""
    value = body.get(name, default)
    if value is ...:
        raise ControlError(f"{name} is missing")
    if value is not default and not (isinstance(value, kind) and not (kind is int and isinstance(value, bool))):
        raise ControlError(f"{name} is not of type {kind.__name__}")
    return value


def division_of(request: Request) -> int | None:
    """The company of the query, if it names one."""
    text = request.query_params.get("division")
    if text is not None and not text.isdecimal():
        raise ControlError("division is not a number")
    return int(text) if text is not None else None
