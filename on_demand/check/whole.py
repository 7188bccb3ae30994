"""A few closings read whole, once for all that a check shows of them: documents, entries, Exact's lines, the books."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from exact.books.reconcile import accepted_of
from exact.models import IN_TURN, BookLine, Division, Posting
from exports.models import StoredClosing
from ledger.entry import EntryKind
from ledger.files.bridge import Told
from on_demand.check.ledger import Ledger, Sale, companies_among
from on_demand.in_exact import Books, books_in, lines_of
from on_demand.till_sums import told_of
from postgres.rows import among
from tenants.models import Establishment

# What a check looks at of every closing; the document only of few.
COLUMNS = ("tenant_id", "establishment_id", "business_date", "gross", "offered", "state", "problems")


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """Closings with their documents, what the till says of each, every posting, the ledger's lines of each, the books
    of the companies they are of, and the postings (by id) of which a person accepted that they differ in Exact."""

    closings: Sequence[StoredClosing]
    told: Mapping[UUID, Told]
    postings: Sequence[Posting]
    lines: Mapping[UUID, list[BookLine]]
    books: Mapping[int, Books]
    accepted: Collection[UUID]

    def ledger(self) -> Ledger:
        """The entries of sales among them."""
        sales = [Sale.of(it) for it in self.postings if it.entry_kind == EntryKind.SALES]
        lines = ((pk, it.account, it.amount) for pk, of_posting in self.lines.items() for it in of_posting)
        return Ledger(sales, lines, self.books, self.accepted)


def read_whole(shops: Sequence[Establishment], first: date, last: date, companies: Mapping[int, Division]) -> Whole:
    """Read all closings of these shops and days; `companies` are those that the shops' closings go to, by shop."""
    rows = StoredClosing.objects.filter(establishment__in=shops, business_date__range=(first, last))
    closings = [*rows.only(*COLUMNS, "document").prefetch_related("remainder")]
    postings = [*Posting.objects.filter(among("closing_id", [it.pk for it in closings])).order_by(*IN_TURN)]
    divisions = {it.division_id for it in postings}
    return Whole(
        closings=closings,
        told=told_of(closings),
        postings=postings,
        lines=lines_of(postings),
        accepted=accepted_of([it.pk for it in postings]),
        books=books_in(companies_among(divisions, {it.pk: it for it in companies.values()})),
    )
