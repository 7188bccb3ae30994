"""Documents as tills send them, valid and adding up: what is broken in one is all that is wrong with it."""

from datetime import date, datetime, timedelta, timezone
from typing import Any, TypeAlias

from hypothesis import strategies as st

from ledger.kinds import MovementKind, PaymentKind, ReceiptKind
from on_demand.models import OnDemandFormat
from tools.fuzz.texts import short

Document: TypeAlias = dict[str, Any]

RATES = {1: 2000, 2: 1000, 3: 550, 4: 210, 5: 0}
USUAL = (1, 1, 1, 2, 2, 2, 3, 4, 5)
MOST = 99_999_999_999_99
FIRST_DAY = date(2026, 1, 1)
DAYS = 320
EMAILS = ("compta@example.fr", "a+b@sub.example.com", '"o\'b"@example.fr', "é@example.fr", "x@exämple.fr")

cents = st.one_of(
    st.integers(1, 200_000),
    st.integers(1, 200_000),
    st.sampled_from([0, 1, 99, 100, 10**9, MOST // 2, MOST]),
)
# Some come again, most do not.
numbers = st.one_of(st.integers(1, 9), st.integers(10, 10**6), st.integers(10, 10**6), st.integers(10, 10**15))
labels = short(120)
words = short(40, least=1)
accounts = st.one_of(st.sampled_from(["", "411000", "0000002", "9VIREMENT"]), short(24))
software = st.fixed_dictionaries({"name": labels, "version": labels}, optional={"certificate": labels})
softwares = st.none() | software


def money(amount: int) -> str:
    """1250 → "12.50", within what the contract takes."""
    amount = max(-MOST, min(MOST, amount))
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"


@st.composite
def sales_lines(draw: st.DrawFn) -> Document:
    """A sales line that adds up to the cent, every sixth time a refund."""
    slot, net, refund = draw(st.sampled_from(USUAL)), draw(cents), draw(st.integers(0, 5)) == 0
    tax = net * RATES[slot] // 10_000
    if net + tax > MOST:
        net, tax = MOST - MOST // 6, 0
    sign = -1 if refund else 1
    line = {
        "vat": slot,
        "rate": money(RATES[slot]),
        "net": money(sign * net),
        "tax": money(sign * tax),
        "gross": money(sign * (net + tax)),
        "kind": "refund" if refund else "sale",
    }
    return line | draw(st.fixed_dictionaries({}, optional={"family": labels, "nature": labels}))


@st.composite
def payment_lines(draw: st.DrawFn, due: int) -> list[Document]:
    """One to four payments that add up to `due`."""
    lines = []
    for left in reversed(range(draw(st.integers(1, 4)))):
        amount = draw(st.integers(-500, abs(due) + 500)) if left else due
        due -= amount
        line = {"means": draw(words), "kind": draw(st.sampled_from([kind.value for kind in PaymentKind]))}
        more = st.fixed_dictionaries({}, optional={"label": labels, "count": st.integers(0, 99), "account": accounts})
        lines.append(line | {"amount": money(amount)} | draw(more))
    return lines


def receipts() -> st.SearchStrategy[Document]:
    """Money taken that is no turnover, of any kind."""
    kinds = st.sampled_from([kind.value for kind in ReceiptKind])
    told = {"kind": kinds, "amount": cents.map(money)}
    return st.fixed_dictionaries(told, optional={"label": labels, "account": accounts})


def tickets() -> st.SearchStrategy[Document]:
    """A range of tickets of one station, whose count fits its numbers."""
    first = st.integers(0, 4_000)
    return st.tuples(short(40, least=1), first, st.integers(1, 40)).map(
        lambda it: {"station": it[0], "first": it[1], "last": it[1] + it[2] - 1, "count": it[2], "cancelled": 0}
    )


def drawers() -> st.SearchStrategy[Document]:
    """A count of the drawer. It need not add up: that holds a closing, and refuses none."""
    kinds = st.sampled_from([kind.value for kind in MovementKind])
    amounts = cents.map(money)
    movement = st.fixed_dictionaries({"kind": kinds, "amount": amounts}, optional={"label": labels, "tax": amounts})
    sums = dict.fromkeys(("float_open", "expected", "counted", "banked", "float_left"), st.none() | amounts)
    return st.fixed_dictionaries({}, optional={"movements": st.lists(movement, max_size=3), **sums})


signatures = st.fixed_dictionaries({}, optional=dict.fromkeys(("algorithm", "value", "previous", "signed"), labels))
reports = st.fixed_dictionaries({"content_type": labels, "base64": st.sampled_from(["", "JVBERi0=", "QUJD\nREVG"])})


@st.composite
def closings(draw: st.DrawFn, kind: str) -> Document:
    """A closing that adds up, of one of few numbers: some come again, some with another content."""
    sales = draw(st.lists(sales_lines(), max_size=4))
    other = draw(st.lists(receipts(), max_size=2))
    gross = sum(_cents(line["gross"]) for line in sales)
    due = gross + sum(_cents(line["amount"]) for line in other)
    day = FIRST_DAY + timedelta(days=draw(st.integers(0, DAYS)))
    zone = timezone(timedelta(minutes=draw(st.sampled_from([60, 120, 0, -240, 345, 840]))))
    opened = datetime(day.year, day.month, day.day, draw(st.integers(6, 20)), tzinfo=zone)
    document = {
        "kind": kind,
        "scope": "" if kind == "general" else draw(words),
        "number": draw(numbers),
        "business_date": day.isoformat(),
        "opened_at": opened.isoformat(),
        "closed_at": (opened + timedelta(minutes=draw(st.integers(1, 900)))).isoformat(),
        "currency": "EUR",
        "sales": sales,
        "payments": draw(payment_lines(due)) if sales or other else [],
        "other_receipts": other,
    }
    before = draw(cents)
    totals = {"gross": money(gross), "perpetual_before": money(before), "perpetual_after": money(before + gross)}
    more = {
        "training": st.booleans(),
        "software": softwares,
        "tickets": st.lists(tickets(), max_size=2),
        "cash": drawers(),
        "totals": st.just(totals),
        "signature": signatures,
        "report": reports,
    }
    return document | draw(st.fixed_dictionaries({}, optional=more))


@st.composite
def parameters(draw: st.DrawFn) -> Document:
    """A till's parameters: one to five VAT slots with usual and unusual codes."""
    slots = draw(st.lists(st.sampled_from([*RATES]), min_size=1, max_size=5, unique=True))
    filled = short(24, least=1)
    codes = st.one_of(st.sampled_from(["707000", "706000", "VN", "VR", "445711"]), filled)
    vat = [
        {
            "slot": slot,
            "rate": money(RATES[slot]),
            "sales_account": draw(codes),
            "vat_code": draw(codes),
            "vat_account": draw(codes),
        }
        for slot in slots
    ]
    journals = st.fixed_dictionaries({}, optional=dict.fromkeys(("sales", "receipts", "cash"), st.none() | accounts))
    told = {"vat": vat, "customer_account": draw(codes), "third_party": draw(codes)}
    return told | draw(st.fixed_dictionaries({}, optional={"journals": journals, "software": softwares}))


def pairings(code: str) -> st.SearchStrategy[Document]:
    """With a code that works, in each of its spellings."""
    spellings = st.sampled_from([code, code.lower(), code.replace("-", ""), f" {code} ", "K7QM-2PXD"])
    return st.fixed_dictionaries({"code": spellings}, optional={"software": software, "device": labels})


@st.composite
def exports(draw: st.DrawFn) -> Document:
    """What an export on demand is asked with: up to two months, any format."""
    first = FIRST_DAY + timedelta(days=draw(st.integers(0, DAYS)))
    last = min(first + timedelta(days=draw(st.integers(0, 60))), FIRST_DAY + timedelta(days=DAYS))
    told = {"from": first.isoformat(), "to": last.isoformat(), "format": draw(st.sampled_from(OnDemandFormat.values))}
    optional = {"email": st.none() | st.sampled_from(EMAILS), "again": st.none() | st.booleans()}
    return told | draw(st.fixed_dictionaries({}, optional=optional))


def _cents(text: str) -> int:
    return int(text.replace(".", ""))
