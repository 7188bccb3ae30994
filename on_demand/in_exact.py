"""Postings compared with Exact's books as last read: what was meant, what was found, and what was not read.

Used by an export's comparison and by the check of a period.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from exact.books.difference import found_by_account, meant_by_account
from exact.books.reconcile import Seen, look_at, vat_accounts_of
from exact.lane.records import settle_time
from exact.lane.states import IN_EXACT, OVER
from exact.models import IN_TURN, BookLine, Division, Posting, PostingState
from ledger.entry import Entry
from ledger.money import ZERO
from postgres.rows import among


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """How far a company's books were read: until when (None: never); and which of its accounts hold VAT."""

    division: Division
    read_until: datetime | None
    vat_accounts: Collection[str]

    def hold(self, posted_at: datetime | None) -> bool:
        """Whether the books were read after an entry was posted at that time."""
        if posted_at is None:
            return True
        return self.read_until is not None and posted_at < self.read_until - settle_time()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPosting:
    """A posting that Exact has, or had: sums per account with VAT as one, and what is wrong (None: as it was posted).

    `unread`: the books were not read since it was posted; then nothing is found, and nothing is wrong.
    """

    posting: Posting
    entry: Entry
    meant: Mapping[str, Decimal]
    found: Mapping[str, Decimal]
    seen: Seen | None
    unread: bool

    @property
    def over(self) -> bool:
        """Whether the posting's state is one of `OVER`: nothing of it counts any more."""
        return self.posting.state in OVER


def books_of(tenants: Collection[int], closing_ids: Sequence[UUID]) -> dict[int, Books]:
    """The books that these closings were posted to, by division."""
    postings = Posting.objects.filter(tenant_id__in=tenants, state__in=[*IN_EXACT, *OVER])
    found = {*postings.filter(among("closing_id", closing_ids)).order_by().values_list("division_id", flat=True)}
    return books_in(Division.objects.filter(pk__in=found, tenant_id__in=tenants))


def books_in(divisions: Iterable[Division]) -> dict[int, Books]:
    """The books of companies, as far as they were read, by division."""
    rows = {it.pk: it for it in divisions}
    vat_accounts = vat_accounts_of([*rows])
    return {
        pk: Books(division=it, read_until=it.reconciled_at, vat_accounts=vat_accounts[pk]) for pk, it in rows.items()
    }


def read_postings(
    closing_ids: Collection[UUID], books: Mapping[int, Books], *, all_read: bool
) -> Iterator[ReadPosting]:
    """Yield every posting of these closings that Exact has or had, with what was read of it.

    `all_read`: the books were read just now, so what they do not show is not there.
    """
    rows = Posting.objects.filter(state__in=[*IN_EXACT, *OVER])
    postings = [*rows.filter(among("closing_id", closing_ids)).order_by(*IN_TURN)]
    return laid_beside(postings, lines_of(postings), books, all_read=all_read)


def laid_beside(
    postings: Iterable[Posting], lines: Mapping[UUID, list[BookLine]], books: Mapping[int, Books], *, all_read: bool
) -> Iterator[ReadPosting]:
    """Yield those of these postings that Exact has or had, with what the ledger's `lines` say of each."""
    for posting in postings:
        if posting.state not in (*IN_EXACT, *OVER):
            continue
        of_division = books.get(posting.division_id)
        own = lines.get(posting.pk, [])
        unread = not (own or all_read or (of_division is not None and of_division.hold(posting.posted_at)))
        yield _read(posting, own, of_division.vat_accounts if of_division else (), unread=unread)


def lines_of(postings: Iterable[Posting]) -> dict[UUID, list[BookLine]]:
    """What Exact's ledger held of each of these postings; one without a line is left out."""
    lines: defaultdict[UUID, list[BookLine]] = defaultdict(list)
    for line in BookLine.objects.filter(among("posting_id", [it.pk for it in postings])):
        lines[line.posting_id].append(line)
    return {**lines}


def _read(posting: Posting, lines: list[BookLine], vat_accounts: Collection[str], *, unread: bool) -> ReadPosting:
    entry = Entry.from_document(posting.entry)
    return ReadPosting(
        posting=posting,
        entry=entry,
        meant=_sum_meant(posting, entry, lines),
        found=found_by_account(entry, lines, vat_accounts=vat_accounts),
        seen=None if unread else look_at(posting, lines, vat_accounts),
        unread=unread,
    )


def _sum_meant(posting: Posting, entry: Entry, lines: list[BookLine]) -> Mapping[str, Decimal]:
    """What Exact should hold of a posting: nothing after it was withdrawn; a reversed one stays beside its reversal.

    The lines of a reversed one are read again only if they change: as long as they are unread they count as 0.00.
    """
    if posting.state == PostingState.WITHDRAWN or (posting.state == PostingState.REVERSED and not lines):
        return defaultdict(lambda: ZERO)
    return meant_by_account(entry)
