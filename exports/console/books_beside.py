"""What Exact's books hold of a closing's entries, as last read, shown beside what was posted."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from exact.books.difference import VAT
from exact.books.reconcile import Seen, accepted_of, seen_of
from exact.lane.states import IN_EXACT
from exact.models import BookLine, Posting
from exports.words.differences import in_words
from exports.words.finding_words import say_acceptance
from exports.words.money import euros
from ledger.entry import LineRole


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksShown:
    """One entry as Exact holds it. `read_at` is None while nothing was read since it was posted; `accepted`: who
    accepted its differences, and why."""

    read_at: datetime | None
    lines: list[dict[str, Any]]
    debit: str
    credit: str
    differences: list[str]
    accepted: str = ""

    @property
    def same(self) -> bool:
        """Whether Exact was read since and holds what was posted."""
        return self.read_at is not None and not self.differences


def books_of(postings: Iterable[Posting]) -> dict[UUID, BooksShown]:
    """Posting → what Exact holds of it, for postings that have an entry there. Load them with their division."""
    standing = [it for it in postings if it.state in IN_EXACT and it.entry_id]
    lines: defaultdict[UUID, list[BookLine]] = defaultdict(list)
    for line in BookLine.objects.filter(posting__in=standing):
        lines[line.posting_id].append(line)
    accepted = accepted_of([it.pk for it in standing])
    shown = {it.pk: _show_books(it, lines[it.pk]) for it in standing}
    return {
        pk: replace(it, accepted=say_acceptance(accepted[pk])) if it.differences and pk in accepted else it
        for pk, it in shown.items()
    }


def _show_books(posting: Posting, lines: list[BookLine]) -> BooksShown:
    read_at = posting.division.reconciled_at
    if not lines and (read_at is None or posting.posted_at is None or read_at < posting.posted_at):
        return BooksShown(read_at=None, lines=[], debit="", credit="", differences=[])
    seen = seen_of(posting, lines)
    amounts = [line.amount for line in lines]
    return BooksShown(
        read_at=read_at,
        lines=[_line(posting, line, seen) for line in lines],
        debit=euros(sum((it for it in amounts if it > 0), Decimal())),
        credit=euros(-sum((it for it in amounts if it < 0), Decimal())),
        differences=[in_words(it) for it in seen.details] if seen else [],
    )


def _line(posting: Posting, line: BookLine, seen: Seen | None) -> dict[str, Any]:
    meant = {it["account"] for it in posting.entry["lines"]}
    different = {it["what"] for it in seen.details} if seen else set()
    # VAT is compared as one sum, so a difference names no account: the accounts that no posted line has are marked.
    stray = VAT in different and line.account not in meant
    of_code = f"{VAT} {line.vat_code}" in different and line.account not in _accounts_of_sales(posting)
    return {
        "account": line.account,
        "label": line.description.replace(posting.reference, "").strip(),
        "date": line.date,
        "debit": euros(line.amount) if line.amount > 0 else "",
        "credit": euros(-line.amount) if line.amount < 0 else "",
        "differs": line.account in different or stray or of_code or line.entry_id != posting.entry_id,
    }


def _accounts_of_sales(posting: Posting) -> set[str]:
    return {it["account"] for it in posting.entry["lines"] if it["role"] == LineRole.SALES}
