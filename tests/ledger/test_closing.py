from dataclasses import FrozenInstanceError, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from ledger.closing import CashCount, CashMovement, Closing, OtherReceipt, Payment, Sale, TicketRange, Totals
from ledger.kinds import ClosingKind, MovementKind, PaymentKind, ReceiptKind, SaleKind
from tests.ledger.given import closing, document, move, pay, sale

PARIS = timezone(timedelta(hours=1))


def full_document() -> dict[str, object]:
    return document(
        closed_at="2026-03-15T00:40:00+01:00",
        software={"name": "Clyo"},
        sales=[
            {
                "vat": 2,
                "rate": "10.00",
                "net": "1000.00",
                "tax": "100.00",
                "gross": "1100.00",
                "kind": "sale",
                "family": "CUISINE",
                "nature": "services",
                "colour": "red",
            }
        ],
        other_receipts=[{"kind": "settlement", "amount": "25.00", "label": "Règlement", "account": "DUPONT"}],
        payments=[
            {"means": "ESP", "label": "Espèces", "kind": "cash", "amount": "1125.00", "count": 41},
        ],
        cash={
            "float_open": "150.00",
            "movements": [{"kind": "expense", "amount": "-11.00", "label": "Pain", "tax": "-0.57"}],
            "expected": "1264.00",
            "counted": "1261.18",
            "banked": "1111.18",
            "float_left": "150.00",
        },
        totals={"gross": "1100.00", "perpetual_before": "904211.10", "perpetual_after": "905311.10"},
        tickets=[{"station": "1", "first": 80412, "last": 80533, "count": 122, "cancelled": 3}],
    )


def test_from_document__reads_every_field_and_ignores_unknown_ones() -> None:
    assert Closing.from_document(full_document()) == Closing(
        kind=ClosingKind.GENERAL,
        scope="",
        number=1042,
        business_date=date(2026, 3, 14),
        opened_at=datetime(2026, 3, 14, 8, 55, tzinfo=PARIS),
        closed_at=datetime(2026, 3, 15, 0, 40, tzinfo=PARIS),
        currency="EUR",
        training=False,
        sales=(
            Sale(
                slot=2,
                rate=Decimal("10.00"),
                net=Decimal("1000.00"),
                tax=Decimal("100.00"),
                gross=Decimal("1100.00"),
                kind=SaleKind.SALE,
                family="CUISINE",
                nature="services",
            ),
        ),
        other_receipts=(
            OtherReceipt(kind=ReceiptKind.SETTLEMENT, amount=Decimal("25.00"), label="Règlement", account="DUPONT"),
        ),
        payments=(
            Payment(
                means="ESP",
                label="Espèces",
                kind=PaymentKind.CASH,
                amount=Decimal("1125.00"),
                count=41,
            ),
        ),
        cash=CashCount(
            float_open=Decimal("150.00"),
            movements=(
                CashMovement(
                    kind=MovementKind.EXPENSE,
                    amount=Decimal("-11.00"),
                    label="Pain",
                    tax=Decimal("-0.57"),
                ),
            ),
            expected=Decimal("1264.00"),
            counted=Decimal("1261.18"),
            banked=Decimal("1111.18"),
            float_left=Decimal("150.00"),
        ),
        totals=Totals(
            gross=Decimal("1100.00"),
            perpetual_before=Decimal("904211.10"),
            perpetual_after=Decimal("905311.10"),
        ),
        tickets=(TicketRange(station="1", first=80412, last=80533, count=122, cancelled=3),),
    )


def test_from_document__optional_parts_left_out() -> None:
    minimal = document(scope=None)
    for field in ("training", "other_receipts"):
        del minimal[field]
    read = Closing.from_document(minimal)
    assert (read.scope, read.training, read.other_receipts, read.tickets) == ("", False, (), ())
    assert read.cash is None
    assert read.totals is None


def test_from_document__what_a_till_left_out_of_the_cash_count_is_none() -> None:
    read = closing(cash={"counted": "12.00"}).cash
    assert read == CashCount(counted=Decimal("12.00"))
    assert read.expected is None


def test_from_document__sales_are_read_on_offered_payments_only() -> None:
    given = closing(
        payments=[
            pay("OFFERT", "11.00", sales=[sale(2, "10.00", "1.00")]),
            pay("CB", "11.00", sales=[sale(2, "10.00", "1.00")]),
            pay("OFFERT", "11.00"),
        ]
    )
    assert [len(payment.sales) for payment in given.payments] == [1, 0, 0]
    assert [payment.takes_sales_out for payment in given.payments] == [True, False, False]


def test_takes_sales_out__no_other_means_does() -> None:
    sold = Sale.from_document(sale(2, "10.00", "1.00"))
    card = Payment(means="CB", label="", kind=PaymentKind.CARD, amount=sold.gross, sales=(sold,))
    assert not card.takes_sales_out


def test_is_zero__only_with_nothing_in_it() -> None:
    nothing = Sale.from_document(sale(2, "0.00", "0.00"))
    assert nothing.is_zero
    cent = Decimal("0.01")
    for something in (replace(nothing, net=cent), replace(nothing, tax=cent), replace(nothing, gross=cent)):
        assert not something.is_zero


def test_difference__needs_both_expected_and_counted() -> None:
    assert CashCount(expected=Decimal("464.00"), counted=Decimal("461.18")).difference == Decimal("-2.82")
    assert CashCount(expected=Decimal("464.00")).difference == Decimal("0.00")
    assert CashCount(counted=Decimal("464.00")).difference == Decimal("0.00")


def test_cash_paid__counts_cash_payments_only() -> None:
    given = closing(payments=[pay("ESP", "40.00"), pay("CB", "30.00"), pay("ESP", "-5.00")])
    assert given.cash_paid == Decimal("35.00")


def test_located_sales__points_at_sales_and_at_offered_sales() -> None:
    given = closing(
        sales=[sale(2, "10.00", "1.00"), sale(1, "5.00", "1.00")],
        payments=[pay("ESP", "6.00"), pay("OFFERT", "11.00", sales=[sale(2, "10.00", "1.00")])],
        cash={"movements": [move("expense", "-1.00")]},
    )
    pointers = [pointer for pointer, _ in given.located_sales()]
    assert pointers == ["/sales/0", "/sales/1", "/payments/1/sales/0"]


def test_closing__cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        closing().number = 1  # type: ignore[misc]
