"""Turnover of each shop and stretch of days: as the tills say it, as it is booked, as Exact held it when it was read.

Only the entries of sales are read, and no closing's document: a month of fifty shops takes less than a second.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from exact.models import Division
from exports.models import StoredClosing
from ledger.files.bridge import BridgeStep, BridgeTally, Told
from ledger.files.takings import sold_in
from ledger.money import ZERO, total
from on_demand.check.cells import Cell
from on_demand.check.ledger import Ledger, read_ledger
from on_demand.check.whole import COLUMNS, Whole
from on_demand.till_sums import add_to_bridge, is_counted, is_left, told_of
from tenants.models import Establishment

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


def shop_sums(
    shops: Sequence[Establishment],
    stretches: Sequence[Stretch],
    companies: Mapping[int, Division],
    whole: Whole | None = None,
) -> list[ShopSums]:
    """The sums of each shop and stretch; the stretches follow each other. Shops without a closing have sums of 0.00.

    `companies` are those that the shops' closings go to, by shop; of who has read the closings `whole`, they and what
    belongs to them are not read again.
    """
    if whole is None:
        days = stretches[0].first, stretches[-1].last
        rows = StoredClosing.objects.filter(establishment__in=shops, business_date__range=days)
        closings: Sequence[StoredClosing] = [*rows.only(*COLUMNS).order_by()]
        ledger = read_ledger([it.pk for it in closings], {it.pk: it for it in companies.values()})
        told: Mapping[UUID, Told] = told_of(closings)
    else:
        closings, ledger, told = whole.closings, whole.ledger(), whole.told
    grouped: defaultdict[tuple[int, Stretch], list[StoredClosing]] = defaultdict(list)
    for it in closings:
        stretch = next(stretch for stretch in stretches if stretch.first <= it.business_date <= stretch.last)
        grouped[it.establishment_id, stretch].append(it)
    sums = []
    for shop in shops:
        for stretch in stretches:
            of_row = ShopSums(shop=shop, stretch=stretch)
            moments = [companies[shop.pk].reconciled_at] if shop.pk in companies else []
            _fill_in(of_row, grouped[shop.pk, stretch], ledger, told, moments)
            sums.append(of_row)
    return sums


def _fill_in(
    row: ShopSums, closings: Sequence[StoredClosing], ledger: Ledger, told: Mapping[UUID, Told], active: Moments
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


def _cell_of(closing: StoredClosing, told: Told, ledger: Ledger) -> Cell:
    """A closing's turnover from its four sides."""
    cell = Cell()
    for sale in ledger.of_closing[closing.pk]:
        sold = total(sold_in(sale.entry).values()) if sale.stands else ZERO
        cell.entries += sold
        cell.unread += ZERO if ledger.is_read(sale) else sold
        cell.exact += ledger.found(sale)
        cell.accepted += ledger.accepted(sale)
    if is_counted(closing, told):
        cell.tills = told.gross
        left = is_left(closing, told, sold=any(it.stands for it in ledger.of_closing[closing.pk]))
        cell.expected = cell.entries if left else told.gross - told.offered - told.elsewhere
    return cell
