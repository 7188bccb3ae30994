"""The HTTP calls of a till, and what their answers mean to it."""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

TIMEOUT = httpx.Timeout(30.0, connect=5.0)
RECEIPT = ("id", "identity", "state", "problems")


class TryAgain(Exception):
    """It is not known that the server took it: send the same again, after `wait_s` if the server said how long.

    `in_doubt`: it may have been taken, as it was sent and no clear answer came.
    """

    def __init__(self, why: str, wait_s: float | None = None, *, in_doubt: bool = True) -> None:
        super().__init__(why)
        self.wait_s = wait_s
        self.in_doubt = in_doubt


class Refused(Exception):
    """The server refused it, so a person must look. `answer`: the server's problem document."""

    def __init__(self, status: int, answer: Mapping[str, Any]) -> None:
        super().__init__(str(answer.get("detail") or answer.get("title") or f"HTTP {status}"))
        self.status = status
        self.answer = answer

    def faults(self) -> list[str]:
        """Every fault with its pointer: "/sales/0/net: …"."""
        return [f"{fault.get('pointer')}: {fault.get('message')}" for fault in self.answer.get("errors", [])]

    def explained(self) -> str:
        """The server's message, and every fault on a line of its own."""
        return "\n".join([str(self), *self.faults()])


@dataclass(frozen=True, slots=True)
class Server:
    """The till API at one address, with one key."""

    http: httpx.Client
    address: str
    key: str = ""

    def pair(self, code: str, device: str) -> dict[str, Any]:
        """Trade a pairing code for a key. All calls here raise `Refused`, or `TryAgain` when nobody can know."""
        software = {"name": "Clyo", "version": "5.12.9"}
        return self._call("POST", "pair", {"code": code, "software": software, "device": device}, expected=("key",))

    def rotate(self) -> dict[str, Any]:
        """Ask for a new key; the old one works until the new one was used."""
        return self._call("POST", "key/rotate", None, expected=("key",))

    def parameters(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Send the parameters; the answer is what is in force."""
        return self._call("PUT", "parameters", document, expected=("parameters",))

    def push(self, content: bytes) -> dict[str, Any]:
        """Push one closing, gzipped. Only a 200 or 201 with a body of the till API counts as taken."""
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        return self._exchange("POST", "closings", gzip.compress(content), headers, expected=RECEIPT)

    def closings(self) -> Iterator[dict[str, Any]]:
        """Every closing the server has of this till, newest first, page by page."""
        path = "closings"
        while path:
            page = self._call("GET", path, None, expected=("results", "next"))
            yield from page["results"]
            # The address of the next page may be the server's public one: only what it asks for is taken.
            path = f"closings?{urlsplit(page['next']).query}" if page["next"] else ""

    def ask_for_export(self, question: Mapping[str, str]) -> dict[str, Any]:
        """Ask for an export of days: `from`, `to`, `format`, and perhaps `email`."""
        return self._call("POST", "exports", question, expected=("id", "links"))

    def export(self, export_id: str) -> dict[str, Any]:
        """How far an export is."""
        return self._call("GET", f"exports/{export_id}", None, expected=("state", "closings", "missing"))

    def export_file(self, export_id: str) -> bytes:
        """The file of an export that is done. Raises `TryAgain` when it could not be fetched."""
        address = f"{self.address}/api/v1/exports/{export_id}/file"
        try:
            answer = self.http.get(address, headers={"Authorization": f"Bearer {self.key}"}, timeout=TIMEOUT)
        except httpx.RequestError as error:
            raise TryAgain(type(error).__name__) from error
        if answer.status_code != httpx.codes.OK:
            raise TryAgain(f"HTTP {answer.status_code}")
        return answer.content

    def activate(self) -> dict[str, Any]:
        """Ask for the activation page: its address and when it ends."""
        return self._call("POST", "activation", None, expected=("url", "expires_at"))

    def activation(self) -> dict[str, Any]:
        """How the export to Exact stands, in a word and in words for the screen."""
        return self._call("GET", "activation", None, expected=("state", "label", "problems"))

    def whoami(self) -> dict[str, Any]:
        """The till this key belongs to, and what the server has of it."""
        return self._call("GET", "till", None, expected=("till",))

    def _call(
        self, method: str, path: str, document: Mapping[str, Any] | None, *, expected: Sequence[str]
    ) -> dict[str, Any]:
        content = None if document is None else json.dumps(document).encode()
        return self._exchange(method, path, content, {"Content-Type": "application/json"}, expected=expected)

    def _exchange(
        self, method: str, path: str, content: bytes | None, headers: dict[str, str], *, expected: Sequence[str]
    ) -> dict[str, Any]:
        if self.key:
            headers = {**headers, "Authorization": f"Bearer {self.key}"}
        try:
            answer = self.http.request(
                method, f"{self.address}/api/v1/{path}", content=content, headers=headers, timeout=TIMEOUT
            )
        except httpx.RequestError as error:
            never_left = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
            raise TryAgain(type(error).__name__, in_doubt=not never_left) from error
        return _take_answer(answer, expected)


def _take_answer(answer: httpx.Response, expected: Sequence[str]) -> dict[str, Any]:
    """The body of a good answer. A page of a proxy with status 200 is no acceptance; a 404 page no refusal."""
    body = _object(answer)
    if answer.status_code in (200, 201, 202) and all(field in body for field in expected):
        return body
    if 400 <= answer.status_code < 500 and answer.status_code not in (408, 429) and "code" in body:
        raise Refused(answer.status_code, body)
    throttled = answer.status_code == httpx.codes.TOO_MANY_REQUESTS
    raise TryAgain(f"HTTP {answer.status_code}", _asked_wait_s(answer.headers), in_doubt=not throttled)


def _asked_wait_s(headers: Mapping[str, str]) -> float | None:
    """`Retry-After` in seconds, from either of its forms (RFC 9110 §10.2.3); None when it is neither.

    A date is measured by the server's own clock, if it says what that shows: a till's may be wrong.
    """
    asked = headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked)
    moment = _moment(asked)
    if moment is None:
        return None
    now = _moment(headers.get("Date", "")) or datetime.now(UTC)
    return max((moment - now).total_seconds(), 0.0)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
