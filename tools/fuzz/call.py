"""A call as it is sent, byte for byte, and as a reproducer file keeps it."""

import base64
from dataclasses import dataclass, replace
from typing import Any, Self

Headers = tuple[tuple[str, str], ...]
IN_CHUNKS = "chunked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """`length` is what is declared of the body: digits, anything else, `IN_CHUNKS`. `said` is what was broken."""

    kind: str
    method: str
    path: str
    query: str = ""
    headers: Headers = ()
    body: bytes = b""
    length: str = "0"
    said: tuple[str, ...] = ()

    def header(self, name: str) -> str | None:
        """The last value of a header; None when there is none."""
        return next((value for told, value in reversed(self.headers) if told.lower() == name.lower()), None)

    def having(self, said: str, **changes: Any) -> Self:
        """The same call with `changes`, and a word in `said` on what was done to it."""
        return replace(self, said=(*self.said, said), **changes)

    def with_header(self, name: str, value: str | None) -> Self:
        """The same call with this value for a header, whatever the case of its name; None takes the header away."""
        kept = tuple(it for it in self.headers if it[0].lower() != name.lower())
        return self.having(f"{name}: {value!r}"[:120], headers=kept if value is None else (*kept, (name, value)))

    def with_body(self, said: str, body: bytes) -> Self:
        """With another body and the length that fits it."""
        return self.having(said, body=body, length=str(len(body)))

    def to_document(self) -> dict[str, Any]:
        """JSON-ready, the body in base64: `from_document` makes the same call again."""
        told = {name: getattr(self, name) for name in ("kind", "method", "path", "query", "headers", "length", "said")}
        return told | {"body_base64": base64.b64encode(self.body).decode()}

    @classmethod
    def from_document(cls, told: dict[str, Any]) -> Self:
        """The call of a reproducer file."""
        headers = tuple((name, value) for name, value in told["headers"])
        body = base64.b64decode(told["body_base64"])
        rest = {name: told[name] for name in ("kind", "method", "path", "query", "length")}
        return cls(**rest, headers=headers, body=body, said=tuple(told["said"]))
