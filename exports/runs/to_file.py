"""A run into a file: freeze, check, number, write, keep. A file is whole or absent."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing as closed_after
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from exports.runs.closings import closings_in
from exports.runs.comparison import Balances, compare
from exports.runs.content import keep_content
from exports.runs.freeze import Frozen, freeze
from exports.runs.models import RunState
from exports.runs.numbers import InOrderOfNumbers, give_numbers
from exports.runs.options import layout_of
from exports.runs.work import Work
from ledger.files.booked import BookedClosing
from ledger.files.check import check_file
from ledger.files.control_sheet import ControlSheet
from ledger.files.fec import Fec
from ledger.files.make import write_file
from ledger.money import money_text
from ledger.problem import Problem


def run_to_file(work: Work) -> None:
    """Make the file of a run. Raises `Stopped` when it is cancelled, between two closings."""
    run = work.run
    work.begin(2 * closings_in(run).count())
    balances = Balances()
    with closed_after(Frozen()) as frozen:
        layout = layout_of(run, walk_ins=freeze(run, work, frozen, balances))
        problems = check_file(frozen, layout)
        if not len(frozen):
            problems.append(Problem(code="run_empty"))
        if any(problem.blocking for problem in problems):
            work.finish(RunState.FAILED, problems=_documents(problems))
            return
        closings: Iterable[BookedClosing] = frozen
        if isinstance(layout, Fec):
            give_numbers(run, frozen, layout.chart, year_end=layout.year.last)
            closings = InOrderOfNumbers(run, frozen)
        with tempfile.TemporaryFile() as file:
            sheet = write_file(_Watched(closings, work), layout, file.write)
            content = keep_content(file, sha256=sheet.sha256, size=sheet.size)
    assert balances.per_account() == {it.account: it.balance for it in sheet.accounts}, "the file holds what was booked"
    work.hold_long()
    work.finish(
        RunState.DONE,
        problems=_documents(problems),
        content=content,
        file_name=sheet.file_name,
        sheet=sheet_document(sheet),
        sheet_csv=sheet.to_csv(),
        comparison=compare(run, balances),
        done=run.total,
    )


class _Watched:
    """Closings on their way into the file, counted as progress; between two of them the run can be cancelled."""

    def __init__(self, closings: Iterable[BookedClosing], work: Work) -> None:
        self._closings, self._work = closings, work

    def __iter__(self) -> Iterator[BookedClosing]:
        for closing in self._closings:
            self._work.step()
            yield closing


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
