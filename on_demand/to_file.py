"""An export into a file: freeze, check, number, write, keep. A file is whole or absent."""

import io
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing as closed_after
from typing import IO, Any

import structlog
from django.utils import timezone

from ledger.files.control_sheet import ControlSheet
from ledger.files.fec import Fec
from ledger.files.layout import Layout
from ledger.files.make import Draft, FileWriter
from ledger.files.read_back import FileDiffers, read_back
from ledger.problem import Problem
from on_demand.claim import Claimed
from on_demand.closings import closings_in
from on_demand.comparison import compare
from on_demand.content import keep_content
from on_demand.delivered import DeliveredMeanwhile, nothing_new, word_on_again
from on_demand.freeze import freeze, walk_ins_of
from on_demand.frozen import Frozen, Numbered, Validations
from on_demand.models import OnDemandState
from on_demand.numbers import give_numbers
from on_demand.options import layout_of
from on_demand.outcome import word_on_left_out
from on_demand.sheet import sheet_document, takings_document
from on_demand.validated import ValidatedMeanwhile, Validation

log = structlog.get_logger()


def export_to_file(claimed: Claimed) -> None:
    """Make the file of an export. Raises `Stopped` when it is cancelled, between two closings.

    When another export delivers one of its closings meanwhile, the file is made anew without it.
    """
    while True:
        try:
            return _make(claimed)
        except (DeliveredMeanwhile, ValidatedMeanwhile):
            log.info("delivered_meanwhile", export=str(claimed.export.pk))
        except FileDiffers as difference:
            log.exception("file_differs", export=str(claimed.export.pk))
            problem = Problem(code="run_file_differs", facts={"place": str(difference.place)})
            return claimed.finish(OnDemandState.FAILED, problems=_documents([problem]))


def _make(claimed: Claimed) -> None:
    export = claimed.export
    claimed.begin(2 * closings_in(export).count())
    layout = layout_of(export, walk_ins=walk_ins_of(export))
    draft = Draft(layout)
    with (
        closed_after(Frozen()) as frozen,
        closed_after(Numbered()) as numbered,
        closed_after(Validations()) as validations,
    ):
        corrected = freeze(export, claimed, draft, frozen)
        problems = [*draft.problems(), *corrected]
        if not len(frozen):
            problems.append(nothing_new(export))
        if any(problem.blocking for problem in problems):
            claimed.finish(OnDemandState.FAILED, problems=_documents(problems))
            return
        source: Frozen | Numbered = frozen
        if isinstance(layout, Fec):
            problems += give_numbers(claimed, frozen, numbered, year_end=layout.year.last)
            source = numbered
        with tempfile.TemporaryFile() as file:
            sheet = _write(claimed, FileWriter(layout, file.write), source, draft, validations)
            found = _read_back(claimed, layout, file, source)
            content = keep_content(file, sha256=sheet.sha256, size=sheet.size)
        claimed.hold_long()
        claimed.deliver(
            content,
            validations,
            problems=_documents([*problems, *word_on_again(export), *word_on_left_out(export)]),
            file_name=sheet.file_name,
            sheet=sheet_document(sheet),
            sheet_csv=sheet.to_csv(),
            read_back={"closings": sheet.closings, **found},
            takings=takings_document(sheet.rates, sheet.means, sheet.bridge),
            comparison=compare(export),
            done=export.total,
        )


def _write(
    claimed: Claimed, writer: FileWriter, source: Frozen | Numbered, draft: Draft, validations: Validations
) -> ControlSheet:
    """Write every entry, and note the places in the file of those that it validates. Raises `Stopped`."""
    for entry in source.in_order():
        start = writer.size
        writer.write_entry(entry.text, entry.number)
        if entry.takings:
            validations.add(Validation(entry.place, start, writer.size - start, entry.takings))
        claimed.keep()
    return writer.end(draft)


def _read_back(claimed: Claimed, layout: Layout, file: IO[bytes], source: Frozen | Numbered) -> dict[str, Any]:
    """Compare the bytes of the file with what was booked, entry by entry, before it is delivered.

    Raises `FileDiffers`, and `Stopped`.
    """
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=layout.charset)
    found = read_back((line[:-1] for line in text), layout, _list_meant(claimed, source))
    text.detach()  # else the file would be closed with it
    return {"entries": found.entries, "lines": found.lines, "read_at": timezone.now().isoformat()}


def _list_meant(claimed: Claimed, source: Frozen | Numbered) -> Iterator[str]:
    for entry in source.in_order():
        claimed.keep()
        yield entry.meant


def _documents(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    return [problem.to_document() for problem in problems]
