"""Turnover by VAT rate, receipts by means of payment, and every account: of a few shops and a month or two.

Each closing's document is read, each of its entries, and each line that Exact's ledger held of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from exact.books.difference import meant_by_account
from exact.lane.states import OVER
from exact.models import Posting, PostingState
from exports.models import StoredClosing
from ledger.closing import Closing, Sale
from ledger.entry import Entry, EntryKind
from ledger.files.bridge import Bridge, BridgeTally, Step, Told
from ledger.files.takings import TakingsTally
from ledger.money import ZERO
from on_demand.check.cells import Cell
from on_demand.check.placed import Placed, RateKey, place
from on_demand.check.whole import Whole
from on_demand.closings import BOOKED, NOT_TAKEN
from on_demand.in_exact import ReadPosting, laid_beside
from on_demand.till_sums import add_to_bridge, is_counted, is_left

UNPLACED = ""  # stands for amounts that belong to no single means of payment
Side = str
OF_ACCOUNTS = ("entries", "unread")


@dataclass(slots=True)
class RateCells:
    """Net and VAT of one rate."""

    net: Cell = field(default_factory=Cell)
    vat: Cell = field(default_factory=Cell)

    @property
    def gross(self) -> Cell:
        """Both added up, side by side: what tills, entries and Exact say with VAT."""
        whole = Cell()
        whole.add(self.net)
        whole.add(self.vat)
        return whole


class Detail:
    """The tables of a check. `rates` has None for what Exact holds of no single rate, `means` has `UNPLACED`."""

    def __init__(self) -> None:
        self.rates: defaultdict[RateKey, RateCells] = defaultdict(RateCells)
        self.means: defaultdict[str, Cell] = defaultdict(Cell)
        self.labels: dict[str, str] = {}
        self.accounts: defaultdict[str, Cell] = defaultdict(Cell)
        self._bridge, self._takings = BridgeTally(), TakingsTally()

    @property
    def bridge(self) -> Bridge:
        """The bridge from the tills' turnover to all that is booked."""
        return self._bridge.bridge(self._takings)

    def add_tills(self, closing: Closing) -> None:
        """Add the amounts of a closing as the till said them, and of these what was given away."""
        self._add_sales(closing.sales, "tills")
        for payment in closing.payments:
            self.labels.setdefault(payment.means, payment.label)
            self.means[payment.means].tills += payment.amount
            if payment.takes_sales_out:
                self.means[payment.means].offered += payment.amount
                self._add_sales(payment.sales, "offered")

    def add_said(self, closing: Closing, side: Side) -> None:
        """Add what is to be booked of a closing on the side `expected`, `left` or `aside`."""
        self._add_sales(closing.sales, side)
        for payment in closing.payments:
            if payment.takes_sales_out:
                self._add_sales((sale.negated() for sale in payment.sales), side)
            else:
                self.means[payment.means].put(side, payment.amount)

    def add_booked(self, entries: Iterable[Entry], side: Side, *, times: int = 1) -> None:
        """Add the amounts of entries on a side: `expected`, `entries`, `unread`; `times` over on `left` or `aside`."""
        booked, placed = TakingsTally(), Placed()
        for entry in entries:
            booked.add(entry)
            if side in OF_ACCOUNTS:
                self._add_accounts(meant_by_account(entry), side)
        for it in booked.means():
            self.labels[it.means] = self.labels.get(it.means) or it.label
        placed.add(booked, times=times)
        self._add_placed(placed, side)
        if side == "entries":
            self._takings.add_all(entries)

    def add_exact(self, read: ReadPosting, *, without_its_twin: bool, accepted: bool = False) -> None:
        """Add what Exact held of a posting. `without_its_twin`: it reverses an entry whose lines were not read;
        `accepted`: a person accepted that it differs."""
        placed, found = place(read.entry, read.meant, read.found), defaultdict(lambda: ZERO, read.found)
        if without_its_twin:
            own = TakingsTally()
            own.add(read.entry)
            placed.add(own, times=-1)
            for what, amount in read.meant.items():
                found[what] -= amount
        self._add_placed(placed, "exact")
        self._add_accounts(found, "exact")
        if accepted and not read.unread and not read.over:
            meant = TakingsTally()
            meant.add(read.entry)
            placed.add(meant, times=-1)
            self._add_placed(placed, "accepted")
            self._add_accounts({it: found[it] - read.meant.get(it, ZERO) for it in {*found, *read.meant}}, "accepted")

    def add_step(self, closing: StoredClosing, told: Told, *, sold: bool) -> None:
        """Add a closing to the bridge from tills to books."""
        add_to_bridge(self._bridge, closing, told, sold=sold)

    def _add_sales(self, sales: Iterable[Sale], side: Side) -> None:
        for sale in sales:
            self.rates[sale.rate].net.put(side, sale.net)
            self.rates[sale.rate].vat.put(side, sale.tax)

    def _add_placed(self, placed: Placed, side: Side) -> None:
        for rate, amount in placed.net.items():
            self.rates[rate].net.put(side, amount)
        for rate, amount in placed.vat.items():
            self.rates[rate].vat.put(side, amount)
        for means, amount in placed.means.items():
            self.means[means or UNPLACED].put(side, amount)

    def _add_accounts(self, sums: Mapping[str, Decimal], side: Side) -> None:
        for what, amount in sums.items():
            self.accounts[what].put(side, amount)


def read_detail(whole: Whole) -> Detail:
    """The tables of these closings."""
    detail = Detail()
    reads = [*laid_beside(whole.postings, whole.lines, whole.books, all_read=False)]
    standing = _list_standing(whole.postings, {it.posting.pk: it for it in reads})
    for closing in whole.closings:
        _add_closing(detail, closing, whole.told[closing.pk], standing[closing.pk])
    unread_reversed = {it.posting.pk for it in reads if it.posting.state == PostingState.REVERSED and not it.found}
    for it in reads:
        twin = it.posting.reverses_id in unread_reversed and bool(it.found)
        detail.add_exact(it, without_its_twin=twin, accepted=it.posting.pk in whole.accepted)
    return detail


@dataclass(frozen=True, slots=True)
class _Standing:
    entry: Entry
    unread: bool
    booked: bool


def _list_standing(
    postings: Iterable[Posting], reads: Mapping[UUID, ReadPosting]
) -> defaultdict[UUID, list[_Standing]]:
    """The entries that stand for each closing, in Exact or on their way there."""
    found: defaultdict[UUID, list[_Standing]] = defaultdict(list)
    for posting in postings:
        if posting.reverses_id is not None or posting.state in (*OVER, *NOT_TAKEN):
            continue
        read = reads.get(posting.pk)
        entry = Entry.from_document(posting.entry) if read is None else read.entry
        found[posting.closing_id].append(
            _Standing(entry, unread=read is None or read.unread, booked=posting.state in BOOKED)
        )
    return found


def _add_closing(detail: Detail, stored: StoredClosing, told: Told, standing: Sequence[_Standing]) -> None:
    entries = [it.entry for it in standing if it.booked]
    moving = [it.entry for it in standing if not it.booked]
    sold = any(entry.kind is EntryKind.SALES for entry in entries)
    detail.add_step(stored, told, sold=sold)
    if is_counted(stored, told):
        closing = Closing.from_document(stored.document)
        detail.add_tills(closing)
        if step := is_left(stored, told, sold=sold):
            side = "aside" if step is Step.SET_ASIDE else "left"
            detail.add_booked(entries, "expected")
            detail.add_said(closing, side)
            detail.add_booked(entries, side, times=-1)
        else:
            part = getattr(stored, "remainder", None)
            detail.add_said(closing if part is None else Closing.from_document(part.document), "expected")
            detail.add_booked(moving, "expected", times=-1)
            detail.add_booked(moving, "left")
    detail.add_booked(entries, "entries")
    detail.add_booked([it.entry for it in standing if it.booked and it.unread], "unread")
