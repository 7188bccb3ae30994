"""GET /till, GET /closings and GET /closings/{id}: filters, pages, and what each closing says."""

from base64 import b64encode
from typing import Any
from uuid import UUID

import pytest

from exact.lane.states import OVER
from exact.models import Division, Finding, Posting
from exports.reposts.repost import repost
from tests.clyo_ingest.given import pointers
from tests.conftest import Caller, SimulatedExact, closing, work


@pytest.fixture
def month(till: Caller) -> Caller:
    """Closings 1042 to 1046 of 14 to 18 March, a station closing and a training one."""
    for number in range(1042, 1047):
        pushed(till, closing(number, **day(14 + number - 1042)))
    pushed(till, closing(3, kind="station", scope="1", tickets=[], totals=None))
    pushed(till, closing(1047, training=True))
    return till


def day(of_march: int) -> dict[str, str]:
    date = f"2026-03-{of_march:02d}"
    return {"business_date": date, "opened_at": f"{date}T08:00:00+01:00", "closed_at": f"{date}T23:00:00+01:00"}


def pushed(till: Caller, document: dict[str, Any]) -> str:
    answer = till.post("closings", document)
    assert answer.status_code == 201
    identity: str = answer.json()["id"]
    return identity


def numbers(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [row["identity"]["number"] for row in answer.json()["results"]]


def test_list__newest_first(month: Caller) -> None:
    answer = month.get("closings")
    assert numbers(answer) == [1047, 3, 1046, 1045, 1044, 1043, 1042]
    assert answer.json()["next"] is None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"from": "2026-03-16", "kind": "general"}, [1046, 1045, 1044]),
        ({"to": "2026-03-15"}, [1047, 3, 1043, 1042]),
        ({"from": "2026-03-15", "to": "2026-03-16"}, [1044, 1043]),
        ({"from": "2026-04-01"}, []),
        ({"state": "archived"}, [1047]),
        ({"state": "held"}, [3]),
        ({"state": "waiting", "to": "2026-03-14"}, [1042]),
        ({"state": "exported"}, []),
        ({"kind": "station"}, [3]),
        ({"kind": "drawer"}, []),
        ({"number": "1044"}, [1044]),
        ({"number": "9"}, []),
    ],
)
def test_list__is_filtered(month: Caller, query: dict[str, str], expected: list[int]) -> None:
    assert numbers(month.get("closings", data=query)) == expected


AN_OFFSET_OF_NO_PLACE = b64encode(f"9999-12-31T00:00:00-23:59|{UUID(int=0)}".encode()).decode()


@pytest.mark.parametrize("name", ["from", "to", "state", "kind", "number", "cursor"])
@pytest.mark.parametrize(
    "value", ["", "x", "2026-13-01", "-1", "%00", "é", "MjAyNg==", "9" * 4400, "٢", "9999-12-31", AN_OFFSET_OF_NO_PLACE]
)
def test_list__bad_value_is_422_and_named(till: Caller, name: str, value: str) -> None:
    answer = till.get("closings", data={name: value})
    assert (answer.status_code, answer.json()["code"]) == (422, "query_invalid")
    assert pointers(answer) == {f"/{name}": "query_invalid"}


@pytest.mark.parametrize("value", ["9223372036854775808", "1.5", "9" * 5000])
def test_list__number_beyond_the_database_is_422(till: Caller, value: str) -> None:
    assert till.get("closings", data={"number": value}).status_code == 422


def test_pages__hold_everything_once(month: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clyo_ingest.api.PAGE", 2)
    seen, address = [], "closings"
    while address:
        answer = month.get(address.partition("/api/v1/")[2] or address)
        seen.append(numbers(answer))
        address = answer.json()["next"]
    assert seen == [[1047, 3], [1046, 1045], [1044, 1043], [1042]]


def test_pages__keep_the_filter_and_their_place(month: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clyo_ingest.api.PAGE", 2)
    first = month.get("closings", data={"from": "2026-03-16"})
    pushed(month, closing(1048, **day(20)))
    second = month.get(first.json()["next"].partition("/api/v1/")[2])
    assert (numbers(first), numbers(second)) == ([1046, 1045], [1044])


def test_pages__exactly_full_has_no_next(month: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clyo_ingest.api.PAGE", 7)
    assert month.get("closings").json()["next"] is None


def test_detail__is_what_the_push_said(till: Caller) -> None:
    said = till.post("closings", closing()).json()
    detail = till.get(f"closings/{said['id']}").json()
    assert {name: detail[name] for name in said} == said
    assert (detail["business_date"], detail["entries"]) == ("2026-03-14", [])
    assert till.get("closings").json()["results"] == [detail]


def test_detail__has_the_entries_in_exact(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:
    till, division = linked
    closing_id = pushed(till, closing())
    before = till.get(f"closings/{closing_id}").json()
    assert [(it["number"], it["state"], it["posted_at"]) for it in before["entries"]] == [(None, "pending", None)] * 2
    work(division)
    detail = till.get(f"closings/{closing_id}").json()
    assert {it["number"] for it in detail["entries"]} == {it["entry_number"] for it in exact.entries(division.code)}
    assert all(it["posted_at"] and it["journal"] for it in detail["entries"])
    assert till.get("closings", data={"state": "exported"}).json()["results"] == [detail]


@pytest.mark.parametrize("closing_id", ["00000000-0000-4000-8000-000000000000", "1", "x/y"])
def test_detail__unknown_is_404(till: Caller, closing_id: str) -> None:
    answer = till.get(f"closings/{closing_id}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_till__says_who_it_is_and_what_came_last(month: Caller) -> None:
    body = month.get("till").json()
    assert body["till"]["name"] == month.till.name
    assert body["till"]["customer"] == month.till.tenant.name
    assert body["activation"] == {"state": "inactive", "label": ""}
    last = [(it["kind"], it["scope"], it["number"]) for it in body["last_closings"]]
    assert last == [("general", "", 1047), ("station", "1", 3)]


def test_till__says_where_it_exports_to(linked: tuple[Caller, Division]) -> None:
    till, division = linked
    assert till.get("till").json()["activation"] == {"state": "active", "label": division.label}


@pytest.mark.parametrize(("method", "path"), [("get", "pair"), ("delete", "closings"), ("post", "till")])
def test_method__that_is_not_there_is_405(till: Caller, method: str, path: str) -> None:
    answer = till._call(method, path, {})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_entries__of_the_same_turn_come_in_the_order_they_were_made(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    exact.control("periods", division=division.code, year=2026, period=3, journal="30", status="closed")
    identity = pushed(till, closing(1042))
    work(division)
    exact.control("periods", division=division.code, year=2026, period=3, journal="30", status="open")
    repost(UUID(identity), actor=None, why="")
    while work(division):
        pass
    sales, receipts = Posting.objects.filter(closing_id=identity).exclude(state__in=OVER).order_by("id")
    assert sales.turn == receipts.turn

    def told() -> tuple[list[str], list[str]]:
        row = till.get(f"closings/{identity}").json()
        return [it["journal"] for it in row["entries"]], [it["reference"] for it in row["differences"]]

    for posting in (receipts, sales):  # the database reads the row that was written last at the end
        Finding.objects.create(tenant_id=posting.tenant_id, posting=posting, kind="missing", details=[])
        posting.save(update_fields=["lookups"])
        assert told()[0] == ["70", "30"]
    assert told()[1] == [sales.reference, receipts.reference]
