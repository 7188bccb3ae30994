"""What is in force for an establishment's closings: the plan they are booked by, and the company they go to."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Self
from uuid import UUID

from booking.mapping import Overrides
from booking.models import Mapping
from exact.company.catalogue import Catalogue
from exact.company.plan import plan_in
from exact.entries.check import check
from exact.models import Activation, Division
from exports.models import StoredClosing
from exports.way.named_lines import at_their_lines
from ledger.closing import Closing
from ledger.entry import Entry
from ledger.plan import BookingPlan
from ledger.problem import Problem
from tenants.models import Establishment

# What `Destination.of` needs: read with the establishment, or with the closing that is looked at.
ALONG_AN_ESTABLISHMENT = ("activation__division", "mapping")
WHERE_CLOSINGS_GO = tuple(f"establishment__{path}" for path in ALONG_AN_ESTABLISHMENT)


def locked(closing_id: UUID) -> StoredClosing:
    """A closing's row, locked, with its destination. To judge it anew, lock its shop first (`lock_shop`)."""
    rows = StoredClosing.objects.select_for_update(of=("self",)).select_related(*WHERE_CLOSINGS_GO)
    return rows.get(pk=closing_id)


@dataclass(frozen=True, kw_only=True)
class Destination:
    """The settings a closing is decided on under, and `division`, the company they lead to, if there is one.

    `is_on`: ready closings may go there. `problems`: what the last check of the settings found.
    `books_from`: the first business date that is booked, None for every one; `reviewed`: a person looks at each first.
    `catalogue`: what the company is known to hold; None: read from the database for the entries at hand.
    """

    mapping: Mapping
    division: Division | None = None
    is_on: bool = False
    books_from: date | None = None
    reviewed: bool = False
    problems: tuple[Problem, ...] = ()
    catalogue: Catalogue | None = None
    overrides: Overrides = field(default_factory=Overrides)

    @classmethod
    def of(cls, establishment: Establishment) -> Self:
        """The destination of an establishment's closings. Relations that were not read with it cost a query each."""
        mapping: Mapping = getattr(establishment, "mapping", None) or Mapping(establishment=establishment)
        return cls.to(getattr(establishment, "activation", None), mapping, establishment)

    @classmethod
    def to(cls, activation: Activation | None, mapping: Mapping, establishment: Establishment) -> Self:
        """The company of an activation, by a mapping, from the establishment's first day on."""
        overrides = Overrides.model_validate(mapping.overrides)
        start, reviewed = establishment.books_from, establishment.reviews_left > 0
        if activation is None:
            return cls(mapping=mapping, overrides=overrides, books_from=start, reviewed=reviewed)
        return cls(
            mapping=mapping,
            division=activation.division,
            is_on=activation.active,
            problems=tuple(map(Problem.from_document, activation.problems)),
            overrides=overrides,
            books_from=start,
            reviewed=reviewed,
        )

    def unreviewed(self) -> Self:
        """The same once a person has looked at the closing."""
        return replace(self, reviewed=False)

    def of_what_stands(self) -> Self:
        """The same for a closing with booked entries: neither the first day nor a review applies to it."""
        return replace(self, books_from=None, reviewed=False)

    @classmethod
    def under(cls, mapping: Mapping, division: Division | None, catalogue: Catalogue | None) -> Self:
        """A mapping, saved or not, in a company, as if the establishment were activated."""
        overrides = Overrides.model_validate(mapping.overrides)
        return cls(mapping=mapping, division=division, is_on=True, catalogue=catalogue, overrides=overrides)

    @cached_property
    def plan(self) -> BookingPlan:
        """The booking plan, with the journals' own accounts as the company has them."""
        return plan_in(self.division, self.mapping)

    def refused(self, entries: Iterable[Entry], closing: Closing) -> list[Problem]:
        """The problems for which the company would refuse a closing's entries, each once."""
        checked = check(
            [*entries],
            self.division,
            day=closing.business_date,
            catalogue=self.catalogue,
            cost_center=self.overrides.cost_center,
        )
        problems = [*self.problems]
        for problem in at_their_lines(checked, closing, self.plan):
            if problem not in problems:
                problems.append(problem)
        return problems
