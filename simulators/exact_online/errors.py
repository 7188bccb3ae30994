"""How a call fails. Each class is one answer of rules 4.2; none of them is a fault of this program."""

from collections.abc import Sequence
from typing import Any

from .messages import Problem


class ApiError(Exception):
    """An answer other than success, in Exact's error body (rules 4.1)."""

    status = 500
    lang = ""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadRequest(ApiError):
    """The body or the URL cannot be parsed, or names something the model does not know."""

    status = 400
    lang = "en-US"


class Unauthorized(ApiError):
    """No token, an unknown one, or one that has expired."""

    status = 401


class Forbidden(ApiError):
    """The user may not enter the company, or lacks the right on the resource."""

    status = 403

    def __init__(self, message: str = "Forbidden") -> None:
        super().__init__(message)


class NotFound(ApiError):
    """No such resource, or nothing under that key."""

    status = 404

    def __init__(self, message: str = "Resource not found for the segment.") -> None:
        super().__init__(message)


class MethodNotAllowed(ApiError):
    """The resource does not know the method (rules 4.2)."""

    status = 405

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__("Method not allowed.")
        self.allowed = tuple(allowed)


class TooManyRequests(ApiError):
    """A limit is used up; `headers` are those of the exhausted limit only (rules 2.2)."""

    status = 429

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__("Rate limit exceeded.")
        self.headers = headers


class Refused(Exception):
    """The books refuse it: HTTP 500 with every reason, in the user's language (rules 4)."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.text("en") for problem in problems))
        self.problems = tuple(problems)


def error_body(message: str, lang: str = "") -> dict[str, Any]:
    """Exact's error body (rules 4.1)."""
    return {"error": {"code": "", "message": {"lang": lang, "value": message}}}
