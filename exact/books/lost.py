"""Entries that Exact holds under our references and that no posting has: sent before the database was restored.

They are read by date and not by the ledger's timestamps, so that reading again finds them again.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from exact.api.client import ExactClient
from exact.books.difference import differences
from exact.books.mirror import COLUMNS, Row, keep_lines, line_of
from exact.books.reconcile import accounts_of_vat
from exact.company.catalogue import exact_date
from exact.lane.postings import OUR_REFERENCE, entry_id_in, to_cents
from exact.lane.records import Settled
from exact.lane.states import move
from exact.models import BookLine, Division, Lane, Posting, PostingState
from ledger.entry import Entry
from ledger.money import ZERO
from ledger.problem import Problem

ADOPTED = (PostingState.PENDING, PostingState.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class LostEntry:
    """An entry in Exact that no posting has. `rows` are its lines as Exact gave them."""

    reference: str
    entry_id: str
    entry_number: str
    journal: str
    date: date
    amount: Decimal  # the sum of its debits
    rows: tuple[Row, ...]

    @property
    def closing(self) -> str:
        """What all references of its closing begin with: `Z1042-3F7KQ2M9XAQT`."""
        return self.reference.rpartition("-")[0]


def lost_entries(division: Division, client: ExactClient, *, since: date) -> list[LostEntry]:
    """Read them from a business date on, sixty lines a call. Raises any `ExactError`."""
    rows = client.rows(
        "financialtransaction/TransactionLines",
        select=COLUMNS,
        filter=f"Date ge datetime'{since.isoformat()}T00:00:00'",
    )
    by_entry: defaultdict[str, list[Row]] = defaultdict(list)
    references: dict[str, str] = {}
    for row in rows:
        by_entry[entry_id_in(row)].append(row)
        match = OUR_REFERENCE.search(row["YourRef"] or "") or OUR_REFERENCE.search(row["Description"] or "")
        if match:
            references.setdefault(entry_id_in(row), match.group())
    ours = Posting.objects.filter(division=division, entry_id__in=references)
    known = {*ours.values_list("entry_id", flat=True)}
    found = (_read(references[it], by_entry[it]) for it in references if it not in known)
    return sorted(found, key=lambda it: (it.date, it.reference))


def adopt(division: Division, lost: Iterable[LostEntry], settled: Settled) -> list[LostEntry]:
    """Give open postings the entries that bear their references and hold what is meant. Returns the adopted.

    An entry that differs, or is there beside another one of its closing, is left to the lane: there a person decides.
    Nothing is adopted while a worker is in the division's lane.
    """
    entries = [*lost]
    of_closing: defaultdict[str, int] = defaultdict(int)
    for it in entries:
        of_closing[_kind_of(it.reference)] += 1
    vat_accounts = accounts_of_vat(division)
    alone = (it for it in entries if of_closing[_kind_of(it.reference)] == 1)
    return [it for it in alone if _adopt_one(division, it, vat_accounts, settled)]


def _adopt_one(division: Division, lost: LostEntry, vat_accounts: set[str], settled: Settled) -> bool:
    with transaction.atomic():
        # Nobody enters the lane while its row is locked.
        free = Lane.objects.select_for_update().filter(Q(leased_until=None) | Q(leased_until__lt=Now()))
        if not free.filter(division=division).exists():
            return False
        open_ones = Posting.objects.select_for_update(of=("self",)).filter(division=division, state__in=ADOPTED)
        posting = open_ones.filter(reference=lost.reference).first()
        if posting is None or differences(
            Entry.from_document(posting.entry), _lines(division, lost, posting), vat_accounts=vat_accounts
        ):
            return False
        if posting.state == PostingState.PENDING:
            move(posting, PostingState.UNKNOWN, reasons=[Problem(code="past_came_back")])
        move(
            posting,
            PostingState.POSTED,
            reasons=[Problem(code="adopted_from_books")],
            entry_id=lost.entry_id,
            entry_number=lost.entry_number,
            posted_at=Now(),
            problems=[],
        )
        keep_lines(division, [*lost.rows])
        posting.refresh_from_db()
        settled(posting)
    return True


def _kind_of(reference: str) -> str:
    """`Z1042-3F7KQ2M9XAQT-V70`, whatever the revision."""
    return reference.rpartition(".")[0]


def _lines(division: Division, lost: LostEntry, posting: Posting) -> list[BookLine]:
    return [line_of(division, posting.pk, row) for row in lost.rows]


def _read(reference: str, rows: list[Row]) -> LostEntry:
    first, day = rows[0], exact_date(rows[0]["Date"])
    assert day is not None, "a line of the ledger has a date"
    return LostEntry(
        reference=reference,
        entry_id=entry_id_in(first),
        entry_number=str(first["EntryNumber"]),
        journal=(first["JournalCode"] or "").strip(),
        date=day,
        amount=sum((it for it in (to_cents(row["AmountDC"]) for row in rows) if it > ZERO), ZERO),
        rows=tuple(rows),
    )
