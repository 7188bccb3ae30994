"""Faults: what the caller sees, and what stands in the books afterwards."""

import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from simulated_exact import Company, Server

SALES = "salesentry/SalesEntries"


@pytest.fixture(autouse=True)
def no_faults_afterwards(server: Server) -> Any:
    yield
    server.http.delete("/_control/faults")


def strike(exact: Company, fault: str, **other: Any) -> dict[str, Any]:
    rule = {"resource": SALES, "method": "POST", "division": exact.division, "fault": fault, **other}
    answer: dict[str, Any] = exact.server.control("faults", **rule)
    return answer


def entries(exact: Company) -> int:
    return len(exact.books()["entries"])


def wait_until(seen: Callable[[], bool]) -> None:
    """Ask the server again until it has got so far."""
    assert any(seen() for _ in range(2_000))


def test_reset_before__nothing_was_done(exact: Company) -> None:
    """A transport error, not an HTTP answer."""
    body = exact.sale(exact.line())
    strike(exact, "reset_before")
    with pytest.raises(httpx.ReadError):
        exact.post(SALES, body)
    assert entries(exact) == 0
    assert exact.post(SALES, body).status_code == 201  # count 1: only once


def test_reset_after_commit__the_entry_stands(exact: Company) -> None:
    """Rules 8: after a POST without an answer the entry may exist."""
    body = exact.sale(exact.line(), YourRef="Z 1")
    strike(exact, "reset_after_commit")
    with pytest.raises(httpx.ReadError):
        exact.post(SALES, body)
    assert len(exact.rows(SALES, filter="YourRef eq 'Z 1'", select="EntryID")) == 1


def test_reset__every_time_without_a_count(exact: Company) -> None:
    body = exact.sale(exact.line())
    strike(exact, "reset_before", count=None)
    for _ in range(3):
        with pytest.raises(httpx.ReadError):
            exact.post(SALES, body)
    assert entries(exact) == 0


def test_broken_body__connection_ends_in_the_middle(exact: Company) -> None:
    body = exact.sale(exact.line())
    strike(exact, "broken_body")
    with pytest.raises(httpx.RemoteProtocolError):
        exact.post(SALES, body)
    assert entries(exact) == 1


def test_truncate__json_ends_in_the_middle(exact: Company) -> None:
    body = exact.sale(exact.line())
    strike(exact, "truncate")
    answer = exact.post(SALES, body)
    assert answer.status_code == 201
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        answer.json()
    assert entries(exact) == 1


def test_status_503(exact: Company) -> None:
    """Rules 4.2: unavailable, without Exact's error body."""
    body = exact.sale(exact.line())
    strike(exact, "status_503")
    answer = exact.post(SALES, body)
    assert (answer.status_code, "json" in answer.headers["Content-Type"]) == (503, False)
    assert entries(exact) == 0


def test_html_200(exact: Company) -> None:
    """Rules 4.2: a maintenance page as HTML with 200."""
    body = exact.sale(exact.line())
    strike(exact, "html_200")
    answer = exact.post(SALES, body)
    assert answer.status_code == 200
    assert answer.text.startswith("<!doctype html>")
    assert entries(exact) == 0


def test_rate_limit(exact: Company) -> None:
    """Rules 2.2: 429 with the minutely headers only."""
    body = exact.sale(exact.line())
    strike(exact, "rate_limit")
    answer = exact.post(SALES, body)
    assert answer.status_code == 429
    assert answer.headers["X-RateLimit-Minutely-Remaining"] == "0"
    assert "X-RateLimit-Limit" not in answer.headers
    assert entries(exact) == 0


def test_gateway_fault__on_the_token_endpoint(server: Server) -> None:
    """Rules 1.8: the proxy's own shape; the token is not touched."""
    code = server.code("marie.dupont@example.fr")
    server.control("faults", fault="gateway_fault", resource="oauth2/token")
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": "http://127.0.0.1:9/callback"}
    answer = server.token_call(**fields)
    assert answer.json()["fault"]["detail"]["errorcode"] == "messaging.adaptors.http.flow.ApplicationNotFound"
    assert server.token_call(**fields).status_code == 200


def test_token__issued_but_never_answered(frozen: Server) -> None:
    """Rules 1.8: a crash between Exact's answer and the commit loses the connection."""
    pair = frozen.tokens("marie.dupont@example.fr")
    frozen.control("clock", advance=570)
    frozen.control("faults", fault="reset_after_commit", resource="oauth2/token")
    with pytest.raises(httpx.ReadError):
        frozen.token_call(grant_type="refresh_token", refresh_token=pair["refresh_token"])
    assert frozen.token_call(grant_type="refresh_token", refresh_token=pair["refresh_token"]).status_code == 401


def test_late_commit__after_the_caller_has_gone(exact: Company, server: Server) -> None:
    """`hold` keeps the call waiting until it is released: it commits although nobody listens any more."""
    body = exact.sale(exact.line(), YourRef="late")
    strike(exact, "late_commit", hold=True)
    impatient = httpx.Client(base_url=server.http.base_url, timeout=httpx.Timeout(5, read=0.05))
    with impatient, pytest.raises(httpx.ReadTimeout):
        impatient.post(f"/api/v1/{exact.division}/{SALES}", json=body, headers=exact.headers)
    wait_until(lambda: server.http.get("/_control/faults").json()["faults"][0]["struck"] == 1)
    assert entries(exact) == 0
    server.control("release")
    assert exact.rows(SALES, filter="YourRef eq 'late'", select="EntryID")


def test_delay__done_at_once_answered_on_release(exact: Company, server: Server) -> None:
    body = exact.sale(exact.line())
    strike(exact, "delay", hold=True)
    answers: list[int] = []
    with httpx.Client(base_url=server.http.base_url, timeout=20) as patient:
        path = f"/api/v1/{exact.division}/{SALES}"
        thread = threading.Thread(
            target=lambda: answers.append(patient.post(path, json=body, headers=exact.headers).status_code)
        )
        thread.start()
        wait_until(lambda: entries(exact) > 0)
        assert answers == []
        server.control("release")
        thread.join()
    assert answers == [201]


def test_rule__fits_only_what_it_names(exact: Company, server: Server) -> None:
    other = server.new_company()
    strike(exact, "status_503", count=None)
    assert other.post(SALES, other.sale(other.line())).status_code == 201
    assert exact.get(SALES, top="1").status_code == 200
    assert exact.get("financial/Journals", top="1").status_code == 200
    assert exact.post(SALES, {}).status_code == 503


def test_rule__probability(exact: Company) -> None:
    rule = strike(exact, "status_503", count=None, probability=0.5)
    body = exact.sale(exact.line())
    statuses = {exact.post(SALES, body).status_code for _ in range(40)}
    assert statuses == {201, 503}
    (seen,) = exact.server.http.get("/_control/faults").json()["faults"]
    assert 0 < seen["struck"] < 40
    assert seen["id"] == rule["id"]


def test_rule__count(exact: Company) -> None:
    strike(exact, "status_503", count=2)
    assert [exact.post(SALES, {}).status_code for _ in range(3)] == [503, 503, 500]


def test_rules__lifted(exact: Company, server: Server) -> None:
    strike(exact, "status_503", count=None)
    assert server.http.delete("/_control/faults").json() == {"faults": []}
    assert exact.post(SALES, {}).status_code == 500


def test_calls__no_answer_counts_as_status_0(exact: Company, server: Server) -> None:
    strike(exact, "reset_before")
    with pytest.raises(httpx.ReadError):
        exact.post(SALES, {})
    calls = server.http.get("/_control/calls", params={"division": exact.division}).json()["calls"]
    assert {"method": "POST", "resource": SALES, "count": 1, "statuses": {"0": 1}} in calls
