"""This closing → these entries, with settings that need not be saved. Nothing is written."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from booking.models import Mapping
from exact.company.catalogue import Catalogue
from exact.models import CatalogueKind, Division
from exports.console.closing_page import line_of
from exports.coverage.rows import kept
from exports.models import StoredClosing
from exports.way.decide import Archived, Held, Look, Ready, decide
from exports.way.prepare import Destination
from exports.words.money import euros
from exports.words.problems import sentence
from ledger.entry import Entry
from ledger.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPreview:
    """One entry as a debit and credit table.

    A line has the `name` of its account in Exact, whether it is `new`, and in `detail` its VAT code and other codes.
    """

    journal: str
    journal_name: str
    lines: list[dict[str, Any]]
    debit: str
    credit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would become of a closing: entries, or the sentences that say why there are none."""

    entries: list[EntryPreview]
    problems: list[str]


def preview(
    closing: StoredClosing, mapping: Mapping, stored: Mapping, division: Division | None, catalogue: Catalogue | None
) -> Preview:
    """Book a closing under `mapping`. Lines that `stored` does not make are marked as new."""
    entries, problems = outcome(closing, mapping, division, catalogue)
    before = outcome(closing, stored, division, catalogue)[0]
    # Without entries by today's settings there is nothing to compare with, so no line is marked as changed.
    known = Counter(_sames(before or entries))
    return Preview(
        entries=[_preview_entry(entry, known, catalogue) for entry in entries],
        problems=[sentence(it.to_document()) for it in problems],
    )


def outcome(
    closing: StoredClosing, mapping: Mapping, division: Division | None, catalogue: Catalogue | None
) -> tuple[tuple[Entry, ...], list[Problem]]:
    """The entries of a closing under a mapping, as if nothing of it were booked yet, and all that would hold it."""
    look = Look.at(closing, judged=kept)
    match decide(look, Destination.under(mapping, division, catalogue)):
        case Ready(entries=entries):
            return entries, []
        case Held(problems=problems, entries=entries):
            return entries, look.holding(problems)
        case Archived(why=why):
            return (), [why]
    return (), []


def _sames(entries: Iterable[Entry]) -> list[tuple[object, ...]]:
    return [_identify_line(entry.journal, line) for entry in entries for line in entry.to_document()["lines"]]


def _identify_line(journal: str, line: dict[str, Any]) -> tuple[object, ...]:
    return (journal, *(line[name] for name in ("account", "amount", "third_party", "vat_code", "label")))


def _preview_entry(entry: Entry, known: Counter[tuple[object, ...]], catalogue: Catalogue | None) -> EntryPreview:
    lines = []
    for line in entry.to_document()["lines"]:
        same = _identify_line(entry.journal, line)
        is_new = known[same] == 0
        known[same] -= not is_new
        account = catalogue.get(CatalogueKind.GL_ACCOUNT, line["account"]) if catalogue else None
        code = _("VAT code {code}").format(code=line["vat_code"]) if line["vat_code"] else ""
        detail = " · ".join(it for it in (line["label"], line["third_party"], code) if it)
        lines.append({**line_of(line), "name": account.name if account else "", "new": is_new, "detail": detail})
    journal = catalogue.get(CatalogueKind.JOURNAL, entry.journal) if catalogue else None
    return EntryPreview(
        journal=entry.journal,
        journal_name=journal.name if journal else "",
        lines=lines,
        debit=euros(sum((line.debit for line in entry.lines), Decimal())),
        credit=euros(sum((line.credit for line in entry.lines), Decimal())),
    )
