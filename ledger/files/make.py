"""Closings in, a file out with its control sheet; or everything that stands in the way, and no file."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ledger.files.booked import BookedClosing
from ledger.files.check import check_file
from ledger.files.control_sheet import ControlSheet, ControlTally
from ledger.files.journal_lines import journal_lines
from ledger.files.layout import Layout
from ledger.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeFile:
    """A file that was written, and what was found. A blocking problem leaves no file: no name, no sheet."""

    name: str = ""
    sheet: ControlSheet | None = None
    problems: tuple[Problem, ...] = ()


def make_file(closings: Iterable[BookedClosing], layout: Layout, write: Callable[[bytes], object]) -> MadeFile:
    """Check every closing, then write the file piece by piece, in the order of the closings.

    ``closings`` is gone through twice and must be the same both times: a tuple, or an object whose ``__iter__`` reads
    from one database snapshot. It comes in the order of the entries' numbers. ``write`` takes one closing's bytes at
    a time (``BytesIO().write``, an open file's) and is not called when a problem blocks. Memory does not grow with
    the number of closings.
    """
    assert iter(closings) is not closings, "closings are gone through twice"
    problems = tuple(check_file(closings, layout))
    if any(problem.blocking for problem in problems):
        return MadeFile(problems=problems)
    sheet = write_file(closings, layout, write)
    return MadeFile(name=sheet.file_name, sheet=sheet, problems=problems)


def write_file(closings: Iterable[BookedClosing], layout: Layout, write: Callable[[bytes], object]) -> ControlSheet:
    """Write closings that `check_file` had nothing against, as ``make_file`` does, and return the control sheet."""
    tally, digest, size = ControlTally(layout.chart), hashlib.sha256(), 0
    for piece in _pieces(closings, layout, tally):
        digest.update(piece)
        size += len(piece)
        write(piece)
    name = layout.file_name(tally.first_date, tally.last_date)
    sheet = tally.sheet(format=layout.name, file_name=name, size=size, sha256=digest.hexdigest())
    assert sheet.debit == sheet.credit, "entries balance, so the file does"
    return sheet


def _pieces(closings: Iterable[BookedClosing], layout: Layout, tally: ControlTally) -> Iterator[bytes]:
    """Yield the head, each closing's lines, and the tail, in the layout's charset."""
    reached: dict[str, int] = {}
    yield layout.head().encode(layout.charset)
    for closing in closings:
        if layout.numbered:
            _check_numbers(closing, reached)
        lines = journal_lines(closing, layout.chart, first_movement=tally.entries + 1)
        yield "".join(map(layout.line, lines)).encode(layout.charset)
        tally.add(closing)
    yield layout.tail().encode(layout.charset)


def _check_numbers(closing: BookedClosing, reached: dict[str, int]) -> None:
    """Entries come in the order of their numbers, and no number twice."""
    for numbered in closing.entries:
        number = numbered.number
        assert number is not None, "an entry of a FEC has a number"
        assert number.sequence > reached.get(number.journal, 0), f"{number} stands after a later one"
        reached[number.journal] = number.sequence
