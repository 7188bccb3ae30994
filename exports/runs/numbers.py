"""EcritureNum: every entry of a run gets the number it keeps, and the file is written in the order of numbers.

A number is given when everything was checked, so that a file that could not be made leaves no gap.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from exports.runs.copy import copy_rows
from exports.runs.frozen import FileEntry, Frozen, Numbered
from exports.runs.models import ExportRun, KeptNumber, RunClosing, RunClosingState
from exports.runs.work import Work
from ledger.files.numbering import EntryKey, EntryNumber, GivenNumber, number_entries, same_entries
from ledger.problem import Problem
from tenants.models import Tenant

BATCH = 500
NAMED_MAX = 10
# Taken before the rows are stored, so that their order is known without reading them back.
NEXT_ROWS = """
SELECT nextval(pg_get_serial_sequence('exports_keptnumber', 'id')) FROM generate_series(1, %s) ORDER BY 1
"""
COPIED = (
    "id",
    "tenant_id",
    "fiscal_year",
    "journal",
    "sequence",
    "export_id",
    "entry_kind",
    "entry_journal",
    "given_at",
)

Batch = Sequence[tuple[UUID, list[FileEntry]]]


def give_numbers(work: Work, frozen: Frozen, numbered: Numbered, *, year_end: date) -> list[Problem]:
    """Number all entries that have no number yet, in the order of the run's closings, and set all aside as numbered.

    Returns a warning when numbers given before are not in this file. Raises `Stopped`.
    """
    left, absent = iter(frozen), [*_numbers_of_closings_left_out(work.run)]
    while batch := [*islice(left, BATCH)]:
        numbers, lost = _give(work.run.tenant_id, year_end, batch)
        absent += lost
        entries = (entry for _, drafted in batch for entry in drafted)
        for entry, given in zip(entries, numbers, strict=True):
            numbered.add(entry, given)
        work.step(len(batch))
    return [*_warning(absent)]


def _give(tenant_id: int, year_end: date, batch: Batch) -> tuple[list[GivenNumber], list[int]]:
    """One batch, in one transaction; the customer's row is locked, so numbers are given one run after the other.

    Returns the numbers of all entries, in their order, and which rows of numbers have no entry any more.
    """
    entries = [(export_id, it.kind, it.own, it.journal) for export_id, drafted in batch for it in drafted]
    with transaction.atomic():
        Tenant.objects.select_for_update(no_key=True).filter(pk=tenant_id).values_list("pk").get()
        given, lost = _given_before(batch)
        kept = {place: it.number for place, it in given.items()}
        journals = {journal for *_, journal in entries} | {number.journal for number in kept.values()}
        last = {journal: _last(tenant_id, year_end, journal) for journal in journals}
        numbers = number_entries(((place, it[3]) for place, it in enumerate(entries)), kept=kept, last=last)
        now = timezone.now()
        today, new = timezone.localdate(now), [place for place in numbers if place not in given]
        for place, row in zip(new, _next_rows(len(new)), strict=True):
            given[place] = GivenNumber(number=numbers[place], place=row, day=today)
        copy_rows(
            KeptNumber,
            COPIED,
            (
                (given[it].place, tenant_id, year_end, numbers[it].journal, numbers[it].sequence, *entries[it][:3], now)
                for it in new
            ),
        )
    return [given[place] for place in range(len(entries))], lost


def _given_before(batch: Batch) -> tuple[dict[int, GivenNumber], list[int]]:
    """The numbers that entries have already, whatever journal they were in when they got them."""
    rows = KeptNumber.objects.extra(where=["export_id = ANY(%s)"], params=[[export_id for export_id, _ in batch]])
    before: defaultdict[UUID, dict[EntryKey, GivenNumber]] = defaultdict(dict)
    for pk, export_id, kind, own, journal, sequence, given_at in rows.order_by("pk").values_list(
        "pk", "export_id", "entry_kind", "entry_journal", "journal", "sequence", "given_at"
    ):
        number = EntryNumber(journal, sequence)
        before[export_id][kind, own] = GivenNumber(number=number, place=pk, day=timezone.localdate(given_at))
    given: dict[int, GivenNumber] = {}
    lost: list[int] = []
    first = 0
    for export_id, drafted in batch:
        if numbered := before.get(export_id):
            entries = [(it.kind, it.own) for it in drafted]
            same = same_entries(entries, [*numbered])
            given |= {first + entries.index(entry): numbered[was] for entry, was in same.items()}
            lost += [it.place for was, it in numbered.items() if was not in same.values()]
        first += len(drafted)
    return given, lost


def _next_rows(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(NEXT_ROWS, [count])
        return [row for (row,) in cursor.fetchall()]


def _last(tenant_id: int, year_end: date, journal: str) -> int:
    given = KeptNumber.objects.filter(tenant_id=tenant_id, fiscal_year=year_end, journal=journal)
    return given.order_by("-sequence").values_list("sequence", flat=True).first() or 0


def _numbers_of_closings_left_out(run: ExportRun) -> Iterator[int]:
    """Numbers of closings that were in a file once and are held now."""
    left_out = RunClosing.objects.filter(run=run).exclude(state=RunClosingState.TAKEN)
    return KeptNumber.objects.filter(export__in=left_out.values("export_id")).values_list("pk", flat=True).iterator()


def _warning(absent: list[int]) -> Iterator[Problem]:
    """Name the first numbers that were given before and that this file has not: a gap a person must know of."""
    if absent:
        rows = KeptNumber.objects.filter(pk__in=sorted(absent)[:NAMED_MAX]).order_by("pk")
        named = [
            f"{EntryNumber(row.journal, row.sequence)} (Z{row.export.number} {row.export.establishment.code})"
            for row in rows.select_related("export__establishment").defer("export__document")
        ]
        facts = {"count": str(len(absent)), "numbers": ", ".join(named)}
        yield Problem(code="fec_numbers_absent", facts=facts, blocking=False)
