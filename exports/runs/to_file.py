"""A run into a file: freeze, check, number, write, keep. A file is whole or absent."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing as closed_after
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

import structlog

from exports.runs.closings import closings_in
from exports.runs.comparison import Balances, compare
from exports.runs.content import keep_content
from exports.runs.delivered import DeliveredMeanwhile, nothing_new, word_on_again
from exports.runs.freeze import freeze, walk_ins_of
from exports.runs.frozen import Frozen, Numbered
from exports.runs.models import RunState
from exports.runs.numbers import give_numbers
from exports.runs.options import layout_of
from exports.runs.work import Work
from ledger.files.control_sheet import ControlSheet
from ledger.files.fec import Fec
from ledger.files.make import Draft, FileWriter
from ledger.files.numbering import EntryNumber
from ledger.money import money_text
from ledger.problem import Problem

log = structlog.get_logger()

NumberedText = tuple[str, EntryNumber | None]


def run_to_file(work: Work) -> None:
    """Make the file of a run. Raises `Stopped` when it is cancelled, between two closings.

    When another run delivers one of its closings meanwhile, the file is made anew without it.
    """
    while True:
        try:
            return _make(work)
        except DeliveredMeanwhile:
            log.info("delivered_meanwhile", run=str(work.run.pk))


def _make(work: Work) -> None:
    run = work.run
    work.begin(2 * closings_in(run).count())
    balances = Balances()
    layout = layout_of(run, walk_ins=walk_ins_of(run))
    draft = Draft(layout)
    with closed_after(Frozen()) as frozen, closed_after(Numbered()) as numbered:
        freeze(run, work, draft, frozen, balances)
        problems = draft.problems()
        if not len(frozen):
            problems.append(nothing_new(run))
        if any(problem.blocking for problem in problems):
            work.finish(RunState.FAILED, problems=_documents(problems))
            return
        entries: Iterable[NumberedText] = _in_order(work, frozen)
        if isinstance(layout, Fec):
            problems += give_numbers(work, frozen, numbered, year_end=layout.year.last)
            entries = numbered
        with tempfile.TemporaryFile() as file:
            writer = FileWriter(layout, file.write)
            for text, number in entries:
                writer.write_entry(text, number)
            sheet = writer.end(draft)
            content = keep_content(file, sha256=sheet.sha256, size=sheet.size)
    assert balances.per_account() == {it.account: it.balance for it in sheet.accounts}, "the file holds what was booked"
    work.hold_long()
    work.deliver(
        problems=_documents([*problems, *word_on_again(run)]),
        content=content,
        file_name=sheet.file_name,
        sheet=sheet_document(sheet),
        sheet_csv=sheet.to_csv(),
        comparison=compare(run, balances),
        done=run.total,
    )


def _in_order(work: Work, frozen: Frozen) -> Iterator[NumberedText]:
    """The entries of a format that shows no numbers, in the order of their closings. Raises `Stopped`."""
    for _export_id, drafted in frozen:
        yield from ((text, None) for _kind, _own, _journal, text in drafted)
        work.step()


def sheet_document(sheet: ControlSheet) -> dict[str, Any]:
    """The control sheet as JSON, money and dates as text."""
    document: dict[str, Any] = _as_json(asdict(sheet))
    for row, account in zip(document["accounts"], sheet.accounts, strict=True):
        row["balance"] = money_text(account.balance)
    for row, rate in zip(document["rates"], sheet.rates, strict=True):
        row["gross"] = money_text(rate.gross)
    return document


def _as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return money_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _as_json(it) for name, it in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(it) for it in value]
    return value


def _documents(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    return [problem.to_document() for problem in problems]
