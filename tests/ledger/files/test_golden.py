"""The demo's week in every format: one day to read, all of it byte for byte.

The day is Monday in Pantin: a lunch with nothing but a refund, and a dinner. Its files were compared with the till's
closings by hand. When bytes must change, look at the difference and put the new file in the old one's place.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from ledger.files.control_sheet import ControlSheet
from ledger.files.fec import Fec
from simulators.clyo_till.week.agenda import PARIS01, PARIS02
from simulators.clyo_till.week.closing import closings_of
from tests.ledger.files.given import (
    CHART,
    SIREN,
    YEAR,
    Format,
    NumberedClosing,
    formats,
    made,
    numbered_week,
    totals_per_account,
)
from tests.ledger.files.readers.fec import read_fec
from tests.ledger.files.readers.line import balances

GOLDEN = Path(__file__).parent / "golden"
FEC = Fec(siren=SIREN, year=YEAR, chart=CHART)
by_format = pytest.mark.parametrize("by", formats(), ids=lambda it: it.layout.name)

WEEK_SHA256 = {
    "fec": "5d7b4fcb3b43cc519b9a35d63c73b6170511630fc997391ed1bbbfa67de0daab",
    "ciel": "001ef7468444bf2b382e2f71596f4cde26f9eecb65aae8edb264489e5396d8df",
    "sage": "e9d6d5c37739c1719e0b450e1dc268007bec8b51b589231c618c7c36c73db597",
    "sage_text": "5f3cd6490601cc9d6b73245bbced4016cba6cd484b7c5353a601009d234c8774",
}


@pytest.fixture(scope="module")
def week() -> tuple[NumberedClosing, ...]:
    return numbered_week()


@pytest.fixture(scope="module")
def day(week: tuple[NumberedClosing, ...]) -> tuple[NumberedClosing, ...]:
    monday = ("PARIS02", date(2026, 3, 9))
    return tuple(it for it in week if (it.booked.establishment, it.booked.business_date) == monday)


def documents() -> list[dict[str, Any]]:
    """What the tills sent, training apart."""
    sent = chain(closings_of(PARIS01), closings_of(PARIS02))
    return [document for document in sent if not document["training"]]


def sums(pairs: Iterable[tuple[Any, str]]) -> dict[Any, Decimal]:
    added: Counter[Any] = Counter()
    for key, amount in pairs:
        added[key] += Decimal(amount)  # type: ignore[assignment]
    return {key: Decimal(amount) for key, amount in added.items() if amount}


def sheet_of(closings: tuple[NumberedClosing, ...]) -> ControlSheet:
    sheet = made(closings, FEC)[1].sheet
    assert sheet is not None
    return sheet


@by_format
def test_day__is_the_golden_file(day: tuple[NumberedClosing, ...], by: Format) -> None:
    content, made_file = made(day, by.layout)
    golden = (GOLDEN / made_file.name).read_bytes()
    assert content.split(b"\r\n") == golden.split(b"\r\n")


def test_day__control_sheet_is_the_golden_file(day: tuple[NumberedClosing, ...]) -> None:
    assert sheet_of(day).to_csv() == (GOLDEN / "control_sheet.csv").read_bytes()


@by_format
def test_week__is_byte_for_byte_the_same(week: tuple[NumberedClosing, ...], by: Format) -> None:
    content, made_file = made(week, by.layout)
    assert made_file.problems == ()
    assert made_file.sheet is not None
    assert hashlib.sha256(content).hexdigest() == made_file.sheet.sha256 == WEEK_SHA256[by.layout.name]


@by_format
def test_week__every_format_moves_the_same_on_each_account(week: tuple[NumberedClosing, ...], by: Format) -> None:
    expected = totals_per_account(entry for closing in week for entry in closing.booked.entries)
    read = balances(by.read(made(week, by.layout)[0]))
    # What Ciel writes on third parties' accounts comes back to the general account.
    for account in [it for it in read if it not in expected]:
        general = f"{account[:3]}000"
        read[general] = read.get(general, Decimal("0.00")) + read.pop(account)
    moved = {account: it.balance for account, it in expected.items() if it.balance}
    assert {account: balance for account, balance in read.items() if balance} == moved


def test_week__vat_per_rate_is_what_the_tills_counted(week: tuple[NumberedClosing, ...]) -> None:
    sold = [sale for document in documents() for sale in document["sales"]]
    offered = [sale for it in documents() for payment in it["payments"] for sale in payment.get("sales") or ()]
    happened = [*sold, *(_turned(sale) for sale in offered)]
    for till_field, field in (("net", "net"), ("tax", "vat"), ("gross", "gross")):
        expected = sums((Decimal(sale["rate"]), sale[till_field]) for sale in happened)
        found = {it.rate: getattr(it, field) for it in sheet_of(week).rates}
        assert {rate: amount for rate, amount in found.items() if amount} == expected


def _turned(sale: dict[str, Any]) -> dict[str, Any]:
    return {**sale, **{field: str(-Decimal(sale[field])) for field in ("net", "tax", "gross")}}


def test_week__means_are_what_the_tills_counted(week: tuple[NumberedClosing, ...]) -> None:
    paid = [payment for document in documents() for payment in document["payments"] if payment["kind"] != "offered"]
    expected = sums((payment["means"], payment["amount"]) for payment in paid)
    assert {it.means: it.amount for it in sheet_of(week).means if it.amount} == expected


def test_week__cash_account_moves_as_the_drawers_did(week: tuple[NumberedClosing, ...]) -> None:
    """A figure from outside the entries: what the drawers held more on Sunday night, counted by hand."""
    drawers = [document["cash"] for document in documents() if document.get("cash")]
    counted = sum(Decimal(it["counted"]) - Decimal(it["float_open"]) for it in drawers)
    accounts = {it.account: it for it in sheet_of(week).accounts}
    assert accounts["530000"].balance == counted


def test_week__numbers_run_through_both_bistros(week: tuple[NumberedClosing, ...]) -> None:
    read = read_fec(made(week, FEC)[0])
    numbers = list(dict.fromkeys(line.entry for line in read))
    for journal in ("VE", "CA"):
        mine = [number for number in numbers if number.startswith(journal)]
        assert mine == [f"{journal}{sequence:06d}" for sequence in range(1, len(mine) + 1)]


def test_docs__examples_are_lines_of_the_golden_files() -> None:
    text = (Path(__file__).parents[3] / "docs" / "files.md").read_text(encoding="utf-8")
    blocks = text.split("```text\n")[1:]
    examples = [line.replace("→", "\t") for block in blocks for line in block.split("\n```")[0].splitlines()]
    charsets = {"SAGE100-TEXTE-20260309-20260309.txt": "cp1252", "control_sheet.csv": "utf-8-sig"}
    golden = {
        line
        for path in GOLDEN.iterdir()
        for line in path.read_bytes().decode(charsets.get(path.name, "iso8859_15")).split("\r\n")
    }
    assert len(examples) == 12
    assert set(examples) <= golden
