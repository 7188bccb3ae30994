"""What moves between two bookings of a closing. Pure."""

from dataclasses import replace

import pytest

from exports.reposts.moves import Move, differing, moves
from ledger.entry import EntryKind
from ledger.plan import BookingPlan, MeansPlan
from tests.ledger.given import PLAN, booked, closing, pay, plan, plan_with_families, plan_with_means, sale

Z = closing(
    sales=[sale(2, "100.00", "10.00", family="Bar"), sale(1, "50.00", "10.00")],
    payments=[pay("ESP", "70.00"), pay("CB", "100.00")],
)
SALES, RECEIPTS = (EntryKind.SALES, "70"), (EntryKind.RECEIPTS, "30")
SLOT = PLAN.slots[2]


def moved(to: BookingPlan) -> dict[str, str]:
    """ "706010 VR": "-100.00 → 0.00"."""
    return {
        " ".join(it for it in (move.place.account or "VAT", move.place.vat_code) if it): f"{move.before} → {move.after}"
        for move in moves(booked(Z), booked(Z, to))
    }


def plan_with_slot(**changes: str) -> BookingPlan:
    return plan(slots={**PLAN.slots, 2: replace(SLOT, **changes)})  # type: ignore[arg-type]


def test_another_sales_account__takes_what_stood_on_the_old_one() -> None:
    to = plan_with_slot(sales_account="707100")
    assert moved(to) == {"706010 VR": "-100.00 → 0.00", "707100 VR": "0.00 → -100.00"}
    assert differing(booked(Z), booked(Z, to)) == {SALES}


def test_another_vat_code__moves_sales_and_vat_of_the_code() -> None:
    to = plan_with_slot(vat_code="VX")
    assert moved(to) == {
        "706010 VR": "-100.00 → 0.00",
        "706010 VX": "0.00 → -100.00",
        "VAT VR": "-10.00 → 0.00",
        "VAT VX": "0.00 → -10.00",
    }


def test_another_account_of_a_means__moves_in_the_receipts_alone() -> None:
    to = plan_with_means({"CB": MeansPlan(account="511999")})
    assert {*moved(to)} == {"511500", "511999"}
    assert differing(booked(Z), booked(Z, to)) == {RECEIPTS}


def test_another_journal__moves_all_of_it() -> None:
    to = plan(receipts_journal="31", journal_accounts={**PLAN.journal_accounts, "31": "531000"})
    assert differing(booked(Z), booked(Z, to)) == {RECEIPTS, (EntryKind.RECEIPTS, "31")}


@pytest.mark.parametrize(
    "to",
    [
        PLAN,
        plan_with_slot(vat_account="445799"),  # Exact books VAT on the account of its code
        plan(journal_accounts={**PLAN.journal_accounts, "30": "539999"}),  # and a journal's own lines by itself
        plan_with_families(2, {"Bar": SLOT.sales_account}, separate_families=True),  # the same, cut more finely
    ],
)
def test_what_exact_would_hold_all_the_same__moves_nothing(to: BookingPlan) -> None:
    assert moves(booked(Z), booked(Z, to)) == []
    assert differing(booked(Z), booked(Z, to)) == frozenset()


def test_move__reads_back_what_it_wrote() -> None:
    found = moves(booked(Z), booked(Z, plan_with_slot(sales_account="707100")))
    assert [Move.from_document(it.to_document()) for it in found] == found
