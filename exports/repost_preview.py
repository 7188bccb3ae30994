"""What sending a closing again would write, and where; nothing is saved."""

from dataclasses import dataclass

from exact.models import Posting, PostingState
from exports.models import Export, ExportState
from exports.money import euros
from exports.prepare import ALONG_THE_ESTABLISHMENT, Destination, prepare
from exports.problems import sentence
from ledger.check import check_closing
from ledger.closing import Closing
from ledger.entry import Entry

ALONG_AN_EXPORT = ("tenant", "establishment", *(f"establishment__{path}" for path in ALONG_THE_ESTABLISHMENT))


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPreview:
    """One entry that would be sent: "Journal 70", "1 400,00 €", into "8301 - CLYO"."""

    journal: str
    amount: str
    lines: int
    division: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would become of one closing: its entries, or what still holds it."""

    export: Export
    entries: list[EntryPreview]
    problems: list[str]


def preview(export: Export) -> Preview:
    """Book the closing with today's settings, as `repost` would. Load it with `ALONG_AN_EXPORT`."""
    closing = Closing.from_document(export.document)
    found = [problem for problem in check_closing(closing) if problem.code not in export.accepted_problems]
    prepared = prepare(export, closing, found, Destination.of(export.establishment))
    if prepared.activation is None:
        problems = [sentence(problem.to_document()) for problem in prepared.problems if problem.blocking]
        return Preview(export=export, entries=[], problems=problems)
    standing = _standing(export)
    entries = [entry for entry in prepared.entries if (entry.kind.value, entry.journal) not in standing]
    label = prepared.activation.division.label
    return Preview(export=export, entries=[_shown(entry, label) for entry in entries], problems=[])


def _standing(export: Export) -> set[tuple[str, str]]:
    """Entries that stand in the books already: they are not sent again."""
    if export.state != ExportState.FAILED:
        return set()
    rows = Posting.objects.filter(closing_id=export.pk, state=PostingState.POSTED)
    return {*rows.values_list("entry_kind", "journal")}


def _shown(entry: Entry, division: str) -> EntryPreview:
    amount = euros(sum((line.debit for line in entry.lines), start=entry.lines[0].debit * 0))
    return EntryPreview(journal=entry.journal, amount=amount, lines=len(entry.lines), division=division)
