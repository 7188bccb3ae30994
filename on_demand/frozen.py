"""The temporary files of an export between booking and writing, so that memory does not grow with the range."""

import marshal
import tempfile
from array import array
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

from ledger.files.make import completed
from ledger.files.numbering import EntryNumber, GivenNumber
from on_demand.validated import Validation


class FileEntry(NamedTuple):
    """An entry for a file: its kind, its own journal, the journal's code in the file, its lines as text.

    `meant`: what its lines move, to be compared with the written file; `takings`: what it adds to sales and means, as
    JSON, for a FEC. `given`: the number (journal, sequence, place, day) of an entry that a delivered FEC holds already.
    """

    kind: str
    own: str
    journal: str
    text: str
    meant: str
    takings: str = ""
    given: tuple[str, int, int, int] | None = None


class WrittenEntry(NamedTuple):
    """An entry ready to be written, with the number it shows, if it shows one; `place` is the number's row.

    `takings` is "" for one that a delivered FEC holds already.
    """

    text: str
    number: EntryNumber | None
    meant: str
    place: int = 0
    takings: str = ""


class _Records:
    """Tuples of plain values in a temporary file: all are added, then read as often as wanted."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._ends = array("q", [0])

    def add(self, record: tuple[Any, ...]) -> None:
        self._ends.append(self._ends[-1] + self._file.write(marshal.dumps(record)))

    def read(self, place: int) -> Any:
        """Read one record. Fastest in the order in which records were added."""
        begin, end = self._ends[place], self._ends[place + 1]
        if self._file.tell() != begin:
            self._file.seek(begin)
        return marshal.loads(self._file.read(end - begin))  # noqa: S302 - our own temporary file

    def __len__(self) -> int:
        return len(self._ends) - 1

    def close(self) -> None:
        self._file.close()


class Frozen:
    """Booked entries as text, by closing, in the order of the export. Can be iterated again, with the same result."""

    def __init__(self) -> None:
        self._records = _Records()

    def add(self, closing_id: UUID, entries: list[FileEntry]) -> None:
        """Append a closing's entries."""
        self._records.add((closing_id.bytes, [tuple(entry) for entry in entries]))

    def __iter__(self) -> Iterator[tuple[UUID, list[FileEntry]]]:
        for place in range(len(self._records)):
            closing_id, entries = self._records.read(place)
            yield UUID(bytes=closing_id), [FileEntry(*entry) for entry in entries]

    def in_order(self) -> Iterator[WrittenEntry]:
        """The entries of a format that shows no numbers, in the order of their closings."""
        for _closing_id, entries in self:
            yield from (WrittenEntry(entry.text, None, entry.meant) for entry in entries)

    def __len__(self) -> int:
        return len(self._records)

    def close(self) -> None:
        """Give the temporary file back; nothing can be read after."""
        self._records.close()


class Validations:
    """The places in a new FEC of the entries that no delivered FEC holds yet."""

    def __init__(self) -> None:
        self._records = _Records()

    def add(self, validation: Validation) -> None:
        """Append one."""
        self._records.add(tuple(validation))

    def __iter__(self) -> Iterator[Validation]:
        for place in range(len(self._records)):
            yield Validation(*self._records.read(place))

    def close(self) -> None:
        """Give the temporary file back; nothing can be read after."""
        self._records.close()


class Numbered:
    """Entries with the numbers they show, in the order in which the numbers were given, by this or earlier exports."""

    def __init__(self) -> None:
        self._records = _Records()
        self._places = array("q")

    def add(self, entry: FileEntry, given: GivenNumber) -> None:
        """Append an entry, completed with its number."""
        self._places.append(given.place)
        number = given.number
        new = entry.takings if entry.given is None else ""
        self._records.add((completed(entry.text, given), number.journal, number.sequence, entry.meant, new))

    def in_order(self) -> Iterator[WrittenEntry]:
        """The entries in the order of their numbers."""
        for entry in sorted(range(len(self._places)), key=self._places.__getitem__):
            text, journal, sequence, meant, takings = self._records.read(entry)
            yield WrittenEntry(text, EntryNumber(journal, sequence), meant, self._places[entry], takings)

    def close(self) -> None:
        """Give the temporary file back; nothing can be read after."""
        self._records.close()
