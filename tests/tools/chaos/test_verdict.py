"""The judge of a chaos run sees what is wrong: books that are right in all but one thing."""

import copy
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tools.chaos.collisions import collisions
from tools.chaos.verdict import Verdict, compare
from tools.fleet.closings import SLOTS, closings
from tools.fleet.shops import Shop
from tools.fleet.tills import Pushed

SHOP = Shop(name="D9001T1", key="", first=1_000_001, division=9001, user="compta0@example.fr")


def line(account: str, credit: str | Decimal, description: str, role: str = "document", **more: Any) -> dict[str, Any]:
    amount = Decimal(credit)
    sides = {"credit": str(max(amount, Decimal())), "debit": str(max(-amount, Decimal()))}
    return {"account_code": account, "description": description, "role": role, "vat_code": None, **sides, **more}


def entries_of(document: dict[str, Any], place: int) -> list[dict[str, Any]]:
    """A closing's two entries as the simulator's books show them."""
    label, head = f"Z{document['number']} D9001T1", {"date": document["business_date"], "year": 2026}
    gross = sum(Decimal(sale["gross"]) for sale in document["sales"])
    sales = [line("411000", -gross, label, "counter")]
    for sale in document["sales"]:
        code = SLOTS[sale["vat"]][1]
        sales.append(line("707000", sale["net"], label, vat_code=code))
        sales.append(line("445711", sale["tax"], label, "vat", vat_code=code))
    reference = f"Z{document['number']}-ABCDEFGHIJKL-R30.01"
    cash = [line("411000", paid["amount"], f"{reference} {paid['label']}") for paid in document["payments"]]
    cash += [line("411000", f"-{it['amount']}", f"{reference} {it['label']}") for it in document["other_receipts"]]
    return [
        {"kind": "sales", "entry_number": 26700000 + place, "lines": sales, **head},
        {"kind": "cash", "entry_number": 26300000 + place, "lines": cash, **head},
    ]


@pytest.fixture
def pushed() -> list[Pushed]:
    """Four closings, pushed one after the other."""
    documents = islice(closings("judge", first=SHOP.first), 4)
    return [Pushed(shop=SHOP, document=it, begun_at=n, acknowledged_at=n + 0.5) for n, it in enumerate(documents)]


@pytest.fixture
def entries(pushed: list[Pushed]) -> list[dict[str, Any]]:
    return [entry for place, one in enumerate(pushed) for entry in entries_of(one.document, place)]


def judge(pushed: list[Pushed], entries: list[dict[str, Any]]) -> dict[str, int]:
    verdict = Verdict(acknowledged=len(pushed))
    compare(pushed, {SHOP.division: {"entries": entries}}, verdict)
    assert verdict.good is not any(verdict.faults.values())
    return {name: len(found) for name, found in verdict.faults.items() if found}


def test_judge__finds_nothing_in_right_books(pushed: list[Pushed], entries: list[dict[str, Any]]) -> None:
    assert judge(pushed, entries) == {}


def test_judge__acknowledged_and_not_in_the_books_is_lost(pushed: list[Pushed], entries: list[dict[str, Any]]) -> None:
    assert judge(pushed, entries[:-1]) == {"lost": 1}


def test_judge__not_acknowledged_is_not_lost(pushed: list[Pushed], entries: list[dict[str, Any]]) -> None:
    pushed[-1].acknowledged_at = None
    assert judge(pushed, entries[:-2]) == {}


def test_judge__one_entry_twice_is_doubled(pushed: list[Pushed], entries: list[dict[str, Any]]) -> None:
    assert judge(pushed, [*entries, entries[1] | {"entry_number": 26300099}])["doubled"] == 1


def test_judge__an_entry_nobody_pushed_is_doubled(pushed: list[Pushed], entries: list[dict[str, Any]]) -> None:
    assert judge(pushed[:-1], entries) == {"doubled": 1}


def test_judge__a_cent_is_a_difference(pushed: list[Pushed], entries: list[dict[str, Any]]) -> None:
    wrong = copy.deepcopy(entries)
    vat = wrong[0]["lines"][2]
    vat["credit"] = str(Decimal(vat["credit"]) + Decimal("0.01"))
    assert judge(pushed, wrong) == {"different amounts": 1}


def test_judge__another_day_is_a_difference(pushed: list[Pushed], entries: list[dict[str, Any]]) -> None:
    assert judge(pushed, [entries[0] | {"date": "2026-12-31"}, *entries[1:]]) == {"different amounts": 1}


def test_collisions__are_read_from_the_workers_logs(tmp_path: Path) -> None:
    (tmp_path / "worker-1.log").write_text("Traceback\nexact.lane.states.MovedByAnother: Z1042-X-V70.01\nall is well\n")
    (tmp_path / "web.log").write_text("exact.lane.states.MovedByAnother: of no lane\n")
    assert [*collisions(tmp_path)] == ["worker-1: exact.lane.states.MovedByAnother: Z1042-X-V70.01"]


def test_judge__a_later_closing_booked_first_is_out_of_order(
    pushed: list[Pushed], entries: list[dict[str, Any]]
) -> None:
    first, second = entries[0]["entry_number"], entries[2]["entry_number"]
    swapped = [entries[0] | {"entry_number": second}, entries[1], entries[2] | {"entry_number": first}, *entries[3:]]
    assert judge(pushed, swapped) == {"out of order": 1}
    pushed[1].begun_at = 0.1  # both were on their way at once: either may be first
    assert judge(pushed, swapped) == {}
