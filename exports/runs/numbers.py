"""EcritureNum: every entry of a run gets the number it keeps, and the file is written in the order of numbers.

A number is given when everything was checked, so that a file that could not be made leaves no gap.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from exports.runs.freeze import Frozen
from exports.runs.models import ExportRun, KeptNumber, RunClosing, RunClosingState
from ledger.files.booked import BookedClosing, NumberedEntry
from ledger.files.chart import Chart
from ledger.files.numbering import EntryNumber, number_entries
from tenants.models import Tenant

BATCH = 500
Key = tuple[UUID, str, str]  # closing, entry kind, the entry's own journal

IN_ORDER = """
SELECT closing.place, number.given_at,
       array_agg(ARRAY[number.entry_kind, number.entry_journal, number.journal, number.sequence::text])
FROM exports_keptnumber number
JOIN exports_runclosing closing ON closing.export_id = number.export_id
WHERE closing.run_id = %s AND closing.state = 'taken'
GROUP BY closing.place, number.given_at
ORDER BY min(number.id)
"""


def give_numbers(run: ExportRun, frozen: Frozen, chart: Chart, *, year_end: date) -> None:
    """Number all entries that have no number yet, in the order of the run's closings."""
    places = RunClosing.objects.filter(run=run, state=RunClosingState.TAKEN).order_by("place")
    left = iter(places.values_list("place", "export_id"))
    while batch := dict(islice(left, BATCH)):
        entries = [
            ((batch[place], numbered.entry.kind.value, numbered.entry.journal), chart_code(chart, numbered))
            for place, closing in frozen.at(batch)
            for numbered in closing.entries
        ]
        _give(run.tenant_id, year_end, entries)


def chart_code(chart: Chart, numbered: NumberedEntry) -> str:
    """The journal's code in the file."""
    return chart.journal(numbered.entry.journal, numbered.entry.kind).code


def _give(tenant_id: int, year_end: date, entries: Sequence[tuple[Key, str]]) -> None:
    """One batch, in one transaction; the customer's row is locked, so numbers are given one run after the other."""
    with transaction.atomic():
        Tenant.objects.select_for_update(no_key=True).filter(pk=tenant_id).values_list("pk").get()
        exports = {key[0] for key, _ in entries}
        rows = KeptNumber.objects.filter(export_id__in=exports)
        kept: dict[Key, EntryNumber] = {
            (export_id, kind, own): EntryNumber(journal, sequence)
            for export_id, kind, own, journal, sequence in rows.values_list(
                "export_id", "entry_kind", "entry_journal", "journal", "sequence"
            )
        }
        journals = {journal for _, journal in entries} | {number.journal for number in kept.values()}
        last = {journal: _last(tenant_id, year_end, journal) for journal in journals}
        numbers = number_entries(entries, kept={key: kept[key] for key, _ in entries if key in kept}, last=last)
        now = timezone.now()
        KeptNumber.objects.bulk_create(
            KeptNumber(
                tenant_id=tenant_id,
                fiscal_year=year_end,
                journal=number.journal,
                sequence=number.sequence,
                export_id=export_id,
                entry_kind=kind,
                entry_journal=own,
                given_at=now,
            )
            for (export_id, kind, own), number in numbers.items()
            if (export_id, kind, own) not in kept
        )


def _last(tenant_id: int, year_end: date, journal: str) -> int:
    given = KeptNumber.objects.filter(tenant_id=tenant_id, fiscal_year=year_end, journal=journal)
    return given.order_by("-sequence").values_list("sequence", flat=True).first() or 0


class InOrderOfNumbers:
    """A run's frozen closings with their numbers, as often as wanted, in the order in which numbers were given.

    Entries of one closing that were numbered at different times come apart: a later one stands where its number does.
    """

    def __init__(self, run: ExportRun, frozen: Frozen) -> None:
        self._run = run
        self._frozen = frozen

    def __iter__(self) -> Iterator[BookedClosing]:
        with connection.cursor() as cursor:
            cursor.execute(IN_ORDER, [self._run.pk])
            while rows := cursor.fetchmany(BATCH):
                closings = self._frozen.at(place for place, _, _ in rows)
                for (_, given_at, numbers), (_, closing) in zip(rows, closings, strict=True):
                    numbered = _with_numbers(closing, given_at, numbers)
                    if numbered.entries:
                        yield numbered


def _with_numbers(closing: BookedClosing, given_at: datetime, rows: Sequence[Sequence[str]]) -> BookedClosing:
    numbers = {(kind, own): EntryNumber(journal, int(sequence)) for kind, own, journal, sequence in rows}
    entries = tuple(
        replace(it, number=numbers[key])
        for it in closing.entries
        if (key := (it.entry.kind.value, it.entry.journal)) in numbers
    )
    return replace(closing, validated_on=timezone.localdate(given_at), entries=entries)
