"""Error reports that carry where, what kind and ids; never a customer's figures, a key or a token.

Nothing of a request but its method and path is collected, the path without the keys of links; no local variables, no
arguments, no SQL. What is left is the words of exceptions and of log lines: of those the first line goes (a database's
refusal shows the row from its second on, pydantic the input), without anything that has the shape of a secret or of a
document.
"""

import re
from collections.abc import Iterator
from typing import Any

import sentry_sdk
from pydantic import SecretStr
from sentry_sdk.types import Breadcrumb, DataCollectionUserOptions, Event, Hint

NOTHING: DataCollectionUserOptions = {
    "user_info": False,
    "cookies": {"mode": "off"},
    "http_headers": {"request": {"mode": "off"}},
    "http_bodies": [],
    "url_query_params": {"mode": "off"},
    "graphql": {"document": False, "variables": False},
    "gen_ai": {"inputs": False, "outputs": False},
    "database_query_data": False,
    "queues": False,
    "stack_frame_variables": False,
}
REQUEST_KEPT = ("method", "url")
CRUMB_KEPT = ("method", "url", "status_code", "reason")
WORDS_MAX = 300
FILTERED = "[Filtered]"
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
SECRETS = re.compile(
    rf"""
      (?P<kept>\b{UUID}\b)
    | [{{\[(].*[}}\])]                            # a document or a row that was printed
    | \b(?:Bearer|Basic)\s+\S+
    | \bclyo_\S+                                  # a till key
    | \b[A-Z0-9]{{4}}-[A-Z0-9]{{4}}\b             # a pairing code
    | \S{{32,}}                                   # a token of any kind
    """,
    re.VERBOSE,
)

# A link's key, a signed file's: a whole part of a path, behind the server's name, and no id.
KEY_IN_PATH = re.compile(rf"(?<=[^/]/)(?!{UUID}(?:/|$))[\w.:=~%-]{{32,}}(?=/|$)")


def start_sentry(dsn: SecretStr | None, *, stage: str, release: str) -> None:
    """Report errors to `dsn`; without one, do nothing."""
    if dsn is None:
        return
    sentry_sdk.init(
        dsn=dsn.get_secret_value(),
        environment=stage,
        release=release,
        data_collection=NOTHING,
        max_request_body_size="never",
        # No tracing headers go to Exact or anybody else we call.
        trace_propagation_targets=[],
        before_send=_without_secrets,
        before_breadcrumb=_crumb_without_secrets,
    )


def words(text: str) -> str:
    """The first line of a message, without what looks like a secret or a document; ids stay."""
    first = text.strip().partition("\n")[0]
    return SECRETS.sub(lambda found: found["kept"] or FILTERED, first)[:WORDS_MAX]


def _without_secrets(event: Event, _hint: Hint) -> Event:
    parts: dict[str, Any] = event  # type: ignore[assignment] # a typed dict of the parts we touch by name
    if "request" in parts:
        parts["request"] = {
            name: _tell_address(value) for name, value in parts["request"].items() if name in REQUEST_KEPT
        }
    for told in _find_told(parts):
        for name in ("value", "message", "formatted"):
            if told.get(name):
                told[name] = words(str(told[name]))
        told.pop("params", None)
    parts.pop("extra", None)
    parts.pop("user", None)
    return event


def _find_told(parts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The parts of an event that have text: its exceptions and its log line."""
    yield from parts.get("exception", {}).get("values", [])
    if "logentry" in parts:
        yield parts["logentry"]


def _crumb_without_secrets(crumb: Breadcrumb, _hint: Hint) -> Breadcrumb:
    if crumb.get("message"):
        crumb["message"] = words(str(crumb["message"]))
    kept = {name: _tell_address(value) for name, value in crumb.get("data", {}).items() if name in CRUMB_KEPT}
    crumb["data"] = kept
    return crumb


def _tell_address(value: Any) -> Any:
    """An address without its query, which can hold a code, or business data in OData, and with every part of the path
    masked that may be a key."""
    return KEY_IN_PATH.sub(FILTERED, value.partition("?")[0]) if isinstance(value, str) else value
