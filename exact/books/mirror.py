"""A copy of the lines of our entries in Exact's ledger, read through the sync endpoints, each time from the last row.

A row that belongs to no closing of the customer is dropped at once. Source: rules.md §9.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from exact.api.client import ExactClient
from exact.company.catalogue import exact_date
from exact.lane.postings import OUR_REFERENCE, entry_id_in, to_cents
from exact.models import BookLine, Division, Posting, PostingState

log = structlog.get_logger()

Row = dict[str, Any]
CHUNK = 1000
ENTITY_TRANSACTION_LINE = 1
COLUMNS = "ID,EntryID,EntryNumber,JournalCode,Date,GLAccountCode,AmountDC,VATCode,Description,YourRef"


def read_changes(division: Division, client: ExactClient) -> set[UUID]:
    """Bring the copy of a division up to date. Returns the postings whose lines changed.

    The progress is stored after each thousand rows, so the next run goes on where this one ended. Raises any
    `ExactError`.
    """
    touched: set[UUID] = set()
    rows = client.rows(
        "sync/Financial/TransactionLines",
        select=f"Timestamp,{COLUMNS}",
        filter=f"Timestamp gt {division.lines_timestamp}",
    )
    for chunk in _chunks(rows):
        with transaction.atomic():
            touched |= keep_lines(division, chunk)
            _advance(division, "lines_timestamp", chunk)
    rows = client.rows(
        "sync/Deleted", select="Timestamp,EntityType,EntityKey", filter=f"Timestamp gt {division.deleted_timestamp}"
    )
    for chunk in _chunks(rows):
        with transaction.atomic():
            touched |= _drop_lines(division, chunk)
            _advance(division, "deleted_timestamp", chunk)
    return touched


def read_entries(division: Division, client: ExactClient, posting: Posting, entry_ids: Iterable[str]) -> None:
    """Read the lines of a posting's entries again, and replace the stored ones. Raises any `ExactError`."""
    rows = [
        row
        for entry_id in entry_ids
        for row in client.rows(
            "financialtransaction/TransactionLines", select=COLUMNS, filter=f"EntryID eq guid'{entry_id}'"
        )
    ]
    with transaction.atomic():
        BookLine.objects.filter(posting=posting).delete()
        keep_lines(division, rows)


def forget(division: Division) -> None:
    """Read everything of a division again: Exact moved the company to another server, so its timestamps are new."""
    with transaction.atomic():
        BookLine.objects.filter(division=division).delete()
        division.lines_timestamp = division.deleted_timestamp = 1
        division.save(update_fields=["lines_timestamp", "deleted_timestamp"])


def keep_lines(division: Division, rows: list[Row]) -> set[UUID]:
    """Store the rows that belong to postings of ours. Returns those postings."""
    owners = _owners(division, rows)
    lines = [line_of(division, owners[entry_id_in(row)], row) for row in rows if entry_id_in(row) in owners]
    BookLine.objects.bulk_create(
        lines,
        update_conflicts=True,
        unique_fields=["division", "line_id"],
        update_fields=[
            *("posting", "entry_id", "entry_number", "journal", "date", "account", "amount", "vat_code", "description")
        ],
    )
    return {line.posting_id for line in lines}


def _owners(division: Division, rows: list[Row]) -> dict[str, UUID]:
    """EntryID → posting: by the id that Exact gave our entry, else by our reference on any of its lines.

    The reference finds entries that were booked twice: under the reference of a posting that is over, in another
    company of the customer, or under a reference that we never gave but that names one of our closings. A row may come
    without the other rows of its entry, so the stored rows of that entry count too.
    """
    entry_ids = {entry_id_in(row) for row in rows}
    known = BookLine.objects.filter(division=division, entry_id__in=entry_ids).values_list("entry_id", "posting_id")
    owners: dict[str, UUID] = dict(known)
    named = {entry_id_in(row): reference for row in rows for reference in _references(row)}
    of_reference = _of_references(division.tenant_id, {*named.values()})
    owners |= {entry: of_reference[reference] for entry, reference in named.items() if reference in of_reference}
    posted = Posting.objects.filter(division=division, entry_id__in=entry_ids).values_list("entry_id", "pk")
    owners |= {entry_id: posting for entry_id, posting in posted if entry_id}
    return owners


def _of_references(tenant_id: int, references: set[str]) -> dict[str, UUID]:
    """Reference → the posting with this reference, else the most similar posting of the same closing."""
    ours = Posting.objects.filter(tenant_id=tenant_id)
    found = dict(ours.filter(reference__in=references).values_list("reference", "pk"))
    for reference in references - {*found}:
        closing, _dash, entry = reference.rpartition("-")
        alike = [*ours.filter(reference__startswith=f"{closing}-").only("reference", "state", "revision")]
        if alike:
            found[reference] = max(alike, key=lambda it: _likeness(it, entry)).pk
        else:
            log.warning("reference_of_no_closing", reference=reference)
    return found


def _likeness(posting: Posting, entry: str) -> tuple[bool, bool, int]:
    """A sort key, the most similar last: like the entry "V70.02" in kind and journal, in Exact now, the latest."""
    of_kind = posting.reference.rpartition("-")[2].split(".")[0] == entry.split(".")[0]
    return of_kind, posting.state == PostingState.POSTED, posting.revision


def _references(row: Row) -> Iterator[str]:
    for text in (row["YourRef"], row["Description"]):
        if match := OUR_REFERENCE.search(text or ""):
            yield match.group()


def line_of(division: Division, posting: UUID, row: Row) -> BookLine:
    """A row of the ledger as we keep it, not stored."""
    day = exact_date(row["Date"])
    assert day is not None, "a line of the ledger has a date"
    return BookLine(
        tenant_id=division.tenant_id,
        division=division,
        posting_id=posting,
        line_id=row["ID"],
        entry_id=entry_id_in(row),
        entry_number=str(row["EntryNumber"]),
        journal=(row["JournalCode"] or "").strip(),
        date=day,
        account=(row["GLAccountCode"] or "").strip(),
        amount=to_cents(row["AmountDC"]),
        vat_code=(row["VATCode"] or "").strip(),
        description=(row["Description"] or "")[:120],
    )


def _drop_lines(division: Division, rows: list[Row]) -> set[UUID]:
    keys = [row["EntityKey"] for row in rows if row["EntityType"] == ENTITY_TRANSACTION_LINE]
    gone = BookLine.objects.filter(division=division, line_id__in=keys)
    postings = {*gone.values_list("posting_id", flat=True)}
    gone.delete()
    return postings


def _advance(division: Division, field: str, rows: list[Row]) -> None:
    """Rows come in the order of their timestamps; Int64 may come as text (rules.md §3.7)."""
    setattr(division, field, max(int(row["Timestamp"]) for row in rows))
    division.save(update_fields=[field])


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while chunk := [*islice(left, CHUNK)]:
        yield chunk
