"""What of a closing stands in Exact's books, as far as we were told there."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from exact.lane.states import STANDING
from exact.models import Posting
from ledger.entry import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A closing's posted entries, in the order they were sent; `postings` and `divisions` are their rows' ids.

    An entry that differs in Exact from what was sent is none of them, nor is a reversal, nor what one has undone.
    """

    entries: tuple[Entry, ...] = ()
    postings: frozenset[UUID] = frozenset()
    divisions: frozenset[int] = frozenset()

    @classmethod
    def of(cls, closing_id: UUID, *, but: frozenset[UUID] = frozenset()) -> Self:
        """Read them, but for the postings named. Call it with the closing's row locked, or for a preview."""
        rows = Posting.objects.filter(STANDING, closing_id=closing_id)
        posted = [*rows.exclude(pk__in=but).order_by("turn", "revision")]
        return cls(
            entries=tuple(Entry.from_document(it.entry) for it in posted),
            postings=frozenset(it.pk for it in posted),
            divisions=frozenset(it.division_id for it in posted),
        )
