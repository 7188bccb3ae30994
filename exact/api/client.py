"""Speaks OData to one division. Knows nothing of closings; takes its tokens and budget from outside."""

import threading
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Protocol

import httpx
import structlog
from django.conf import settings
from django.utils import timezone

from exact.api.answers import CORRELATION_HEADER, outcome
from exact.api.budget import Budget
from exact.api.counted import counted
from exact.api.errors import (
    ConsentInDoubt,
    ExactError,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unauthorized,
    Unavailable,
)

log = structlog.get_logger()

# Failures before there was a connection. A protocol error on our side is not among them: the body may have been sent.
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
BODY_LEAVES = "http11.send_request_body.started"  # httpcore's name for it
JSON_HEADERS = {"Accept": "application/json", "Prefer": "return=representation"}
ME = "/api/v1/current/Me"


class TokenSource(Protocol):
    """The access token to use, a new one when Exact refuses it, and the error to raise when it refuses that too."""

    def current(self) -> str:
        """The access token to use now. Raises `NeedsReconnect` or `Unavailable`."""

    def renew(self, refused: str) -> str:
        """A token other than the one that Exact `refused`: renewed now, or by another worker meanwhile."""

    def doubt(self, refused: str) -> ConsentInDoubt:
        """The error to raise when Exact refuses a fresh token too."""


_of_thread = threading.local()
_ca_bundle = lru_cache(maxsize=1)(httpx.create_ssl_context)


def http_of_thread() -> httpx.Client:
    """This thread's HTTP client: connections are kept alive, and the CA bundle is read once in a process.

    One for all threads would look at the connections of all of them at each request: with a hundred lanes that was
    half of a worker's CPU.

    `retries` stays 0: a POST must never be repeated by a library. No cookie of one customer's answer is kept, and sent
    for the next one's.
    """
    client: httpx.Client | None = getattr(_of_thread, "client", None)
    if client is None:
        client = _of_thread.client = httpx.Client(
            verify=_ca_bundle(),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=httpx.Timeout(settings.EXACT_TIMEOUT_S, connect=min(10.0, settings.EXACT_TIMEOUT_S)),
            limits=httpx.Limits(keepalive_expiry=20),
            follow_redirects=False,
        )
    return client


@lru_cache(maxsize=1000)
def parsed(url: str) -> httpx.URL:
    """A parsed address, cached: httpx needs as long to parse it as for the rest of a request."""
    return httpx.URL(url)


class ExactClient:
    """Calls of one app in one division. Every call is counted first and leaves one log line with Exact's id for it."""

    def __init__(
        self, *, base_url: str, division: int | None, tokens: TokenSource, budget: Budget, http: httpx.Client
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._division = division
        self._tokens = tokens
        self._http = http
        self.budget = budget

    def rows(self, resource: str, **query: str) -> Iterator[dict[str, Any]]:
        """All rows of a list, page after page. Query options without the dollar: `select`, `filter`, `orderby`, `top`.

        Follows `__next` as given and accepts both envelopes (rules.md §3.4). Raises any `ExactError`.
        """
        url: str | None = self._url(resource)
        params: Mapping[str, str] | None = {f"${name}": value for name, value in query.items()}
        while url:
            content = self._call("GET", url, params=params).get("d")
            if not isinstance(content, (list, dict)):
                raise Unavailable("Exact's answer is no list")
            page = content if isinstance(content, list) else content.get("results", [content])
            yield from page
            url = None if isinstance(content, list) else content.get("__next")
            if url and not url.startswith(f"{self._base_url}/"):
                raise Unavailable("Exact named a next page on another host")
            params = None

    def create(self, resource: str, body: Mapping[str, Any], *, last_look: Callable[[], None]) -> "Created":
        """POST one entity and return what Exact made of it.

        `last_look` is called at the moment the body is about to leave; what it raises comes out of here, and Exact,
        without a body, has handled nothing.
        Raises `Refused`, `Forbidden`, `RateLimited`, `Unavailable` (nothing happened), or `OutcomeUnknown`, of which
        `RefusedInDoubt` is one.
        """

        def trace(event: str, _info: Mapping[str, Any]) -> None:
            if event == BODY_LEAVES:
                last_look()

        answer, correlation_id = self._exchange(
            "POST", parsed(self._url(resource)), json=body, extensions={"trace": trace}
        )
        content = answer.get("d")
        if not isinstance(content, dict):
            raise OutcomeUnknown(
                "the answer is not an entity", status=httpx.codes.CREATED, correlation_id=correlation_id
            )
        return Created(content, correlation_id)

    def delete(self, resource: str, key: str) -> None:
        """DELETE one entity by its GUID; one that is not there any more is a success, so it may be repeated.

        Raises any `ExactError`; `Refused` when Exact does not give it up, e.g. because it was processed.
        """
        try:
            self._exchange("DELETE", f"{self._url(resource)}(guid'{key}')")
        except Refused as error:
            if error.status != httpx.codes.NOT_FOUND:
                raise

    def _url(self, resource: str) -> str:
        if resource.startswith("/"):
            return f"{self._base_url}{resource}"
        return f"{self._base_url}/api/v1/{self._division}/{resource}"

    def _call(self, method: str, url: str, **options: Any) -> dict[str, Any]:
        return self._exchange(method, url, **options)[0]

    def _exchange(self, method: str, url: str | httpx.URL, **options: Any) -> tuple[dict[str, Any], str]:
        """One call, repeated once with a new token after a 401 that is Exact's word: that request was not handled."""
        token = self._tokens.current()
        try:
            return self._send(method, url, token, **options)
        except Unauthorized:
            token = self._tokens.renew(refused=token)
        try:
            return self._send(method, url, token, **options)
        except Unauthorized as error:
            doubt = self._tokens.doubt(token)
            doubt.correlation_id = error.correlation_id
            raise doubt from error

    def _send(self, method: str, url: str | httpx.URL, token: str, **options: Any) -> tuple[dict[str, Any], str]:
        self.budget.spend(timezone.now())
        with counted(method):
            return self._ask(method, url, token, **options)

    def _ask(self, method: str, url: str | httpx.URL, token: str, **options: Any) -> tuple[dict[str, Any], str]:
        headers = {**JSON_HEADERS, "Authorization": f"Bearer {token}"}
        try:
            response = self._http.request(method, url, headers=headers, **options)
        except NEVER_SENT as error:
            raise Unavailable(f"Exact cannot be reached: {type(error).__name__}") from error
        except httpx.RequestError as error:
            raise _read_broken_off(method, error) from error
        now, told = timezone.now(), _headers(response)
        self.budget.observe(told, now)
        correlation_id = told.get(CORRELATION_HEADER, "")
        log.info("exact_call", method=method, path=response.url.path, status=response.status_code, id=correlation_id)
        try:
            return outcome(method, response), correlation_id
        except RateLimited as limit:
            limit.until = self.budget.exhausted(told, now)
            raise


class Created(dict[str, Any]):
    """The entity of a POST's answer, with the id under which Exact's support finds the call."""

    def __init__(self, entity: Mapping[str, Any], correlation_id: str) -> None:
        super().__init__(entity)
        self.correlation_id = correlation_id


def _headers(response: httpx.Response) -> dict[str, str]:
    """The headers as a dict, by their names in lower case: httpx would search its list for each."""
    return {name.decode("ascii").lower(): value.decode("latin-1") for name, value in response.headers.raw}


def _read_broken_off(method: str, error: httpx.RequestError) -> ExactError:
    """The error for a call that ended without an answer: nothing happened for a GET, unknown for a write."""
    words = f"no answer from Exact: {type(error).__name__}"
    return Unavailable(words) if method == "GET" else OutcomeUnknown(words)
