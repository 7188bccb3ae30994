"""What this company would refuse of an entry, found before anything is sent."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from exact.company.catalogue import Catalogue
from exact.company.facts import JOURNAL_TYPE_SALES, JOURNAL_TYPES_RECEIPTS
from exact.company.preflight import (
    account_problems,
    journal_problems,
    period_problems,
    third_party_problems,
    vat_code_problems,
)
from exact.entries.payloads import codes_in, sent_lines
from exact.models import Division
from ledger.entry import Entry, EntryKind, Line, LineRole
from ledger.problem import Problem

# Problems that are warnings in the ledger and hold a closing that goes to Exact: a file can have such an entry.
BLOCKING_HERE = frozenset({"vat_without_net"})


def as_exact_takes(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The ledger's problems of a booking, blocking where Exact cannot book the entry.

    Exact computes VAT from sales lines: VAT without such a line would silently be lost, so it holds the closing.
    """
    return tuple(replace(it, blocking=it.blocking or it.code in BLOCKING_HERE) for it in problems)


def check(
    entries: Sequence[Entry],
    division: Division | None,
    *,
    day: date,
    catalogue: Catalogue | None = None,
    cost_center: str = "",
) -> list[Problem]:
    """The problems for which a company would refuse the entries of one closing, of business date `day`; each once.

    `catalogue`: what the company is known to hold; None: read for the codes of these entries. Without a company there
    are no problems: the entries go into a file.
    """
    if catalogue is None and division is not None:
        catalogue = Catalogue(division, codes={code for entry in entries for code in codes_in(entry)}, day=day)
    if catalogue is None:
        return []
    return _distinct(
        [it for entry in entries for it in check_entry_in_exact(entry, catalogue, cost_center=cost_center)]
    )


def check_entry_in_exact(entry: Entry, catalogue: Catalogue, *, cost_center: str = "") -> list[Problem]:
    """Everything in one entry that this division would refuse."""
    sales = entry.kind is EntryKind.SALES
    types = (JOURNAL_TYPE_SALES,) if sales else JOURNAL_TYPES_RECEIPTS
    problems = [
        *journal_problems(catalogue, entry.journal, "journals.sales" if sales else "journals.receipts", types),
        *period_problems(catalogue, entry.date, (entry.journal,)),
    ]
    for line in sent_lines(entry):
        problems += _line(catalogue, line, entry.date, cost_center)
    return _distinct(problems)


def _distinct(problems: list[Problem]) -> list[Problem]:
    kept: list[Problem] = []
    for problem in problems:
        if problem not in kept:
            kept.append(problem)
    return kept


def _line(catalogue: Catalogue, line: Line, day: date, cost_center: str) -> Iterator[Problem]:
    sales = line.role is LineRole.SALES
    field = "vat.sales_account" if sales else f"accounts.{line.role}"
    yield from account_problems(catalogue, line.account, field, sales_line=sales, cost_center=cost_center)
    if sales:
        yield from vat_code_problems(catalogue, line.vat_code, line.vat_rate, "vat.vat_code")
    if line.third_party:
        yield from third_party_problems(catalogue, line.third_party, "third_party", day)
