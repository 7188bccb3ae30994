"""What must hold of every answer, whatever was asked: each broken promise in words."""

import json
import zlib
from collections.abc import Iterator
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote_to_bytes

from clyo_ingest.body import GZIP_NAMES, GZIP_WINDOW
from tools.fuzz.books import Books
from tools.fuzz.breaking import at
from tools.fuzz.call import IN_CHUNKS, Call
from tools.fuzz.doors import Answer

API_PATH = "/api/"
PUSHES = {("POST", "/api/v1/closings"), ("PUT", "/api/v1/parameters")}
PROBLEM = "application/problem+json"
KEPT_MAX = 2 * 1024 * 1024 + 1
# Asked for by an address, and named when it is left out.
NEEDED_IN_QUERIES = {"date"}
RUNNING_TEXT = ("href", "src", "action", "formaction")


def broken_promises(call: Call, answer: Answer, before: Books, after: Books) -> Iterator[str]:
    """What does not hold of an answer, and of what became of our books."""
    yield from of_the_answer(call, answer)
    yield from _of_the_books(call, answer, before, after)


def of_the_answer(call: Call, answer: Answer) -> Iterator[str]:
    """What is wrong with an answer, whatever was asked: one sentence for each promise that it breaks."""
    if answer.status >= 500 and answer.status != 503:
        yield f"a {answer.status}"
    if not answer.headers.get("x-request-id"):
        yield "an answer without a number"
    if answer.status >= 400 and is_api(call):
        yield from _of_a_problem(call, answer)
    if "text/html" in answer.headers.get("content-type", ""):
        yield from unescaped(answer.body.decode("utf-8", "replace"))


def is_api(call: Call) -> bool:
    """Whether a call goes to the till API."""
    return path_of(call).startswith(API_PATH)


def path_of(call: Call) -> str:
    """The path as the application sees it."""
    return unquote_to_bytes(call.path.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")


def is_push(call: Call, known_keys: tuple[str, ...]) -> bool:
    """Whether a till that is known pushes with it."""
    scheme, _space, key = (call.header("Authorization") or "").partition(" ")
    known = scheme.lower() == "bearer" and key.strip() in known_keys
    return known and (call.method.upper(), path_of(call)) in PUSHES


def unescaped(page: str) -> Iterator[str]:
    """Markup in a page that came from outside."""
    found = _Markup()
    found.feed(page)
    yield from found.said


class _Markup(HTMLParser):
    """Looks for the element and the attributes that no page of ours has."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "fuzz" or any(name.startswith("onfuzz") for name, _value in attrs):
            self.said.append(f"unescaped: {self.get_starttag_text()!r}"[:160])
        if any(
            name in RUNNING_TEXT and (value or "").strip().lower().startswith("javascript:") for name, value in attrs
        ):
            self.said.append(f"a script in an address: {self.get_starttag_text()!r}"[:160])

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script" and data.strip() == "fuzz()":
            self.said.append("unescaped: a script")


def _of_a_problem(call: Call, answer: Answer) -> Iterator[str]:
    if answer.headers.get("content-type") != PROBLEM:
        yield f"a {answer.status} as {answer.headers.get('content-type')}"
        return
    if call.method == "HEAD":
        return
    told = json.loads(answer.body)
    if not told.get("code") or told.get("status") != answer.status:
        yield f"a {answer.status} without its code or status"
    if told.get("request_id") != answer.headers.get("x-request-id"):
        yield f"a {answer.status} without its number"
    if answer.status == 422:
        yield from _of_the_faults(call, told.get("errors") or [])


def _of_the_faults(call: Call, faults: list[dict[str, str]]) -> Iterator[str]:
    if not faults:
        yield "a 422 that names no fault"
    asked = call.method == "GET"
    document = None if asked else document_of(call)
    for fault in faults:
        if not fault.get("code") or not fault.get("message"):
            yield f"a fault without code or message: {fault}"[:160]
        pointer = fault.get("parameter") or fault.get("pointer", "")
        named = _names_a_parameter(call, pointer) if asked else _points_somewhere(document, pointer)
        if not named:
            yield f"{fault.get('code')} points at {pointer!r}, which was not sent"[:160]


def _names_a_parameter(call: Call, pointer: str) -> bool:
    name = pointer.lstrip("/")
    sent = [it.partition("=")[0] for it in call.query.split("&")]
    decoded = {unquote_to_bytes(it.replace("+", " ")).decode("utf-8", "replace") for it in sent}
    return name in NEEDED_IN_QUERIES or any(it[: len(name)] == name for it in decoded)


def document_of(call: Call) -> Any:
    """What was sent, as a reader of JSON sees it."""
    body = call.body
    if (call.header("Content-Encoding") or "").strip().lower() in GZIP_NAMES:
        body = zlib.decompressobj(GZIP_WINDOW).decompress(body)
    return json.loads(body.decode("utf-8-sig"))


def _points_somewhere(document: Any, pointer: str) -> bool:
    """Whether a pointer is one of the document; the last step of it may be what is missing there."""
    parts = [it.replace("~1", "/").replace("~0", "~") for it in pointer.split("/")[1:]]
    try:
        above = document
        for part in parts[:-1]:
            above = at(above, (int(part) if isinstance(above, list) else part,))
        return not parts or isinstance(above, dict) or int(parts[-1]) < len(above)
    except (LookupError, TypeError, ValueError):
        return False


def _of_the_books(call: Call, answer: Answer, before: Books, after: Books) -> Iterator[str]:
    if answer.status >= 400 and before.rows != after.rows:
        yield f"a {answer.status} that booked something: {before.rows} → {after.rows}"
    new = [push for push in after.pushes if push.id > before.last_push]
    if not is_push(call, after.keys):
        if new:
            yield "kept what was no push of a known till"
        return
    refused_at_the_door = answer.status == 503 or (answer.status == 400 and call.header("Host") is not None)
    if len(new) != 1:
        if not refused_at_the_door or new:
            yield f"kept {len(new)} times"
        return
    [push] = new
    if call.length in (str(len(call.body)), IN_CHUNKS):
        sent = call.body[:KEPT_MAX]
        if (push.size, push.sha256) != (len(sent), sha256(sent).digest()):
            yield f"kept {push.size} bytes of {len(call.body)}, or others"
    if push.answer != answer.status and not (answer.status == 201 and push.made):
        yield f"a {answer.status} noted as {push.answer}"
    if push.made != (answer.status == 201):
        yield f"a {answer.status} that made a closing" if push.made else "a 201 without a closing"
