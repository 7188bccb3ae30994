"""The form of an answer, and what asking costs: neither stands between a till and its push."""

import pytest
from django.test import Client

from clyo_ingest.throttles import PushThrottle
from tests.clyo_ingest.given import kept
from tests.conftest import Caller, closing


@pytest.mark.parametrize("accept", ["application/problem+json", "application/xml", "text/html", "///", "image/*;q=x"])
def test_push__is_answered_in_json_whatever_is_accepted(till: Caller, accept: str) -> None:
    answer = till.post("closings", closing(), headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"]) == (201, "application/json")
    assert kept(till) == [(None, "")]


def test_log__is_json_unless_text_is_asked_for(till: Caller) -> None:
    forms = {}
    for accept in ("text/plain", "application/xml", "application/json"):
        headers = till.headers | {"Accept": accept}
        forms[accept] = Client().get("/api/v1/log", {"date": "2026-03-14"}, headers=headers).headers["Content-Type"]
    assert [form.partition(";")[0] for form in forms.values()] == ["text/plain", "application/json", "application/json"]


def test_asking__uses_up_no_pushes(till: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PushThrottle, "rate", "2/min", raising=False)
    assert [till.get("activation").status_code for _ in range(3)] == [200, 200, 429]
    assert till.post("closings", closing()).status_code == 201
    assert till.delete("activation").status_code == 204


def test_acting__uses_up_no_pushes_and_no_push_uses_it_up(till: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PushThrottle, "rate", "2/min", raising=False)
    assert [till.post("closings", closing(number)).status_code for number in (1042, 1043, 1044)] == [201, 201, 429]
    assert [till.post("activation", {}).status_code, till.delete("activation").status_code] == [201, 204]
    refused = [till.delete("activation"), till.post("exports", {})]
    assert [(it.status_code, it.json()["code"]) for it in refused] == [(429, "throttled")] * 2
    assert refused[0]["Retry-After"] in refused[0].json()["detail"]
    assert till.get("activation").status_code == 200


def test_switching_off__ends_the_open_link(till: Caller) -> None:
    address = till.post("activation", {}).json()["url"]
    page = "/" + address.split("/", 3)[3]
    assert Client().get(page).status_code == 200
    assert till.delete("activation").status_code == 204
    assert Client().get(page).status_code == 410
    assert till.get("activation").json()["state"] == "inactive"
