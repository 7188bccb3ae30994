"""Sums of closings by VAT rate, means and kind of receipt; and what of a closing is left when others are booked."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple, Self, TypeVar

from ledger.closing import CashCount, CashMovement, Closing, OtherReceipt, Payment, Sale, Totals
from ledger.kinds import ReceiptKind
from ledger.money import ZERO, total

_Line = TypeVar("_Line")


class Turnover(NamedTuple):
    """Net, VAT and gross of one rate."""

    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The sums in which closings that tell the same sales must agree. What comes to 0.00 is left out."""

    rates: Mapping[Decimal, Turnover]
    means: Mapping[str, Decimal]
    receipts: Mapping[ReceiptKind, Decimal]

    @classmethod
    def of(cls, closings: Iterable[Closing]) -> Self:
        """Sum several closings up together."""
        rates: dict[Decimal, Turnover] = {}
        means: dict[str, Decimal] = {}
        receipts: dict[ReceiptKind, Decimal] = {}
        for closing in closings:
            for sale in closing.sales:
                net, tax, gross = rates.get(sale.rate, Turnover(ZERO, ZERO, ZERO))
                rates[sale.rate] = Turnover(net + sale.net, tax + sale.tax, gross + sale.gross)
            for payment in closing.payments:
                means[payment.means] = means.get(payment.means, ZERO) + payment.amount
            for receipt in closing.other_receipts:
                receipts[receipt.kind] = receipts.get(receipt.kind, ZERO) + receipt.amount
        return cls(
            rates={rate: sums for rate, sums in sorted(rates.items()) if any(sums)},
            means={code: amount for code, amount in sorted(means.items()) if amount},
            receipts={kind: amount for kind, amount in sorted(receipts.items()) if amount},
        )

    @property
    def gross(self) -> Decimal:
        """Turnover, VAT included."""
        return total(sums.gross for sums in self.rates.values())

    @property
    def empty(self) -> bool:
        """Whether there is nothing at all."""
        return not (self.rates or self.means or self.receipts)


def is_empty(closing: Closing) -> bool:
    """Whether a closing brings nothing to any book: no sale, no payment, nothing that moved in the drawer."""
    return Figures.of([closing]).empty and _cash_left([closing], []) is None


def remainder(closing: Closing, told: Sequence[Closing], booked: Sequence[Closing]) -> Closing:
    """Return `closing` with what is left to book: the lines of `told` less those of `booked`.

    `told` is the closing alone, or with others beside which the same ones are booked. 1400.00 told and 700.00 booked
    leave 700.00, line by line. Families, labels and sales apart from refunds are kept where each of the booked lines
    has its like among those told; else only slot and rate, or means and kind, are.
    """
    sales = _sales_left([it for one in told for it in one.sales], [it for one in booked for it in one.sales])
    return replace(
        closing,
        sales=sales,
        payments=_payments_left(told, booked),
        other_receipts=_receipts_left(told, booked),
        cash=_cash_left(told, booked),
        totals=Totals(gross=total(sale.gross for sale in sales)),
        tickets=(),
    )


def _take_away(
    told: Iterable[_Line],
    booked: Iterable[_Line],
    *,
    keys: tuple[Callable[[_Line], Hashable], Callable[[_Line], Hashable]],
    plus: Callable[[_Line, _Line], _Line],
    negated: Callable[[_Line], _Line],
) -> tuple[_Line, ...]:
    """Take booked lines off those told: by the full key if each booked one has its like, else by the rough one."""
    mine, theirs = [*told], [*booked]
    full, rough = keys
    key = full if {full(it) for it in theirs} <= {full(it) for it in mine} else rough
    sums: dict[Hashable, _Line] = {}
    for it in (*mine, *map(negated, theirs)):
        sums[key(it)] = plus(sums[key(it)], it) if key(it) in sums else it
    return tuple(sums.values())


def _sales_left(told: Iterable[Sale], booked: Iterable[Sale]) -> tuple[Sale, ...]:
    left = _take_away(
        told,
        booked,
        keys=(lambda it: (it.slot, it.rate, it.kind, it.family, it.nature), lambda it: (it.slot, it.rate)),
        plus=lambda it, more: replace(it, net=it.net + more.net, tax=it.tax + more.tax, gross=it.gross + more.gross),
        negated=Sale.negated,
    )
    return tuple(sale for sale in left if not sale.is_zero)


def _payments_left(told: Sequence[Closing], booked: Sequence[Closing]) -> tuple[Payment, ...]:
    def plus(it: Payment, more: Payment) -> Payment:
        return replace(it, amount=it.amount + more.amount, count=None, sales=_sales_left((*it.sales, *more.sales), ()))

    def negated(it: Payment) -> Payment:
        return replace(it, amount=-it.amount, count=None, sales=tuple(sale.negated() for sale in it.sales))

    left = _take_away(
        [it for one in told for it in one.payments],
        [it for one in booked for it in one.payments],
        keys=(
            lambda it: (it.means, it.kind, it.account, it.takes_sales_out, it.label),
            lambda it: (it.means, it.kind, it.account, it.takes_sales_out),
        ),
        plus=plus,
        negated=negated,
    )
    return tuple(it for it in left if it.amount != ZERO or it.sales)


def _receipts_left(told: Sequence[Closing], booked: Sequence[Closing]) -> tuple[OtherReceipt, ...]:
    left = _take_away(
        [it for one in told for it in one.other_receipts],
        [it for one in booked for it in one.other_receipts],
        keys=(lambda it: (it.kind, it.account, it.label), lambda it: (it.kind, it.account)),
        plus=lambda it, more: replace(it, amount=it.amount + more.amount),
        negated=lambda it: replace(it, amount=-it.amount),
    )
    return tuple(it for it in left if it.amount != ZERO)


def _cash_left(told: Sequence[Closing], booked: Sequence[Closing]) -> CashCount | None:
    """What moved in the drawers and is not booked yet: movements, the difference counted, what went to the bank.

    The difference stands as counted, with nothing expected: a remainder has no drawer of its own.
    """
    drawers = [one.cash for one in told if one.cash]
    others = [one.cash for one in booked if one.cash]
    movements = _movements_left(drawers, others)
    difference = total(it.difference for it in drawers) - total(it.difference for it in others)
    banked = total(it.banked or ZERO for it in drawers) - total(it.banked or ZERO for it in others)
    if not movements and difference == banked == ZERO:
        return None
    return CashCount(movements=movements, expected=ZERO, counted=difference, banked=banked)


def _movements_left(told: Sequence[CashCount], booked: Sequence[CashCount]) -> tuple[CashMovement, ...]:
    left = _take_away(
        [it for drawer in told for it in drawer.movements],
        [it for drawer in booked for it in drawer.movements],
        keys=(lambda it: (it.kind, it.label, it.tax is None), lambda it: (it.kind, it.tax is None)),
        plus=lambda it, more: replace(it, amount=it.amount + more.amount, tax=_add(it.tax, more.tax)),
        negated=lambda it: replace(it, amount=-it.amount, tax=None if it.tax is None else -it.tax),
    )
    return tuple(it for it in left if it.amount != ZERO or it.tax)


def _add(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other
