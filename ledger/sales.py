"""The sales entry: what the walk-in customer owes against sales per VAT slot and the VAT the till counted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from ledger.closing import Closing, Sale
from ledger.entry import Entry, EntryKind, Line, LineRole
from ledger.kinds import SaleKind
from ledger.money import ZERO, money_text, total
from ledger.plan import BookingPlan, SlotPlan
from ledger.problem import Problem


class _Share(NamedTuple):
    """What is booked as one sales line; the order of shares is the order of lines."""

    slot: int
    rate: Decimal
    refund: bool
    account: str
    family: str

    @property
    def vat(self) -> tuple[int, Decimal]:
        """The slot at its rate: a refund of what was sold before a change comes at the rate of then."""
        return self.slot, self.rate


@dataclass(slots=True)
class _Sum:
    net: Decimal = ZERO
    tax: Decimal = ZERO
    families: set[str] = field(default_factory=set)

    def add(self, sale: Sale) -> None:
        self.net += sale.net
        self.tax += sale.tax
        self.families |= {sale.family} - {""}

    @property
    def label(self) -> str:
        """The family's name, when the line holds just one."""
        return next(iter(self.families)) if len(self.families) == 1 else ""


SalesSums: TypeAlias = dict[_Share, _Sum]


def sales_entry(closing: Closing, sums: SalesSums, plan: BookingPlan, *, label: str) -> Entry | None:
    """Book what was sold; None when nothing was.

    1000.00 + 100.00 at 10 % gives 411000 +1100.00, 707000 -1000.00, 445710 -100.00. A day of refunds only
    gives the same with the signs turned: a credit note.
    """
    lines = (*_customer_lines(sums, plan), *_sales_lines(sums, plan), *_vat_lines(sums, plan))
    if not lines:
        return None
    return Entry(
        kind=EntryKind.SALES,
        journal=plan.sales_journal,
        date=closing.business_date,
        label=label,
        lines=lines,
        third_party=plan.third_party,
    )


def vat_without_net(sums: SalesSums) -> Iterator[Problem]:
    """Warn of VAT that no sales line can carry, because its whole slot at that rate comes to a net of 0.00.

    It stands in the entry as a VAT line alone: a target that makes VAT out of sales lines must see to it.
    """
    for slot, rate in sorted({share.vat for share in sums}):
        of_slot = [sums[share] for share in sums if share.vat == (slot, rate)]
        tax = total(it.tax for it in of_slot)
        if tax != ZERO and all(it.net == ZERO for it in of_slot):
            facts = {"slot": str(slot), "rate": money_text(rate), "tax": money_text(tax)}
            yield Problem(code="vat_without_net", pointer="/sales", facts=facts, blocking=False)


def sum_up(closing: Closing, plan: BookingPlan) -> SalesSums:
    """Sum up what was sold per line to book, in the order of the lines."""
    sums: SalesSums = {}
    for sale in _sales_that_happened(closing):
        sums.setdefault(_share_of(sale, plan), _Sum()).add(sale)
    return dict(sorted(sums.items()))


def _sales_that_happened(closing: Closing) -> Iterator[Sale]:
    """Yield the closing's sales, and against them the offered ones: an offered 18.00 leaves sales and VAT."""
    offered = (payment.sales for payment in closing.payments if payment.takes_sales_out)
    taken_out = (sale.negated() for sales in offered for sale in sales)
    yield from (sale for sale in (*closing.sales, *taken_out) if not sale.is_zero)


def _share_of(sale: Sale, plan: BookingPlan) -> _Share:
    return _Share(
        slot=sale.slot,
        rate=sale.rate,
        refund=plan.separate_refunds and sale.kind is SaleKind.REFUND,
        account=_slot_plan(plan, (sale.slot, sale.rate)).account_of(sale.family),
        family=sale.family if plan.separate_families else "",
    )


def _slot_plan(plan: BookingPlan, vat: tuple[int, Decimal]) -> SlotPlan:
    found = plan.slot_plan(*vat)
    assert found is not None, "a closing whose slots are not all in the plan is not booked"
    return found


def _customer_lines(sums: SalesSums, plan: BookingPlan) -> Iterator[Line]:
    gross = total(it.net + it.tax for it in sums.values())
    if gross != ZERO:
        yield Line(
            account=plan.customer_account,
            third_party=plan.third_party,
            amount=gross,
            role=LineRole.CUSTOMER,
        )


def _sales_lines(sums: SalesSums, plan: BookingPlan) -> Iterator[Line]:
    bare_tax = _bare_tax(sums)
    for share, it in sums.items():
        if it.net != ZERO:
            slot = _slot_plan(plan, share.vat)
            yield Line(
                account=share.account,
                amount=-it.net,
                role=LineRole.SALES,
                label=it.label,
                vat_code=slot.vat_code,
                vat_slot=share.slot,
                vat_rate=slot.rate,
                vat=-(it.tax + bare_tax.get(share, ZERO)),
            )


def _bare_tax(sums: SalesSums) -> dict[_Share, Decimal]:
    """Say which sales line carries the VAT of a share whose net is 0.00 and so has no line.

    It is the largest of its slot and rate, and of its own side (sales or refunds) if there is one: no VAT is lost,
    and each slot's lines carry the VAT the till counted.
    """
    carried: dict[_Share, Decimal] = {}
    for share, it in sums.items():
        siblings = [other for other in sums if other.vat == share.vat and sums[other].net != ZERO]
        if it.net == ZERO and siblings:
            carrier = max(siblings, key=lambda other: (other.refund == share.refund, abs(sums[other].net)))
            carried[carrier] = carried.get(carrier, ZERO) + it.tax
    return carried


def _vat_lines(sums: SalesSums, plan: BookingPlan) -> Iterator[Line]:
    taxes: dict[tuple[tuple[int, Decimal], bool], Decimal] = {}
    for share, it in sums.items():
        side = (share.vat, share.refund)
        taxes[side] = taxes.get(side, ZERO) + it.tax
    for (vat, _), tax in taxes.items():
        if tax != ZERO:
            slot = _slot_plan(plan, vat)
            yield Line(
                account=slot.vat_account,
                amount=-tax,
                role=LineRole.VAT,
                vat_code=slot.vat_code,
                vat_slot=vat[0],
                vat_rate=slot.rate,
            )
