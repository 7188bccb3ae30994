"""What a run sets aside between check and writing, in temporary files: memory does not grow with the range."""

import marshal
import tempfile
from array import array
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from ledger.files.make import DraftedEntry, completed
from ledger.files.numbering import EntryNumber, GivenNumber


class _Records:
    """Tuples of plain values in a temporary file: all are added, then read as often as wanted."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._ends = array("q", [0])

    def add(self, record: tuple[Any, ...]) -> None:
        self._ends.append(self._ends[-1] + self._file.write(marshal.dumps(record)))

    def read(self, place: int) -> Any:
        """Cheapest in the order in which records were added."""
        begin, end = self._ends[place], self._ends[place + 1]
        if self._file.tell() != begin:
            self._file.seek(begin)
        return marshal.loads(self._file.read(end - begin))  # noqa: S302 - our own temporary file

    def __len__(self) -> int:
        return len(self._ends) - 1

    def close(self) -> None:
        self._file.close()


class Frozen:
    """Booked entries as text, by closing, in the order of the run; gone through as often as wanted, always the same."""

    def __init__(self) -> None:
        self._records = _Records()

    def add(self, export_id: UUID, entries: list[DraftedEntry]) -> None:
        """Set a closing's entries aside."""
        self._records.add((export_id.bytes, entries))

    def __iter__(self) -> Iterator[tuple[UUID, list[DraftedEntry]]]:
        for place in range(len(self._records)):
            export_id, entries = self._records.read(place)
            yield UUID(bytes=export_id), entries

    def __len__(self) -> int:
        return len(self._records)

    def close(self) -> None:
        self._records.close()


class Numbered:
    """Entries with the numbers they show, to be written in the order in which those were given, by whatever run."""

    def __init__(self) -> None:
        self._records = _Records()
        self._places = array("q")

    def add(self, text: str, given: GivenNumber) -> None:
        """Set an entry aside, completed with its number."""
        self._places.append(given.place)
        self._records.add((completed(text, given), given.number.journal, given.number.sequence))

    def __iter__(self) -> Iterator[tuple[str, EntryNumber]]:
        for entry in sorted(range(len(self._places)), key=self._places.__getitem__):
            text, journal, sequence = self._records.read(entry)
            yield text, EntryNumber(journal, sequence)

    def close(self) -> None:
        self._records.close()
