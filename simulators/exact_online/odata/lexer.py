"""Text to tokens."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from simulators.exact_online.errors import BadRequest


class Kind(Enum):
    """What a token is. The typed literals carry their text without prefix and quotes."""

    NAME = auto()
    STRING = auto()
    GUID = auto()
    DATETIME = auto()
    NUMBER = auto()
    LEFT = auto()
    RIGHT = auto()
    COMMA = auto()
    EQUALS = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A token with the position of its first character, which error messages name."""

    kind: Kind
    text: str
    position: int


_PATTERN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<GUID>(?i:guid)\s*'(?P<guid_text>[^']*)')
    | (?P<DATETIME>(?i:datetime)\s*'(?P<datetime_text>[^']*)')
    | (?P<STRING>'(?P<string_text>(?:[^']|'')*)')
    | (?P<NUMBER>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[LlMmDdFf]?(?![\w.]))
    | (?P<NAME>[A-Za-z_]\w*(?:/[A-Za-z_]\w*)*)
    | (?P<LEFT>\() | (?P<RIGHT>\)) | (?P<COMMA>,) | (?P<EQUALS>=)
    """,
    re.VERBOSE,
)


def tokens(text: str) -> Iterator[Token]:
    """The tokens of the text, with an end token behind them."""
    position = 0
    while position < len(text):
        match = _PATTERN.match(text, position)
        if match is None:
            raise BadRequest(f"Syntax error at position {position}.")
        if match.lastgroup is not None and match["space"] is None:
            yield _token(match, position)
        position = match.end()
    yield Token(Kind.END, "", len(text))


def _token(match: re.Match[str], position: int) -> Token:
    for kind in Kind:
        if kind is not Kind.END and match[kind.name] is not None:
            return Token(kind, _content(kind, match), position)
    raise AssertionError("the pattern has a group without a kind")


def _content(kind: Kind, match: re.Match[str]) -> str:
    match kind:
        case Kind.STRING:
            return match["string_text"].replace("''", "'")
        case Kind.GUID:
            return match["guid_text"]
        case Kind.DATETIME:
            return match["datetime_text"]
        case Kind.NUMBER:
            return match["NUMBER"].rstrip("LlMmDdFf")
    return match[0]
