"""Reading requests to the control address: plain JSON in, or 400 with the reason."""

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


async def json_body(request: Request) -> dict[str, Any]:
    """The body as an object; nothing is an empty one."""
    raw = await request.body()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError as error:
        raise ControlError("the body is not JSON") from error
    if not isinstance(body, dict):
        raise ControlError("the body is not a JSON object")
    return body


def given(body: dict[str, Any], name: str, kind: type[Any], default: Any = ...) -> Any:
    """A field of the body, of this type; without a default it must be there."""
    value = body.get(name, default)
    if value is ...:
        raise ControlError(f"{name} is missing")
    if value is not default and not (isinstance(value, kind) and not (kind is int and isinstance(value, bool))):
        raise ControlError(f"{name} is not of type {kind.__name__}")
    return value
