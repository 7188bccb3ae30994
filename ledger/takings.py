"""A closing's payments and other receipts summed up per what is booked as one."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from ledger.closing import Closing, OtherReceipt, Payment
from ledger.kinds import PaymentKind, ReceiptKind
from ledger.money import ZERO, total


@dataclass(frozen=True, slots=True, kw_only=True)
class MeansTotal:
    """All payments by one means (and customer): CB 900.00 and CB -20.00 are 880.00.

    ``position`` is where the first of them stands in the closing.
    """

    means: str
    kind: PaymentKind
    account: str
    label: str
    amount: Decimal
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptTotal:
    """All other receipts of one kind, customer and label: tips of 10.00 and 15.00 are 25.00."""

    kind: ReceiptKind
    account: str
    label: str
    amount: Decimal
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Takings:
    """All that was taken in a closing, summed up once for the checks and the entries alike."""

    means: tuple[MeansTotal, ...]
    receipts: tuple[ReceiptTotal, ...]

    @classmethod
    def of(cls, closing: Closing) -> Self:
        """Sum a closing up."""
        return cls(means=_means_totals(closing), receipts=_receipt_totals(closing))

    def __bool__(self) -> bool:
        return bool(self.means or self.receipts)


def _means_totals(closing: Closing) -> tuple[MeansTotal, ...]:
    """Sum the payments up, sorted by means; without what comes to 0.00, or is taken out of sales."""
    groups: dict[tuple[str, PaymentKind, str], list[tuple[int, Payment]]] = {}
    for position, payment in enumerate(closing.payments):
        if not payment.takes_sales_out:
            groups.setdefault((payment.means, payment.kind, payment.account), []).append((position, payment))
    totals = (
        MeansTotal(
            means=means,
            kind=kind,
            account=account,
            label=_first_label(payment.label for _, payment in group),
            amount=total(payment.amount for _, payment in group),
            position=group[0][0],
        )
        for (means, kind, account), group in sorted(groups.items(), key=lambda item: item[0])
    )
    return tuple(it for it in totals if it.amount != ZERO)


def _receipt_totals(closing: Closing) -> tuple[ReceiptTotal, ...]:
    """Sum the other receipts up, sorted by kind; without what comes to 0.00."""
    groups: dict[tuple[ReceiptKind, str, str], list[tuple[int, OtherReceipt]]] = {}
    for position, receipt in enumerate(closing.other_receipts):
        groups.setdefault((receipt.kind, receipt.account, receipt.label), []).append((position, receipt))
    totals = (
        ReceiptTotal(
            kind=kind,
            account=account,
            label=label,
            amount=total(receipt.amount for _, receipt in group),
            position=group[0][0],
        )
        for (kind, account, label), group in sorted(groups.items(), key=lambda item: item[0])
    )
    return tuple(it for it in totals if it.amount != ZERO)


def _first_label(labels: Iterable[str]) -> str:
    """Return one label for the sum, whatever the order the till sent them in."""
    return min((label for label in labels if label), default="")
