"""Entries of delivered FECs: later FECs show the same bytes under the same numbers, whatever settings changed since.

If an entry was replaced in Exact since, corrections are added under new numbers: a reversal of the entry that is not
booked any more, and the entry that is booked now.
"""

import json
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, connection
from django.utils import timezone
from psycopg import IntegrityError as RawIntegrityError

from ledger.entry import Entry
from ledger.files.fec import Fec
from ledger.files.layout import Layout
from ledger.files.numbering import EntryNumber, GivenNumber
from ledger.files.read_back import moved_by
from ledger.files.validated import ValidatedEntry, in_force
from on_demand.content import PIECE, read_piece
from on_demand.models import FileContent, OnDemandExport
from on_demand.models import ValidatedEntry as ValidatedRow
from postgres.bulk import copy_rows
from postgres.transactions import assert_in_transaction

ONCE = "on_demand_validatedentry_pkey"
COPIED = ("number_id", "tenant_id", "content_id", "start", "length", "takings")
PIECES_KEPT = 8
VALIDATED = """
SELECT number.closing_id, number.id, number.entry_kind, number.entry_journal, number.journal, number.sequence,
       number.given_at, validated.content_id, validated.start, validated.length, validated.takings
FROM on_demand_keptnumber number JOIN on_demand_validatedentry validated ON validated.number_id = number.id
WHERE number.closing_id = ANY(%s) ORDER BY number.id
"""


class ValidatedMeanwhile(Exception):
    """Another export has just delivered an entry of this one in a FEC: make the file anew, with that FEC's bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    """An entry of a closing in a delivered FEC: its kind, its own journal, its number, and what the file holds."""

    kind: str
    own: str
    given: GivenNumber
    entry: ValidatedEntry


class Validation(NamedTuple):
    """Where a new file holds an entry whose number no delivered file showed before; `takings` are JSON."""

    number_id: int
    start: int
    length: int
    takings: str


class ValidatedEntries:
    """Reads them, a page of closings at a time; the pieces of the files that hold them are unpacked once."""

    def __init__(self) -> None:
        self._pieces: OrderedDict[tuple[int, int], bytes] = OrderedDict()

    def of(self, closing_ids: Sequence[UUID]) -> dict[UUID, list[Validated]]:
        """What delivered FECs hold of each closing, in the order of the numbers; without those they hold nothing of."""
        with connection.cursor() as cursor:
            cursor.execute(VALIDATED, [[*closing_ids]])
            rows = cursor.fetchall()
        found: defaultdict[UUID, list[Validated]] = defaultdict(list)
        for closing_id, pk, kind, own, journal, sequence, given_at, content_id, start, length, takings in rows:
            text = self._bytes(content_id, start, length).decode(Fec.charset_name)
            day = timezone.localdate(given_at)
            given = GivenNumber(number=EntryNumber(journal, sequence), place=pk, day=day)
            entry = ValidatedEntry(text, _load(takings))
            found[closing_id].append(Validated(kind=kind, own=own, given=given, entry=entry))
        return found

    def _bytes(self, content_id: int, start: int, length: int) -> bytes:
        first, last = start // PIECE, (start + length - 1) // PIECE
        data = b"".join(self._piece(content_id, position) for position in range(first, last + 1))
        return data[start - first * PIECE : start - first * PIECE + length]

    def _piece(self, content_id: int, position: int) -> bytes:
        key = (content_id, position)
        if key not in self._pieces:
            self._pieces[key] = read_piece(content_id, position)
            while len(self._pieces) > PIECES_KEPT:
                self._pieces.popitem(last=False)
        self._pieces.move_to_end(key)
        return self._pieces[key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The corrections of a closing beside its validated entries: entries to reverse, and entries booked now."""

    undone: tuple[Validated, ...] = ()
    standing: tuple[Entry, ...] = ()

    @property
    def day(self) -> date:
        """Its date: that of the entries booked now, or else of those it reverses."""
        return self.standing[0].date if self.standing else self.undone[0].entry.day


def held_of(validated: Sequence[Validated]) -> list[Validated]:
    """The entries of a closing in delivered FECs that no later FEC reverses."""
    return [validated[place] for place in in_force([it.entry.moved for it in validated])]


def correction_of(validated: Sequence[Validated], standing: Sequence[Entry], layout: Layout) -> Correction | None:
    """The corrections that a FEC needs to show what is booked in Exact now; None when it shows that already."""
    moved = [moved_by(entry, layout) for entry in standing]
    left = [(standing[place], sorted(moved[place])) for place in in_force(moved)]
    undone = []
    for it in held_of(validated):
        same = next((entry for entry in left if entry[1] == sorted(it.entry.moved)), None)
        if same is not None:
            left.remove(same)
        else:
            undone.append(it)
    if not undone and not left:
        return None
    return Correction(undone=tuple(undone), standing=tuple(entry for entry, _moved in left))


def note_validated(export: OnDemandExport, content: FileContent, validations: Iterable[Validation]) -> None:
    """Store which bytes of a FEC are which entry's. Must run inside the transaction that delivers it.

    Raises `ValidatedMeanwhile`.
    """
    assert_in_transaction()
    try:
        copy_rows(ValidatedRow, COPIED, _rows(export, content, validations))
    except (IntegrityError, RawIntegrityError) as error:  # COPY fails in psycopg's own words
        if ONCE in str(error):
            raise ValidatedMeanwhile(str(export.pk)) from error
        raise


def _rows(export: OnDemandExport, content: FileContent, validations: Iterable[Validation]) -> Iterator[tuple[Any, ...]]:
    for it in validations:
        yield it.number_id, export.tenant_id, content.pk, it.start, it.length, it.takings


def _load(takings: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(takings) if isinstance(takings, str) else takings
    return loaded
