"""A bookkeeper in the same books: what she does to entries, and what the caller then finds."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from simulated_exact import Company, Server, running

SALES, CASH, GENERAL = (
    "salesentry/SalesEntries",
    "financialtransaction/CashEntries",
    "generaljournalentry/GeneralJournalEntries",
)


@pytest.fixture(autouse=True)
def no_faults_afterwards(server: Server) -> Any:
    yield
    server.http.delete("/_control/faults")


def sold(exact: Company, **header: Any) -> str:
    made = exact.created(SALES, exact.sale(exact.line(amount=100), **{"YourRef": "Z 1", **header}))
    return str(made["EntryID"])


def act(exact: Company, **body: Any) -> dict[str, Any]:
    done: dict[str, Any] = exact.server.control("bookkeeper", division=exact.division, **body)
    return done


def test_edit__amount(exact: Company) -> None:
    """One euro more, VAT computed anew; the entry keeps its id and number and shows who changed it."""
    entry_id = sold(exact)
    done = act(exact, act="edit", edit="amount", entry_id=entry_id)
    (row,) = exact.rows(SALES, filter="YourRef eq 'Z 1'", select="EntryID,EntryNumber,AmountFC,ModifierFullName")
    assert (row["EntryID"], row["EntryNumber"]) == (entry_id, done["entry_number"])
    assert row["AmountFC"] == 121.2
    assert row["ModifierFullName"] == "Camille Comptable"
    assert exact.ledger()["411000"] == Decimal("121.20")


def test_edit__reference(exact: Company) -> None:
    """What a caller would look the entry up by is gone."""
    entry_id = sold(exact, Description="Z 1")
    act(exact, act="edit", edit="reference", entry_id=entry_id)
    (entry,) = exact.books()["entries"]
    assert entry["reference"] is None
    assert {line["description"] for line in entry["lines"]} == {"Repris par le comptable"}
    assert exact.rows(SALES, filter="YourRef eq 'Z 1'", select="EntryID") == []


def test_edit__amount_in_a_general_journal_balances(exact: Company) -> None:
    lines = [
        {"GLAccount": exact.gl("580000"), "AmountFC": 50, "Date": "2026-11-20"},
        {"GLAccount": exact.gl("467500"), "AmountFC": -50, "Date": "2026-11-20"},
    ]
    made = exact.created(GENERAL, {"JournalCode": "90", "GeneralJournalEntryLines": lines})
    act(exact, act="edit", edit="amount", entry_id=made["EntryID"])
    assert exact.ledger() == {"467500": Decimal("-51.00"), "580000": Decimal("51.00")}


def test_delete(exact: Company) -> None:
    act(exact, act="delete", entry_id=sold(exact))
    assert exact.books()["entries"] == []
    assert exact.ledger() == {}


def test_double__same_content_another_number(exact: Company) -> None:
    entry_id = sold(exact)
    done = act(exact, act="double", entry_id=entry_id)
    rows = exact.rows(SALES, filter="YourRef eq 'Z 1'", select="EntryID,EntryNumber,AmountFC")
    assert {row["EntryID"] for row in rows} == {entry_id, done["copy_id"]}
    assert len({row["EntryNumber"] for row in rows}) == 2
    assert exact.ledger()["411000"] == 240


def test_double__cash_goes_on_from_the_last_balance(exact: Company) -> None:
    made = exact.created(CASH, exact.receipt(exact.receipt_line(50)))
    act(exact, act="double", entry_id=made["EntryID"])
    first, second = exact.books()["entries"]
    assert (first["closing_balance"], second["opening_balance"], second["closing_balance"]) == (
        "50.00",
        "50.00",
        "100.00",
    )


def test_processed_entry__refused_and_unchanged(exact: Company, server: Server) -> None:
    """What the books refuse everybody they refuse her."""
    entry_id = sold(exact)
    server.control("entries/status", division=exact.division, entry_id=entry_id, status=50)
    before = exact.books()
    for body in ({"act": "edit", "entry_id": entry_id}, {"act": "delete", "entry_id": entry_id}, {"act": "delete"}):
        answer = server.http.post("/_control/bookkeeper", json={"division": exact.division, **body})
        assert answer.status_code == 400
    assert exact.books() == before


def test_acts__told(exact: Company, server: Server) -> None:
    entry_id = sold(exact)
    act(exact, act="delete", entry_id=entry_id)
    (told,) = server.http.get("/_control/bookkeeper", params={"division": exact.division}).json()["acts"]
    assert (told["act"], told["entry_id"], told["edit"], told["copy_id"]) == ("delete", entry_id, None, None)


@pytest.mark.parametrize(
    ("fault", "entries"), [("bookkeeper_edits", 7), ("bookkeeper_deletes", 6), ("bookkeeper_doubles", 8)]
)
def test_fault__strikes_the_entry_just_made(exact: Company, server: Server, fault: str, entries: int) -> None:
    """The caller gets its 201, and finds something else afterwards; other entries are left alone."""
    for _ in range(6):
        sold(exact)
    rule = {"resource": SALES, "method": "POST", "division": exact.division, "fault": fault}
    server.control("faults", **rule)
    entry_id = sold(exact)
    assert len(exact.books()["entries"]) == entries
    (told,) = server.http.get("/_control/bookkeeper", params={"division": exact.division}).json()["acts"]
    assert told["entry_id"] == entry_id
    assert exact.books()["trial_balance"]["difference"] == "0.00"


def test_fault__on_a_look_up_takes_any_entry(exact: Company, server: Server) -> None:
    sold(exact)
    server.control("faults", fault="bookkeeper_deletes", method="GET", division=exact.division)
    assert len(exact.rows(SALES, filter="YourRef eq 'Z 1'", select="EntryID")) == 1
    assert exact.rows(SALES, filter="YourRef eq 'Z 1'", select="EntryID") == []


def test_fault__empty_books_nothing_happens(exact: Company, server: Server) -> None:
    server.control("faults", fault="bookkeeper_deletes", division=exact.division)
    assert exact.get(SALES, top="1").status_code == 200


def test_same_seed_same_choices(tmp_path: Path) -> None:
    def choices(folder: str, seed: str) -> list[tuple[int, str]]:
        with running(tmp_path / folder, "--seed", seed) as started:
            exact = started.new_company()
            for _ in range(4):
                sold(exact)
            done = [act(exact, act="edit") for _ in range(12)]
            return [(entry["entry_number"], entry["edit"]) for entry in done]

    first = choices("a", "7")
    assert first == choices("b", "7")
    assert first != choices("c", "8")
    assert {edit for _, edit in first} == {"amount", "reference"}
