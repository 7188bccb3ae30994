"""One call and what comes of it: repeated once with a new token, never repeated after it may have been handled."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from django.utils import timezone

from exact.api.budget import Budget
from exact.api.client import ExactClient
from exact.api.errors import (
    ConsentInDoubt,
    ExactError,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unavailable,
)

EXACT = "https://exact.example"
SALES = "salesentry/SalesEntries"
UNAUTHORIZED = httpx.Response(401, headers={"WWW-Authenticate": "Bearer"})
GONE = httpx.Response(404, json={"error": {"code": "", "message": {"lang": "", "value": "Not found"}}})


class Tokens:
    """Gives `first`, and `second` once that was refused."""

    def __init__(self) -> None:
        self.refused: list[str] = []

    def current(self) -> str:
        return "first"

    def renew(self, refused: str) -> str:
        self.refused.append(refused)
        return "second"

    def doubt(self, refused: str) -> ConsentInDoubt:
        return ConsentInDoubt(refused, until=timezone.now())


class Exact:
    """Answers in turn as it is told, or raises; keeps the requests."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers = [*answers]
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def client(exact: Exact, budget: Budget | None = None, tokens: Tokens | None = None) -> ExactClient:
    return ExactClient(
        base_url=f"{EXACT}/",
        division=7001,
        tokens=tokens or Tokens(),
        budget=budget or Budget(minute_limit=60, day_limit=5000),
        http=httpx.Client(transport=httpx.MockTransport(exact)),
    )


def read(it: ExactClient) -> Any:
    return [*it.rows(SALES, select="EntryID")]


def write(it: ExactClient) -> Any:
    return it.create(SALES, {"YourRef": "Z1"}, last_look=lambda: None)


def remove(it: ExactClient) -> Any:
    return it.delete(SALES, "61f3")


def rows(*ids: str, following: str | None = None) -> httpx.Response:
    page: dict[str, Any] = {"results": [{"EntryID": it} for it in ids]}
    return httpx.Response(200, json={"d": page | ({"__next": following} if following else {})})


Act = Callable[[ExactClient], Any]
BROKEN: list[tuple[type[httpx.TransportError], Act, type[ExactError]]] = [
    *(
        (never, act, Unavailable)
        for never in (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
        for act in (read, write, remove)
    ),
    *((broken, read, Unavailable) for broken in (httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError)),
    *(
        (broken, act, OutcomeUnknown)
        for broken in (
            httpx.ReadTimeout,
            httpx.ReadError,
            httpx.WriteError,
            httpx.WriteTimeout,
            httpx.CloseError,
            httpx.RemoteProtocolError,
            httpx.LocalProtocolError,
        )
        for act in (write, remove)
    ),
]


@pytest.mark.parametrize(("broken", "act", "means"), BROKEN)
def test_call__that_broke_off(broken: type[httpx.TransportError], act: Act, means: type[ExactError]) -> None:
    exact = Exact(broken("…"))
    with pytest.raises(ExactError) as raised:
        act(client(exact))
    assert raised.type is means
    assert len(exact.asked) == 1


@pytest.mark.parametrize(
    ("act", "answer"),
    [
        (read, rows("61f3")),
        (write, httpx.Response(201, json={"d": {"EntryID": "61f3"}})),
        (remove, httpx.Response(204)),
    ],
)
def test_token__that_is_refused_is_renewed_once(act: Act, answer: httpx.Response) -> None:
    exact, tokens = Exact(UNAUTHORIZED, answer), Tokens()
    act(client(exact, tokens=tokens))
    assert [request.headers["Authorization"] for request in exact.asked] == ["Bearer first", "Bearer second"]
    assert tokens.refused == ["first"]


@pytest.mark.parametrize("act", [read, write, remove])
def test_token__that_is_refused_though_new_needs_a_new_log_in(act: Act) -> None:
    exact = Exact(UNAUTHORIZED, UNAUTHORIZED)
    with pytest.raises(ConsentInDoubt, match="second"):
        act(client(exact))
    assert len(exact.asked) == 2


@pytest.mark.parametrize("act", [read, write, remove])
def test_budget__that_is_empty_lets_nothing_out(act: Act) -> None:
    exact = Exact()
    with pytest.raises(RateLimited):
        act(client(exact, Budget(minute_limit=0, day_limit=5000)))
    assert exact.asked == []


@pytest.mark.parametrize("act", [read, write, remove])
def test_limit__of_exact_is_kept_until_it_says(act: Act) -> None:
    reset = datetime.now(UTC).replace(microsecond=0).timestamp() + 30
    headers = {"X-RateLimit-Minutely-Remaining": "0", "X-RateLimit-Minutely-Reset": str(int(reset * 1000))}
    exact, budget = Exact(httpx.Response(429, headers=headers)), Budget(minute_limit=60, day_limit=5000)
    with pytest.raises(RateLimited) as limited:
        act(client(exact, budget))
    assert limited.value.until == budget.blocked_until == datetime.fromtimestamp(reset + 1, UTC)
    with pytest.raises(RateLimited):
        act(client(exact, budget))
    assert len(exact.asked) == 1


def test_budget__learns_what_others_spent_from_every_answer() -> None:
    budget = Budget(minute_limit=60, day_limit=5000)
    answer = rows()
    answer.headers.update({"X-RateLimit-Remaining": "1000", "X-RateLimit-Minutely-Remaining": "7"})
    read(client(Exact(answer), budget))
    assert (budget.minute_calls, budget.day_calls) == (53, 4000)


def list_of(*ids: str) -> httpx.Response:
    return httpx.Response(200, json={"d": [{"EntryID": it} for it in ids]})


NEXT = f"{EXACT}/api/v1/7001/{SALES}?$skiptoken=guid'61f3'"


@pytest.mark.parametrize(
    ("answers", "ids"),
    [
        ([rows()], []),
        ([rows("a", "b")], ["a", "b"]),
        ([list_of("a", "b")], ["a", "b"]),
        ([httpx.Response(200, json={"d": {"EntryID": "a"}})], ["a"]),
        ([rows("a", following=NEXT), rows("b", following=NEXT), rows("c")], ["a", "b", "c"]),
        ([rows(following=NEXT), list_of("c")], ["c"]),
    ],
)
def test_rows__of_either_envelope_page_after_page(answers: Iterable[httpx.Response], ids: list[str]) -> None:
    exact = Exact(*answers)
    assert [row["EntryID"] for row in read(client(exact))] == ids
    first, *later = (str(request.url.copy_with(query=None)) for request in exact.asked)
    assert first == f"{EXACT}/api/v1/7001/{SALES}"
    assert exact.asked[0].url.params["$select"] == "EntryID"
    assert all(request.url == httpx.URL(NEXT) for request in exact.asked[1:])
    assert len(later) == len(exact.asked) - 1


@pytest.mark.parametrize("following", ["https://other.example/next", f"{EXACT}.evil.example/next", "/api/v1/next"])
def test_rows__are_not_followed_to_another_host(following: str) -> None:
    exact = Exact(rows("a", following=following))
    with pytest.raises(Unavailable):
        read(client(exact))
    assert len(exact.asked) == 1


@pytest.mark.parametrize("content", ["text", 7, None])
def test_rows__that_are_no_list(content: object) -> None:
    with pytest.raises(Unavailable):
        read(client(Exact(httpx.Response(200, json={"d": content}))))


def test_create__gives_the_entity_and_the_id_of_the_call() -> None:
    answer = httpx.Response(201, json={"d": {"EntryID": "61f3"}}, headers={"X-Exact-Correlation-Id": "abc"})
    exact = Exact(answer)
    created = write(client(exact))
    assert (created, created.correlation_id) == ({"EntryID": "61f3"}, "abc")
    (request,) = exact.asked
    assert (request.method, json.loads(request.content)) == ("POST", {"YourRef": "Z1"})
    assert request.headers["Prefer"] == "return=representation"


def test_create__that_is_answered_with_a_list_is_unknown() -> None:
    with pytest.raises(OutcomeUnknown):
        write(client(Exact(httpx.Response(201, json={"d": []}))))


def test_delete__of_what_is_gone_is_a_success() -> None:
    exact = Exact(GONE)
    remove(client(exact))
    assert str(exact.asked[0].url) == f"{EXACT}/api/v1/7001/{SALES}(guid'61f3')"


def test_delete__that_is_refused_is_not() -> None:
    processed = {"error": {"code": "", "message": {"lang": "", "value": "Ne peut être supprimé : traité"}}}
    with pytest.raises(Refused):
        remove(client(Exact(httpx.Response(500, json=processed))))
