"""The week a till company ships: every closing adds up, the chains hold, and everything unusual is in it."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from clyo_ingest.document import ClosingDocument, ParametersDocument
from ledger.check import check_closing
from ledger.closing import Closing
from simulators.clyo_till.__main__ import main
from simulators.clyo_till.week.files import write_week

ROOT = Path(__file__).parents[3]
PARIS10, PANTIN = "PARIS01-caisse1", "PARIS02-caisse1"
# Changed only on purpose: whoever watches the demo compares with these.
NET_AND_TAX_PER_SLOT = {
    1: ("6609.15", "1322.15"),
    2: ("37333.71", "3733.59"),
    3: ("358.57", "19.98"),
    4: ("306.12", "6.48"),
    5: ("40.00", "0.00"),
}
AMOUNT_PER_MEANS = {
    "ARRHES": "110.00",
    "AVOIR": "0.00",
    "CARTE-CADEAU": "82.50",
    "CB": "36007.90",
    "CHQ": "2263.65",
    "COMPTE": "88.00",
    "ESP": "5765.50",
    "OFFERT": "29.00",
    "TR-EDENRED": "1295.80",
    "TR-SWILE": "1395.60",
    "UBER": "3096.80",
}
RECEIPTS_PER_KIND = {"deposit": "110.00", "settlement": "88.00", "tip": "107.00", "voucher": "100.00"}
GROSS = "49729.75"


def amount(document: dict[str, Any], field: str) -> Decimal:
    return Decimal(document[field])


def total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal("0.00"))


def read_week(folder: Path) -> dict[str, list[dict[str, Any]]]:
    return {
        till.name: [json.loads(path.read_text()) for path in sorted(till.glob("closings/*.json"))]
        for till in sorted(folder.iterdir())
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("week")
    write_week(written)
    return written


@pytest.fixture(scope="module")
def week(folder: Path) -> dict[str, list[dict[str, Any]]]:
    return read_week(folder)


@pytest.fixture(scope="module")
def closings(week: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [closing for of_till in week.values() for closing in of_till]


@pytest.fixture(scope="module")
def booked(closings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [closing for closing in closings if not closing["training"]]


def lines(closings: Iterable[dict[str, Any]], field: str) -> Iterator[dict[str, Any]]:
    return (line for closing in closings for line in closing[field])


class TestEveryClosing:
    def test_each_sales_line__net_and_tax_are_gross(self, closings):
        for line in lines(closings, "sales"):
            assert amount(line, "net") + amount(line, "tax") == amount(line, "gross"), line

    def test_what_was_sold_and_taken__was_paid(self, closings):
        for closing in closings:
            sold = total(amount(line, "gross") for line in closing["sales"])
            taken = total(amount(line, "amount") for line in closing["other_receipts"])
            paid = total(amount(line, "amount") for line in closing["payments"])
            assert sold + taken == paid, closing["number"]

    def test_drawer__expected_and_left(self, booked):
        for closing in booked:
            cash = closing["cash"]
            paid = total(amount(line, "amount") for line in closing["payments"] if line["kind"] == "cash")
            moved = total(amount(line, "amount") for line in cash["movements"])
            assert amount(cash, "expected") == amount(cash, "float_open") + paid + moved
            assert amount(cash, "float_left") == amount(cash, "counted") - amount(cash, "banked")
            assert amount(cash, "float_left") >= 0

    def test_totals__gross_is_what_was_sold(self, booked):
        for closing in booked:
            totals = closing["totals"]
            assert amount(totals, "gross") == total(amount(line, "gross") for line in closing["sales"])
            assert amount(totals, "perpetual_after") == amount(totals, "perpetual_before") + amount(totals, "gross")

    def test_refunds__are_negative_and_apart(self, closings):
        kinds = {(line["kind"], amount(line, "gross") > 0) for line in lines(closings, "sales")}
        assert kinds == {("sale", True), ("refund", False)}

    def test_offered__names_the_sales_it_takes_back(self, closings):
        offered = [line for line in lines(closings, "payments") if line["kind"] == "offered"]
        assert offered
        for line in offered:
            assert amount(line, "amount") == total(amount(sale, "gross") for sale in line["sales"])

    def test_server__reads_it_and_finds_nothing_to_say(self, closings):
        for closing in closings:
            content = ClosingDocument.model_validate(closing).canonical()
            assert check_closing(Closing.from_document(content)) == []


class TestFromOneClosingToTheNext:
    def test_numbers__in_sequence_training_included(self, week):
        for of_till in week.values():
            first = of_till[0]["number"]
            assert [closing["number"] for closing in of_till] == [*range(first, first + len(of_till))]

    def test_perpetual_total__goes_on_as_if_training_had_not_been(self, week):
        for of_till in week.values():
            for before, after in pairwise(closing["totals"] for closing in of_till if not closing["training"]):
                assert before["perpetual_after"] == after["perpetual_before"]

    def test_drawer__opens_with_what_was_left(self, week):
        for of_till in week.values():
            for before, after in pairwise(closing["cash"] for closing in of_till if not closing["training"]):
                assert before["float_left"] == after["float_open"]

    def test_tickets__follow_one_another_at_each_station(self, week):
        for of_till in week.values():
            next_ticket: dict[str, int] = {}
            for ranges in (closing.get("tickets", []) for closing in of_till):
                for it in ranges:
                    assert it["first"] == next_ticket.get(it["station"], it["first"])
                    assert it["count"] == it["last"] - it["first"] + 1
                    assert 0 <= it["cancelled"] <= it["count"]
                    next_ticket[it["station"]] = it["last"] + 1

    def test_hours__never_backwards(self, week):
        for of_till in week.values():
            hours = [datetime.fromisoformat(it[at]) for it in of_till for at in ("opened_at", "closed_at")]
            assert hours == sorted(hours)


class TestWhatTheWeekShows:
    def test_days__monday_to_sunday_lunch_and_dinner(self, week):
        for of_till in week.values():
            days: defaultdict[str, int] = defaultdict(int)
            for closing in of_till:
                days[closing["business_date"]] += not closing["training"]
            assert days == {f"2026-03-{day:02d}": 2 for day in range(9, 16)}

    def test_means_and_receipts__every_kind_a_bistro_has(self, booked):
        means = {line["means"] for line in lines(booked, "payments") if line["kind"] != "offered"}
        assert means >= {"ESP", "CB", "CHQ", "TR-SWILE", "TR-EDENRED", "CARTE-CADEAU", "UBER", "COMPTE"}
        receipts = {line["kind"] for line in lines(booked, "other_receipts")}
        assert receipts == {"tip", "settlement", "deposit", "voucher"}
        movements = {line["kind"] for closing in booked for line in closing["cash"]["movements"]}
        assert movements == {"expense", "float_in", "bank_deposit", "withdrawal"}

    def test_labels__one_for_each_means_so_that_books_can_be_searched(self, booked):
        named = {(line["means"], line["label"]) for line in lines(booked, "payments")}
        labels = [label for _, label in named] + [*{line["label"] for line in lines(booked, "other_receipts")}]
        assert len(labels) == len({*labels})
        assert max(map(len, labels)) <= 29, "Exact cuts a description, reference included, at 60"

    def test_one_slot__has_several_families(self, booked):
        families = {line["family"] for line in lines(booked, "sales") if line["vat"] == 2}
        assert len(families) > 1
        assert {line["nature"] for line in lines(booked, "sales")} == {"goods", "services"}

    def test_vat__is_a_sum_of_roundings(self, booked):
        drifts = [
            amount(line, "tax") - (amount(line, "net") * Decimal(line["rate"]) / 100).quantize(Decimal("0.01"))
            for line in lines(booked, "sales")
        ]
        assert any(drifts), "nobody would notice a VAT that is computed again"
        assert max(map(abs, drifts)) <= Decimal("0.15")

    def test_account__is_settled_with_a_cheque_later(self, booked):
        owed = [line for line in lines(booked, "payments") if line["kind"] == "on_account"]
        settled = [line for line in lines(booked, "other_receipts") if line["kind"] == "settlement"]
        assert [(line["account"], line["amount"]) for line in owed] == [
            (line["account"], line["amount"]) for line in settled
        ]

    def test_credit_slip__issued_and_used(self, booked):
        amounts = [amount(line, "amount") for line in lines(booked, "payments") if line["kind"] == "credit_note"]
        assert len(amounts) == 2
        assert total(amounts) == 0

    @pytest.mark.parametrize(
        ("sold", "used", "left"), [("deposit", "deposit_used", "0.00"), ("voucher", "gift_card", "17.50")]
    )
    def test_money_taken_ahead__is_used_later(self, booked, sold, used, left):
        ahead = total(amount(line, "amount") for line in lines(booked, "other_receipts") if line["kind"] == sold)
        back = total(amount(line, "amount") for line in lines(booked, "payments") if line["kind"] == used)
        assert ahead - back == Decimal(left)

    def test_drawers__one_short_one_over(self, booked):
        found = [amount(closing["cash"], "counted") - amount(closing["cash"], "expected") for closing in booked]
        assert sorted(filter(None, found)) == [Decimal("-2.82"), Decimal("1.18")]

    def test_odd_closings__refund_only_zero_training_after_midnight(self, closings):
        refund_only = [it for it in closings if it["sales"] and {line["kind"] for line in it["sales"]} == {"refund"}]
        empty = [it for it in closings if not it["sales"]]
        training = [it for it in closings if it["training"]]
        late = [
            it for it in closings if date.fromisoformat(it["closed_at"][:10]) > date.fromisoformat(it["business_date"])
        ]
        assert (len(refund_only), len(empty), len(training)) == (1, 1, 1)
        assert late
        assert training[0]["sales"]
        assert not {"tickets", "cash", "totals"} & training[0].keys()
        assert empty[0]["payments"] == empty[0]["other_receipts"] == empty[0]["tickets"] == []

    def test_takings__of_a_sixty_seat_bistro(self, booked):
        ordinary = [it for it in booked if {"sale"} <= {line["kind"] for line in it["sales"]}]
        for closing in ordinary:
            lunch = closing["opened_at"][11:] < "15"
            low, high = (900, 1600) if lunch else (1800, 4200)
            assert low <= amount(closing["totals"], "gross") <= high, closing["number"]


class TestTotals:
    def test_net_and_tax_per_slot(self, booked):
        found: dict[int, tuple[str, str]] = {}
        for slot in range(1, 6):
            of_slot = [line for line in lines(booked, "sales") if line["vat"] == slot]
            found[slot] = (
                str(total(amount(line, "net") for line in of_slot)),
                str(total(amount(line, "tax") for line in of_slot)),
            )
        assert found == NET_AND_TAX_PER_SLOT

    def test_amount_per_means(self, booked):
        found: defaultdict[str, Decimal] = defaultdict(Decimal)
        for line in lines(booked, "payments"):
            found[line["means"]] += amount(line, "amount")
        assert {means: str(sum_) for means, sum_ in sorted(found.items())} == AMOUNT_PER_MEANS

    def test_receipts_per_kind(self, booked):
        found: defaultdict[str, Decimal] = defaultdict(Decimal)
        for line in lines(booked, "other_receipts"):
            found[line["kind"]] += amount(line, "amount")
        assert {kind: str(sum_) for kind, sum_ in sorted(found.items())} == RECEIPTS_PER_KIND

    def test_gross(self, closings, booked):
        assert len(closings) == 29
        assert str(total(amount(line, "gross") for line in lines(booked, "sales"))) == GROSS


@pytest.mark.parametrize(
    "first", [date(2026, 3, 23), date(2026, 10, 19), date(2028, 2, 24), date(2026, 12, 28)], ids=str
)
def test_week_played_later__is_the_same_week_on_other_days(
    week: dict[str, list[dict[str, Any]]], tmp_path: Path, first: date
) -> None:
    """Over the change of clocks, 29 February and New Year: nothing but the dates is other, and the hour stays."""
    write_week(tmp_path, first)
    days = {str(date(2026, 3, 9 + number)): str(first + timedelta(days=number)) for number in range(7)}
    moments = ("opened_at", "closed_at")
    for name, of_till in read_week(tmp_path).items():
        for moved, written in zip(of_till, week[name], strict=True):
            assert moved["business_date"] == days[written["business_date"]]
            assert [moved[at][11:16] for at in moments] == [written[at][11:16] for at in moments]
            assert all(datetime.fromisoformat(moved[at]).utcoffset() == offset_in_paris(moved[at]) for at in moments)
            dated = ("business_date", *moments)
            assert {k: v for k, v in moved.items() if k not in dated} == {
                k: v for k, v in written.items() if k not in dated
            }


def offset_in_paris(moment: str) -> timedelta | None:
    return datetime.fromisoformat(moment[:19]).replace(tzinfo=ZoneInfo("Europe/Paris")).utcoffset()


@pytest.mark.usefixtures("outside")
def test_write_week__the_same_files_in_another_process(folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "simulators.clyo_till", "week", "--out", str(tmp_path)]
    command += ["--first", "2026-03-09"]
    subprocess.run(command, cwd=ROOT, check=True, env=os.environ | {"PYTHONHASHSEED": "7"})
    files = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.json")}
    assert {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.json")} == files


def test_week__left_to_itself_ended_last_night(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Paris has the 1st of March already."""
    monkeypatch.setattr("sys.argv", ["clyo_till", "week", "--out", str(tmp_path)])
    with time_machine.travel(datetime(2026, 2, 28, 23, 30, tzinfo=UTC), tick=False):
        main()
    days = {closing["business_date"] for closings in read_week(tmp_path).values() for closing in closings}
    assert (min(days), max(days)) == ("2026-02-22", "2026-02-28")


def test_parameters__five_slots_and_pantins_journals_in_letters(folder: Path) -> None:
    read = {till: json.loads((folder / till / "parameters.json").read_text()) for till in (PARIS10, PANTIN)}
    for document in read.values():
        ParametersDocument.model_validate(document)
        assert [(it["slot"], it["rate"], it["vat_code"]) for it in document["vat"]] == [
            (1, "20.00", "VN"),
            (2, "10.00", "VR"),
            (3, "5.50", "VB"),
            (4, "2.10", "VS"),
            (5, "0.00", "V0"),
        ]
    assert read[PARIS10]["journals"] == {"sales": "70", "receipts": "30", "cash": "CA"}
    assert read[PANTIN]["journals"] == {"sales": "VT", "receipts": "BQ", "cash": "CA"}
