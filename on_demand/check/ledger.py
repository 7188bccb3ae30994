"""The entries of sales of some closings, and what Exact's ledger held of each when it was last read."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, Self
from uuid import UUID

from exact.books.reconcile import accepted_of
from exact.lane.states import IN_EXACT, OVER
from exact.models import BookLine, Division, Posting, PostingState
from ledger.entry import EntryKind
from ledger.files.takings import sold_in
from ledger.money import ZERO, total
from on_demand.closings import BOOKED
from on_demand.in_exact import Books, books_in
from postgres.rows import among

Line = tuple[UUID, str, Decimal]


class Sale(NamedTuple):
    """An entry of sales as the database has it."""

    pk: UUID
    closing_id: UUID
    state: str
    division_id: int
    posted_at: datetime | None
    reverses_id: UUID | None
    entry: Mapping[str, Any]

    @classmethod
    def of(cls, posting: Posting) -> Self:
        """The same of a posting that was read whole."""
        return cls(*(getattr(posting, name) for name in cls._fields))

    @property
    def stands(self) -> bool:
        """Whether it is in Exact, and nothing undoes it. What is on its way there is in no book yet."""
        return self.reverses_id is None and self.state in BOOKED

    @property
    def leaves_lines(self) -> bool:
        """Whether Exact's ledger has it, or had it."""
        return self.state in IN_EXACT or self.state in OVER


class Ledger:
    """Entries of sales by their closings; `lines` are those of Exact's ledger, each a posting, an account, an amount.

    `books` are those of the companies that these entries are of; `accepted`: the entries that may differ in Exact.
    """

    def __init__(
        self, sales: Iterable[Sale], lines: Iterable[Line], books: Mapping[int, Books], accepted: Collection[UUID]
    ) -> None:
        self.books = books
        self._accepted = accepted
        self.of_closing: defaultdict[UUID, list[Sale]] = defaultdict(list)
        self._lines: defaultdict[UUID, list[tuple[str, Decimal]]] = defaultdict(list)
        for posting_id, account, amount in lines:
            self._lines[posting_id].append((account, amount))
        self._unread_reversed: set[UUID] = set()
        for sale in sales:
            self.of_closing[sale.closing_id].append(sale)
            if sale.state == PostingState.REVERSED and not self._lines[sale.pk]:
                self._unread_reversed.add(sale.pk)

    def is_read(self, sale: Sale) -> bool:
        """Whether Exact was asked about the entry since it was posted."""
        if sale.state not in IN_EXACT:
            return False
        return bool(self._lines[sale.pk]) or self.books[sale.division_id].hold(sale.posted_at)

    def accepted(self, sale: Sale) -> Decimal:
        """By how much Exact's turnover of an entry that counts differs from the posted one, as a person accepted."""
        if sale.pk not in self._accepted or not sale.stands or not self.is_read(sale):
            return ZERO
        return self.found(sale) - total(sold_in(sale.entry).values())

    def found(self, sale: Sale) -> Decimal:
        """The turnover that Exact holds of a sales entry.

        The lines of a reversed entry are not read again: then it and its reversal count as the nothing they are.
        """
        lines = self._lines[sale.pk]
        if not lines:
            return ZERO
        sold = sold_in(sale.entry)
        found = _sum_sold(lines, sale.entry, self.books[sale.division_id], sold)
        return found - total(sold.values()) if sale.reverses_id in self._unread_reversed else found


def read_ledger(closing_ids: Collection[UUID], known: Mapping[int, Division]) -> Ledger:
    """Read the sales of these closings and their lines, and nothing else of them; `known` companies are not read."""
    rows = Posting.objects.filter(among("closing_id", closing_ids), entry_kind=EntryKind.SALES)
    sales = [Sale(*row) for row in rows.order_by().values_list(*Sale._fields)]
    lines = BookLine.objects.filter(among("posting_id", [it.pk for it in sales if it.leaves_lines])).order_by()
    books = books_in(companies_among({it.division_id for it in sales}, known))
    accepted = accepted_of([it.pk for it in sales])
    return Ledger(sales, lines.values_list("posting_id", "account", "amount"), books, accepted)


def companies_among(divisions: Collection[int], known: Mapping[int, Division]) -> list[Division]:
    """The companies of these keys; those that are not `known` are read."""
    others = {*divisions} - {*known}
    read = Division.objects.filter(pk__in=others) if others else ()
    return [*(known[pk] for pk in divisions if pk in known), *read]


def _sum_sold(
    lines: Iterable[tuple[str, Decimal]], entry: Mapping[str, Any], books: Books, sold: Mapping[str, Decimal]
) -> Decimal:
    """Sales and VAT among lines: on the accounts an entry sells on, and on those that Exact's VAT codes choose."""
    others = {line["account"] for line in entry["lines"]}
    counted = {*sold} | ({*books.vat_accounts} - others)
    return -total(amount for account, amount in lines if account in counted)
