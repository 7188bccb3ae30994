"""Faults: what the caller sees, and what stands in the books afterwards."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from simulated_exact import Company, Server, running

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


@pytest.mark.parametrize(
    ("fault", "status", "booked"),
    [
        ("status_408", 408, 0),
        ("status_500", 500, 0),
        ("status_503", 503, 0),
        ("status_504", 504, 0),
        *((f"status_{status}_after_commit", status, 1) for status in (400, 401, 403, 404, 429, 500, 502, 504)),
    ],
)
def test_status(exact: Company, fault: str, status: int, booked: int) -> None:
    """Rules 4.2: timed out, broken or unavailable, without Exact's error body; a gateway cannot tell what was done."""
    body = exact.sale(exact.line())
    strike(exact, fault)
    answer = exact.post(SALES, body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert entries(exact) == booked
    assert exact.post(SALES, body).status_code == 201


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [("gateway_502_after_commit", 502, "UnexpectedEOF"), ("gateway_504_after_commit", 504, "Timeout")],
)
def test_gateway__that_lost_the_answer(exact: Company, fault: str, status: int, code: str) -> None:
    """Rules 4.2: the target got the request; that the proxy has no answer says nothing of what was done."""
    body = exact.sale(exact.line())
    strike(exact, fault)
    answer = exact.post(SALES, body)
    assert answer.status_code == status
    assert code in answer.json()["fault"]["detail"]["errorcode"]
    assert entries(exact) == 1


@pytest.mark.parametrize(
    ("fault", "booked"), [("general_error", 0), ("error_after_commit", 1), ("refusal_after_commit", 1)]
)
def test_error__in_exact_s_own_shape(exact: Company, fault: str, booked: int) -> None:
    """Rules 4.2: 500 with its error body, and the entry may stand all the same."""
    body = exact.sale(exact.line())
    strike(exact, fault)
    answer = exact.post(SALES, body)
    assert (answer.status_code, bool(answer.json()["error"]["message"]["value"])) == (500, True)
    assert entries(exact) == booked


def test_empty_200_after_commit(exact: Company) -> None:
    body = exact.sale(exact.line())
    strike(exact, "empty_200_after_commit")
    answer = exact.post(SALES, body)
    assert (answer.status_code, answer.content, entries(exact)) == (200, b"", 1)


def test_html_200(exact: Company) -> None:
    """Rules 4.2: a maintenance page as HTML with 200."""
    body = exact.sale(exact.line())
    strike(exact, "html_200")
    answer = exact.post(SALES, body)
    assert answer.status_code == 200
    assert answer.text.startswith("<!doctype html>")
    assert entries(exact) == 0


def test_no_rows(exact: Company) -> None:
    """Rules 8: whether what was just booked is found at once is not known."""
    assert exact.post(SALES, exact.sale(exact.line())).status_code == 201
    strike(exact, "no_rows", method="GET")
    assert exact.get(SALES).json() == {"d": {"results": []}}
    assert len(exact.get(SALES).json()["d"]["results"]) == 1


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


def test_hold__does_not_keep_the_program_from_ending(tmp_path: Path) -> None:
    """A test that fails before it releases a call must not hang the run."""
    with running(tmp_path) as started:
        company = started.new_company()
        strike(company, "delay", hold=True)
        impatient = httpx.Client(base_url=started.http.base_url, timeout=httpx.Timeout(5, read=0.05))
        with impatient, pytest.raises(httpx.ReadTimeout):
            impatient.post(f"/api/v1/{company.division}/{SALES}", json=company.sale(), headers=company.headers)
        wait_until(lambda: started.http.get("/_control/faults").json()["faults"][0]["struck"] == 1)
        started.process.terminate()
        assert started.process.wait(20) is not None


def test_slow_bytes__first_half_then_the_rest_on_release(exact: Company, server: Server) -> None:
    """Done at once; no single read times out, so only a limit on the whole call helps a caller."""
    body = exact.sale(exact.line())
    strike(exact, "slow_bytes", hold=True)
    path = f"/api/v1/{exact.division}/{SALES}"
    with (
        httpx.Client(base_url=server.http.base_url, timeout=20) as patient,
        patient.stream("POST", path, json=body, headers=exact.headers) as answer,
    ):
        size, pieces = int(answer.headers["Content-Length"]), answer.iter_raw()
        assert len(next(pieces)) == -(-size // 2)
        assert entries(exact) == 1
        server.control("release")
        assert sum(map(len, pieces)) == size // 2


def test_slow_bytes__many_pieces_make_a_whole(exact: Company) -> None:
    body = exact.sale(exact.line(), YourRef="slow")
    strike(exact, "slow_bytes", delay_s=0.1)
    assert exact.post(SALES, body).json()["d"]["YourRef"] == "slow"


def test_slow_bytes__an_answer_without_a_body(exact: Company) -> None:
    made = exact.created(SALES, exact.sale(exact.line()))
    strike(exact, "slow_bytes", method="DELETE")
    assert exact.call("DELETE", f"{SALES}(guid'{made['EntryID']}')").status_code == 204


def test_rate_limit__a_storm(exact: Company) -> None:
    """Any number of 429 in a row, then all is well."""
    body = exact.sale(exact.line())
    strike(exact, "rate_limit", count=20)
    assert [exact.post(SALES, body).status_code for _ in range(21)] == [429] * 20 + [201]


def test_gateway_fault__on_the_api(exact: Company) -> None:
    body = exact.sale(exact.line())
    strike(exact, "gateway_fault")
    answer = exact.post(SALES, body)
    assert (answer.status_code, list(answer.json())) == (404, ["fault"])
    assert entries(exact) == 0


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


def test_rule__same_seed_same_strikes(tmp_path: Path) -> None:
    """Whatever else is called in between: a rule's chances are its own."""

    def strikes(folder: str, seed: str, others: int) -> list[int]:
        with running(tmp_path / folder, "--seed", seed, "--no-limits") as started:
            exact = started.new_company()
            strike(exact, "status_503", count=None, probability=0.5)
            statuses = []
            for _ in range(24):
                statuses.append(exact.post(SALES, {}).status_code)
                for _ in range(others):
                    exact.get("financial/Journals", top="1")
            return statuses

    assert strikes("a", "7", 0) == strikes("b", "7", 2)
    assert strikes("c", "8", 0) != strikes("d", "7", 0)


def test_rules__first_that_strikes(exact: Company) -> None:
    """One rule strikes a call; the next one gets its turn when the first is used up."""
    strike(exact, "status_503")
    strike(exact, "html_200")
    assert [exact.post(SALES, {}).status_code for _ in range(3)] == [503, 200, 500]


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
