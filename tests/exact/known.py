"""A company of Exact's as pure code needs it: master data that is in no database, and entries for it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from exact.company.catalogue import Catalogue
from exact.models import CatalogueItem, CatalogueKind
from ledger.entry import Entry, EntryKind, Line, LineRole

ACCOUNT, VAT, JOURNAL = CatalogueKind.GL_ACCOUNT, CatalogueKind.VAT_CODE, CatalogueKind.JOURNAL
PARTY, CONDITION, COST_CENTER = (
    CatalogueKind.THIRD_PARTY,
    CatalogueKind.PAYMENT_CONDITION,
    CatalogueKind.COST_CENTER,
)
PERIOD = CatalogueKind.PERIOD
DAY = date(2026, 3, 14)
USUAL: dict[CatalogueKind, dict[str, Any]] = {
    ACCOUNT: {"Type": 110, "IsBlocked": False, "UseCostcenter": 0},
    VAT: {"Type": "E", "VATTransactionType": "B", "Percentage": 0.2, "IsBlocked": False},
    JOURNAL: {"Type": 20, "IsBlocked": False},
    PARTY: {"Status": "C", "Blocked": False, "PaymentConditionSales": "30", "StartDate": None, "EndDate": None},
    CONDITION: {},
    COST_CENTER: {"Active": True},
    PERIOD: {"starts": "2026-03-01", "ends": "2026-03-31", "closed_journals": []},
}


class Known(Catalogue):
    """A catalogue of just these items."""

    def __init__(self, items: Iterable[CatalogueItem]) -> None:
        self._items = {(item.kind, item.code): item for item in items}


def item(kind: CatalogueKind, code: str, name: str = "", **facts: Any) -> CatalogueItem:
    """One thing of master data as it usually is, with what is different about it. Its GUID is made of kind and code."""
    return CatalogueItem(kind=kind, code=code, name=name, exact_id=f"{kind}:{code}", facts=USUAL[kind] | facts)


def company(*others: CatalogueItem) -> Known:
    """What the entries below need, each of it replaced by one of `others` with its kind and code."""
    return Known(
        [
            item(ACCOUNT, "707000", "Ventes"),
            item(ACCOUNT, "411000", "Clients", Type=20),
            item(ACCOUNT, "511500", "Cartes"),
            item(ACCOUNT, "530000", "Caisse", Type=10),
            item(VAT, "VN", "TVA 20 %"),
            item(JOURNAL, "70", "Ventes"),
            item(JOURNAL, "30", "Caisse", Type=10),
            item(PARTY, "0000002", "Clients comptoir"),
            item(PERIOD, "2026/3"),
            *others,
        ]
    )


def day_of_exact(day: date) -> str:
    """A day as Exact writes it: `/Date(1773446400000)/`."""
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return f"/Date({int(moment.timestamp() * 1000)})/"


def line(role: LineRole, account: str, amount: str, **more: Any) -> Line:
    return Line(role=role, account=account, amount=Decimal(amount), **more)


def sale(**changes: Any) -> Entry:
    """120.00 with VAT, sold at the counter."""
    lines = (
        line(LineRole.CUSTOMER, "411000", "120.00", third_party="0000002"),
        line(
            LineRole.SALES,
            "707000",
            "-100.00",
            label="Pain",
            vat_code="VN",
            vat_slot=1,
            vat_rate=Decimal("20.00"),
            vat=Decimal("-20.00"),
        ),
        line(LineRole.VAT, "445711", "-20.00", vat_slot=1),
    )
    usual: dict[str, Any] = {
        "kind": EntryKind.SALES,
        "journal": "70",
        "date": DAY,
        "label": "Z 1042",
        "third_party": "0000002",
        "lines": lines,
    }
    return Entry(**(usual | changes))


def receipts(**changes: Any) -> Entry:
    """120.00 by card and 30.00 in cash, of which the customer owed all."""
    lines = (
        line(LineRole.JOURNAL, "530000", "30.00"),
        line(LineRole.MEANS, "511500", "120.00", label="Carte bancaire", means="CB"),
        line(LineRole.CUSTOMER, "411000", "-150.00", third_party="0000002"),
    )
    usual: dict[str, Any] = {
        "kind": EntryKind.RECEIPTS,
        "journal": "30",
        "date": DAY,
        "label": "Z 1042",
        "third_party": "0000002",
        "lines": lines,
    }
    return Entry(**(usual | changes))
