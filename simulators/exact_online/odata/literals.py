"""Literals of the URL language, read and written: `guid'…'`, `datetime'…'`, numbers (rules 3.6)."""

import re
from datetime import UTC, datetime

from simulators.exact_online.errors import BadRequest

from .lexer import Kind, Token
from .syntax import Literal, Scalar

GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z", re.IGNORECASE)
INT64 = 2**63
_CONSTANTS: dict[str, tuple[str, Scalar]] = {
    "true": ("Edm.Boolean", True),
    "false": ("Edm.Boolean", False),
    "null": ("null", None),
}


def literal_of(token: Token) -> Literal | None:
    """The literal a token stands for; null when it stands for something else."""
    match token.kind:
        case Kind.STRING:
            return Literal("Edm.String", token.text, token.position)
        case Kind.GUID:
            return Literal("Edm.Guid", _guid(token), token.position)
        case Kind.DATETIME:
            return Literal("Edm.DateTime", _datetime(token), token.position)
        case Kind.NUMBER:
            return _number(token)
        case Kind.NAME if token.text in _CONSTANTS:
            edm_type, value = _CONSTANTS[token.text]
            return Literal(edm_type, value, token.position)
    return None


def _guid(token: Token) -> str:
    if GUID.match(token.text) is None:
        raise _say_unrecognized("Edm.Guid", token)
    return token.text.lower()


def _datetime(token: Token) -> int:
    """A `Z` is left off: what it is compared with has no zone."""
    moment = parse_datetime(token.text.removesuffix("Z"))
    if moment is None:
        raise _say_unrecognized("Edm.DateTime", token)
    return moment


def _number(token: Token) -> Literal:
    if re.fullmatch(r"-?\d+", token.text):
        whole = int(token.text) if len(token.text) <= 20 else INT64
        if not -INT64 <= whole < INT64:
            raise _say_unrecognized("Edm.Int64", token)
        return Literal("Edm.Int64", whole, token.position)
    number = float(token.text)
    if number in (float("inf"), float("-inf")):
        raise _say_unrecognized("Edm.Double", token)
    return Literal("Edm.Double", number, token.position)


def _say_unrecognized(edm_type: str, token: Token) -> BadRequest:
    return BadRequest(f"Unrecognized '{edm_type}' literal '{token.text}' at position {token.position}.")


def parse_datetime(text: str) -> int | None:
    """`2026-01-01` or `2026-01-01T00:00:00` without a zone, as milliseconds; null when it is neither."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,7})?)?)?", text) is None:
        return None
    try:
        moment = datetime.fromisoformat(_at_most_microseconds(text)).replace(tzinfo=UTC)
    except ValueError:
        return None
    return round(moment.timestamp() * 1000)


def _at_most_microseconds(text: str) -> str:
    whole, dot, fraction = text.partition(".")
    return f"{whole}{dot}{fraction[:6].ljust(6, '0')}" if dot else text


def write(edm_type: str, value: Scalar) -> str:
    """A value as the URL language writes it; the skip token is made of these (rules 3.5)."""
    if value is None:
        return "null"
    match edm_type:
        case "Edm.Guid":
            return f"guid'{value}'"
        case "Edm.DateTime":
            moment = datetime.fromtimestamp(int(value) / 1000, UTC)
            return f"datetime'{moment.strftime('%Y-%m-%dT%H:%M:%S')}.{int(value) % 1000:03d}'"
        case "Edm.Boolean":
            return "true" if value else "false"
        case "Edm.String":
            return "'{}'".format(str(value).replace("'", "''"))
    return str(value)
