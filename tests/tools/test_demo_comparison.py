"""The demo's comparison sees every cent: books that are right give 0.00, and no line can be wrong unseen."""

import copy
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PARAMETERS, closing
from tools.demo.comparison import compare

DAY = "2026-03-14"
# account, third party, amount (debit positive), VAT code, description
SALE = [
    ("411000", "0000002", "1400.00", None, "Z1042"),
    ("706000", None, "-1000.00", "VR", "Z1042"),
    ("445712", None, "-100.01", "VR", "Z1042"),
    ("707000", None, "-250.00", "VN", "Z1042"),
    ("445711", None, "-49.99", "VN", "Z1042"),
]
RECEIPTS = [
    ("411000", "0000002", "-325.00", None, "Z1042-R Espèces"),
    ("411000", "0000002", "-900.00", None, "Z1042-R Carte bancaire"),
    ("511500", None, "900.00", None, "Z1042-R Carte bancaire"),
    ("411000", "0000002", "-325.00", None, "Z1042-R En compte"),
    ("411000", "0000010", "325.00", None, "Z1042-R En compte"),
    ("411000", "0000002", "25.00", None, "Z1042-R Pourboires"),
    ("426100", None, "-25.00", None, "Z1042-R Pourboires"),
    ("411000", "0000002", "50.00", None, "Z1042-R Arrhes"),
    ("419100", None, "-50.00", None, "Z1042-R Arrhes"),
    ("411000", "0000002", "30.00", None, "Z1042-R Carte cadeau"),
    ("467500", None, "-30.00", None, "Z1042-R Carte cadeau"),
    ("411000", "0000002", "45.00", None, "Z1042-R Règlement"),
    ("411000", "0000010", "-45.00", None, "Z1042-R Règlement"),
    ("607000", None, "10.43", None, "Z1042-R Pain"),
    ("445660", None, "0.57", None, "Z1042-R Pain"),
    ("658000", None, "2.82", None, "Z1042-R"),
    ("530000", None, "311.18", None, "Z1042-R"),
]
LINES = [("sales", number) for number in range(len(SALE))] + [("cash", number) for number in range(len(RECEIPTS))]


@pytest.fixture
def week(tmp_path: Path) -> Path:
    """One till's week of one closing with everything that is booked."""
    document = closing(
        other_receipts=[
            {"kind": "tip", "amount": "25.00", "label": "Pourboires"},
            {"kind": "deposit", "amount": "50.00", "label": "Arrhes"},
            {"kind": "voucher", "amount": "30.00", "label": "Carte cadeau"},
            {"kind": "settlement", "amount": "45.00", "label": "Règlement", "account": "0000010"},
        ],
        payments=[
            {"means": "ESP", "label": "Espèces", "kind": "cash", "amount": "325.00"},
            {"means": "CB", "label": "Carte bancaire", "kind": "card", "amount": "900.00"},
            {"means": "CPT", "label": "En compte", "kind": "on_account", "amount": "325.00", "account": "0000010"},
        ],
        cash={
            "movements": [{"kind": "expense", "amount": "-11.00", "tax": "-0.57", "label": "Pain"}],
            "expected": "464.00",
            "counted": "461.18",
        },
    )
    (tmp_path / "till" / "closings").mkdir(parents=True)
    (tmp_path / "till" / "parameters.json").write_text(json.dumps(PARAMETERS))
    (tmp_path / "till" / "closings" / "1042.json").write_text(json.dumps(document))
    (tmp_path / "till" / "closings" / "1043.json").write_text(json.dumps(closing(1043, training=True)))
    return tmp_path


@pytest.fixture
def books() -> dict[str, Any]:
    """What Exact must hold of that week."""
    entries = [{"kind": "sales", "date": DAY, "lines": SALE}, {"kind": "cash", "date": DAY, "lines": RECEIPTS}]
    return {
        "entries": [entry | {"lines": [*map(line, entry["lines"])]} for entry in entries],  # type: ignore[call-overload]
        "trial_balance": {"difference": "0.00"},
    }


def line(written: tuple[str, str | None, str, str | None, str]) -> dict[str, Any]:
    account, party, amount, vat_code, description = written
    return {
        "account_code": account,
        "third_party_code": party,
        "debit": str(max(Decimal(amount), Decimal("0.00"))),
        "credit": str(max(-Decimal(amount), Decimal("0.00"))),
        "vat_code": vat_code,
        "description": description,
    }


def lines_of(books: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    (found,) = [entry["lines"] for entry in books["entries"] if entry["kind"] == kind]
    return list(found)


def test_difference__of_books_that_are_right_is_nothing(week: Path, books: dict[str, Any]) -> None:
    assert compare(week, books) == 0


@pytest.mark.parametrize(("kind", "number"), LINES)
def test_difference__shows_a_cent_on_any_line(week: Path, books: dict[str, Any], kind: str, number: int) -> None:
    wrong = lines_of(books, kind)[number]
    wrong["debit"] = str(Decimal(wrong["debit"]) + Decimal("0.01"))
    assert compare(week, books) >= Decimal("0.01")


def test_difference__shows_a_doubled_and_a_missing_entry(week: Path, books: dict[str, Any]) -> None:
    doubled, missing = copy.deepcopy(books), copy.deepcopy(books)
    doubled["entries"].append(doubled["entries"][1])
    missing["entries"].pop()
    assert compare(week, doubled) > 1000
    assert compare(week, missing) > 1000


def test_difference__shows_what_evens_out_over_two_days(week: Path, books: dict[str, Any]) -> None:
    moved = lines_of(books, "cash")[2]
    books["entries"].append({"kind": "cash", "date": "2026-03-15", "lines": [moved | {"debit": "1.00"}]})
    moved["debit"] = "899.00"
    assert compare(week, books) == 2


def test_difference__shows_books_that_do_not_balance(week: Path, books: dict[str, Any]) -> None:
    books["trial_balance"]["difference"] = "-0.03"
    assert compare(week, books) == Decimal("0.03")
