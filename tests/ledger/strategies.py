"""Closings that add up, closings that need not, plans that are complete, and plans that may be anything.

What draws is made once: Hypothesis looks a strategy over when it is first drawn from, which takes longer than drawing.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st

from ledger.closing import CashCount, CashMovement, Closing, OtherReceipt, Payment, Sale, TicketRange, Totals
from ledger.kinds import ClosingKind, MovementKind, PaymentKind, ReceiptKind, SaleKind
from ledger.money import ZERO, total
from ledger.plan import DEFAULT_MEANS_BY_KIND, BookingPlan, MeansPlan, SlotPlan

RATES = {
    slot: Decimal(rate)
    for slot, rate in enumerate(
        ("20.00", "10.00", "5.50", "2.10", "0.00", "8.50", "13.00", "0.90", "1.75", "1.05"), start=1
    )
}
FAMILIES = ("", "CUISINE", "BAR", "REMISE", "ACOMPTE")
CUSTOMERS = ("DUPONT", "0000203")
FLAGS = st.booleans()
SLOTS = st.integers(1, 10)
KINDS_OF_SALE = st.sampled_from(SaleKind)
FAMILY = st.sampled_from(FAMILIES)
OPENED = datetime(2026, 3, 14, 8, 55, tzinfo=timezone(timedelta(hours=1)))


@cache
def money(low: int = -100_000, high: int = 100_000) -> st.SearchStrategy[Decimal]:
    return st.integers(low, high).map(lambda cents: Decimal(cents).scaleb(-2) + ZERO)


@cache
@st.composite
def sales(draw: st.DrawFn) -> Sale:
    """Return a sale whose VAT has nothing to do with its rate, as a till's own may seem to."""
    kind = draw(KINDS_OF_SALE)
    low, high = (-100_000, 0) if kind is SaleKind.REFUND else (-2_000, 100_000)
    net, tax = draw(money(low, high)), draw(money(low // 5, high // 5))
    slot = draw(SLOTS)
    family = draw(FAMILY)
    return Sale(slot=slot, rate=RATES[slot], net=net, tax=tax, gross=net + tax, kind=kind, family=family)


@cache
def other_receipts() -> st.SearchStrategy[OtherReceipt]:
    return st.builds(
        OtherReceipt,
        kind=st.sampled_from(ReceiptKind),
        amount=money(-500, 20_000),
        label=st.sampled_from(("", "Pourboires", "Divers")),
        account=st.sampled_from(CUSTOMERS),
    )


@cache
def payments() -> st.SearchStrategy[Payment]:
    paying = [kind for kind in PaymentKind if kind is not PaymentKind.OFFERED]
    return st.builds(
        Payment,
        means=st.sampled_from(("ESP", "CB", "TR-SWILE", "CHQ", "X")),
        label=st.sampled_from(("", "Espèces", "Carte bancaire")),
        kind=st.sampled_from(paying),
        amount=money(),
        count=st.none() | st.integers(0, 50),
        account=st.sampled_from(CUSTOMERS),
    )


def _half(sale: Sale) -> Sale:
    net, tax = ((amount / 2).quantize(ZERO, "ROUND_DOWN") for amount in (sale.net, sale.tax))
    return replace(sale, net=net, tax=tax, gross=net + tax)


@cache
def _places(number: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.sampled_from(range(number)), unique=True, max_size=2)


def _offer(draw: st.DrawFn, sold: list[Sale]) -> list[Payment]:
    """Offer some lines whole and halves of others."""
    positive = [sale for sale in sold if sale.kind is SaleKind.SALE and sale.net > ZERO and sale.tax >= ZERO]
    chosen = [positive[place] for place in draw(_places(len(positive)))] if positive else []
    parts = [_half(sale) if draw(FLAGS) else sale for sale in chosen]
    return [
        Payment(means="OFF", label="Offert", kind=PaymentKind.OFFERED, amount=part.gross, sales=(part,))
        for part in parts
    ]


SHARES_OF_TAX = st.none() | st.sampled_from((0, 5, 6, 1))
KINDS_OF_MOVEMENT = st.sampled_from(MovementKind)
WORDS_OF_MOVEMENT = st.sampled_from(("", "Pain"))


@cache
@st.composite
def _movements(draw: st.DrawFn) -> CashMovement:
    amount = draw(money(-20_000, 20_000))
    part = draw(SHARES_OF_TAX)
    tax = None if part is None else (amount * part / 6).quantize(ZERO, "ROUND_DOWN")
    kind, label = draw(KINDS_OF_MOVEMENT), draw(WORDS_OF_MOVEMENT)
    return CashMovement(kind=kind, amount=amount, label=label, tax=tax)


FEW_MOVEMENTS = st.lists(_movements(), max_size=3)


def _count_cash(draw: st.DrawFn, paid: Decimal) -> CashCount:
    movements = tuple(draw(FEW_MOVEMENTS))
    float_open = draw(money(0, 30_000))
    expected = float_open + paid + total(move.amount for move in movements)
    counted = expected + draw(money(-500, 500))
    banked = draw(money(0, 50_000))
    return CashCount(
        float_open=float_open,
        movements=movements,
        expected=expected,
        counted=counted,
        banked=banked,
        float_left=counted - banked,
    )


def _distinct_by_line(sold: list[Sale]) -> list[Sale]:
    """Keep one line per slot, kind and family, as a till's sums are."""
    return list({(sale.slot, sale.kind, sale.family): sale for sale in sold}.values())


SOLD = st.lists(sales(), max_size=8)
RECEIVED = st.lists(other_receipts(), max_size=4)
PAID = st.lists(payments(), max_size=6)
KINDS_OF_CLOSING = st.sampled_from(ClosingKind)
NUMBERS = st.integers(1, 9999)
HOURS = st.integers(0, 30)


@cache
@st.composite
def closings(draw: st.DrawFn) -> Closing:
    """Return a closing without a blocking problem; a cash payment makes the amounts meet."""
    sold = _distinct_by_line(draw(SOLD))
    taken = draw(RECEIVED)
    paid = [*draw(PAID), *_offer(draw, sold)]
    turnover = total(sale.gross for sale in sold)
    rest = turnover + total(it.amount for it in taken) - total(it.amount for it in paid)
    paid.append(Payment(means="ESP", label="Espèces", kind=PaymentKind.CASH, amount=rest))
    in_cash = total(it.amount for it in paid if it.kind is PaymentKind.CASH)
    before = draw(money(0, 10_000_000))
    return Closing(
        kind=draw(KINDS_OF_CLOSING),
        scope="",
        number=draw(NUMBERS),
        business_date=OPENED.date(),
        opened_at=OPENED,
        closed_at=OPENED + timedelta(hours=draw(HOURS)),
        currency="EUR",
        training=False,
        sales=tuple(sold),
        other_receipts=tuple(taken),
        payments=tuple(paid),
        cash=_count_cash(draw, in_cash) if draw(FLAGS) else None,
        totals=Totals(gross=turnover, perpetual_before=before, perpetual_after=before + turnover),
        tickets=(TicketRange(station="1", first=1, last=50, count=50),),
    )


LOOSE = st.builds(
    Sale,
    slot=SLOTS,
    rate=st.sampled_from(sorted(RATES.values())),
    net=money(),
    tax=money(),
    gross=money(),
    kind=KINDS_OF_SALE,
    family=FAMILY,
)
SOLD_LOOSELY = st.lists(LOOSE, max_size=2)
OFFERED_LOOSELY = st.builds(
    Payment,
    means=st.just("OFF"),
    label=st.just(""),
    kind=st.just(PaymentKind.OFFERED),
    amount=money(),
    sales=SOLD_LOOSELY.map(tuple),
)
PAID_LOOSELY = st.lists(payments() | OFFERED_LOOSELY, max_size=2)
TICKETS = st.lists(
    st.builds(
        TicketRange,
        station=st.sampled_from(("1", "2")),
        first=st.integers(0, 20),
        last=st.integers(0, 20),
        count=st.integers(0, 20),
    ),
    max_size=3,
)
DAYS = st.dates(date(2026, 3, 1), date(2026, 3, 30))
CURRENCIES = st.sampled_from(("EUR", "CHF"))


@cache
@st.composite
def any_closings(draw: st.DrawFn) -> Closing:
    """Return a closing of the right shape that need not add up anywhere."""
    given = draw(closings())
    return replace(
        given,
        business_date=draw(DAYS),
        currency=draw(CURRENCIES),
        training=draw(FLAGS),
        sales=(*given.sales, *draw(SOLD_LOOSELY)),
        payments=(*given.payments, *draw(PAID_LOOSELY)),
        tickets=tuple(draw(TICKETS)),
    )


FAMILY_ACCOUNTS = st.dictionaries(st.sampled_from(FAMILIES[1:]), st.sampled_from(("709000", "419100")), max_size=2)
SALES_ACCOUNTS = st.sampled_from(("706000", "707000"))
VAT_ACCOUNTS = st.sampled_from(("445710", "445720"))


def _slot_plan(draw: st.DrawFn, slot: int) -> SlotPlan:
    families = draw(FAMILY_ACCOUNTS)
    return SlotPlan(
        slot=slot,
        rate=RATES[slot],
        sales_account=draw(SALES_ACCOUNTS),
        vat_code=f"V{slot}",
        vat_account=draw(VAT_ACCOUNTS),
        family_accounts=families,
    )


@cache
def _means_plans() -> st.SearchStrategy[MeansPlan]:
    return st.builds(
        MeansPlan,
        account=st.none() | st.sampled_from(("511500", "467000")),
        journal=st.none() | st.sampled_from(("30", "20")),
        third_party=st.sampled_from(("", "UBER")),
    )


WALK_IN_CODES = st.sampled_from(("", "0000002"))
PLANS_BY_MEANS = st.dictionaries(st.sampled_from(("CB", "TR-SWILE", "CHQ")), _means_plans(), max_size=2)
CASH_PLANS = st.just(MeansPlan()) | _means_plans()
NAMED_CUSTOMERS = st.sampled_from(({}, {"DUPONT": "0000117"}))
BANKED_ACCOUNTS = st.sampled_from((None, "580000"))


@cache
@st.composite
def complete_plans(draw: st.DrawFn) -> BookingPlan:
    """Return a plan that can book any of ``closings``."""
    return BookingPlan(
        slots={slot: _slot_plan(draw, slot) for slot in RATES},
        customer_account="411000",
        third_party=draw(WALK_IN_CODES),
        sales_journal="70",
        receipts_journal="30",
        journal_accounts={"30": "530000", "20": "512000"},
        means=draw(PLANS_BY_MEANS),
        means_by_kind={
            **DEFAULT_MEANS_BY_KIND,
            PaymentKind.OTHER: draw(_means_plans()),
            PaymentKind.CASH: draw(CASH_PLANS),
        },
        named_customers=draw(NAMED_CUSTOMERS),
        banked_account=draw(BANKED_ACCOUNTS),
        separate_refunds=draw(FLAGS),
        separate_families=draw(FLAGS),
    )


def _some(
    keys: st.SearchStrategy[Any],
    values: st.SearchStrategy[Any],
) -> st.SearchStrategy[Mapping[Any, Any]]:
    return st.dictionaries(keys, values, max_size=4)


@cache
def any_plans() -> st.SearchStrategy[BookingPlan]:
    """Return a plan with gaps, blanks, and accounts where they do not belong."""
    accounts = st.sampled_from(("", "411000", "530000", "707000"))
    third_parties = st.sampled_from(("", "0000002"))
    journals = st.sampled_from(("", "30", "70"))
    means_plans = st.builds(
        MeansPlan,
        account=st.none() | accounts,
        journal=st.none() | journals,
        third_party=third_parties,
    )
    slots = st.builds(
        SlotPlan,
        slot=st.integers(1, 10),
        rate=st.sampled_from(sorted(RATES.values())),
        sales_account=accounts,
        vat_code=st.sampled_from(("", "VN")),
        vat_account=accounts,
        family_accounts=_some(st.sampled_from(FAMILIES), accounts),
    )
    return st.builds(
        BookingPlan,
        slots=_some(st.integers(1, 10), slots),
        customer_account=accounts,
        third_party=third_parties,
        sales_journal=journals,
        receipts_journal=journals,
        journal_accounts=_some(journals, accounts),
        means=_some(st.sampled_from(("ESP", "CB", "OFF")), means_plans),
        means_by_kind=_some(st.sampled_from(PaymentKind), means_plans),
        receipt_accounts=_some(st.sampled_from(ReceiptKind), accounts),
        named_customers=_some(st.sampled_from(CUSTOMERS), third_parties),
        movement_accounts=_some(st.sampled_from(MovementKind), accounts),
        deductible_vat_account=accounts,
        shortage_account=accounts,
        surplus_account=accounts,
        banked_account=st.none() | accounts,
        separate_refunds=st.booleans(),
        separate_families=st.booleans(),
    )
