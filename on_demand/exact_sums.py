"""The sums of closings as an export to Exact has them: before it, of what it will send; after it, of what is there."""

from collections.abc import Sequence
from uuid import UUID

from exports.models import ClosingState, StoredClosing
from ledger.entry import Entry, EntryKind
from ledger.files.bridge import Bridge, BridgeTally
from ledger.files.takings import TakingsTally
from on_demand.closings import StandingEntries, standing_entries
from on_demand.till_sums import add_to_bridge, told_of

ON_ITS_WAY = (ClosingState.READY, ClosingState.EXPORTING)


class ExactSums:
    """Adds up the entries in Exact of closings. `with_moving`: also those that a lane has still to send.

    An entry that Exact refused is in no sum until Exact has taken it, however often it is sent.
    """

    def __init__(self, *, with_moving: bool) -> None:
        self.takings, self._tally = TakingsTally(), BridgeTally()
        self._with_moving = with_moving

    def add(self, page: Sequence[StoredClosing]) -> list[UUID]:
        """Add closings. Returns the ids of those that are in Exact with all of their entries."""
        standing, told = standing_entries(page), told_of(page)
        for it in page:
            stands = standing.get(it.pk, StandingEntries())
            entries = self._choose(it, stands)
            self.takings.add_all(entries)
            add_to_bridge(self._tally, it, told[it.pk], sold=any(entry.kind is EntryKind.SALES for entry in entries))
        return [pk for pk, it in standing.items() if it.in_exact]

    def _choose(self, closing: StoredClosing, stands: StandingEntries) -> tuple[Entry, ...]:
        return stands.entries if self._with_moving and closing.state in ON_ITS_WAY else stands.booked

    def bridge(self) -> Bridge:
        """What leads from the tills' turnover to the sums."""
        return self._tally.bridge(self.takings)
