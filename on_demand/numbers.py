"""EcritureNum: every entry of an export gets the number it keeps, and the file is written in the order of numbers.

A number is given when everything was checked, so that a file that could not be made leaves no gap.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from ledger.files.numbering import EntryKey, EntryNumber, GivenNumber, number_entries, same_entries
from ledger.problem import Problem
from on_demand.claim import Claimed
from on_demand.frozen import FileEntry, Frozen, Numbered
from on_demand.models import KeptNumber, OnDemandClosing, OnDemandClosingState, OnDemandExport
from postgres.bulk import copy_rows
from postgres.rows import among
from tenants.models import Tenant

BATCH = 500
NAMED_MAX = 10
# The ids are drawn from the sequence before the rows are inserted, so that their order is known without reading back.
NEXT_ROWS = """
SELECT nextval(pg_get_serial_sequence('on_demand_keptnumber', 'id')) FROM generate_series(1, %s) ORDER BY 1
"""
COPIED = (
    "id",
    "tenant_id",
    "fiscal_year",
    "journal",
    "sequence",
    "closing_id",
    "entry_kind",
    "entry_journal",
    "revision",
    "given_at",
)

Batch = Sequence[tuple[UUID, list[FileEntry]]]


def give_numbers(claimed: Claimed, frozen: Frozen, numbered: Numbered, *, year_end: date) -> list[Problem]:
    """Number all entries that have no number yet, in the order of the export's closings, and set all aside as numbered.

    Returns a warning when numbers given before are not in this file. Raises `Stopped`.
    """
    left, absent = iter(frozen), [*_numbers_of_closings_left_out(claimed.export)]
    while batch := [*islice(left, BATCH)]:
        numbers, lost = _give(claimed.export.tenant_id, year_end, batch)
        absent += lost
        entries = (entry for _, drafted in batch for entry in drafted)
        for entry, given in zip(entries, numbers, strict=True):
            numbered.add(entry, given)
        claimed.step(len(batch))
    return [*_warning(absent)]


def _give(tenant_id: int, year_end: date, batch: Batch) -> tuple[list[GivenNumber], list[int]]:
    """One batch, in one transaction; the customer's row is locked, so numbers are given one export after the other.

    Returns the numbers of all entries, in their order, and which rows of numbers have no entry any more.
    """
    entries = [(closing_id, it) for closing_id, drafted in batch for it in drafted]
    with transaction.atomic():
        Tenant.objects.select_for_update(no_key=True).filter(pk=tenant_id).values_list("pk").get()
        before = _Before(batch)
        given, lost = before.given()
        kept = {place: it.number for place, it in given.items()}
        journals = {it.journal for _, it in entries} | {number.journal for number in kept.values()}
        last = {journal: _find_last_number(tenant_id, year_end, journal) for journal in journals}
        numbers = number_entries(((place, it.journal) for place, (_, it) in enumerate(entries)), kept=kept, last=last)
        now = timezone.now()
        today, new = timezone.localdate(now), [place for place in numbers if place not in given]
        for place, row in zip(new, _next_rows(len(new)), strict=True):
            given[place] = GivenNumber(number=numbers[place], place=row, day=today)
        rows = []
        for it in new:
            closing_id, entry = entries[it]
            number, revision = numbers[it], before.next_revision(closing_id, entry)
            key = (closing_id, entry.kind, entry.own, revision)
            rows.append((given[it].place, tenant_id, year_end, number.journal, number.sequence, *key, now))
        copy_rows(KeptNumber, COPIED, rows)
    return [given[place] for place in range(len(entries))], lost


class _Before:
    """The numbers that the entries of a batch have already, in whatever journal these were numbered."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._numbered: defaultdict[UUID, dict[EntryKey, GivenNumber]] = defaultdict(dict)
        self._revisions: defaultdict[tuple[UUID, str, str], int] = defaultdict(int)
        rows = KeptNumber.objects.filter(among("closing_id", [closing_id for closing_id, _ in batch]))
        for pk, closing_id, kind, own, revision, journal, sequence, given_at in rows.order_by("pk").values_list(
            "pk", "closing_id", "entry_kind", "entry_journal", "revision", "journal", "sequence", "given_at"
        ):
            given = GivenNumber(number=EntryNumber(journal, sequence), place=pk, day=timezone.localdate(given_at))
            self._numbered[closing_id][kind, own, revision] = given
            self._revisions[closing_id, kind, own] = max(self._revisions[closing_id, kind, own], revision)

    def given(self) -> tuple[dict[int, GivenNumber], list[int]]:
        """The number of each entry that has one, by its place in the batch; and rows that have no entry any more.

        Entries of a delivered FEC come with their numbers. A number that no delivered file shows yet goes to the entry
        that is in its place now.
        """
        given: dict[int, GivenNumber] = {}
        lost: list[int] = []
        first = 0
        for closing_id, drafted in self._batch:
            taken = set()
            for place, entry in enumerate(drafted, start=first):
                if entry.given is not None:
                    journal, sequence, row, day = entry.given
                    number = EntryNumber(journal, sequence)
                    given[place] = GivenNumber(number=number, place=row, day=date.fromordinal(day))
                    taken.add(row)
            left = {key: it for key, it in self._numbered[closing_id].items() if it.place not in taken}
            same, keys = self._match_drafts(drafted, left)
            given |= {first + keys[entry]: left[was] for entry, was in same.items()}
            lost += [it.place for was, it in left.items() if was not in same.values()]
            first += len(drafted)
        return given, lost

    def next_revision(self, closing_id: UUID, entry: FileEntry) -> int:
        """The revision of a new entry of a closing: how many of its kind and journal the closing then has."""
        self._revisions[closing_id, entry.kind, entry.own] += 1
        return self._revisions[closing_id, entry.kind, entry.own]

    @staticmethod
    def _match_drafts(
        drafted: Sequence[FileEntry], left: Mapping[EntryKey, GivenNumber]
    ) -> tuple[dict[EntryKey, EntryKey], dict[EntryKey, int]]:
        counted: Counter[tuple[str, str]] = Counter()
        keys: dict[EntryKey, int] = {}
        for place, entry in enumerate(drafted):
            counted[entry.kind, entry.own] += 1
            if entry.given is None:
                keys[entry.kind, entry.own, counted[entry.kind, entry.own]] = place
        return same_entries(keys, [*left]), keys


def _next_rows(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(NEXT_ROWS, [count])
        return [row for (row,) in cursor.fetchall()]


def _find_last_number(tenant_id: int, year_end: date, journal: str) -> int:
    given = KeptNumber.objects.filter(tenant_id=tenant_id, fiscal_year=year_end, journal=journal)
    return given.order_by("-sequence").values_list("sequence", flat=True).first() or 0


def _numbers_of_closings_left_out(export: OnDemandExport) -> Iterator[int]:
    """Numbers of closings that were in a file once and are held now."""
    left_out = OnDemandClosing.objects.filter(export=export).exclude(state=OnDemandClosingState.TAKEN)
    return KeptNumber.objects.filter(closing__in=left_out.values("closing_id")).values_list("pk", flat=True).iterator()


def _warning(absent: list[int]) -> Iterator[Problem]:
    """Name the first numbers that were given before and that this file has not: a gap a person must know of."""
    if absent:
        rows = KeptNumber.objects.filter(pk__in=sorted(absent)[:NAMED_MAX]).order_by("pk")
        named = [
            f"{EntryNumber(row.journal, row.sequence)} ({row.closing} {row.closing.establishment.code})"
            for row in rows.select_related("closing__establishment").defer("closing__document")
        ]
        facts = {"count": str(len(absent)), "numbers": ", ".join(named)}
        yield Problem(code="fec_numbers_absent", facts=facts, blocking=False)


def has_numbers(tenant_id: int) -> bool:
    """Whether entries were numbered for a customer: then its SIREN stays (the FEC's sequences are the company's)."""
    return KeptNumber.objects.filter(tenant=tenant_id).exists()
