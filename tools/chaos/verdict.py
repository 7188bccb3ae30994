"""Comparing what the tills pushed with Exact's books and with our database.

Read from the tills' documents, from the simulator's own books and by plain SQL: without any code that books or posts,
so that a mistake of that code cannot hide itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tools.fleet.closings import SLOTS
from tools.fleet.tills import Pushed

Figures = dict[str, Decimal]
Entry = Mapping[str, Any]
CUSTOMER_ACCOUNT = "411000"
KINDS = ("sales", "cash")


@dataclass(slots=True, kw_only=True)
class Verdict:
    """The counts of a run. The faults each name what is wrong, for whoever must find out why; all must be empty."""

    pushed: int = 0
    acknowledged: int = 0
    in_database: int = 0
    in_books: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    different_amounts: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    two_in_a_lane: list[str] = field(default_factory=list)
    token_locks_lost: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)

    @property
    def faults(self) -> dict[str, list[str]]:
        """What must stay empty, by its name in the report."""
        return {
            "lost": self.lost,
            "doubled": self.doubled,
            "different amounts": self.different_amounts,
            "out of order": self.out_of_order,
            "two in a lane": self.two_in_a_lane,
            "token locks lost": self.token_locks_lost,
            "stuck": self.stuck,
        }

    @property
    def good(self) -> bool:
        """Whether there is no fault, and at least one closing was pushed."""
        return self.acknowledged > 0 and not any(self.faults.values())


def compare(pushed: Iterable[Pushed], books: Mapping[int, Mapping[str, Any]], verdict: Verdict) -> None:
    """Compare every pushed closing with the books of its division, and every entry with what was pushed."""
    by_division: dict[int, list[Pushed]] = defaultdict(list)
    for one in pushed:
        by_division[one.shop.division].append(one)
    for division, book in books.items():
        _compare_division(division, by_division[division], book["entries"], verdict)


def _compare_division(division: int, pushed: list[Pushed], entries: list[Entry], verdict: Verdict) -> None:
    found = _entries_by_closing(entries)
    known = {one.document["number"]: one for one in pushed}
    verdict.doubled += [f"{division} Z{number}: nobody pushed it" for number in found if number not in known]
    for number, one in known.items():
        name, booked = f"{division} Z{number}", found.get(number, {})
        if one.acknowledged_at is not None:
            verdict.lost += [f"{name}: no {kind} entry" for kind in KINDS if not booked.get(kind)]
        verdict.doubled += [f"{name}: {len(booked[kind])} {kind} entries" for kind in booked if len(booked[kind]) > 1]
        verdict.in_books += all(booked.get(kind) for kind in KINDS)
        if all(booked.get(kind) for kind in KINDS):
            verdict.different_amounts += [f"{name}: {line}" for line in _differences(one, booked)]
    places = {number: place for place, number in enumerate(_sale_order(entries))}
    verdict.out_of_order += [f"{division} {pair}" for pair in _out_of_order(pushed, places)]


def _entries_by_closing(entries: Iterable[Entry]) -> dict[int, dict[str, list[Entry]]]:
    found: dict[int, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    for entry in entries:
        found[_number(entry)][entry["kind"]].append(entry)
    return found


def _number(entry: Entry) -> int:
    """The closing's number, as every line shows it to an accountant: "Z1042 …" or "Z1042-…". 0 when it has none."""
    text = next(line["description"] for line in entry["lines"] if line["role"] == "document") or ""
    digits = text.partition(" ")[0].partition("-")[0].removeprefix("Z")
    return int(digits) if digits.isdigit() else 0


def _sale_order(entries: Iterable[Entry]) -> list[int]:
    sales = [entry for entry in entries if entry["kind"] == "sales"]
    return [_number(entry) for entry in sorted(sales, key=lambda entry: (entry["year"], entry["entry_number"]))]


def _differences(one: Pushed, booked: Mapping[str, list[Entry]]) -> Iterator[str]:
    meant, found = pushed_figures(one.document), booked_figures(booked)
    for name in sorted({*meant, *found}):
        if meant.get(name, Decimal()) != found.get(name, Decimal()):
            yield f"{name} {meant.get(name)} pushed, {found.get(name)} in Exact"
    for entry in (entry for entries in booked.values() for entry in entries):
        if entry["date"] != one.document["business_date"]:
            yield f"date {one.document['business_date']} pushed, {entry['date']} in Exact"


def pushed_figures(document: Mapping[str, Any]) -> Figures:
    """Net and VAT per VAT code, and the amount per means; what came in beside the sales counts against them."""
    figures: Figures = defaultdict(Decimal)
    for sale in document["sales"]:
        code = SLOTS[sale["vat"]][1]
        figures[f"net {code}"] += Decimal(sale["net"])
        figures[f"VAT {code}"] += Decimal(sale["tax"])
        figures["customer account"] += Decimal(sale["gross"])
    for payment in document["payments"]:
        figures[payment["label"]] += Decimal(payment["amount"])
        figures["customer account"] -= Decimal(payment["amount"])
    for receipt in document["other_receipts"]:
        figures[receipt["label"]] -= Decimal(receipt["amount"])
        figures["customer account"] += Decimal(receipt["amount"])
    return figures


def booked_figures(booked: Mapping[str, list[Entry]]) -> Figures:
    """The same from Exact's lines of one closing: VAT codes on the sales side, descriptions on the receipts side."""
    figures: Figures = defaultdict(Decimal)
    for kind, entries in booked.items():
        for line in (line for entry in entries for line in entry["lines"]):
            credit = Decimal(line["credit"]) - Decimal(line["debit"])
            if line["account_code"] == CUSTOMER_ACCOUNT:
                figures["customer account"] -= credit
                if kind == "cash":
                    figures[line["description"].partition(" ")[2]] += credit
            elif kind == "sales":
                what = "VAT" if line["role"] == "vat" else "net"
                figures[f"{what} {line['vat_code']}"] += credit
    return figures


def _out_of_order(pushed: Iterable[Pushed], places: Mapping[int, int]) -> Iterator[str]:
    """Pairs of closings that were booked the wrong way round although the earlier one had been taken before the later
    one was pushed: by business date and moment of closing, over all tills of the division."""
    booked = [one for one in pushed if one.document["number"] in places and one.acknowledged_at is not None]
    for earlier in booked:
        for later in booked:
            taken = earlier.acknowledged_at is not None and earlier.acknowledged_at < later.begun_at
            if taken and _moment(earlier) < _moment(later) and _place(places, earlier) > _place(places, later):
                yield f"Z{later.document['number']} is booked before Z{earlier.document['number']}"


def _moment(one: Pushed) -> tuple[str, str]:
    return one.document["business_date"], one.document["closed_at"]


def _place(places: Mapping[int, int], one: Pushed) -> int:
    return places[one.document["number"]]
