"""Turnover of each shop and stretch of days: as the tills say it, as it is booked, as Exact held it when it was read.

Only the entries of sales are read, and no closing's document: a month of fifty shops takes less than a second.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from exact.lane.states import IN_EXACT, OVER
from exact.models import Activation, BookLine, Division, Posting, PostingState
from exports.models import StoredClosing
from ledger.entry import EntryKind
from ledger.files.bridge import BridgeStep, BridgeTally, Told
from ledger.files.takings import sold_in
from ledger.money import ZERO, total
from on_demand.check.cells import Cell
from on_demand.closings import NOT_TAKEN
from on_demand.in_exact import Books, books_in
from on_demand.told import add_to_bridge, is_counted, is_left, told_of
from postgres.rows import among
from tenants.models import Establishment

COLUMNS = ("tenant_id", "establishment_id", "business_date", "gross", "offered", "state", "problems")


Moments = Collection[datetime | None]


class Stretch(NamedTuple):
    """A range of days of a check: all of its days, or one month of them."""

    first: date
    last: date


@dataclass(slots=True)
class ShopSums:
    """One shop's turnover over a stretch of days.

    `read_at`: when Exact was read, of several companies the oldest time; None when one was never read. `linked`:
    whether the shop's closings go to a company, or ever went to one.
    """

    shop: Establishment
    stretch: Stretch
    closings: int = 0
    cell: Cell = field(default_factory=Cell)
    steps: tuple[BridgeStep, ...] = ()
    unread_entries: int = 0
    read_at: datetime | None = None
    linked: bool = False

    @property
    def read(self) -> bool:
        """Whether Exact's books of the shop were ever read; if not, nothing is compared."""
        return self.read_at is not None


class _Sale(NamedTuple):
    """An entry of sales as the database has it."""

    pk: UUID
    closing_id: UUID
    state: str
    division_id: int
    posted_at: datetime | None
    reverses_id: UUID | None
    entry: Mapping[str, Any]

    @property
    def stands(self) -> bool:
        return self.reverses_id is None and self.state not in OVER and self.state not in NOT_TAKEN


class _Ledger:
    """The sales entries of some closings, and what Exact's ledger holds of each."""

    def __init__(self, closing_ids: Collection[UUID]) -> None:
        rows = Posting.objects.filter(among("closing_id", closing_ids), entry_kind=EntryKind.SALES)
        sales = [_Sale(*row) for row in rows.order_by().values_list(*_Sale._fields)]
        self.divisions = {it.division_id for it in sales}
        self.books = books_in(Division.objects.filter(pk__in=self.divisions))
        self.of_closing: defaultdict[UUID, list[_Sale]] = defaultdict(list)
        for sale in sales:
            self.of_closing[sale.closing_id].append(sale)
        read = [it.pk for it in sales if it.state in IN_EXACT or it.state in OVER]
        self._lines: defaultdict[UUID, list[tuple[str, Decimal]]] = defaultdict(list)
        lines = BookLine.objects.filter(among("posting_id", read)).order_by()
        for posting_id, account, amount in lines.values_list("posting_id", "account", "amount"):
            self._lines[posting_id].append((account, amount))
        self._unread_reversed = {it.pk for it in sales if it.state == PostingState.REVERSED and not self._lines[it.pk]}

    def is_read(self, sale: _Sale) -> bool:
        """Whether Exact's books were read since the entry was posted."""
        if sale.state not in IN_EXACT:
            return False
        return bool(self._lines[sale.pk]) or self.books[sale.division_id].hold(sale.posted_at)

    def found(self, sale: _Sale) -> Decimal:
        """The turnover that Exact holds of a sales entry.

        If the lines of a reversed entry were not read again, it and its reversal count as 0.00, which they sum up to.
        """
        lines = self._lines[sale.pk]
        if not lines:
            return ZERO
        sold = sold_in(sale.entry)
        found = _sum_sold(lines, sale.entry, self.books[sale.division_id], sold)
        return found - total(sold.values()) if sale.reverses_id in self._unread_reversed else found


def _sum_sold(
    lines: Iterable[tuple[str, Decimal]], entry: Mapping[str, Any], books: Books, sold: Mapping[str, Decimal]
) -> Decimal:
    """The sum of sales and VAT lines: on the entry's sales accounts, and on the company's accounts of VAT."""
    others = {line["account"] for line in entry["lines"]}
    counted = {*sold} | ({*books.vat_accounts} - others)
    return -total(amount for account, amount in lines if account in counted)


def shop_sums(shops: Sequence[Establishment], stretches: Sequence[Stretch]) -> list[ShopSums]:
    """The sums of each shop and stretch; the stretches follow each other. Shops without a closing have sums of 0.00."""
    rows = StoredClosing.objects.filter(
        establishment__in=shops, business_date__range=(stretches[0].first, stretches[-1].last)
    )
    closings = [*rows.only(*COLUMNS).order_by()]
    ledger, told = _Ledger([it.pk for it in closings]), told_of(closings)
    grouped: defaultdict[tuple[int, Stretch], list[StoredClosing]] = defaultdict(list)
    for it in closings:
        stretch = next(stretch for stretch in stretches if stretch.first <= it.business_date <= stretch.last)
        grouped[it.establishment_id, stretch].append(it)
    active = _find_active_books(shops)
    sums = []
    for shop in shops:
        for stretch in stretches:
            of_row = ShopSums(shop=shop, stretch=stretch)
            moments = [active[shop.pk]] if shop.pk in active else []
            _fill_in(of_row, grouped[shop.pk, stretch], ledger, told, moments)
            sums.append(of_row)
    return sums


def is_any_read(shops: Sequence[Establishment]) -> bool:
    """Whether Exact was read for one of these shops at least."""
    return any(moment is not None for moment in _find_active_books(shops).values())


def _find_active_books(shops: Sequence[Establishment]) -> dict[int, datetime | None]:
    """When the company that each linked shop's closings go to was read."""
    rows = Activation.objects.filter(establishment__in=shops, division__isnull=False)
    return dict(rows.values_list("establishment_id", "division__reconciled_at"))


def _fill_in(
    row: ShopSums, closings: Sequence[StoredClosing], ledger: _Ledger, told: Mapping[UUID, Told], active: Moments
) -> None:
    tally, divisions = BridgeTally(), set[int]()
    for closing in closings:
        sales = ledger.of_closing[closing.pk]
        divisions |= {it.division_id for it in sales}
        add_to_bridge(tally, closing, told[closing.pk], sold=any(it.stands for it in sales))
        row.closings += is_counted(closing, told[closing.pk])
        row.cell.add(_cell_of(closing, told[closing.pk], ledger))
        row.unread_entries += sum(it.stands and not ledger.is_read(it) for it in sales)
    row.steps = tally.steps(row.cell.entries)
    moments = [ledger.books[it].read_until for it in divisions] or [*active]
    row.linked = bool(moments)
    row.read_at = None if None in moments else min((it for it in moments if it is not None), default=None)


def _cell_of(closing: StoredClosing, told: Told, ledger: _Ledger) -> Cell:
    """A closing's turnover from its four sides."""
    cell = Cell()
    for sale in ledger.of_closing[closing.pk]:
        sold = total(sold_in(sale.entry).values()) if sale.stands else ZERO
        cell.entries += sold
        cell.unread += ZERO if ledger.is_read(sale) else sold
        cell.exact += ledger.found(sale)
    if is_counted(closing, told):
        cell.tills = told.gross
        left = is_left(closing, told, sold=any(it.stands for it in ledger.of_closing[closing.pk]))
        cell.expected = cell.entries if left else told.gross - told.offered - told.elsewhere
    return cell
