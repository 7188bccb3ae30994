"""A posting that a lane is working on, with its entry, decoded once when the lane takes it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

from exact.company.catalogue import Catalogue
from exact.company.preflight import payment_condition_of
from exact.entries.payloads import resource_of, resources_to_search
from exact.lane.records import LaneStay
from exact.lane.statements import Due
from exact.lane.stopwatch import Stopwatch
from exact.models import CatalogueKind, Posting
from ledger.entry import Entry, EntryKind


@dataclass(frozen=True, kw_only=True)
class Sending:
    """One posting in the lane, and its entry, during one stay of a worker.

    `claimed`: this stay marked it as being sent; else it was begun by somebody before. `asked` was started before that.
    """

    stay: LaneStay
    posting: Posting
    entry: Entry
    claimed: bool
    asked: Stopwatch

    @classmethod
    def of(cls, stay: LaneStay, due: Due) -> Self:
        """Decode the entry of a due posting."""
        entry = Entry.from_document(due.posting.entry)
        return cls(stay=stay, posting=due.posting, entry=entry, claimed=due.claimed, asked=due.asked)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The catalogue items of the entry's codes."""
        return self.stay.catalogue_of(self.entry)

    @cached_property
    def resource(self) -> str:
        """Which of Exact's resources takes the entry."""
        return resource_of(self.entry, self.catalogue)

    @cached_property
    def searched(self) -> tuple[str, ...]:
        """The resources of Exact that may have the entry."""
        return resources_to_search(self.entry, self.catalogue)

    @property
    def payment_condition(self) -> str:
        """The payment condition of a sale: the establishment's, else the customer's own in Exact."""
        if self.entry.kind is not EntryKind.SALES:
            return ""
        party = self.catalogue.get(CatalogueKind.THIRD_PARTY, self.entry.third_party)
        return self.posting.payment_condition or (payment_condition_of(party) if party else "")
