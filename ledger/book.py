"""Closing and booking plan in, balanced entries out, or everything that stands in the way."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from ledger.check import check_bookable
from ledger.closing import Closing
from ledger.entry import Entry, LineRole
from ledger.gap import GAP_CODES, gap_of
from ledger.money import ZERO, money_text, total
from ledger.plan import BookingPlan
from ledger.plan_check import check_plan
from ledger.problem import Problem
from ledger.receipts import receipts_entries
from ledger.sales import sales_entry, sum_up, vat_without_net
from ledger.takings import Takings


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """What a closing becomes: entries, and problems. A blocking problem leaves no entries at all."""

    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()


def book(closing: Closing, plan: BookingPlan, *, label: str, gap_on_suspense: bool = False) -> Booking:
    """Turn a closing into a sales entry and a receipts entry per journal, or say all that prevents it.

    110.00 at 10 % paid in cash gives 411000 +110.00, 707000 -100.00, 445710 -10.00 in the sales journal and
    530000 +110.00, 411000 -110.00 in the receipts journal. A training closing and a day with nothing in it
    give no entry and no problem. ``label`` names the closing on each entry: "Z1042 PARIS01 14/03". With
    ``gap_on_suspense`` a closing that was paid more or less than was sold and taken is booked all the same: the
    difference goes on the plan's suspense account (`ledger.gap`).
    """
    if closing.training:
        return Booking()
    takings = Takings.of(closing)
    excused = GAP_CODES if gap_on_suspense else frozenset()
    obstacles = (problem for problem in check_bookable(closing) if problem.code not in excused)
    gap = gap_of(closing) if gap_on_suspense else ZERO
    problems = (*obstacles, *check_plan(closing, takings, plan, gap=gap))
    if problems:
        return Booking(problems=problems)
    entries = tuple(entries_of(closing, plan, label=label, gap=gap))
    misused = tuple(_walk_in_misused(entries, plan))
    if misused:
        return Booking(problems=misused)
    balance = walk_in_balance(entries, customer_account=plan.customer_account, third_party=plan.third_party)
    assert balance == ZERO, "the walk-in customer must end at zero"
    return Booking(entries=entries, problems=tuple(vat_without_net(sum_up(closing, plan))))


def entries_of(closing: Closing, plan: BookingPlan, *, label: str, gap: Decimal = ZERO) -> Iterator[Entry]:
    """Yield the sales entry, if anything was sold, then the receipts entries; the plan must be complete for them."""
    sold = sales_entry(closing, sum_up(closing, plan), plan, label=label)
    if sold:
        yield sold
    yield from receipts_entries(closing, Takings.of(closing), plan, label=label, gap=gap)


def walk_in_balance(entries: Iterable[Entry], *, customer_account: str, third_party: str) -> Decimal:
    """Return what all entries of a closing leave on the walk-in customer: 0.00, or they must not be sent.

    Named customers stand on the same account under a third party of their own, and are not counted.
    """
    walk_in = (customer_account, third_party)
    lines = (line for entry in entries for line in entry.lines)
    return total(line.amount for line in lines if (line.account, line.third_party) == walk_in)


def _walk_in_misused(entries: Iterable[Entry], plan: BookingPlan) -> Iterator[Problem]:
    """Find lines of another role that the plan sends to the walk-in customer, who then would not end at zero."""
    for line in (line for entry in entries for line in entry.lines):
        walk_in = (line.account, line.third_party) == (plan.customer_account, plan.third_party)
        if walk_in and line.role is not LineRole.CUSTOMER:
            facts = {
                "account": line.account,
                "third_party": line.third_party,
                "label": line.label,
                "means": line.means,
                "amount": money_text(line.amount),
            }
            yield Problem(code="walk_in_account_used", facts=facts)
