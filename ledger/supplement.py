"""What is still to be booked of a closing of which some entries stand already.

A closing's content never changes, a plan does. So what stands is held against the closing itself: each part of it (what
was sold, each means of payment, the other receipts, the drawer) stands whole, or not at all, or somebody must look.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from ledger.book import Booking, book, entries_of
from ledger.closing import Closing
from ledger.entry import Entry, EntryKind, Line, LineRole
from ledger.gap import gap_of
from ledger.money import ZERO, money_text
from ledger.plan import BookingPlan
from ledger.problem import Problem


class Part(NamedTuple):
    """A part of a closing that is booked in one entry, whatever the plan: `means` is the till's code of one."""

    name: str
    means: str = ""


SALE, RECEIPTS, DRAWER = Part("sale"), Part("receipts"), Part("drawer")
# Which amount of a part it is: of a sale its VAT slot and rate, else the till's label.
_Key: TypeAlias = tuple[Part, str, str]


def supplement(
    closing: Closing, plan: BookingPlan, standing: Collection[Entry], *, label: str, gap_on_suspense: bool = False
) -> Booking:
    """Book what no entry of ``standing`` books yet; nothing new and no problem when all of it stands.

    ``standing`` are entries of this closing, made with whatever plan. With what is returned they leave each walk-in
    customer at 0.00 and give each VAT slot, means of payment and other receipt the closing's own sum. Where no new
    entry could do that, a blocking problem says why: ``standing_otherwise`` or ``standing_other_customer``. ``label``
    and ``gap_on_suspense`` are those of `ledger.book.book`; the gap stands with the other receipts, in their entry.
    """
    whole = book(closing, plan, label=label, gap_on_suspense=gap_on_suspense)
    if not standing or (whole.problems and not whole.entries):
        return whole
    there = _parts_of(standing)
    if odd := [*_find_other_sums(_sums(standing), _sums(whole.entries), there)]:
        return Booking(problems=(*whole.problems, *odd))
    gap = gap_of(closing) if gap_on_suspense and RECEIPTS not in there else ZERO
    new = tuple(entries_of(_leave_out(closing, there), plan, label=label, gap=gap))
    if new and (odd := [*_other_customer(standing, plan)]):
        return Booking(problems=(*whole.problems, *odd))
    together = [*standing, *new]
    assert _sums(together) == _sums(whole.entries), "each part stands once"
    assert not any(walk_in_balances(together).values()), "the walk-in customer must end at zero"
    return Booking(entries=new, problems=whole.problems)


def walk_in_balances(entries: Iterable[Entry]) -> Mapping[tuple[str, str], Decimal]:
    """What entries leave on each walk-in customer, by account and third party."""
    balances: defaultdict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for entry in entries:
        for line in entry.lines:
            if line.role is LineRole.CUSTOMER:
                balances[line.account, line.third_party] += line.amount
    return balances


def _part_of(entry: Entry, line: Line) -> Part | None:
    """None for a line that follows from the others of its entry: the journal's own, and what clears the drawer."""
    match line.role:
        case LineRole.JOURNAL | LineRole.DRAWER:
            return None
        case LineRole.MOVEMENT | LineRole.DIFFERENCE:
            return DRAWER
    if entry.kind is EntryKind.SALES:
        return SALE
    return Part("means", line.means) if line.means else RECEIPTS


def _parts_of(entries: Iterable[Entry]) -> frozenset[Part]:
    parts = {_part_of(entry, line) for entry in entries for line in entry.lines}
    return frozenset(part for part in parts if part is not None)


def _sums(entries: Iterable[Entry]) -> dict[_Key, Decimal]:
    """What entries book of each part, told by what no plan changes: never by account."""
    sums: defaultdict[_Key, Decimal] = defaultdict(lambda: ZERO)
    for entry in entries:
        for line in entry.lines:
            part = _part_of(entry, line)
            # The other side of a means of payment is an account of the plan, or none: its customer line says it all.
            if part is not None and line.role is not LineRole.MEANS:
                sums[part, line.role.value, _name_part(line)] += line.amount
    return {key: amount for key, amount in sums.items() if amount != ZERO}


def _name_part(line: Line) -> str:
    if line.vat_slot is not None:
        assert line.vat_rate is not None, "a VAT slot has a rate"
        return f"{line.vat_slot} {money_text(line.vat_rate)}"
    return "" if line.means else line.label


def _find_other_sums(
    stands: dict[_Key, Decimal], due: dict[_Key, Decimal], there: frozenset[Part]
) -> Iterator[Problem]:
    """Parts that stand with other sums than the closing's: no further entry makes them right."""
    for part in sorted(there):
        keys = {key for key in (*stands, *due) if key[0] == part}
        wrong = [key for key in sorted(keys) if stands.get(key, ZERO) != due.get(key, ZERO)]
        if wrong:
            key = wrong[0]
            facts = {
                "found": money_text(stands.get(key, ZERO)),
                "expected": money_text(due.get(key, ZERO)),
            }
            yield Problem(code="standing_otherwise", facts=facts)


def _other_customer(standing: Iterable[Entry], plan: BookingPlan) -> Iterator[Problem]:
    """A walk-in customer that stands open and that this plan books nothing on: it would never come to zero."""
    of_plan = (plan.customer_account, plan.third_party)
    for (account, third_party), balance in sorted(walk_in_balances(standing).items()):
        if balance != ZERO and (account, third_party) != of_plan:
            facts = {
                "account": account,
                "third_party": third_party,
                "amount": money_text(balance),
                "account_now": plan.customer_account,
                "third_party_now": plan.third_party,
            }
            yield Problem(code="standing_other_customer", facts=facts)


def _leave_out(closing: Closing, there: frozenset[Part]) -> Closing:
    """What is left of a closing when some of its parts stand."""
    payments = tuple(
        it
        for it in closing.payments
        if (SALE not in there if it.takes_sales_out else Part("means", it.means) not in there)
    )
    return replace(
        closing,
        sales=() if SALE in there else closing.sales,
        payments=payments,
        other_receipts=() if RECEIPTS in there else closing.other_receipts,
        cash=None if DRAWER in there else closing.cash,
    )
