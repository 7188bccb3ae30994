"""Entries that nobody has sent yet, as a debit and credit table: what a person is shown before saying yes."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from exact.models import BookLine, CatalogueItem, CatalogueKind, Division
from exports.words.money import euros
from ledger.entry import Entry, Line
from ledger.money import total


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPreviewed:
    """One entry: "Journal 70 · 14/03/2026 · 8301 - CLYO", its lines, and both sums."""

    title: str
    lines: list[dict[str, Any]]
    debit: str
    credit: str


def preview_entries(entries: Iterable[Entry], division: Division | None) -> list[EntryPreviewed]:
    """Each entry with what Exact calls its accounts, where a company is known."""
    made = [*entries]
    names = _name_accounts(made, division)
    return [_preview(entry, division.label if division else "", names) for entry in made]


def preview_held(lines: Iterable[BookLine], division: Division) -> list[EntryPreviewed]:
    """Entries as Exact holds them, by their numbers there: these lines of its books."""
    held = [*lines]
    names = _name_these({it.account for it in held}, division)
    found: dict[str, list[BookLine]] = {}
    for it in sorted(held, key=lambda line: line.place):
        found.setdefault(it.entry_id, []).append(it)
    return [_preview_held(its, division.label, names) for its in found.values()]


def _preview_held(lines: list[BookLine], company: str, names: dict[str, str]) -> EntryPreviewed:
    first, amounts = lines[0], [it.amount for it in lines]
    journal = _("Journal {journal}").format(journal=first.journal)
    number = _("entry {number} in Exact").format(number=first.entry_number)
    return EntryPreviewed(
        title=" · ".join([journal, date_format(first.date, "SHORT_DATE_FORMAT"), company, number]),
        lines=[
            {
                "account": it.account,
                "name": names.get(it.account, ""),
                "third_party": "",
                "label": it.description,
                "vat_code": it.vat_code,
                "debit": euros(it.amount) if it.amount > 0 else "",
                "credit": euros(-it.amount) if it.amount < 0 else "",
            }
            for it in lines
        ],
        debit=euros(total(it for it in amounts if it > 0)),
        credit=euros(-total(it for it in amounts if it < 0)),
    )


def _name_accounts(entries: Iterable[Entry], division: Division | None) -> dict[str, str]:
    return _name_these({line.account for entry in entries for line in entry.lines}, division)


def _name_these(accounts: set[str], division: Division | None) -> dict[str, str]:
    rows = CatalogueItem.objects.filter(division=division, kind=CatalogueKind.GL_ACCOUNT, code__in=accounts)
    return dict(rows.values_list("code", "name")) if division else {}


def _preview(entry: Entry, company: str, names: dict[str, str]) -> EntryPreviewed:
    journal = _("Journal {journal}").format(journal=entry.journal)
    title = " · ".join(it for it in (journal, date_format(entry.date, "SHORT_DATE_FORMAT"), company) if it)
    return EntryPreviewed(
        title=title,
        lines=[_row(line, entry, names) for line in entry.lines],
        debit=euros(sum((line.debit for line in entry.lines), Decimal("0.00"))),
        credit=euros(sum((line.credit for line in entry.lines), Decimal("0.00"))),
    )


def _row(line: Line, entry: Entry, names: dict[str, str]) -> dict[str, Any]:
    return {
        "account": line.account,
        "name": names.get(line.account, ""),
        "third_party": line.third_party,
        "label": line.label or entry.label,
        "vat_code": line.vat_code,
        "debit": euros(line.amount) if line.debit else "",
        "credit": euros(-line.amount) if line.credit else "",
    }
