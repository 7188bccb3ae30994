"""Which entries of a closing are in Exact's books, by what Exact last answered."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from exact.lane.states import STANDING
from exact.models import IN_TURN, Posting
from ledger.entry import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A closing's posted entries, in the order they were sent; `postings` and `divisions` are their rows' ids.

    Not among them: entries that differ in Exact from what was sent, reversals, and the entries these undo.
    """

    entries: tuple[Entry, ...] = ()
    postings: frozenset[UUID] = frozenset()
    divisions: frozenset[int] = frozenset()

    @classmethod
    def of(cls, closing_id: UUID, *, but: frozenset[UUID] = frozenset()) -> Self:
        """Read them, except postings whose ids are in `but`. Lock the closing's row first, unless for a preview."""
        rows = Posting.objects.filter(STANDING, closing_id=closing_id)
        posted = [*rows.exclude(pk__in=but).order_by(*IN_TURN)]
        return cls(
            entries=tuple(Entry.from_document(it.entry) for it in posted),
            postings=frozenset(it.pk for it in posted),
            divisions=frozenset(it.division_id for it in posted),
        )
