"""A run's closings, each booked once and set aside: what is checked is what is numbered and written.

They are set aside in a temporary file, so that memory does not grow with the range, and no transaction stays open.
"""

import pickle
import tempfile
from collections.abc import Iterable, Iterator
from itertools import count

from django.utils import timezone

from exact.activation import plan_in
from exports.accept import found_by_the_till
from exports.models import Export, ExportState
from exports.prepare import Destination, holding_problems
from exports.runs.closings import NOTHING_TO_BOOK, StandingEntries, pages, standing_entries, why_archived
from exports.runs.comparison import Balances
from exports.runs.models import ExportRun, RunClosing, RunClosingState
from exports.runs.work import Work
from ledger.book import book
from ledger.closing import Closing
from ledger.entry import Entry
from ledger.files.booked import BookedClosing, NumberedEntry
from ledger.problem import Problem
from tenants.models import Till


class Frozen:
    """Booked closings by their place in the run; gone through as often as wanted, always the same."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._offsets: dict[int, int] = {}
        self._end = 0

    def add(self, place: int, closing: BookedClosing) -> None:
        """Set a closing aside. All are added before the first is read."""
        data = pickle.dumps(closing, protocol=pickle.HIGHEST_PROTOCOL)
        self._offsets[place] = self._end
        self._end += self._file.write(data)

    def at(self, places: Iterable[int]) -> Iterator[tuple[int, BookedClosing]]:
        """Yield the closings of some places, in the order asked for; cheapest in the order they were added."""
        for place in places:
            if self._file.tell() != self._offsets[place]:
                self._file.seek(self._offsets[place])
            closing: BookedClosing = pickle.load(self._file)  # noqa: S301 - our own temporary file
            yield place, closing

    def __iter__(self) -> Iterator[BookedClosing]:
        return (closing for _, closing in self.at(self._offsets))

    def __len__(self) -> int:
        return len(self._offsets)

    def close(self) -> None:
        self._file.close()


def freeze(run: ExportRun, work: Work, frozen: Frozen, balances: Balances) -> set[str]:
    """Book every closing of the range, and write down what became of each. Returns the walk-in third parties met."""
    RunClosing.objects.filter(run=run).delete()
    places, reader = count(1), Reader(run)
    for page in reader.pages():
        for (row, closing), place in zip(page, places, strict=False):
            row.place = place
            if closing is not None:
                frozen.add(place, closing)
                balances.add(closing, in_exact=row.in_exact)
        RunClosing.objects.bulk_create(row for row, _ in page)
        work.step(len(page))
    return reader.walk_ins


class Reader:
    """Reads and books the closings of one run; remembers what is in force for each establishment.

    `walk_ins` are the third parties of the counter sales met so far.
    """

    def __init__(self, run: ExportRun) -> None:
        self._run = run
        self._today = timezone.localdate()
        self._destinations: dict[int, Destination] = {}
        self._till_places: dict[int, str] = _till_places(run)
        self.walk_ins: set[str] = set()

    def pages(self) -> Iterator[list[tuple[RunClosing, BookedClosing | None]]]:
        """Yield what becomes of each closing of the range, and what goes into the file, a page at a time."""
        for page in pages(self._run):
            standing = standing_entries(page)
            yield [self._read(export, standing.get(export.pk, StandingEntries())) for export in page]

    def _read(self, export: Export, standing: StandingEntries) -> tuple[RunClosing, BookedClosing | None]:
        entries, state, problems = standing.entries, RunClosingState.TAKEN, list[Problem]()
        if export.state == ExportState.ARCHIVED:
            entries, state, problems = (), RunClosingState.SKIPPED, why_archived(export)
        elif not standing.complete:
            entries, problems = self._booked_now(export, standing)
            if problems:
                state = RunClosingState.HELD
            elif not entries:
                state, problems = RunClosingState.SKIPPED, [NOTHING_TO_BOOK]
        row = RunClosing(
            tenant_id=export.tenant_id,
            run=self._run,
            export=export,
            state=state,
            in_exact=state == RunClosingState.TAKEN and standing.in_exact,
            problems=[problem.to_document() for problem in problems],
        )
        if state != RunClosingState.TAKEN:
            return row, None
        self.walk_ins |= {entry.third_party for entry in entries}
        return row, self._closing(export, entries)

    def _booked_now(self, export: Export, standing: StandingEntries) -> tuple[tuple[Entry, ...], list[Problem]]:
        """Book as for Exact what does not stand there; what Exact alone would refuse is no obstacle to a file."""
        closing = Closing.from_document(export.document)
        holding = holding_problems(export, closing, found_by_the_till(export))
        if holding:
            return (), holding
        destination = self._destination(export)
        division = destination.activation.division if destination.activation else None
        booking = book(closing, plan_in(division, destination.mapping), label=export.label)
        blocking = [problem for problem in booking.problems if problem.blocking]
        if blocking:
            return (), blocking
        kept = {(entry.kind, entry.journal) for entry in standing.entries}
        return (*standing.entries, *(it for it in booking.entries if (it.kind, it.journal) not in kept)), []

    def _destination(self, export: Export) -> Destination:
        shop = export.establishment
        if shop.pk not in self._destinations:
            self._destinations[shop.pk] = Destination.of(shop)
        return self._destinations[shop.pk]

    def _closing(self, export: Export, entries: tuple[Entry, ...]) -> BookedClosing:
        scope = getattr(export, "scope", "") or ""
        return BookedClosing(
            establishment=export.establishment.code,
            siren=self._run.tenant.siren,
            number=export.number,
            business_date=export.business_date,
            validated_on=self._today,
            entries=tuple(NumberedEntry(entry=entry) for entry in entries),
            scope="-".join(part for part in (self._till_places[export.till_id], scope) if part),
        )


def _till_places(run: ExportRun) -> dict[int, str]:
    """ "" for an establishment's first till, then "2", "3": each till counts its closings from one."""
    counted: dict[int, int] = {}
    places: dict[int, str] = {}
    tills = Till.objects.filter(tenant_id=run.tenant_id).order_by("pk").values_list("pk", "establishment_id")
    for till_id, establishment_id in tills:
        counted[establishment_id] = counted.get(establishment_id, 0) + 1
        places[till_id] = "" if counted[establishment_id] == 1 else str(counted[establishment_id])
    return places
