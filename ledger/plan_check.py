"""What a booking plan lacks for one closing: every gap at once, so that a person mends it in one go."""

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import TypeAlias

from ledger.closing import Closing, Sale
from ledger.kinds import PaymentKind, ReceiptKind
from ledger.money import ZERO, money_text, total
from ledger.plan import BookingPlan, SlotPlan
from ledger.problem import Problem
from ledger.receipts import cash_moves, drawer_difference, journals_used
from ledger.takings import MeansTotal, ReceiptTotal, Takings

_Located: TypeAlias = tuple[str, Sale]  # with its JSON pointer


def check_plan(closing: Closing, takings: Takings, plan: BookingPlan, *, gap: Decimal = ZERO) -> list[Problem]:
    """Return all that keeps a closing from being booked with this plan, ``gap`` on its suspense account.

    Only what the closing uses is looked at: a slot with 0.00 in it needs no account.
    """
    sold = [(pointer, sale) for pointer, sale in closing.located_sales() if not sale.is_zero]
    return [
        *_customer_and_sales_journal(sold, takings, plan),
        *_slots(sold, plan),
        *_means(takings, plan),
        *_receipts(takings, plan),
        *_drawer(closing, plan),
        *_journals(closing, takings, plan, gap),
    ]


def _customer_and_sales_journal(sold: list[_Located], takings: Takings, plan: BookingPlan) -> Iterator[Problem]:
    if not plan.customer_account and (sold or takings):
        yield Problem(code="customer_account_missing")
    if not plan.sales_journal and sold:
        yield Problem(code="sales_journal_missing")


def _slots(sold: list[_Located], plan: BookingPlan) -> Iterator[Problem]:
    groups: dict[tuple[int, Decimal], list[tuple[str, Sale]]] = {}
    for pointer, sale in sold:
        groups.setdefault((sale.slot, sale.rate), []).append((pointer, sale))
    for (slot, rate), group in sorted(groups.items()):
        pointer, _ = group[0]
        sales = [sale for _, sale in group]
        facts = {"slot": str(slot), "rate": money_text(rate)}
        for code, field, more in _slot_gaps(_nearest_slot(plan, slot, rate), rate, sales):
            yield Problem(code=code, pointer=f"{pointer}/{field}", facts={**facts, **more})


def _nearest_slot(plan: BookingPlan, slot: int, rate: Decimal) -> SlotPlan | None:
    """The slot at this rate, else as it is now; None for one that the shop has not."""
    now = plan.slots.get(slot)
    return plan.slot_plan(slot, rate) or (now if now is not None and now.is_used else None)


def _slot_gaps(
    plan: SlotPlan | None, rate: Decimal, sales: Collection[Sale]
) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield code, faulty field and further facts of what a slot lacks."""
    if plan is None:
        yield "slot_unmapped", "vat", {"amount": money_text(total(sale.gross for sale in sales))}
        return
    if plan.rate != rate:
        yield "slot_rate_mismatch", "rate", {"expected": money_text(plan.rate)}
    if not plan.vat_code:
        yield "slot_without_vat_code", "vat", {}
    for family in sorted({sale.family for sale in sales if not plan.account_of(sale.family)}):
        yield "slot_without_account", "vat", {"family": family}
    if not plan.vat_account and any(sale.tax != ZERO for sale in sales):
        yield "slot_without_vat_account", "vat", {}


def _means(takings: Takings, plan: BookingPlan) -> Iterator[Problem]:
    unmapped: dict[tuple[str, PaymentKind], list[MeansTotal]] = {}
    for it in takings.means:
        means_plan = plan.means_plan(it.means, it.kind)
        if means_plan is None or not means_plan.says_where(it.kind):
            unmapped.setdefault((it.means, it.kind), []).append(it)
        elif it.kind.is_owed_by_a_customer and not plan.debtor_of(it.account, means_plan):
            yield _means_problem("account_missing", "account", [it])
    for group in unmapped.values():
        offered = group[0].kind is PaymentKind.OFFERED
        yield _means_problem("offered_without_vat" if offered else "means_unmapped", "means", group)


def _means_problem(code: str, field: str, group: list[MeansTotal]) -> Problem:
    first = min(group, key=lambda it: it.position)
    facts = {
        "means": first.means,
        "label": first.label,
        "kind": first.kind.value,
        "amount": money_text(total(it.amount for it in group)),
    }
    return Problem(code=code, pointer=f"/payments/{first.position}/{field}", facts=facts)


def _receipts(takings: Takings, plan: BookingPlan) -> Iterator[Problem]:
    unmapped: dict[ReceiptKind, list[ReceiptTotal]] = {}
    for it in takings.receipts:
        if not plan.receipt_account(it.kind, it.amount):
            unmapped.setdefault(it.kind, []).append(it)
        elif it.kind.is_of_a_customer and not plan.third_party_of(it.account):
            yield _receipt_problem("account_missing", "account", [it], label=it.label)
    for group in unmapped.values():
        yield _receipt_problem("receipt_unmapped", "kind", group)


def _receipt_problem(code: str, field: str, group: list[ReceiptTotal], **more: str) -> Problem:
    first = min(group, key=lambda it: it.position)
    facts = {"kind": first.kind.value, "amount": money_text(total(it.amount for it in group)), **more}
    return Problem(code=code, pointer=f"/other_receipts/{first.position}/{field}", facts=facts)


def _drawer(closing: Closing, plan: BookingPlan) -> Iterator[Problem]:
    moves = cash_moves(closing)
    for kind in sorted({move.kind for move in moves if not plan.movement_accounts.get(move.kind)}):
        amount = money_text(total(move.amount for move in moves if move.kind is kind))
        facts = {"kind": kind.value, "amount": amount}
        yield Problem(code="movement_unmapped", pointer="/cash/movements", facts=facts)
    tax = total(move.tax or ZERO for move in moves)
    if not plan.deductible_vat_account and any(move.tax for move in moves):
        facts = {"amount": money_text(tax)}
        yield Problem(code="deductible_vat_unmapped", pointer="/cash/movements", facts=facts)
    difference = drawer_difference(closing)
    if difference != ZERO and not plan.difference_account(difference):
        facts = {"amount": money_text(difference)}
        yield Problem(code="difference_unmapped", pointer="/cash/counted", facts=facts)


def _journals(closing: Closing, takings: Takings, plan: BookingPlan, gap: Decimal) -> Iterator[Problem]:
    of_gap = {plan.receipts_journal} if gap != ZERO else set()
    for journal in sorted(journals_used(closing, takings, plan) | of_gap):
        if not plan.journal_accounts.get(journal):
            yield Problem(code="journal_account_unknown", facts={"journal": journal})
