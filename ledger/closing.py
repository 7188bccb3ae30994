"""A till's closing (clôture, Z) as immutable values, read from the document a till pushes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

from ledger.kinds import ClosingKind, MovementKind, PaymentKind, ReceiptKind, SaleKind
from ledger.money import ZERO, cents, percent, told_in, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """What was sold in one VAT slot: 1000.00 + 100.00 = 1100.00 at 10 %. The till's VAT is final.

    A discount, or an acompte taken off a bill, is a sale with negative amounts in a family of its own.
    """

    slot: int
    rate: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal
    kind: SaleKind
    family: str = ""
    nature: str = ""

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read one element of ``sales``."""
        return cls(
            slot=document["vat"],
            rate=percent(document["rate"]),
            net=cents(document["net"]),
            tax=cents(document["tax"]),
            gross=cents(document["gross"]),
            kind=SaleKind(document["kind"]),
            family=document.get("family") or "",
            nature=document.get("nature") or "",
        )

    @property
    def is_zero(self) -> bool:
        """Whether nothing was sold. Tills send every slot each day; an empty one needs no account."""
        return self.net == self.tax == self.gross == ZERO

    def negated(self) -> Self:
        """Return the same sale with its amounts turned round, to take it out of a sum."""
        return replace(self, net=-self.net, tax=-self.tax, gross=-self.gross)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherReceipt:
    """Money taken that is no sale: a tip of 25.00, 80.00 paid by the customer DUPONT on an earlier bill."""

    kind: ReceiptKind
    amount: Decimal
    label: str = ""
    account: str = ""

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read one element of ``other_receipts``."""
        return cls(
            kind=ReceiptKind(document["kind"]),
            amount=cents(document["amount"]),
            label=document.get("label") or "",
            account=document.get("account") or "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What came in by one means of payment: 900.00 by card in 60 payments.

    ``sales`` is read on an ``offered`` payment only: which sales, with their VAT, the offered items are.
    """

    means: str
    label: str
    kind: PaymentKind
    amount: Decimal
    count: int | None = None
    account: str = ""
    sales: tuple[Sale, ...] = ()

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read one element of ``payments``."""
        kind = PaymentKind(document["kind"])
        offered = document.get("sales") or () if kind is PaymentKind.OFFERED else ()
        return cls(
            means=document["means"],
            label=document.get("label") or "",
            kind=kind,
            amount=cents(document["amount"]),
            count=document.get("count"),
            account=document.get("account") or "",
            sales=tuple(map(Sale.from_document, offered)),
        )

    @property
    def takes_sales_out(self) -> bool:
        """Whether it is offered and its sales are known: then neither it nor these sales are booked."""
        return self.kind is PaymentKind.OFFERED and bool(self.sales)


@dataclass(frozen=True, slots=True, kw_only=True)
class CashMovement:
    """Cash put in (+) or taken out (-) of the drawer: bread for -11.00, of which -0.57 is deductible VAT."""

    kind: MovementKind
    amount: Decimal
    label: str = ""
    tax: Decimal | None = None

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read one element of ``cash.movements``."""
        return cls(
            kind=MovementKind(document["kind"]),
            amount=cents(document["amount"]),
            label=document.get("label") or "",
            tax=_cents_or_none(document.get("tax")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CashCount:
    """The drawer at closing: 150.00 float + 325.00 cash - 11.00 bread = 464.00 expected, 461.18 counted.

    What a till left out is None.
    """

    float_open: Decimal | None = None
    movements: tuple[CashMovement, ...] = ()
    expected: Decimal | None = None
    counted: Decimal | None = None
    banked: Decimal | None = None
    float_left: Decimal | None = None

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read ``cash``."""
        return cls(
            float_open=_cents_or_none(document.get("float_open")),
            movements=tuple(map(CashMovement.from_document, document.get("movements") or ())),
            expected=_cents_or_none(document.get("expected")),
            counted=_cents_or_none(document.get("counted")),
            banked=_cents_or_none(document.get("banked")),
            float_left=_cents_or_none(document.get("float_left")),
        )

    @property
    def difference(self) -> Decimal:
        """Counted less expected: -2.82 is a shortage. Zero when the till did not state both."""
        if self.counted is None or self.expected is None:
            return ZERO
        return self.counted - self.expected


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRange:
    """The tickets of one station that a closing covers: 80412 to 80533 are 122, of which 3 cancelled."""

    station: str
    first: int
    last: int
    count: int
    cancelled: int = 0

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read one element of ``tickets``."""
        return cls(
            station=document["station"],
            first=document["first"],
            last=document["last"],
            count=document["count"],
            cancelled=document.get("cancelled") or 0,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The till's own sums: the closing's turnover, and the perpetual total before and after it."""

    gross: Decimal
    perpetual_before: Decimal | None = None
    perpetual_after: Decimal | None = None

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read ``totals``."""
        return cls(
            gross=cents(document["gross"]),
            perpetual_before=_cents_or_none(document.get("perpetual_before")),
            perpetual_after=_cents_or_none(document.get("perpetual_after")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """One closing. What it is worth must be what was paid: sales + other receipts = payments."""

    kind: ClosingKind
    scope: str
    number: int
    business_date: date
    opened_at: datetime
    closed_at: datetime
    currency: str
    training: bool
    sales: tuple[Sale, ...]
    other_receipts: tuple[OtherReceipt, ...]
    payments: tuple[Payment, ...]
    cash: CashCount | None = None
    totals: Totals | None = None
    tickets: tuple[TicketRange, ...] = ()

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read the JSON closing of the till API, already validated for shape. Unknown fields are ignored."""
        cash, totals = document.get("cash"), document.get("totals")
        return cls(
            kind=ClosingKind(document["kind"]),
            scope=document.get("scope") or "",
            number=document["number"],
            business_date=date.fromisoformat(document["business_date"]),
            opened_at=datetime.fromisoformat(document["opened_at"]),
            closed_at=datetime.fromisoformat(document["closed_at"]),
            currency=document["currency"],
            training=document.get("training") or False,
            sales=tuple(map(Sale.from_document, document["sales"])),
            other_receipts=tuple(map(OtherReceipt.from_document, document.get("other_receipts") or ())),
            payments=tuple(map(Payment.from_document, document["payments"])),
            cash=CashCount.from_document(cash) if cash else None,
            totals=Totals.from_document(totals) if totals else None,
            tickets=tuple(map(TicketRange.from_document, document.get("tickets") or ())),
        )

    def money(self, amount: Decimal) -> str:
        """Write one of its amounts as facts have it, with its currency where that is not the books'."""
        return told_in(self.currency, amount)

    def located_sales(self) -> Iterator[tuple[str, Sale]]:
        """Yield each sale with its JSON pointer, then those that offered payments name."""
        for i, sale in enumerate(self.sales):
            yield f"/sales/{i}", sale
        for i, payment in enumerate(self.payments):
            for j, sale in enumerate(payment.sales if payment.takes_sales_out else ()):
                yield f"/payments/{i}/sales/{j}", sale

    @property
    def turnover(self) -> Decimal:
        """Sales and refunds, VAT included: 1100.00 + 300.00 = 1400.00."""
        return total(sale.gross for sale in self.sales)

    @property
    def offered(self) -> Decimal:
        """What of the turnover was given away: 29.00 of items offered whose VAT is known."""
        return total(sale.gross for it in self.payments if it.takes_sales_out for sale in it.sales)

    @property
    def cash_paid(self) -> Decimal:
        """What the cash payments brought into the drawer."""
        return total(payment.amount for payment in self.payments if payment.kind is PaymentKind.CASH)


def _cents_or_none(value: str | Decimal | None) -> Decimal | None:
    return None if value is None else cents(value)
