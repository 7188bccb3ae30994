"""The same totals, proven: what a run's entries say per account against what Exact's books hold of its closings."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import structlog
from django.db import connection
from django.utils import timezone

from exact.errors import ExactError
from exact.models import CatalogueItem, CatalogueKind, Division, Posting
from exact.preflight import VAT_ACCOUNT
from exact.reconcile import reconcile
from exact.standing import VAT
from exports.runs.models import ExportRun, RunClosing
from ledger.entry import Entry, LineRole
from ledger.files.booked import BookedClosing
from ledger.money import ZERO, money_text

log = structlog.get_logger()

IN_BOOKS = """
SELECT line.account, sum(line.amount)
FROM exports_runclosing closing
JOIN exact_posting posting ON posting.closing_id = closing.export_id
JOIN exact_bookline line ON line.posting_id = posting.id
WHERE closing.run_id = %s AND closing.in_exact
GROUP BY line.account
"""


class Balances:
    """Debit less credit per account, of closings whose entries stand in Exact and of the others."""

    def __init__(self) -> None:
        self._sums: dict[bool, defaultdict[tuple[str, bool], Decimal]] = {
            True: defaultdict(lambda: ZERO),
            False: defaultdict(lambda: ZERO),
        }
        self.closings = {True: 0, False: 0}

    def add(self, closing: BookedClosing, *, in_exact: bool) -> None:
        """Count a closing's entries."""
        self.closings[in_exact] += 1
        for entry in closing.entries:
            self.add_entry(entry, in_exact=in_exact)

    def add_entry(self, entry: Entry, *, in_exact: bool) -> None:
        """Count one entry."""
        sums = self._sums[in_exact]
        for line in entry.lines:
            sums[line.account, line.role is LineRole.VAT] += line.amount

    def per_account(self) -> dict[str, Decimal]:
        """All of it."""
        balances: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
        for sums in self._sums.values():
            for (account, _), amount in sums.items():
                balances[account] += amount
        return dict(balances)

    def in_exact(self) -> Mapping[tuple[str, bool], Decimal]:
        """By account and whether it is VAT: what Exact's books should hold."""
        return self._sums[True]


def compare(run: ExportRun, balances: Balances) -> dict[str, Any] | None:
    """Read Exact's books and compare. None when none of the run's closings stands in Exact.

    VAT is one sum: the accounts it goes to are chosen by Exact's VAT codes, as everywhere we compare. When Exact does
    not answer, `trouble` says why, and the rows are those of the last reading.
    """
    if not balances.closings[True]:
        return None
    divisions = _divisions(run)
    trouble = _read_books(divisions)
    meant = balances.in_exact()
    of_vat = _vat_accounts(divisions) | {account for account, is_vat in meant if is_vat}
    of_vat -= {account for account, is_vat in meant if not is_vat}
    ours, theirs = defaultdict[str, Decimal](lambda: ZERO), defaultdict[str, Decimal](lambda: ZERO)
    for (account, is_vat), amount in meant.items():
        ours[VAT if is_vat else account] += amount
    for account, amount in _in_books(run):
        theirs[VAT if account in of_vat else account] += amount
    rows = [
        {"what": what, "ours": money_text(ours[what]), "exact": money_text(theirs[what])}
        for what in sorted({*ours, *theirs})
        if ours[what] or theirs[what]
    ]
    return {
        "rows": [{**row, "difference": money_text(theirs[row["what"]] - ours[row["what"]])} for row in rows],
        "equal": all(ours[row["what"]] == theirs[row["what"]] for row in rows),
        "closings": balances.closings[True],
        "not_in_exact": balances.closings[False],
        "trouble": trouble,
        "read_at": timezone.now().isoformat(),
    }


def _divisions(run: ExportRun) -> list[Division]:
    closings = RunClosing.objects.filter(run=run, in_exact=True)
    postings = Posting.objects.filter(closing_id__in=closings.values("export_id"))
    rows = Division.objects.filter(pk__in=postings.values("division_id"), tenant_id=run.tenant_id)
    return [*rows.select_related("app", "connection")]


def _read_books(divisions: list[Division]) -> str:
    for division in divisions:
        try:
            reconcile(division)
        except ExactError as error:
            log.warning("comparison_stopped", division=division.code, why=type(error).__name__)
            return type(error).__name__
    return ""


def _in_books(run: ExportRun) -> list[tuple[str, Decimal]]:
    with connection.cursor() as cursor:
        cursor.execute(IN_BOOKS, [run.pk])
        return [*cursor.fetchall()]


def _vat_accounts(divisions: list[Division]) -> set[str]:
    accounts = CatalogueItem.objects.filter(
        division__in=divisions, kind=CatalogueKind.GL_ACCOUNT, facts__Type=VAT_ACCOUNT
    )
    return {*accounts.values_list("code", flat=True)}
