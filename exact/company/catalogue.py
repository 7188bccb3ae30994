"""A division's master data, read once and kept: it feeds checks and pick lists, so that posting costs two calls."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from exact.api.client import ExactClient
from exact.api.errors import Forbidden
from exact.api.resources import BANK, CASH, SALES
from exact.company.facts import CUSTOMER, is_customer
from exact.models import CatalogueItem, CatalogueKind, Division
from postgres.partial_row import PartialRow

Row = dict[str, Any]
THIRD_PARTY_WIDTH = 18
CLOSED = 1  # Status in JournalStatusList; 0 is open
CLOSED_PERIOD_YEARS = 2
JOURNAL_STATUS = "read/financial/JournalStatusList"
PERIODS = "financial/FinancialPeriods"


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
        "bulk/Financial/GLAccounts",  # 1,000 a page: a chart of 20,000 accounts costs 20 calls instead of 334
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
    Source(
        CatalogueKind.COST_CENTER,
        "hrm/Costcenters",
        "ID,Code,Description,Active",
        lambda row: _text(row, "Code"),
        "Description",
    ),
)
THIRD_PARTIES = "crm/Accounts"
PARTY_COLUMNS = "ID,Code,Name,Status,Blocked,PaymentConditionSales,StartDate,EndDate"
WALK_IN_WORDS = ("omptoir", "aisse", "assage", "ivers")  # Comptoir, Caisse, Passage, Divers, in any case of the first
# Resources that are only written to or searched: one row is read, so that a missing right shows before any closing.
WRITTEN = {
    SALES: "EntryID",
    CASH: "EntryID",
    BANK: "EntryID",
}


@dataclass(frozen=True, slots=True)
class Read:
    """Progress of reading a catalogue: the `resource` just read, its rows, and whether the user may read it."""

    resource: str
    rows: int
    allowed: bool


def read_catalogue(
    division: Division,
    client: ExactClient,
    *,
    third_parties: Iterable[str],
    seen: Callable[[Read], None] = lambda _read: None,
) -> None:
    """Replace a division's catalogue by what Exact has now; of third parties, only those that are named here.

    A company may have tens of thousands of customers, so they are looked up by code. A resource that the user may not
    read is noted in `division.forbidden`, and its stored items are kept. `seen` is called after each resource. Raises
    any other `ExactError`, and then changes nothing.
    """
    items: dict[CatalogueKind, list[CatalogueItem]] = {}
    forbidden: list[str] = []
    for source in SOURCES:
        rows = _read_if_allowed(
            source.resource, partial(client.rows, source.resource, select=source.select), forbidden, seen
        )
        if rows is not None:
            items[source.kind] = [_item(division, source, row) for row in rows]
    if (periods := _periods(division, client, forbidden, seen)) is not None:
        items[CatalogueKind.PERIOD] = periods
    wanted = sorted(set(third_parties)) or ["0"]
    parties = _read_if_allowed(THIRD_PARTIES, partial(_find_third_parties, client, wanted), forbidden, seen)
    if parties is not None:
        if not any(is_customer(row["Status"]) for row in parties):
            parties += _likely_walk_in_customers(client)
        items[CatalogueKind.THIRD_PARTY] = [_third_party(division, row) for row in parties]
        items[CatalogueKind.ASKED_FOR] = []
    for resource, key in WRITTEN.items():
        _read_if_allowed(resource, partial(client.rows, resource, select=key, top="1"), forbidden, seen)
    with transaction.atomic():
        known = CatalogueItem.objects.filter(division=division, kind__in=items)
        # Customers that single closings name are looked up one by one, and are not read again here.
        known.exclude(Q(kind=CatalogueKind.THIRD_PARTY) & ~Q(code__in=wanted)).delete()
        for rows_of_kind in items.values():
            CatalogueItem.objects.bulk_create(rows_of_kind, ignore_conflicts=True, batch_size=2000)
        division.catalogue_read_at, division.forbidden = timezone.now(), forbidden
        if CatalogueKind.JOURNAL in items:
            division.journal_accounts = _journal_accounts(items[CatalogueKind.JOURNAL])
        division.save(update_fields=["catalogue_read_at", "forbidden", "journal_accounts"])


def _read_if_allowed(
    resource: str, read: Callable[[], Iterable[Row]], forbidden: list[str], seen: Callable[[Read], None]
) -> list[Row] | None:
    """The rows of a resource, or None when the user has no right to it."""
    try:
        rows = [*read()]
    except Forbidden:
        forbidden.append(resource)
        seen(Read(resource, 0, allowed=False))
        return None
    seen(Read(resource, len(rows), allowed=True))
    return rows


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


def _journal_accounts(journals: Iterable[CatalogueItem]) -> dict[str, str]:
    accounts = {journal.code: _text(journal.facts, "GLAccountCode") for journal in journals}
    return {journal: account for journal, account in accounts.items() if account}


def _periods(
    division: Division, client: ExactClient, forbidden: list[str], seen: Callable[[Read], None]
) -> list[CatalogueItem] | None:
    """The financial periods, each with its first and last day and the journals that are closed in it."""
    closed: dict[str, list[str]] = defaultdict(list)
    # There is a row for each journal and month, so older years are not read: there Exact itself refuses an entry.
    since = f"Year ge {timezone.localdate().year - CLOSED_PERIOD_YEARS}"
    read = partial(client.rows, JOURNAL_STATUS, select="Journal,Year,Period,Status", filter=since)
    for row in _read_if_allowed(JOURNAL_STATUS, read, forbidden, seen) or []:
        if row["Status"] == CLOSED:
            closed[f"{row['Year']}/{row['Period']}"].append(_text(row, "Journal"))
    read = partial(client.rows, PERIODS, select="ID,FinYear,FinPeriod,StartDate,EndDate")
    rows = _read_if_allowed(PERIODS, read, forbidden, seen)
    return None if rows is None else [_period(division, row, closed) for row in rows]


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


def _likely_walk_in_customers(client: ExactClient) -> list[Row]:
    """Customers whose name says that they are for counter sales: offered when the till's code is no customer."""
    named = " or ".join(f"substringof('{word}',Name) eq true" for word in WALK_IN_WORDS)
    query = f"Status eq '{CUSTOMER}' and ({named})"
    rows = client.rows(THIRD_PARTIES, select=PARTY_COLUMNS, filter=query, top="20")
    return [{**row, "AskedCode": _text(row, "Code")} for row in rows]


def _find_third_party(client: ExactClient, code: str) -> Iterator[Row]:
    """The account whose code is `code`, with or without leading zeros; Exact pads codes to 18 (rules.md §3.8)."""
    bare = code.strip().lstrip("0") or "0"
    variants = {code.strip(), bare, *(bare.zfill(width) for width in range(len(bare) + 1, 9))}
    wanted = " or ".join(f"Code eq '{quoted(variant).rjust(THIRD_PARTY_WIDTH)}'" for variant in sorted(variants))
    rows = [*client.rows(THIRD_PARTIES, select=PARTY_COLUMNS, filter=wanted)]
    # Exact may have both 2 and 0000002: then the one spelled as asked for is meant.
    rows.sort(key=lambda row: _text(row, "Code") != code.strip())
    yield from ({**row, "AskedCode": code} for row in rows[:1])


def _find_third_parties(client: ExactClient, codes: Iterable[str]) -> Iterator[Row]:
    for code in codes:
        yield from _find_third_party(client, code)


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
    """A code that this division does not have, or not any more."""

    def __init__(self, kind: CatalogueKind, code: str) -> None:
        super().__init__(f"{kind} {code}")
        self.kind = kind
        self.code = code


# In plain SQL, as each closing and each lane needs it. It names all kinds, so that the index on (division, kind, code)
# serves however long the chart of accounts is.
ITEM = PartialRow("item", CatalogueItem, "id division_id kind code exact_id name facts")
NAMED = f"""
SELECT {ITEM.sql} FROM exact_catalogueitem AS item
WHERE division_id = %(division)s AND kind = ANY(%(kinds)s) AND code = ANY(%(codes)s)
UNION ALL
SELECT {ITEM.sql} FROM exact_catalogueitem AS item
WHERE division_id = %(division)s AND kind = %(period)s AND facts->>'starts' <= %(day)s AND facts->>'ends' >= %(day)s
"""  # noqa: S608 - the names of our own columns
NAMED_KINDS = [kind.value for kind in CatalogueKind if kind != CatalogueKind.PERIOD]


def _select_named(division: Division, codes: Collection[str], day: date | None) -> Iterator[CatalogueItem]:
    """The items with these codes, and the period of a day."""
    wanted: dict[str, Any] = {
        "division": division.pk,
        "kinds": NAMED_KINDS,
        "codes": [*codes],
        "period": CatalogueKind.PERIOD,
        "day": day and day.isoformat(),
    }
    with connection.cursor() as sql:
        sql.execute(NAMED, wanted)
        for row in sql.fetchall():
            yield ITEM.read(iter(row))


class Catalogue:
    """What is known of a division, by kind and code; with `codes`, only those, and the period that `day` lies in."""

    def __init__(self, division: Division, *, codes: Collection[str] | None = None, day: date | None = None) -> None:
        items = (
            CatalogueItem.objects.filter(division=division) if codes is None else _select_named(division, codes, day)
        )
        self._items = {(item.kind, item.code): item for item in items}

    def get(self, kind: CatalogueKind, code: str) -> CatalogueItem | None:
        """The item with this code; None where the company has none, or it was not among the `codes` read."""
        return self._items.get((kind, code))

    def exact_id(self, kind: CatalogueKind, code: str) -> str:
        """The GUID to post for a code. Raises `NotInCatalogue` when it has gone from Exact since it was checked."""
        item = self._items.get((kind, code))
        if item is None:
            raise NotInCatalogue(kind, code)
        return item.exact_id

    def of_kind(self, kind: CatalogueKind) -> list[CatalogueItem]:
        """All items of a kind, by code."""
        return sorted((item for (its, _), item in self._items.items() if its == kind), key=lambda item: item.code)

    def accounts(self, beginning: str, types: Collection[int] = ()) -> list[CatalogueItem]:
        """The GL accounts whose code begins so, and of one of the types where any is named, by code."""
        chart = self.of_kind(CatalogueKind.GL_ACCOUNT)
        return [it for it in chart if it.code.startswith(beginning) and (not types or it.facts["Type"] in types)]

    def period_of(self, day: date) -> CatalogueItem | None:
        """The financial period a date lies in: the year need not be the calendar year."""
        text = day.isoformat()
        periods = (item for (kind, _), item in self._items.items() if kind == CatalogueKind.PERIOD)
        return next((it for it in periods if it.facts["starts"] <= text <= it.facts["ends"]), None)


class ChartOnDemand(Catalogue):
    """A division's catalogue, but of the chart of accounts, which may be very long, only the named ones at first.

    The rest of the chart is read on the first call that needs it, to find what would mend a setting.
    """

    def __init__(self, division: Division, *, accounts: Iterable[str]) -> None:
        chart = Q(kind=CatalogueKind.GL_ACCOUNT)
        items = CatalogueItem.objects.filter(~chart | Q(code__in={*accounts}), division=division)
        self._items = {(item.kind, item.code): item for item in items}
        self._chart = CatalogueItem.objects.filter(chart, division=division).order_by("code")
        self._asked: dict[tuple[str, Collection[int]], list[CatalogueItem]] = {}

    def of_kind(self, kind: CatalogueKind) -> list[CatalogueItem]:
        return self.accounts("") if kind == CatalogueKind.GL_ACCOUNT else super().of_kind(kind)

    def accounts(self, beginning: str, types: Collection[int] = ()) -> list[CatalogueItem]:
        asked = beginning, tuple(types)
        if asked not in self._asked:
            of_types = Q(facts__Type__in=[*types]) if types else Q()
            self._asked[asked] = [*self._chart.filter(of_types, code__startswith=beginning)]
        return self._asked[asked]


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


def quoted(text: str) -> str:
    """Text escaped for use between the quotes of an OData filter."""
    return text.replace("'", "''")
