"""Which amounts move between two bookings of one closing: from which account to which, to the cent. Pure.

Exact chooses the VAT account, by the VAT code, and a journal's own account. So of VAT only the code is compared, and a
journal keeps the account of the booked entry.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple, Self

from ledger.entry import Entry, EntryKind, Line, LineRole
from ledger.money import ZERO, cents, money_text


class Place(NamedTuple):
    """Where an amount is booked. `account` is "" for VAT, which Exact books on the account of its code."""

    journal: str
    account: str
    third_party: str = ""
    vat_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One place with its amount in both bookings: -1000.00 and 0.00 for an account that sales leave."""

    place: Place
    before: Decimal
    after: Decimal

    def to_document(self) -> dict[str, Any]:
        """JSON-ready, amounts as text."""
        return {**self.place._asdict(), "before": money_text(self.before), "after": money_text(self.after)}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read back what `to_document` wrote."""
        place = Place(**{name: document[name] for name in Place._fields})
        return cls(place=place, before=cents(document["before"]), after=cents(document["after"]))


def moves(stands: Iterable[Entry], meant: Iterable[Entry]) -> list[Move]:
    """The places at which the sums of two bookings differ. How sums are split into lines makes no difference."""
    before_entries, after_entries = [*stands], [*meant]
    own = {**_own_accounts(after_entries), **_own_accounts(before_entries)}
    before, after = _sums(before_entries, own), _sums(after_entries, own)
    return [
        Move(place=place, before=before[place], after=after[place])
        for place in sorted({*before, *after})
        if before[place] != after[place]
    ]


def differing(stands: Iterable[Entry], meant: Iterable[Entry]) -> frozenset[tuple[EntryKind, str]]:
    """The kinds and journals whose entries differ between the two bookings."""
    before, after = _by_document(stands), _by_document(meant)
    return frozenset(key for key in {*before, *after} if moves(before[key], after[key]))


def _by_document(entries: Iterable[Entry]) -> defaultdict[tuple[EntryKind, str], list[Entry]]:
    found: defaultdict[tuple[EntryKind, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.kind, entry.journal].append(entry)
    return found


def _own_accounts(entries: Iterable[Entry]) -> dict[str, str]:
    lines = ((entry.journal, line) for entry in entries for line in entry.lines)
    return {journal: line.account for journal, line in lines if line.role is LineRole.JOURNAL}


def _sums(entries: Iterable[Entry], own: Mapping[str, str]) -> defaultdict[Place, Decimal]:
    sums: defaultdict[Place, Decimal] = defaultdict(lambda: ZERO)
    for entry in entries:
        for line in entry.lines:
            sums[_place_of(entry.journal, line, own)] += line.amount
    return sums


def _place_of(journal: str, line: Line, own: Mapping[str, str]) -> Place:
    match line.role:
        case LineRole.VAT:
            return Place(journal, "", vat_code=line.vat_code)
        case LineRole.JOURNAL:
            return Place(journal, own[journal])
    return Place(journal, line.account, line.third_party, line.vat_code)
