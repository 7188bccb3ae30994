"""What sending a closing again would write, and where; nothing is saved."""

from dataclasses import dataclass
from decimal import Decimal

from exports.models import ClosingState, StoredClosing
from exports.reposts.repost import CannotRepost, outlook
from exports.way.decide import Archived, Complete, Held, Ready
from exports.way.prepare import WHERE_CLOSINGS_GO
from exports.words.money import euros
from exports.words.problems import sentence
from ledger.entry import Entry
from ledger.problem import Problem

READ_WITH_A_CLOSING = ("tenant", *WHERE_CLOSINGS_GO)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPreview:
    """One entry that would be sent: "Journal 70", "1 400,00 €", into "8301 - CLYO"."""

    journal: str
    amount: str
    lines: int
    division: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would become of one closing: its entries, or what still holds it, or (`note`) why there is nothing to do.

    `moves`: whether anything would change.
    """

    closing: StoredClosing
    entries: list[EntryPreview]
    problems: list[str]
    note: str = ""
    moves: bool = True


def preview(closing: StoredClosing) -> Preview:
    """What `repost` would do. Load the closing with `READ_WITH_A_CLOSING`."""
    try:
        decision = outlook(closing)
    except CannotRepost as refusal:
        return Preview(closing=closing, entries=[], problems=[_say(refusal.code)], moves=False)
    match decision:
        case Ready(entries=entries, destination=destination):
            label = destination.division.label if destination.division else ""
            return Preview(closing=closing, entries=[_preview_entry(entry, label) for entry in entries], problems=[])
        case Held(problems=problems):
            blocking = [sentence(problem.to_document()) for problem in problems if problem.blocking]
            return Preview(closing=closing, entries=[], problems=blocking, moves=False)
        case Archived(why=why):
            return Preview(closing=closing, entries=[], problems=[], note=sentence(why.to_document()))
        case Complete():
            return Preview(closing=closing, entries=[], problems=[], note=_say("repost_complete"))
    waits = closing.state == ClosingState.WAITING
    return Preview(closing=closing, entries=[], problems=[], note=_say("run_waiting"), moves=not waits)


def _say(code: str) -> str:
    return sentence(Problem(code=code).to_document())


def _preview_entry(entry: Entry, division: str) -> EntryPreview:
    amount = euros(sum((line.debit for line in entry.lines), Decimal("0.00")))
    return EntryPreview(journal=entry.journal, amount=amount, lines=len(entry.lines), division=division)
