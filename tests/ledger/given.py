"""Closings and plans written in few words, and the accounts an entry moves, read back from it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ledger.book import Booking, book
from ledger.closing import Closing
from ledger.entry import Entry
from ledger.plan import BookingPlan, MeansPlan, SlotPlan

LABEL = "Z1042 PARIS01 14/03"
WALK_IN = ("411000", "0000002")

RATES = {1: "20.00", 2: "10.00", 3: "5.50", 4: "2.10", 5: "0.00"}

# The till's codes of its means of payment, their kinds and labels.
MEANS = {
    "ESP": ("cash", "Espèces"),
    "CB": ("card", "Carte bancaire"),
    "CHQ": ("cheque", "Chèque"),
    "TR": ("meal_voucher", "Titres-restaurant"),
    "TR-SWILE": ("meal_voucher", "Swile"),
    "TR-EDENRED": ("meal_voucher", "Edenred"),
    "CADEAU": ("gift_card", "Carte cadeau"),
    "AVOIR": ("credit_note", "Avoir"),
    "COMPTE": ("on_account", "En compte"),
    "ARRHES": ("deposit_used", "Arrhes reprises"),
    "VIR": ("transfer", "Virement"),
    "UBER": ("platform", "Uber Eats"),
    "OFFERT": ("offered", "Offert"),
    "DIVERS": ("other", "Divers"),
}

SLOTS = [
    SlotPlan(slot=slot, rate=Decimal(rate), sales_account=sales, vat_code=code, vat_account=vat)
    for slot, rate, sales, code, vat in (
        (1, "20.00", "707020", "VN", "445720"),
        (2, "10.00", "706010", "VR", "445710"),
        (3, "5.50", "707055", "VA", "445755"),
        (4, "2.10", "707021", "VS", "445721"),
        (5, "0.00", "707000", "V0", "445700"),
    )
]

PLAN = BookingPlan(
    slots={slot.slot: slot for slot in SLOTS},
    customer_account=WALK_IN[0],
    third_party=WALK_IN[1],
    sales_journal="70",
    receipts_journal="30",
    journal_accounts={"30": "530000", "20": "512000"},
    named_customers={"DUPONT": "0000117"},
)


def plan(**changes: Any) -> BookingPlan:
    return replace(PLAN, **changes)


def plan_with_families(slot: int, families: Mapping[str, str], **changes: Any) -> BookingPlan:
    slots = {**PLAN.slots, slot: replace(PLAN.slots[slot], family_accounts=families)}
    return replace(PLAN, slots=slots, **changes)


def plan_with_means(means: Mapping[str, MeansPlan], **changes: Any) -> BookingPlan:
    return replace(PLAN, means=means, **changes)


def sale(slot: int, net: str, tax: str, *, family: str = "", kind: str = "sale") -> dict[str, Any]:
    return {
        "vat": slot,
        "rate": RATES[slot],
        "net": net,
        "tax": tax,
        "gross": str(Decimal(net) + Decimal(tax)),
        "kind": kind,
        "family": family,
    }


def refund(slot: int, net: str, tax: str) -> dict[str, Any]:
    return sale(slot, net, tax, kind="refund")


def pay(means: str, amount: str, **more: Any) -> dict[str, Any]:
    kind, label = MEANS[means]
    return {"means": means, "label": label, "kind": kind, "amount": amount, **more}


def took(kind: str, amount: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "amount": amount, **more}


def move(kind: str, amount: str, label: str = "", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "amount": amount, "label": label, **more}


def document(**more: Any) -> dict[str, Any]:
    return {
        "kind": "general",
        "scope": "",
        "number": 1042,
        "business_date": "2026-03-14",
        "opened_at": "2026-03-14T08:55:00+01:00",
        "closed_at": "2026-03-14T23:40:00+01:00",
        "currency": "EUR",
        "training": False,
        "sales": [],
        "other_receipts": [],
        "payments": [],
        **more,
    }


def closing(**more: Any) -> Closing:
    return Closing.from_document(document(**more))


def booked(given: Closing, by: BookingPlan = PLAN) -> tuple[Entry, ...]:
    """Book without a problem, or fail."""
    booking = book(given, by, label=LABEL)
    assert booking.problems == ()
    return booking.entries


def codes(booking: Booking) -> list[str]:
    return [problem.code for problem in booking.problems]


def moves_of(entries: Iterable[Entry]) -> dict[str, str]:
    """Sum entries up as ``{"70 707020": "C 250.00"}``: per journal, account and third party."""
    sums: dict[str, Decimal] = {}
    for entry in entries:
        for line in entry.lines:
            who = f"/{line.third_party}" if line.third_party else ""
            key = f"{entry.journal} {line.account}{who}"
            sums[key] = sums.get(key, Decimal("0.00")) + line.amount
    return {key: f"{'D' if amount > 0 else 'C'} {abs(amount)}" for key, amount in sums.items() if amount}


def table(text: str) -> dict[str, str]:
    """Read ``70 707020 C 250.00`` lines into what ``moves_of`` returns."""
    rows = [line.split() for line in text.strip().splitlines()]
    read = {f"{journal} {account}": f"{side} {amount}" for journal, account, side, amount in rows}
    assert len(read) == len(rows), "an account stands twice in one journal"
    return read
