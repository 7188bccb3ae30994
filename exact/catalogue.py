"""A division's master data, read once and kept: it feeds checks and pick lists, so that posting costs two calls."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from exact.client import ExactClient
from exact.models import CatalogueItem, CatalogueKind, Division

Row = dict[str, Any]
THIRD_PARTY_WIDTH = 18
CLOSED = 1  # Status in JournalStatusList; 0 is open


@dataclass(frozen=True, slots=True)
class Source:
    """Where one kind of item is read: the resource, its columns, and which of them are its code and name."""

    kind: CatalogueKind
    resource: str
    select: str
    code: Callable[[Row], str]
    name: str


SOURCES = (
    Source(
        CatalogueKind.GL_ACCOUNT,
        "financial/GLAccounts",
        "ID,Code,Description,Type,IsBlocked,UseCostcenter,UseCostunit,VATCode",
        lambda row: _text(row, "Code"),
        "Description",
    ),
    Source(
        CatalogueKind.VAT_CODE,
        "vat/VATCodes",
        "ID,Code,Description,Type,VATTransactionType,Percentage,IsBlocked",
        lambda row: _text(row, "Code"),
        "Description",
    ),
    Source(
        CatalogueKind.JOURNAL,
        "financial/Journals",
        "ID,Code,Description,Type,GLAccountCode,IsBlocked",
        lambda row: _text(row, "Code"),
        "Description",
    ),
    Source(
        CatalogueKind.PAYMENT_CONDITION,
        "cashflow/PaymentConditions",
        "ID,Code,Description",
        lambda row: _text(row, "Code"),
        "Description",
    ),
)


def read_catalogue(division: Division, client: ExactClient, *, third_parties: Iterable[str]) -> None:
    """Replace what we know of a division by what Exact says now; of its third parties, the named ones.

    A company may have tens of thousands of customers, so those are looked up by code. Raises any `ExactError`, and
    then keeps what was known.
    """
    items = [
        _item(division, source, row) for source in SOURCES for row in client.rows(source.resource, select=source.select)
    ]
    accounts = {it.code: _text(it.facts, "GLAccountCode") for it in items if it.kind == CatalogueKind.JOURNAL}
    items += _periods(division, client)
    items += [_third_party(division, row) for code in set(third_parties) for row in _find_third_party(client, code)]
    division.journal_accounts = {journal: account for journal, account in accounts.items() if account}
    division.catalogue_read_at = timezone.now()
    with transaction.atomic():
        CatalogueItem.objects.filter(division=division).delete()
        CatalogueItem.objects.bulk_create(items, ignore_conflicts=True, batch_size=1000)
        division.save(update_fields=["journal_accounts", "catalogue_read_at"])


def keep_third_parties(division: Division, client: ExactClient, codes: Iterable[str]) -> bool:
    """Add third parties to the catalogue; remember those Exact does not know. Returns whether any was found."""
    found = [_third_party(division, row) for code in codes for row in _find_third_party(client, code)]
    missing = {*codes} - {item.code for item in found}
    unknown = [
        CatalogueItem(tenant_id=division.tenant_id, division=division, kind=CatalogueKind.ASKED_FOR, code=code)
        for code in missing
    ]
    CatalogueItem.objects.bulk_create([*found, *unknown], ignore_conflicts=True)
    return bool(found)


def _periods(division: Division, client: ExactClient) -> list[CatalogueItem]:
    """The financial periods, each with its first and last day and the journals that are closed in it."""
    closed: dict[str, list[str]] = defaultdict(list)
    for row in client.rows("read/financial/JournalStatusList", select="Journal,Year,Period,Status"):
        if row["Status"] == CLOSED:
            closed[f"{row['Year']}/{row['Period']}"].append(_text(row, "Journal"))
    rows = client.rows("financial/FinancialPeriods", select="ID,FinYear,FinPeriod,StartDate,EndDate")
    return [_period(division, row, closed) for row in rows]


def _period(division: Division, row: Row, closed: Mapping[str, list[str]]) -> CatalogueItem:
    starts, ends = exact_date(row["StartDate"]), exact_date(row["EndDate"])
    code = f"{row['FinYear']}/{row['FinPeriod']}"
    return CatalogueItem(
        tenant_id=division.tenant_id,
        division=division,
        kind=CatalogueKind.PERIOD,
        code=code,
        exact_id=row["ID"],
        facts={
            "starts": (starts or date.max).isoformat(),
            "ends": (ends or date.min).isoformat(),
            "closed_journals": closed.get(code, []),
        },
    )


def _item(division: Division, source: Source, row: Row) -> CatalogueItem:
    return CatalogueItem(
        tenant_id=division.tenant_id,
        division=division,
        kind=source.kind,
        code=source.code(row),
        exact_id=row["ID"],
        name=_text(row, source.name)[:120],
        facts={name: row.get(name) for name in source.select.split(",") if name != "ID"},
    )


def _find_third_party(client: ExactClient, code: str) -> Iterator[Row]:
    """The account whose code is `code`, with or without leading zeros; Exact pads codes to 18 (rules.md §3.8)."""
    bare = code.strip().lstrip("0") or "0"
    variants = {code.strip(), bare, *(bare.zfill(width) for width in range(len(bare) + 1, 9))}
    wanted = " or ".join(f"Code eq '{_quoted(variant).rjust(THIRD_PARTY_WIDTH)}'" for variant in sorted(variants))
    select = "ID,Code,Name,Status,Blocked,PaymentConditionSales,StartDate,EndDate"
    for row in client.rows("crm/Accounts", select=select, filter=wanted):
        yield {**row, "AskedCode": code}


def _third_party(division: Division, row: Row) -> CatalogueItem:
    facts = ("Code", "Status", "Blocked", "PaymentConditionSales", "StartDate", "EndDate")
    return CatalogueItem(
        tenant_id=division.tenant_id,
        division=division,
        kind=CatalogueKind.THIRD_PARTY,
        code=row["AskedCode"],
        exact_id=row["ID"],
        name=_text(row, "Name")[:120],
        facts={name: row.get(name) for name in facts},
    )


class NotInCatalogue(Exception):
    """A code that this division does not have, or has no more."""

    def __init__(self, kind: CatalogueKind, code: str) -> None:
        super().__init__(f"{kind} {code}")
        self.kind = kind
        self.code = code


class Catalogue:
    """What is known of a division, by kind and code; with `codes`, only those, and the period that `day` lies in."""

    def __init__(self, division: Division, *, codes: Collection[str] | None = None, day: date | None = None) -> None:
        items = CatalogueItem.objects.filter(division=division)
        if codes is not None:
            wanted = Q(code__in=codes)
            if day is not None:
                text = day.isoformat()
                wanted |= Q(kind=CatalogueKind.PERIOD, facts__starts__lte=text, facts__ends__gte=text)
            items = items.filter(wanted)
        self._items = {(item.kind, item.code): item for item in items}

    def get(self, kind: CatalogueKind, code: str) -> CatalogueItem | None:
        return self._items.get((kind, code))

    def exact_id(self, kind: CatalogueKind, code: str) -> str:
        """The GUID to post for a code. Raises `NotInCatalogue` when it has gone from Exact since it was checked."""
        item = self._items.get((kind, code))
        if item is None:
            raise NotInCatalogue(kind, code)
        return item.exact_id

    def period_of(self, day: date) -> CatalogueItem | None:
        """The financial period a date lies in: the year need not be the calendar year."""
        text = day.isoformat()
        periods = (item for (kind, _), item in self._items.items() if kind == CatalogueKind.PERIOD)
        return next((it for it in periods if it.facts["starts"] <= text <= it.facts["ends"]), None)


def percentage(item: CatalogueItem) -> Decimal:
    """A VAT code's percentage as the till writes rates: Exact's fraction 0.055 is 5.50."""
    return (Decimal(str(item.facts.get("Percentage") or 0)) * 100).quantize(Decimal("0.01"))


def exact_date(value: str | None) -> date | None:
    """The local calendar date of Exact's `/Date(1717027200000)/` (rules.md §3.7)."""
    if not value:
        return None
    milliseconds = int(value.removeprefix("/Date(").removesuffix(")/"))
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)).date()


def _text(row: Row, name: str) -> str:
    return str(row.get(name) or "").strip()


def _quoted(text: str) -> str:
    return text.replace("'", "''")
