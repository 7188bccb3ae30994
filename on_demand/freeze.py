"""Booking each closing of an export once, and storing its entries: the same ones are checked, numbered and written.

They are read a page at a time, so that no transaction stays open.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from string import ascii_uppercase
from typing import Any
from uuid import UUID

from django.db.models.fields.json import KT
from psycopg.types.json import Jsonb

from booking.models import Mapping as Settings
from exact.company.plan import plan_in
from exact.models import Posting
from exports.coverage.rows import kept
from exports.models import ClosingState, StoredClosing
from exports.way.decide import Archived, Held, Look, Ready, decide_for_file
from exports.way.prepare import Destination
from exports.way.states import is_before_start
from ledger.entry import Entry
from ledger.files.booked import NOTHING_TOLD, BookedClosing
from ledger.files.bridge import Step, Told
from ledger.files.fec import Fec
from ledger.files.layout import Layout
from ledger.files.make import Draft
from ledger.files.read_back import as_meant, moved_by
from ledger.files.takings import takings_of
from ledger.money import BOOKS
from ledger.problem import Problem
from on_demand.claim import Claimed
from on_demand.closings import (
    LATE,
    StandingEntries,
    closings_in,
    is_given_up,
    pages,
    standing_entries,
    why_archived,
    with_documents,
)
from on_demand.delivered import earlier_exports
from on_demand.frozen import FileEntry, Frozen
from on_demand.models import OnDemandClosing, OnDemandClosingState, OnDemandExport
from on_demand.read_ahead import read_ahead
from on_demand.since_delivered import BACK_SINCE, GONE_SINCE, changed_since
from on_demand.till_sums import told_of, told_of_undone
from on_demand.validated import Validated, ValidatedEntries, correction_of, held_of
from postgres.bulk import copy_rows
from tenants.models import Establishment, Till

NAMED_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What became of a closing after a FEC held it: said where this file sets it right, and where another year does."""

    here: Problem
    elsewhere: Problem


CHANGED = Since(
    here=Problem(code="run_corrected", blocking=False),
    elsewhere=Problem(code="run_corrected_elsewhere", blocking=False),
)
GIVEN_UP = Since(
    here=Problem(code="run_undone", blocking=False), elsewhere=Problem(code="run_undone_elsewhere", blocking=False)
)
COUNTS_AGAIN = Since(
    here=Problem(code="run_once_more", blocking=False),
    elsewhere=Problem(code="run_once_more_elsewhere", blocking=False),
)
SAID_OF_SEVERAL = {
    LATE.code: "run_late_closings",
    CHANGED.here.code: "fec_corrected",
    CHANGED.elsewhere.code: "fec_corrected_elsewhere",
    GIVEN_UP.here.code: "fec_undone",
    GIVEN_UP.elsewhere.code: "fec_undone_elsewhere",
    COUNTS_AGAIN.here.code: "fec_once_more",
    COUNTS_AGAIN.elsewhere.code: "fec_once_more_elsewhere",
    GONE_SINCE.code: "import_gone_since",
    BACK_SINCE.code: "import_back_since",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadClosing:
    """What becomes of a closing in an export; `closing` is what goes into the file, None when it is left out.

    `earlier`: the export whose file for import held it before. `validated`: its entries in delivered FECs; they are in
    this file as they are there, together with the entries of `closing` and the reversals of `undone`. For a held
    closing, whose entries a FEC reversed, `closing` has no entries: it is not booked again.
    """

    stored: StoredClosing
    state: OnDemandClosingState
    in_exact: bool
    problems: Sequence[Problem]
    closing: BookedClosing | None
    earlier: UUID | None = None
    validated: tuple[Validated, ...] = ()
    undone: tuple[Validated, ...] = ()
    told: Told = NOTHING_TOLD

    @property
    def left_for(self) -> Step | None:
        """Why its sales are not in the file; None when they are, or when there is nothing to book of it."""
        step = {OnDemandClosingState.HELD: Step.HELD, OnDemandClosingState.ALREADY: Step.EARLIER}.get(self.state)
        step = Step.SET_ASIDE if self.told.set_aside else step
        out = self.closing is None or self.state == OnDemandClosingState.HELD
        return step if out and self.stored.currency == BOOKS else None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPage:
    """A page of closings, with all that was read about them."""

    page: Sequence[StoredClosing]
    standing: dict[UUID, StandingEntries]
    earlier: dict[UUID, UUID]
    validated: dict[UUID, list[Validated]]
    told: dict[UUID, Told]


def freeze(export: OnDemandExport, claimed: Claimed, draft: Draft, frozen: Frozen) -> list[Problem]:
    """Book and draft every closing of the range, and store what became of each.

    Returns problems to tell: closings that were corrected beside their validated entries, or could not be in this file,
    and those of earlier files that count no more, or again.
    """
    OnDemandClosing.objects.filter(export=export).delete()
    places, reader = count(1), Reader(export, draft.layout)
    noted: dict[str, list[str]] = {}
    for page in reader.pages():
        rows = []
        for read, place in zip(page, places, strict=False):
            if read.closing is not None:
                frozen.add(read.stored.pk, drafted(draft, read.closing, read))
            if read.left_for is not None:
                draft.leave(read.told.gross, read.left_for)
            for problem in read.problems:
                if problem.code in SAID_OF_SEVERAL:
                    noted.setdefault(problem.code, []).append(read.stored.full_name)
            rows.append(_make_row(export, place, read))
        copy_rows(OnDemandClosing, COPIED, rows)
        claimed.step(len(page))
    return [*said_of_several(noted)]


def said_of_several(noted: Mapping[str, list[str]]) -> Iterator[Problem]:
    """One problem for each code, with the number of closings and the labels of the first ones."""
    for code, closings in noted.items():
        facts = {"count": str(len(closings)), "closings": ", ".join(closings[:NAMED_MAX])}
        yield Problem(code=SAID_OF_SEVERAL[code], facts=facts, blocking=False)


def drafted(draft: Draft, closing: BookedClosing, read: ReadClosing) -> list[FileEntry]:
    """A closing's entries as text, each with the amounts it has to move; validated ones first, unchanged."""
    fec = draft.layout if isinstance(draft.layout, Fec) else None
    day = closing.entries[0].date if closing.entries else None
    turned = [(it, it.entry.reversal(day or it.entry.day, draft=bool(fec and fec.draft))) for it in read.undone]
    texts = draft.add(closing, [*(it.entry for it in read.validated), *(entry for _, entry in turned)])
    return [
        *(_as_validated(it, fec) for it in read.validated if fec),
        *(
            FileEntry(it.kind, it.own, it.entry.journal.code, e.text, as_meant(e.moved), json.dumps(e.takings))
            for it, e in turned
        ),
        *(
            FileEntry(*text, as_meant(moved_by(entry, draft.layout)), json.dumps(takings_of(entry)) if fec else "")
            for text, entry in zip(texts, closing.entries, strict=True)
        ),
    ]


def _as_validated(it: Validated, fec: Fec) -> FileEntry:
    number, place, day = it.given
    text = it.entry.as_draft(fec.draft, validated_on=day)
    given = (number.journal, number.sequence, place, day.toordinal())
    return FileEntry(it.kind, it.own, number.journal, text, as_meant(it.entry.moved), "", given)


COPIED = ("tenant_id", "export_id", "closing_id", "place", "state", "in_exact", "problems", "earlier_id")


def _make_row(export: OnDemandExport, place: int, read: ReadClosing) -> tuple[Any, ...]:
    problems = Jsonb([problem.to_document() for problem in read.problems])
    return export.tenant_id, export.pk, read.stored.pk, place, read.state, read.in_exact, problems, read.earlier


def walk_ins_of(export: OnDemandExport) -> set[str]:
    """The third parties of the range's counter sales: by today's plans, and by what was posted."""
    posted = Posting.objects.filter(closing_id__in=closings_in(export).values("pk")).order_by()
    shops = closings_in(export).order_by().values("establishment")
    mappings = Settings.objects.filter(establishment__in=shops)
    planned = {plan_in(None, mapping).third_party for mapping in mappings}
    return planned | {*posted.values_list(KT("entry__third_party"), flat=True).distinct()} - {None}


# Closings in these states may have entries that were never posted, even if every posting stands in Exact.
UNFINISHED = (ClosingState.HELD, ClosingState.WAITING, ClosingState.FAILED)


class Reader:
    """Reads and books the closings of one export; caches the settings in force of each establishment."""

    def __init__(self, export: OnDemandExport, layout: Layout | None = None) -> None:
        self._export = export
        self._fec = layout if isinstance(layout, Fec) else None
        self._validated = ValidatedEntries()
        self._destinations: dict[int, Destination] = {}
        self._till_places: dict[int, str] = _till_places(export)
        self._shops: dict[int, str] = _shops_apart(export)
        self._told: dict[UUID, Told] = {}
        self._changed = changed_since(export)

    def pages(self) -> Iterator[list[ReadClosing]]:
        """Yield what becomes of each closing of the range, a page at a time."""
        for stored in read_ahead(self._read_pages()):
            self._told = stored.told
            yield [self._note(self._take_or_leave(closing, stored)) for closing in stored.page]

    def _note(self, read: ReadClosing) -> ReadClosing:
        """Add what the till says of a closing, and what became of it since a file for import held it; a late one, which
        missed the file of its month, is noted as such."""
        read = replace(read, told=self._tell(read.stored))
        if (changed := self._changed.get(read.stored.pk)) is not None:
            return replace(read, problems=[*read.problems, changed])
        late = read.state == OnDemandClosingState.TAKEN and read.stored.business_date < self._export.first_date
        return replace(read, problems=[*read.problems, LATE]) if late else read

    def _tell(self, closing: StoredClosing) -> Told:
        """Its sums; nothing where others count in its place, or it is of other days than the file's."""
        own_days = self._export.first_date <= closing.business_date <= self._export.last_date
        if closing.pk in self._changed and not own_days:
            return NOTHING_TOLD
        return told_of_undone(closing, self._told[closing.pk])

    def _read_pages(self) -> Iterator[StoredPage]:
        for page in pages(self._export, also=self._changed):
            earlier = earlier_exports(self._export, [it.pk for it in page])
            wanted = page if self._export.again else [it for it in page if it.pk not in earlier]
            standing = standing_entries(wanted)
            validated = self._validated.of([it.pk for it in page]) if self._fec else {}
            to_book = [it for it in wanted if not held_of(validated.get(it.pk, []))]
            with_documents([it for it in to_book if self._is_booked_now(it, standing.get(it.pk, StandingEntries()))])
            told = told_of(page)
            yield StoredPage(page=page, standing=standing, earlier=earlier, validated=validated, told=told)

    def _take_or_leave(self, closing: StoredClosing, stored: StoredPage) -> ReadClosing:
        """Leave out a closing that an earlier file for import holds; take any other as it is now."""
        earlier = stored.earlier.get(closing.pk)
        if earlier is not None and not self._export.again:
            state = OnDemandClosingState.ALREADY
            return ReadClosing(stored=closing, state=state, in_exact=False, problems=[], closing=None, earlier=earlier)
        standing = stored.standing.get(closing.pk, StandingEntries())
        if validated := stored.validated.get(closing.pk):
            return self._as_validated(closing, validated, standing)
        return replace(self._read(closing, standing), earlier=earlier)

    def _as_validated(
        self, closing: StoredClosing, validated: list[Validated], standing: StandingEntries
    ) -> ReadClosing:
        """A closing with entries in delivered FECs: these stay, and corrections are added for what Exact holds now."""
        assert self._fec is not None, "only a FEC validates"
        whole = standing.complete and standing.in_exact and closing.state not in UNFINISHED
        given_up = is_given_up(closing)
        whole = whole or given_up  # no entry of it counts any more, so all of it is reversed
        since = GIVEN_UP if given_up else CHANGED
        if not whole and not held_of(validated):
            return self._take_once_more(closing, validated, standing)
        correction = correction_of(validated, standing.entries, self._fec) if whole else None
        taken = replace(self._take(closing, (), in_exact=whole), validated=tuple(validated))
        if correction is not None and correction.day not in self._fec.year:
            kept = self._closing(closing, (), told=Told.of(closing.gross, closing.offered))
            return replace(taken, closing=kept, problems=[since.elsewhere])
        told = told_of_undone(closing, self._told[closing.pk])
        if correction is None:
            return replace(taken, closing=self._closing(closing, (), told=told))
        corrected = replace(taken, problems=[since.here], undone=correction.undone)
        return replace(corrected, closing=self._closing(closing, correction.standing, told=told))

    def _take_once_more(
        self, closing: StoredClosing, validated: list[Validated], standing: StandingEntries
    ) -> ReadClosing:
        """A closing whose entries a FEC reversed and that counts again: its entries anew, or why there are none."""
        assert self._fec is not None, "only a FEC validates"
        again = replace(self._read(closing, standing), validated=tuple(validated))
        if again.closing is None:
            return replace(again, closing=self._closing(closing, (), told=NOTHING_TOLD))
        entries = again.closing.entries
        if not entries:
            return again
        if entries[0].date not in self._fec.year:
            without = self._closing(closing, (), told=again.closing.told)
            return replace(again, closing=without, problems=[COUNTS_AGAIN.elsewhere])
        return replace(again, problems=[COUNTS_AGAIN.here])

    def _is_booked_now(self, closing: StoredClosing, standing: StandingEntries) -> bool:
        """Whether to book the closing now, as its postings may not have all of its entries."""
        if closing.state == ClosingState.ARCHIVED:
            return is_before_start(closing)  # the first day for Exact does not matter to files (docs/decisions/0050)
        return closing.state in UNFINISHED or not standing.complete

    def _read(self, closing: StoredClosing, standing: StandingEntries) -> ReadClosing:
        if closing.state == ClosingState.ARCHIVED and not is_before_start(closing):
            return _leave_out(closing, OnDemandClosingState.SKIPPED, why_archived(closing))
        if not self._is_booked_now(closing, standing):
            return self._take(closing, standing.entries, in_exact=standing.in_exact)
        look = Look.at(closing, standing.entries, judged=kept)
        match decide_for_file(look, self._destination(closing.establishment)):
            case Held(problems=problems):
                return _leave_out(closing, OnDemandClosingState.HELD, look.holding(problems))
            case Archived(why=why):
                return _leave_out(closing, OnDemandClosingState.SKIPPED, [why])
            case Ready(entries=entries):
                return self._take(closing, (*standing.entries, *entries), in_exact=False)
        return self._take(closing, standing.entries, in_exact=standing.in_exact)

    def _take(self, closing: StoredClosing, entries: tuple[Entry, ...], *, in_exact: bool) -> ReadClosing:
        return ReadClosing(
            stored=closing,
            state=OnDemandClosingState.TAKEN,
            in_exact=in_exact,
            problems=(),
            closing=self._closing(closing, entries, told=self._told[closing.pk]),
        )

    def _destination(self, shop: Establishment) -> Destination:
        if shop.pk not in self._destinations:
            self._destinations[shop.pk] = Destination.of(shop)
        return self._destinations[shop.pk]

    def _closing(self, closing: StoredClosing, entries: tuple[Entry, ...], *, told: Told) -> BookedClosing:
        station = getattr(closing, "scope", "") or ""
        return BookedClosing(
            establishment=closing.establishment.code,
            siren=self._export.tenant.siren,
            number=closing.number,
            business_date=closing.business_date,
            entries=entries,
            scope=scope_of(self._till_places[closing.till_id], station),
            shop=self._shops.get(closing.establishment_id, ""),
            told=told,
        )


def scope_of(till_place: str, station: str) -> str:
    """The name of a closing's sequence: "2" for the second till, "BAR" for a station, "2-P1" for its station 1."""
    return "-".join(part for part in (till_place, f"P{station}" if station.isdigit() else station) if part)


def _shops_apart(export: OnDemandExport) -> dict[int, str]:
    """In a file of several establishments: "" for the customer's first, then "B", "C", … "Z", "AA"."""
    if export.establishment_id is not None:
        return {}
    shops = Establishment.objects.filter(tenant_id=export.tenant_id).order_by("pk").values_list("pk", flat=True)
    return {pk: letters_of(place) if place else "" for place, pk in enumerate(shops)}


def letters_of(place: int) -> str:
    """0 is "A", 25 "Z", 26 "AA": as a spreadsheet counts its columns."""
    before, letter = divmod(place, 26)
    return (letters_of(before - 1) if before else "") + ascii_uppercase[letter]


def _leave_out(closing: StoredClosing, state: OnDemandClosingState, problems: Sequence[Problem]) -> ReadClosing:
    return ReadClosing(stored=closing, state=state, in_exact=False, problems=problems, closing=None)


def _till_places(export: OnDemandExport) -> dict[int, str]:
    """ "" for an establishment's first till, then "2", "3": each till counts its closings from one."""
    counted: dict[int, int] = {}
    places: dict[int, str] = {}
    tills = Till.objects.filter(tenant_id=export.tenant_id).order_by("pk").values_list("pk", "establishment_id")
    for till_id, establishment_id in tills:
        counted[establishment_id] = counted.get(establishment_id, 0) + 1
        places[till_id] = "" if counted[establishment_id] == 1 else str(counted[establishment_id])
    return places
