"""The receipts entries: how a closing was paid, one entry per journal, and what else moved in the drawer."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TypeAlias

from ledger.closing import CashMovement, Closing
from ledger.entry import Entry, EntryKind, Line, LineRole
from ledger.gap import gap_lines
from ledger.money import ZERO, total
from ledger.plan import BookingPlan, MeansPlan
from ledger.takings import MeansTotal, ReceiptTotal, Takings

# A line and the journal it is meant for, before each journal is balanced by its own account.
_Draft: TypeAlias = tuple[str, Line]


def receipts_entries(
    closing: Closing, takings: Takings, plan: BookingPlan, *, label: str, gap: Decimal = ZERO
) -> Iterator[Entry]:
    """Book how a closing was paid, in one entry per journal used; the plan must be complete for the closing.

    ``gap`` is what of it goes on the suspense account (`ledger.gap`).

    325.00 in cash and 900.00 by card give 411000 -325.00 and -900.00, 511500 +900.00, and 530000 +325.00 as
    the journal's own account: the customer account gives back what the sales entry put there.
    """
    drafts: dict[str, list[Line]] = {}
    for journal, line in (*_drafts(closing, takings, plan), *_gap_drafts(gap, plan)):
        drafts.setdefault(journal, []).append(line)
    for journal, lines in sorted(drafts.items()):
        yield Entry(
            kind=EntryKind.RECEIPTS,
            journal=journal,
            date=closing.business_date,
            label=label,
            lines=(*lines, *_own_line(lines, plan.journal_accounts[journal])),
            third_party=plan.third_party,
        )


def journals_used(closing: Closing, takings: Takings, plan: BookingPlan) -> set[str]:
    """Return the journals that ``receipts_entries`` would write in, whether or not the plan is complete."""
    used = set()
    for it in takings.means:
        means_plan = plan.means_plan(it.means, it.kind)
        if means_plan is not None:
            used.add(plan.journal_of(means_plan))
    if takings.receipts:
        used.add(plan.receipts_journal)
    if cash_moves(closing) or drawer_difference(closing) != ZERO or banked(closing, plan) != ZERO:
        used.add(plan.journal_of(plan.cash_plan))
    return used


def cash_moves(closing: Closing) -> list[CashMovement]:
    """Return the drawer's movements of more than 0.00, in an order that does not depend on the till's."""
    moves = closing.cash.movements if closing.cash else ()
    moved = [move for move in moves if move.amount != ZERO or move.tax]
    return sorted(moved, key=lambda move: (move.kind, move.label, move.amount, move.tax or ZERO))


def drawer_difference(closing: Closing) -> Decimal:
    """Return counted less expected cash: 461.18 - 464.00 = -2.82."""
    return closing.cash.difference if closing.cash else ZERO


def banked(closing: Closing, plan: BookingPlan) -> Decimal:
    """Return the money taken to the bank at closing, if the plan has an account to book it on."""
    if closing.cash is None or closing.cash.banked is None or not plan.banked_account:
        return ZERO
    return closing.cash.banked


def _drafts(closing: Closing, takings: Takings, plan: BookingPlan) -> Iterator[_Draft]:
    for means_total in takings.means:
        yield from _means_drafts(means_total, plan)
    for receipt_total in takings.receipts:
        yield from _receipt_drafts(receipt_total, plan)
    cash_lines = list(_cash_lines(closing, plan))
    cash_journal = plan.journal_of(plan.cash_plan)
    yield from ((cash_journal, line) for line in (*cash_lines, *_cash_clearing_lines(cash_lines, plan)))


def _gap_drafts(gap: Decimal, plan: BookingPlan) -> Iterator[_Draft]:
    yield from ((plan.receipts_journal, line) for line in gap_lines(gap, plan))


def _own_line(lines: list[Line], account: str) -> Iterator[Line]:
    """Balance a journal with its own account: the cash that stays in the drawer, for the cash journal."""
    rest = total(line.amount for line in lines)
    if rest != ZERO:
        yield Line(account=account, amount=-rest, role=LineRole.JOURNAL)


def _customer_line(plan: BookingPlan, amount: Decimal, *, label: str, means: str = "") -> Line:
    return Line(
        account=plan.customer_account,
        third_party=plan.third_party,
        amount=amount,
        role=LineRole.CUSTOMER,
        label=label,
        means=means,
    )


def _means_drafts(it: MeansTotal, plan: BookingPlan) -> Iterator[_Draft]:
    """Card 900.00: the customer gives back 900.00, the bank owes 900.00 (PCG 511)."""
    means_plan = plan.means_plan(it.means, it.kind)
    assert means_plan is not None, "the plan was checked"
    journal = plan.journal_of(means_plan)
    yield journal, _customer_line(plan, -it.amount, label=it.label, means=it.means)
    account, third_party = _clearing(it, means_plan, plan)
    if account:
        yield (
            journal,
            Line(
                account=account,
                third_party=third_party,
                amount=it.amount,
                role=LineRole.MEANS,
                label=it.label,
                means=it.means,
            ),
        )


def _clearing(it: MeansTotal, means_plan: MeansPlan, plan: BookingPlan) -> tuple[str, str]:
    """Return account and third party of what is not money yet: for a sale on account, the customer's debt."""
    if it.kind.is_owed_by_a_customer:
        return means_plan.account or plan.customer_account, plan.debtor_of(it.account, means_plan)
    return means_plan.account or "", means_plan.third_party


def _receipt_drafts(it: ReceiptTotal, plan: BookingPlan) -> Iterator[_Draft]:
    """Tip 25.00: it came in with the payments, so the customer account owes 25.00 to the staff's account."""
    named = it.kind.is_of_a_customer
    yield plan.receipts_journal, _customer_line(plan, it.amount, label=it.label)
    yield (
        plan.receipts_journal,
        Line(
            account=plan.receipt_account(it.kind, it.amount),
            third_party=plan.third_party_of(it.account) if named else "",
            amount=-it.amount,
            role=LineRole.RECEIPT,
            label=it.label,
        ),
    )


def _cash_lines(closing: Closing, plan: BookingPlan) -> Iterator[Line]:
    """Book what moved in the drawer without a sale, each against the drawer."""
    for move in cash_moves(closing):
        yield from _movement_lines(move, plan)
    difference = drawer_difference(closing)
    if difference != ZERO:
        account = plan.difference_account(difference)
        yield Line(account=account, amount=-difference, role=LineRole.DIFFERENCE)
    to_bank = banked(closing, plan)
    if plan.banked_account and to_bank != ZERO:
        yield Line(account=plan.banked_account, amount=to_bank, role=LineRole.MOVEMENT)


def _movement_lines(move: CashMovement, plan: BookingPlan) -> Iterator[Line]:
    """Bread for -11.00 with VAT -0.57: 607000 +10.43, 445660 +0.57."""
    tax = move.tax or ZERO
    net = move.amount - tax
    if net != ZERO:
        account = plan.movement_accounts[move.kind]
        yield Line(account=account, amount=-net, role=LineRole.MOVEMENT, label=move.label)
    if tax != ZERO:
        yield Line(account=plan.deductible_vat_account, amount=-tax, role=LineRole.MOVEMENT, label=move.label)


def _cash_clearing_lines(lines: list[Line], plan: BookingPlan) -> Iterator[Line]:
    """Where a plan clears cash through an account, the drawer is that account and not the journal's own."""
    rest = total(line.amount for line in lines)
    if plan.cash_plan.account and rest != ZERO:
        yield Line(
            account=plan.cash_plan.account,
            third_party=plan.cash_plan.third_party,
            amount=-rest,
            role=LineRole.DRAWER,
        )
