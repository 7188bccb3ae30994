"""GET /log: what happened to the establishment's closings on a day; the console shows the same lines."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exact.models import Division
from tenants.factories import StaffFactory
from tests.clyo_ingest.given import push_bytes, stranger
from tests.conftest import PARAMETERS, Caller, closing, colleague, work


@pytest.fixture
def exported(linked: tuple[Caller, Division]) -> Caller:
    """A till with one exported closing and one refused push, both of today."""
    till, division = linked
    assert till.post("closings", closing()).status_code == 201
    till.post("closings", {"kind": "general"})
    work(division)
    return till


def today() -> str:
    return timezone.localdate().isoformat()


def test_log__tells_the_day_oldest_first(exported: Caller) -> None:
    answer = exported.get(f"log?date={today()}")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["date"], body["truncated"]) == (today(), False)
    assert [event["at"] for event in body["events"]] == sorted(event["at"] for event in body["events"])
    states = [event["state"] for event in body["events"]]
    assert states[0] == "ready"
    assert "exported" in states
    assert states.count("posted") == 2
    assert "refused" in states
    posted = next(event for event in body["events"] if event["state"] == "posted")
    assert posted["closing"]["number"] == 1042
    assert posted["reference"].startswith("Z1042-")


def test_log__as_text_has_a_line_for_each_event(exported: Caller) -> None:
    events = exported.get(f"log?date={today()}").json()["events"]
    call = Client().get(f"/api/v1/log?date={today()}", headers=exported.headers | {"Accept": "text/plain"})
    assert call["Content-Type"].startswith("text/plain")
    lines = call.content.decode().splitlines()
    assert len([line for line in lines if "  " in line]) == len(events)
    assert "Z 1042" in call.content.decode()


def test_log__in_the_console_is_the_same_text(exported: Caller) -> None:
    api = Client().get(
        f"/api/v1/log?date={today()}", headers=exported.headers | {"Accept": "text/plain", "Accept-Language": "fr"}
    )
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(StaffFactory(reseller=exported.till.tenant.reseller))
    shop = exported.till.establishment_id
    page = reverse("console_log")
    file = client.get(page, {"establishment": shop, "date": today(), "as": "text", "by": "hour"})
    assert file.content == api.content
    assert "attachment" in file["Content-Disposition"]
    narrowed = client.get(page, {"establishment": shop, "date": today(), "q": "V70", "by": "hour"})
    assert {line.reference != "" for line in narrowed.context["lines"]} == {True}


def test_log__by_business_date_has_its_closings_whenever_they_came(exported: Caller) -> None:
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(StaffFactory(reseller=exported.till.tenant.reseller))
    asked = {"establishment": exported.till.establishment_id, "date": "2026-03-14"}
    page = client.get(reverse("console_log"), asked)
    (fold,) = page.context["folds"]  # one line, which opens; the refused push has no business date
    assert (fold.closing.number, fold.closing.state) == (1042, "exported")
    assert fold.lines[0].state == "ready" and len(fold.lines) > 5
    text = client.get(reverse("console_log"), asked | {"as": "text"}).content.decode()
    assert "Z 1042" in text and f"{timezone.localdate():%d/%m/%Y}" in text
    # Without a day: the last that closings came of. By the clock the same closing lies on another day.
    del asked["date"]
    assert client.get(reverse("console_log"), asked).context["day"] == date(2026, 3, 14)
    by_clock = client.get(reverse("console_log"), asked | {"by": "hour"})
    assert by_clock.context["day"] == timezone.localdate()
    assert [it.closing is None for it in by_clock.context["folds"]] == [False, True]
    assert "?establishment={}&amp;date=2026-03-14".format(asked["establishment"]) in by_clock.content.decode()


def test_log__is_the_establishments(exported: Caller) -> None:
    assert colleague(exported).get(f"log?date={today()}").json() == exported.get(f"log?date={today()}").json()
    assert stranger().get(f"log?date={today()}").json()["events"] == []


def test_log__of_a_day_ends_at_midnight_in_paris(till: Caller) -> None:
    with time_machine.travel("2026-03-14T22:59:00Z", tick=False):
        till.post("closings", closing())
    with time_machine.travel("2026-03-14T23:00:00Z", tick=False):
        till.post("closings", {"kind": "general"})
    for day, count in (("2026-03-14", 0), ("2026-03-15", 1)):
        events = till.get(f"log?date={day}").json()["events"]
        assert [event["state"] for event in events].count("refused") == count


@pytest.mark.parametrize(
    "query", ["", *(f"?date={it}" for it in ("", "14/03/2026", "9999-12-31", "0001-01-01", "20260314", "%00"))]
)
def test_log__without_a_date_says_so(till: Caller, query: str) -> None:
    answer = till.get(f"log{query}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/date")


def test_log__of_an_empty_day_says_so_in_words(till: Caller) -> None:
    headers = till.headers | {"Accept": "text/plain", "Accept-Language": "en"}
    text = Client().get(f"/api/v1/log?date={date(2020, 1, 1)}", headers=headers).content.decode()
    assert "Nothing happened that day." in text


def refusals(till: Caller) -> list[dict[str, Any]]:
    events = till.get(f"log?date={today()}").json()["events"]
    return [it for it in events if it["state"] == "refused"]


def test_refused_push__is_told_with_what_it_was_and_its_faults(till: Caller) -> None:
    till.post("closings", closing(1042))
    till.post("closings", closing(1042, business_date="2026-03-13"))
    till.post("closings", closing(1043, kind="station", scope="BAR", currency="eur"))
    till.put("parameters", {"vat": []})
    conflict, invalid, parameters = refusals(till)
    first = till.get("closings").json()["results"][0]
    assert (conflict["push"]["number"], conflict["push"]["status"]) == (1042, 409)
    assert [it["pointer"] for it in conflict["push"]["errors"]] == ["/business_date"]
    assert first["identity"]["number"] == 1042
    said = invalid["push"]
    assert (said["kind"], said["scope"], said["number"], said["code"]) == ("station", "BAR", 1043, "closing_invalid")
    assert [it["pointer"] for it in said["errors"]] == ["/currency"]
    assert "/currency" in invalid["detail"]
    assert parameters["push"]["number"] is None
    assert "/vat" in {it["pointer"] for it in parameters["push"]["errors"]}
    headers = till.headers | {"Accept": "text/plain", "Accept-Language": "en"}
    text = Client().get(f"/api/v1/log?date={today()}", headers=headers).content.decode()
    assert "Z 1043 · Station closing · BAR · refused (422)" in text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b'{"kind": ["general"], "scope": {}, "number": true}',
        b'{"kind": "weekly", "scope": "\\u0000", "number": 1e3}',
        b'{"number": -1}',
        b"\xff",
    ],
)
def test_refused_push__that_cannot_be_read_is_told_all_the_same(till: Caller, body: bytes) -> None:
    assert push_bytes(till, body).status_code in (400, 415, 422)
    (said,) = refusals(till)
    assert (said["push"]["kind"], said["push"]["scope"], said["push"]["number"]) == (None, "", None)


def test_refused_pushes__without_end_are_read_to_a_bound(till: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clyo_ingest.refused.READ_MAX", 1)
    monkeypatch.setattr("clyo_ingest.refused.READ_AT_ONCE", 1)
    for _ in range(3):
        till.post("closings", {"number": 1042})
    assert [it["push"]["number"] for it in refusals(till)] == [1042, None, None]


def test_refused_pushes__of_many_faults_cost_the_log_little(till: Caller) -> None:
    bodies = [{"sales": [{}] * 500, "payments": [{}] * 500}] * 30
    assert {till.post("closings", body).status_code for body in bodies} == {422}
    told = [len(it["push"]["errors"]) for it in refusals(till)]
    assert told[:5] == [20] * 5
    assert set(told[10:]) == {0}
    assert len(told) == 30


def test_log__writes_english_days_with_the_day_first(till: Caller) -> None:
    headers = till.headers | {"Accept": "text/plain", "Accept-Language": "en"}
    text = Client().get("/api/v1/log?date=2026-03-14", headers=headers).content.decode()
    assert text.splitlines()[0].endswith("log of 14/03/2026")


def test_log__of_more_versions_of_parameters_than_it_reads_says_so(
    till: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clyo_ingest.day_log.VERSIONS_MAX", 2)
    today = timezone.localdate().isoformat()
    for version, truncated in ((1, False), (2, False), (3, True)):
        assert till.put("parameters", PARAMETERS | {"third_party": f"000000{version}"}).status_code == 200
        assert till.get("log", query_params={"date": today}).json()["truncated"] is truncated
    shown = till.get("log", query_params={"date": today, "format": "txt"})
    assert "Il s’est passé plus que ce qui est montré ici." in shown.content.decode()
