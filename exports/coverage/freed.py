"""Closings that were archived because others told their sales, and these others were set aside since.

None of them is booked by itself: a person has it booked after all, or named one of its kind to count in the place of
the one that was set aside (docs/decisions/0058).
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property, reduce
from operator import or_
from typing import Self

from django.db.models import Exists, OuterRef, Q, QuerySet

from exports.coverage.anew import Anew, anew_in, tickets_here, tickets_of
from exports.coverage.judge import CHECKED, NAME_LENGTH, OTHER_LEVEL, OTHERS_SET_ASIDE, WITHIN
from exports.coverage.parts import ROW_COUNTS, beside_in_hours, beside_in_tickets, hours_of, met, together, touch
from exports.coverage.versions import later_versions, not_set_aside
from exports.models import ClosingState, SetAside, StoredClosing
from exports.models.coverage import CoveredTickets, UntoldTickets
from exports.words.closing_words import name_briefly
from ledger.closing import Closing
from ledger.kinds import ClosingKind
from ledger.money import ZERO, total
from ledger.tickets import TicketSet

# The notes of a closing that is archived because others tell its sales, or told them.
STOOD_FOR = frozenset({CHECKED, WITHIN, OTHER_LEVEL, OTHERS_SET_ASIDE})
# How far apart the business dates of two closings that tell the same sales may be.
DAYS_APART = timedelta(days=2)

_COUNTING = CoveredTickets.objects.filter(
    ROW_COUNTS,
    establishment=OuterRef("establishment"),
    station=OuterRef("station"),
    tickets__overlap=OuterRef("tickets"),
)
_UNTOLD_COUNTING = UntoldTickets.objects.filter(
    ROW_COUNTS, establishment=OuterRef("establishment"), hours__overlap=OuterRef("hours")
)
_DAY = OuterRef("closing__business_date")
# Of other kinds, some day about: where one side told no tickets only its document says whether it is of the same hours.
_ABOUT = Q(
    ROW_COUNTS,
    ~Q(closing__kind=OuterRef("closing__kind")),
    establishment=OuterRef("closing__establishment"),
    closing__business_date__range=(_DAY - DAYS_APART, _DAY + DAYS_APART),
)
_TICKETS = CoveredTickets.objects.filter(closing=OuterRef("closing"))
_UNTOLD = UntoldTickets.objects.filter(closing=OuterRef("closing"))
# Of a row of `SetAside`: whether one that counts tells tickets of its closing, or may lie in its hours. Asked of many
# at once, before `left_of_aside` reads the others of the few where that is so.
TOLD_BY_ANOTHER = (
    Exists(_TICKETS.filter(Exists(_COUNTING)))
    | Exists(_UNTOLD.filter(Exists(_UNTOLD_COUNTING)))
    | Q(Exists(_TICKETS), Exists(UntoldTickets.objects.filter(_ABOUT)))
    | Q(Exists(_UNTOLD), Exists(CoveredTickets.objects.filter(_ABOUT)))
)


@dataclass(frozen=True, slots=True)
class _Sales:
    """The sales of a closing: its tickets, each in its series, and where the establishment's counters began anew."""

    closing: Closing
    tickets: TicketSet
    anew: tuple[Anew, ...]

    @classmethod
    def of(cls, stored: StoredClosing, closing: Closing) -> Self:
        anew = anew_in(stored.establishment_id)
        return cls(closing=closing, tickets=tickets_of(closing, stored.till_id, anew), anew=anew)

    def are_told_by(self, closing: StoredClosing) -> bool:
        """Whether another closing of the establishment tells some of these sales: by common tickets, or, where one of
        the two tells no tickets, by common hours if it is of another kind."""
        other = Closing.from_document(closing.document)
        if other.tickets and self.tickets:
            return bool(tickets_of(other, closing.till_id, self.anew) & self.tickets) and met(other, self.closing)
        return other.kind is not self.closing.kind and touch(hours_of(other), hours_of(self.closing))


@dataclass(frozen=True)
class Freed:
    """A closing whose sales were told by others that are set aside now: `asides`, the oldest first."""

    kind: str
    asides: tuple[SetAside, ...]

    def __bool__(self) -> bool:
        return bool(self.asides)

    @property
    def names(self) -> str:
        """The closings that were set aside, as judgements name them: "Z42, Z7 (1)"."""
        return ", ".join(name_briefly(it.closing) for it in self.asides)

    @cached_property
    def word(self) -> str:
        """How a yes to booking it after all is stored. It holds for these `asides` only, not if another one joins."""
        name = hashlib.sha256(" ".join(str(it.pk) for it in self.asides).encode()).hexdigest()[:NAME_LENGTH]
        return f"{OTHERS_SET_ASIDE}_{name}"

    def is_settled(self, words: Collection[str]) -> bool:
        """Whether people have said that it counts: by a yes among the `words`, or by choosing one of its kind."""
        return self.word in words or all(self._comes_with_another(it) for it in self.asides)

    def _comes_with_another(self, aside: SetAside) -> bool:
        instead = aside.instead
        if instead is None or instead.kind != self.kind or aside.closing.kind == self.kind:
            return False
        return not_set_aside([instead.pk]).exists()


def freed_of(stored: StoredClosing, closing: Closing) -> Freed:
    """The closings that told the sales of this one and are set aside now, unless the one in their place tells them."""
    rows = SetAside.objects.filter(
        ended_at=None,
        closing__establishment=stored.establishment_id,
        closing__business_date__range=_days_about(stored),
    ).exclude(closing=stored.pk)
    asides = rows.select_related("closing", "instead").order_by("pk")
    sales = _Sales.of(stored, closing)
    told = (it for it in asides if sales.are_told_by(it.closing))
    return Freed(kind=stored.kind, asides=tuple(it for it in told if not _is_told_instead(it, stored, sales)))


def _is_told_instead(aside: SetAside, closing: StoredClosing, sales: _Sales) -> bool:
    """Whether the closing that counts instead of `aside`, or a later version of that one, tells the same sales."""
    others = [pk for pk in (aside.instead_id, *later_versions(aside.closing_id)) if pk and pk != closing.pk]
    return any(sales.are_told_by(it) for it in not_set_aside(others))


def archived_beside(closing: StoredClosing) -> list[StoredClosing]:
    """The closings of other kinds that tell the same sales, archived because this one, or another, counted for them."""
    sales = _Sales.of(closing, Closing.from_document(closing.document))
    rows = _select_archived(closing).exclude(kind=closing.kind).exclude(pk=closing.pk)
    return [it for it in rows.order_by("created_at", "pk") if sales.are_told_by(it)]


def left_of_aside(stored: StoredClosing) -> Decimal:
    """Of a closing that is set aside: the turnover that no closing that counts tells. 1400.00, or 560.00 of it."""
    closing = Closing.from_document(stored.document)
    mine = tickets_here(stored, closing)
    met_ones = beside_in_tickets(mine, stored.establishment_id, stored.pk) if mine else []
    parts = [part for part in met_ones if met(closing, part.closing)]
    by_hours = beside_in_hours(closing, stored.establishment_id, stored.pk)
    is_all = any(part.kind is ClosingKind.GENERAL for part in by_hours)
    if mine and not mine - together(parts):
        is_all = True
    within = [*by_hours, *(part for part in parts if not part.told - mine)]
    if is_all:
        return ZERO
    return max(ZERO, stored.gross - total(part.closing.turnover for part in within))


def _select_archived(closing: StoredClosing) -> QuerySet[StoredClosing]:
    stood_for = reduce(or_, (Q(problems__contains=[{"code": code}]) for code in sorted(STOOD_FOR)))
    return StoredClosing.objects.filter(
        stood_for,
        ~Exists(SetAside.objects.filter(closing=OuterRef("pk"), ended_at=None)),
        establishment=closing.establishment_id,
        business_date__range=_days_about(closing),
        state=ClosingState.ARCHIVED,
    )


def _days_about(closing: StoredClosing) -> tuple[date, date]:
    return closing.business_date - DAYS_APART, closing.business_date + DAYS_APART
