"""The control address: clock, books, calls, companies, periods, settings."""

from datetime import UTC, datetime
from typing import Any

import pytest
from simulated_exact import CLIENT, Company, Server

SALES = "salesentry/SalesEntries"


def test_clock(frozen: Server) -> None:
    before = frozen.http.get("/_control/clock").json()
    after = frozen.control("clock", advance=600)
    assert before["frozen"] is True
    assert after["offset_s"] - before["offset_s"] == pytest.approx(600, abs=60)
    assert frozen.control("clock", now="2026-05-01T12:00:00Z")["now"] == "2026-05-01T12:00:00Z"


def test_books__of_one_company(exact: Company) -> None:
    """Every entry with its lines, amounts as text with two decimals."""
    line = exact.line("706010", 300, "VB", Description="plats")
    exact.created(SALES, exact.sale(line, YourRef="Z 1", Description="midi"))
    books = exact.books()
    (entry,) = books["entries"]
    assert {name: entry[name] for name in ("kind", "journal", "entry_number", "date", "reference", "description")} == {
        "kind": "sales",
        "journal": "70",
        "entry_number": 26700001,
        "date": "2026-11-20",
        "reference": "Z 1",
        "description": "midi",
    }
    assert entry["customer_code"] == "0000002"
    assert (entry["amount"], entry["vat"], entry["status"]) == ("316.50", "16.50", 20)
    names = ("account_code", "third_party_code", "debit", "credit", "vat_code", "description")
    assert [tuple(row[name] for name in names) for row in entry["lines"]] == [
        ("411000", "0000002", "316.50", "0.00", None, "midi"),
        ("706010", "0000002", "0.00", "300.00", "VB", "plats"),
        ("445713", "0000002", "0.00", "16.50", "VB", "midi"),
    ]
    trial = books["trial_balance"]
    assert (trial["debit"], trial["credit"], trial["difference"]) == ("316.50", "316.50", "0.00")
    assert trial["accounts"][0] == {
        "account_code": "411000",
        "account_description": "Clients",
        "debit": "316.50",
        "credit": "0.00",
        "balance": "316.50",
    }


def test_calls__counted_by_method_and_resource(exact: Company, server: Server) -> None:
    exact.created(SALES, exact.sale(exact.line()))
    server.http.delete("/_control/calls", params={"division": exact.division})
    exact.get("financial/Journals", select="Code")
    exact.get("financial/Journals", select="Colour")
    exact.get(f"{SALES}/$count")
    exact.get(f"{SALES}(guid'{'0' * 8}-0000-0000-0000-{'0' * 12}')")
    counted = server.http.get("/_control/calls", params={"division": exact.division}).json()
    assert counted == {
        "division": exact.division,
        "total": 4,
        "calls": [
            {"method": "GET", "resource": "financial/Journals", "count": 2, "statuses": {"200": 1, "400": 1}},
            {"method": "GET", "resource": SALES, "count": 2, "statuses": {"200": 1, "404": 1}},
        ],
    }


def test_calls__token_endpoint(server: Server) -> None:
    server.tokens("marie.dupont@example.fr")
    calls = server.http.get("/_control/calls").json()["calls"]
    assert any(row["resource"] == "oauth2/token" and row["method"] == "POST" for row in calls)


def test_companies__are_apart(exact: Company, server: Server) -> None:
    """Ids differ, and one company's key opens nothing in another."""
    other = server.new_company()
    assert exact.gl("411000") != other.gl("411000")
    entry = exact.created(SALES, exact.sale(exact.line()))
    assert other.get(f"{SALES}(guid'{entry['EntryID']}')").status_code == 404
    assert other.refusal(SALES, other.sale(other.line(), Customer=exact.customer("0000002")))[0] == (
        "Référence non valide : Client"
    )
    assert other.books()["entries"] == []


def test_companies__in_every_list_of_divisions(exact: Company) -> None:
    """Rules 3.9: the companies the user may enter; hrm and system count the status differently."""
    hrm = exact.rows("hrm/Divisions", select="Code,Status,BlockingStatus")
    system = exact.rows("system/Divisions", select="Code,Status,BlockingStatus,Current")
    assert [(row["Code"], row["Status"], row["BlockingStatus"]) for row in hrm] == [(exact.division, 0, 0)]
    assert [(row["Code"], row["Status"], row["Current"]) for row in system] == [(exact.division, 1, True)]
    assert [row["Code"] for row in exact.rows("system/AllDivisions", select="Code")] == [exact.division]


def test_companies__of_another_licence(exact: Company, server: Server) -> None:
    """Rules 3.9: an accountant reaches it, but system/Divisions lists those of the own licence only."""
    other = exact.division + 200_000
    server.control("companies", division=other, users=[exact.user], licence="2")
    both = [exact.division, other]
    assert [row["Code"] for row in exact.rows("system/Divisions", select="Code")] == [exact.division]
    assert sorted(row["Code"] for row in exact.rows("system/AllDivisions", select="Code")) == both
    assert sorted(row["Code"] for row in exact.rows("hrm/Divisions", select="Code")) == both


def test_periods__closed_and_opened(exact: Company, server: Server) -> None:
    """Rules 7: per journal, shown by JournalStatusList."""
    period: dict[str, Any] = {"division": exact.division, "year": 2026, "period": 11}
    server.control("periods", **period, journal="70", status="closed")
    condition = "Year eq 2026 and Period eq 11 and Status eq 1"
    closed = exact.rows("read/financial/JournalStatusList", filter=condition, select="Journal,StatusDescription")
    assert [(row["Journal"], row["StatusDescription"]) for row in closed] == [("70", "Closed")]
    assert exact.refusal(SALES, exact.sale(exact.line())) == ["La période est clôturée : 2026 – 11"]
    exact.created("financialtransaction/CashEntries", exact.receipt(exact.receipt_line(1)))
    server.control("periods", **period, status="open")
    exact.created(SALES, exact.sale(exact.line()))


def test_periods__of_the_seed(exact: Company) -> None:
    """2025 is closed, 2026, 2027 and the years around today are open."""
    now = datetime.now(UTC).year
    open_years = {2026, 2027, now - 1, now, now + 1} - {2025}
    years = exact.rows("read/financial/JournalStatusList", filter="Journal eq '70' and Status eq 0", select="Year")
    assert {row["Year"] for row in years} == open_years
    assert len(exact.rows("financial/FinancialPeriods", select="ID")) == 12 * len({2025} | open_years)


def test_periods__of_a_company_made_in_another_year(frozen: Server) -> None:
    """Whoever starts it then has a period to book in, and last year's for what is late."""
    frozen.control("clock", now="2031-01-01T08:00:00Z")
    exact = frozen.new_company()
    years = {row["FinYear"] for row in exact.rows("financial/FinancialPeriods", select="FinYear")}
    assert {2030, 2031, 2032} <= years


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("authorize", {}),
        ("authorize", {"client_id": "nobody", "redirect_uri": "x", "user": "y"}),
        ("authorize", {"client_id": CLIENT, "redirect_uri": "https://evil.example", "user": "marie.dupont@example.fr"}),
        ("authorize", {"client_id": CLIENT, "redirect_uri": "https://localhost/exact/callback", "user": "nobody"}),
        ("clock", {"advance": "soon"}),
        ("clock", {"now": "tomorrow"}),
        ("faults", {"fault": "meteor"}),
        ("faults", {"fault": "delay", "colour": "red"}),
        ("faults", {"fault": "delay", "count": "many"}),
        ("faults", {"fault": "delay", "count": True}),
        ("faults", {"fault": "delay", "count": 0}),
        ("faults", {"fault": "delay", "probability": 1.5}),
        ("faults", {"fault": "delay", "delay_s": -1}),
        ("faults", {"fault": "refuse"}),
        ("faults", {"fault": "refuse", "hold": True}),
        ("door", {}),
        ("door", {"open": False}),
        ("door", {"open": False, "for_s": "long"}),
        ("bookkeeper", {"division": 8301, "act": "burn"}),
        ("bookkeeper", {"division": 8301, "act": "edit", "edit": "colour"}),
        ("bookkeeper", {"division": 1, "act": "delete"}),
        ("bookkeeper", {"division": 8301, "act": "delete", "entry_id": "00000000-0000-0000-0000-000000000000"}),
        ("companies", {"division": 8301}),
        ("companies", {"division": 2**31}),
        ("companies", {"division": 1, "users": ["nobody"]}),
        ("users", {"user": "marie.dupont@example.fr"}),
        ("users", {"user": "x", "divisions": [1]}),
        ("rights", {"user": "marie.dupont@example.fr", "resource": "no/such", "allowed": True}),
        ("periods", {"division": 8301, "year": 2026, "period": 1, "status": "ajar"}),
        ("periods", {"division": 1, "year": 2026, "period": 1, "status": "open"}),
        ("entries/status", {"division": 8301, "entry_id": "x", "status": 50}),
        ("entries/status", {"division": 8301, "entry_id": "x", "status": 30}),
        ("readings", {"reused_refresh_token": "shrug"}),
    ],
)
def test_nonsense_is_400(server: Server, path: str, body: dict[str, Any]) -> None:
    answer = server.http.post(f"/_control/{path}", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_body_that_is_no_json(server: Server) -> None:
    for raw in (b"{", b"[]"):
        assert server.http.post("/_control/clock", content=raw).status_code == 400
    assert server.http.get("/_control/books").status_code == 400
    assert server.http.get("/_control/calls", params={"division": "x"}).status_code == 400
