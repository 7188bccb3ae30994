"""EcritureNum: every entry of a run gets the number it keeps, and the file is written in the order of numbers.

A number is given when everything was checked, so that a file that could not be made leaves no gap.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain, groupby, islice
from operator import itemgetter
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from exports.runs.copy import copy_rows
from exports.runs.freeze import Frozen
from exports.runs.models import ExportRun, KeptNumber, RunClosing, RunClosingState
from ledger.files.make import completed
from ledger.files.numbering import EntryKey, EntryNumber, number_entries, same_entries
from tenants.models import Tenant

BATCH = 500
Key = tuple[UUID, str, str]  # closing, entry kind, the entry's own journal
NumberedText = tuple[str, EntryNumber | None]

IN_ORDER = """
SELECT closing.place, number.entry_kind, number.entry_journal, number.journal, number.sequence, number.given_at
FROM exports_keptnumber number
JOIN exports_runclosing closing ON closing.export_id = number.export_id
WHERE closing.run_id = %s AND closing.state = 'taken'
ORDER BY number.id
"""
COPIED = (
    "tenant_id",
    "fiscal_year",
    "journal",
    "sequence",
    "export_id",
    "entry_kind",
    "entry_journal",
    "given_at",
)


def give_numbers(run: ExportRun, frozen: Frozen, *, year_end: date) -> None:
    """Number all entries that have no number yet, in the order of the run's closings."""
    places = RunClosing.objects.filter(run=run, state=RunClosingState.TAKEN).order_by("place")
    left = iter(places.values_list("place", "export_id").iterator(chunk_size=BATCH))
    while batch := dict(islice(left, BATCH)):
        entries = [
            ((batch[place], kind, own), journal)
            for place, drafted in frozen.at(batch)
            for kind, own, journal, _text in drafted
        ]
        _give(run.tenant_id, year_end, entries)


def _give(tenant_id: int, year_end: date, entries: Sequence[tuple[Key, str]]) -> None:
    """One batch, in one transaction; the customer's row is locked, so numbers are given one run after the other."""
    with transaction.atomic():
        Tenant.objects.select_for_update(no_key=True).filter(pk=tenant_id).values_list("pk").get()
        exports = {key[0] for key, _ in entries}
        rows = KeptNumber.objects.filter(export_id__in=exports)
        given = {
            (export_id, kind, own): EntryNumber(journal, sequence)
            for export_id, kind, own, journal, sequence in rows.order_by("pk").values_list(
                "export_id", "entry_kind", "entry_journal", "journal", "sequence"
            )
        }
        kept = _kept([key for key, _ in entries], given)
        journals = {journal for _, journal in entries} | {number.journal for number in kept.values()}
        last = {journal: _last(tenant_id, year_end, journal) for journal in journals}
        numbers = number_entries(entries, kept=kept, last=last)
        now = timezone.now()
        new = ((key, number) for key, number in numbers.items() if key not in kept)
        copy_rows(
            KeptNumber,
            COPIED,
            (
                (tenant_id, year_end, number.journal, number.sequence, export_id, kind, own, now)
                for (export_id, kind, own), number in new
            ),
        )


def _kept(entries: Sequence[Key], given: Mapping[Key, EntryNumber]) -> dict[Key, EntryNumber]:
    """The numbers that entries have already, whatever journal they were in when they got them."""
    now, numbered = _by_closing(entries), _by_closing(given)
    return {
        (export_id, *entry): given[export_id, *before]
        for export_id in numbered
        for entry, before in same_entries(now[export_id], numbered[export_id]).items()
    }


def _by_closing(keys: Iterable[Key]) -> defaultdict[UUID, list[EntryKey]]:
    found: defaultdict[UUID, list[EntryKey]] = defaultdict(list)
    for export_id, kind, own in keys:
        found[export_id].append((kind, own))
    return found


def _last(tenant_id: int, year_end: date, journal: str) -> int:
    given = KeptNumber.objects.filter(tenant_id=tenant_id, fiscal_year=year_end, journal=journal)
    return given.order_by("-sequence").values_list("sequence", flat=True).first() or 0


def in_order_of_numbers(run: ExportRun, frozen: Frozen) -> Iterator[list[NumberedText]]:
    """Yield a run's entries with their numbers, a closing's at a time, in the order in which numbers were given.

    Entries of one closing that were numbered at different times come apart: a later one stands where its number does.
    """
    with connection.chunked_cursor() as cursor:
        cursor.execute(IN_ORDER, [run.pk])
        rows = chain.from_iterable(iter(lambda: cursor.fetchmany(BATCH), []))
        for place, numbered in groupby(rows, key=itemgetter(0)):
            ((_, drafted),) = frozen.at([place])
            texts = {(kind, own): text for kind, own, _journal, text in drafted}
            numbers = {
                (kind, own): (EntryNumber(journal, sequence), given_at)
                for _, kind, own, journal, sequence, given_at in numbered
            }
            entry_of = {before: entry for entry, before in same_entries(texts, [*numbers]).items()}
            yield [_with_number(texts[entry_of[it]], *numbers[it]) for it in numbers if it in entry_of]


def _with_number(text: str, number: EntryNumber, given_at: datetime) -> NumberedText:
    return completed(text, number, timezone.localdate(given_at)), number
