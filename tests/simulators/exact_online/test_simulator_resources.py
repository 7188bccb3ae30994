"""Every resource of the model answers, with the methods its page names and no other (rules 3.3, 4.2)."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from simulated_exact import Company, Server, message

from simulators.exact_online.edm import Resource, load_resources

RESOURCES = [resource for resource in load_resources().values() if resource.name != "current/Me"]
TIMESTAMP = "read/sync/Sync/SyncTimestamp"
MISSING_KEYS = {"Edm.Guid": f"guid'{uuid.uuid4()}'", "Edm.Int32": "999999", "Edm.Int64": "999999999"}


@pytest.fixture(scope="module")
def shared(server: Server) -> Iterator[Company]:
    """A company with an entry of each kind: it is only read here."""
    exact = server.new_company()
    server.control("settings", limits=False)
    exact.created("salesentry/SalesEntries", exact.sale(exact.line()))
    exact.created("financialtransaction/CashEntries", exact.receipt(exact.receipt_line(20)))
    bank = {"JournalCode": "50", "BankEntryLines": [exact.receipt_line(20)]}
    exact.created("financialtransaction/BankEntries", bank)
    lines = [exact.receipt_line(20), exact.receipt_line(-20)]
    exact.created("generaljournalentry/GeneralJournalEntries", {"JournalCode": "90", "GeneralJournalEntryLines": lines})
    exact.created("documents/Documents", {"Subject": "Z", "Type": 55})
    yield exact
    server.control("settings", limits=True)


def name_of(resource: Resource) -> str:
    return resource.name


def query(resource: Resource) -> dict[str, str]:
    """Parameters the resource cannot do without."""
    given = {"$top": "1"}
    return given | {"modified": "2026-01-01", "endpoint": "TransactionLines"} if resource.name == TIMESTAMP else given


@pytest.mark.parametrize("resource", RESOURCES, ids=name_of)
def test_list(shared: Company, resource: Resource) -> None:
    """Rules 3.4: rows show exactly the model's properties, in its order, behind their metadata."""
    answer = shared.call("GET", resource.name, params=query(resource))
    assert answer.status_code == 200, answer.text
    for row in answer.json()["d"]:
        assert list(row) == ["__metadata", *resource.properties]
        assert row["__metadata"]["type"] == resource.type


@pytest.mark.parametrize("resource", RESOURCES, ids=name_of)
def test_row__by_the_uri_of_its_metadata(shared: Company, resource: Resource) -> None:
    """Rules 3.3 and 3.4: the address in the metadata leads to the very row."""
    rows = shared.call("GET", resource.name, params=query(resource)).json()["d"]
    for row in rows:
        others = {name: value for name, value in query(resource).items() if name != "$top"}
        answer = shared.server.http.get(row["__metadata"]["uri"], params=others, headers=shared.headers)
        assert (answer.status_code, answer.json()["d"]["__metadata"]) == (200, row["__metadata"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        (method, resource.name)
        for resource in RESOURCES
        for method in ("POST", "PUT", "DELETE", "PATCH", "MERGE")
        if method not in resource.methods
    ],
)
def test_method__not_of_the_resource(shared: Company, method: str, path: str) -> None:
    """Rules 4.2: 405, whatever the body."""
    answer = shared.call(method, path, json={})
    assert answer.status_code == 405
    assert message(answer)


@pytest.mark.parametrize("resource", [one for one in RESOURCES if {"PUT", "DELETE"} & set(one.methods)], ids=name_of)
def test_change_and_delete__of_nothing(exact: Company, resource: Resource) -> None:
    """Rules 4.2: 404 for an unknown key."""
    for method in {"PUT", "DELETE"} & set(resource.methods):
        key = MISSING_KEYS[resource.keys[0].type]
        assert exact.call(method, f"{resource.name}({key})", json={}).status_code == 404


@pytest.mark.parametrize("resource", RESOURCES, ids=name_of)
def test_count(shared: Company, resource: Resource) -> None:
    """Rules 3.2: `/$count` is plain text."""
    others = {name: value for name, value in query(resource).items() if name != "$top"}
    answer = shared.call("GET", f"{resource.name}/$count", params=others, headers={"Accept": "*/*"})
    assert answer.status_code == 200
    assert answer.text.isdigit()


def test_features(shared: Company) -> None:
    rows = shared.rows("system/AvailableFeatures")
    assert {"ID", "Description"} < set(rows[0])
    assert "Webhooks" in {row["Description"] for row in rows}


class TestSyncTimestamp:
    """Rules 9: from a date to the row version a synchronisation starts with."""

    def ask(self, exact: Company, **parameters: str) -> Any:
        return exact.call("GET", TIMESTAMP, params=parameters)

    @pytest.mark.parametrize("endpoint", ["CRM/Accounts", "'sync/CRM/Accounts'", "accounts"])
    def test_what_changed_since_has_a_higher_timestamp(self, exact: Company, server: Server, endpoint: str) -> None:
        server.control("clock", advance=2)
        now = server.http.get("/_control/clock").json()["now"]
        changed = exact.created("crm/Accounts", {"Name": "New"})["ID"]
        since = exact.created("crm/Accounts", {"Name": "Newer"})["Modified"]
        assert since
        row = self.ask(exact, modified="datetime'2026-01-01T00:00:00'", endpoint=endpoint).json()["d"]["results"][0]
        assert (row["TimeStampAsBigInt"], row["Modified"]) == (1, "/Date(1767225600000)/")
        assert row["API"] == endpoint.strip("'")
        later = f"{int(now[:4]) + 1}{now[4:10]}"
        row = self.ask(exact, modified=later, endpoint=endpoint).json()["d"]["results"][0]
        stamps = {one["ID"]: one["Timestamp"] for one in exact.rows("sync/CRM/Accounts", select="ID,Timestamp")}
        assert row["TimeStampAsBigInt"] == max(stamps.values()) > stamps[changed]

    def test_asked_by_a_filter(self, exact: Company) -> None:
        condition = "Modified eq datetime'2026-01-01T00:00:00' and API eq 'Accounts'"
        (row,) = exact.rows(TIMESTAMP, filter=condition)
        assert (row["API"], row["TimeStampAsBigInt"]) == ("Accounts", 1)

    @pytest.mark.parametrize(
        "parameters",
        [
            {},
            {"modified": "2026-01-01"},
            {"endpoint": "Accounts"},
            {"modified": "yesterday", "endpoint": "Accounts"},
            {"modified": "2026-01-01", "endpoint": "Wibble"},
        ],
    )
    def test_nonsense_is_400(self, exact: Company, parameters: dict[str, str]) -> None:
        answer = self.ask(exact, **parameters)
        assert answer.status_code == 400
        assert message(answer)


class TestDeleted:
    """Rules 9: deletions are kept for two months."""

    @pytest.mark.parametrize(("days", "left"), [(60, 1), (62, 0)])
    def test_two_months(self, exact: Company, frozen: Server, days: int, left: int) -> None:
        account = exact.created("crm/Accounts", {"Name": "Gone"})["ID"]
        exact.call("DELETE", f"crm/Accounts(guid'{account}')")
        frozen.control("clock", advance=days * 86_400)
        exact.renew()
        rows = exact.rows("sync/Deleted", select="EntityKey,EntityType", filter="Timestamp gt 1")
        assert [(row["EntityKey"], row["EntityType"]) for row in rows] == [(account, 2)] * left


class TestDivision:
    """Reference: system/Divisions has a DELETE."""

    def test_delete_takes_the_books_along(self, exact: Company) -> None:
        exact.created("salesentry/SalesEntries", exact.sale(exact.line()))
        exact.created("documents/Documents", {"Subject": "Z", "Type": 55})
        answer = exact.call("DELETE", f"system/Divisions({exact.division})")
        assert (answer.status_code, answer.content) == (204, b"")
        assert exact.books()["entries"] == []
        assert exact.get("system/Divisions").status_code == 403

    def test_another_users_is_404(self, exact: Company, server: Server) -> None:
        other = server.new_company()
        assert exact.call("DELETE", f"system/Divisions({other.division})").status_code == 404
        assert other.get("financial/Journals", top="1").status_code == 200
