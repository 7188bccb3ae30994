"""From a closing's document to the entries of its establishment's plan, or to everything that holds it back."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from exact.activation import plan_in
from exact.catalogue import Catalogue
from exact.mapping import Overrides
from exact.models import Activation, Division, Mapping
from exact.payloads import codes_in
from exact.preflight import check_entry_in_exact
from exports.models import Export, ExportState
from ledger.book import Booking, book
from ledger.check import check_bookable
from ledger.closing import Closing
from ledger.entry import Entry
from ledger.problem import Problem
from tenants.models import Establishment

# What `Destination.of` needs: read with the establishment, or with the export that is looked at.
ALONG_AN_ESTABLISHMENT = ("activation__division", "mapping")
WHERE_CLOSINGS_GO = tuple(f"establishment__{path}" for path in ALONG_AN_ESTABLISHMENT)
VAT_WITHOUT_LINE = "vat_without_net"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Where an export stands now; and the entries to post when it is ready, or that Exact would refuse as they are."""

    state: ExportState
    problems: tuple[Problem, ...] = ()
    entries: tuple[Entry, ...] = ()
    activation: Activation | None = None
    payment_condition: str = ""
    cost_center: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """What is in force for an establishment: its plan and where it leads."""

    activation: Activation | None
    mapping: Mapping
    overrides: Overrides = field(default_factory=Overrides)

    @classmethod
    def of(cls, establishment: Establishment) -> "Destination":
        """What the establishment was read with; what it was read without is asked for."""
        mapping: Mapping = getattr(establishment, "mapping", None) or Mapping(establishment=establishment)
        return cls.to(getattr(establishment, "activation", None), mapping)

    @classmethod
    def to(cls, activation: Activation | None, mapping: Mapping) -> "Destination":
        return cls(activation=activation, mapping=mapping, overrides=Overrides.model_validate(mapping.overrides))


def prepare(export: Export, closing: Closing, found: list[Problem], destination: Destination) -> Prepared:
    """Decide an export's state. `found` is what the checks of the closing itself said.

    Problems a person waved through no longer hold it, except those without which nothing could be booked.
    """
    if closing.training:
        return Prepared(state=ExportState.ARCHIVED, problems=tuple(found))
    if closing.kind.value != export.establishment.booked_level:
        note = Problem(code="other_level_booked", facts={"level": export.establishment.booked_level}, blocking=False)
        return Prepared(state=ExportState.ARCHIVED, problems=(*found, note))
    holding = holding_problems(export, closing, found)
    if holding:
        return Prepared(state=ExportState.HELD, problems=tuple(found))
    return _booked(export, closing, found, destination)


def holding_problems(export: Export, closing: Closing, found: list[Problem]) -> list[Problem]:
    """What of `found` holds a closing back, whatever its destination: all that no person waved through."""
    blocking = [problem for problem in found if problem.blocking]
    if not blocking or not export.accepted_problems:
        return blocking
    needed = {problem.code for problem in check_bookable(closing)}
    return [it for it in blocking if it.code not in export.accepted_problems or it.code in needed]


def _booked(export: Export, closing: Closing, found: list[Problem], destination: Destination) -> Prepared:
    activation = destination.activation
    booking = booked(export, closing, destination.mapping, activation.division if activation else None)
    empty = not booking.entries and not booking.problems
    if empty:
        return Prepared(state=ExportState.ARCHIVED, problems=tuple(found))
    if activation is None or not activation.active:
        return Prepared(state=ExportState.WAITING, problems=tuple(found))
    problems = [*found, *booking.problems]
    catalogue = Catalogue(activation.division, codes=_codes(booking.entries), day=closing.business_date)
    problems += [problem for problem in _of_the_activation(activation) if problem not in problems]
    refused = refused_by_exact(booking.entries, catalogue, cost_center=destination.overrides.cost_center)
    problems += [problem for problem in refused if problem not in problems]
    holding = [problem for problem in problems if problem.blocking and problem.code not in export.accepted_problems]
    return Prepared(
        state=ExportState.HELD if holding else ExportState.READY,
        problems=tuple(problems),
        entries=booking.entries,
        activation=activation,
        payment_condition=destination.overrides.payment_condition,
        cost_center=destination.overrides.cost_center,
    )


def booked(export: Export, closing: Closing, mapping: Mapping, division: Division | None) -> Booking:
    """What a closing becomes under a mapping, saved or not, for Exact."""
    booking = book(closing, plan_in(division, mapping), label=export.label)
    # Exact books VAT only on a sales line: VAT without one would silently be lost there.
    problems = (replace(it, blocking=it.blocking or it.code == VAT_WITHOUT_LINE) for it in booking.problems)
    return replace(booking, problems=tuple(problems))


def refused_by_exact(entries: Iterable[Entry], catalogue: Catalogue, *, cost_center: str) -> list[Problem]:
    """All in these entries that the company would refuse, each thing once."""
    problems: list[Problem] = []
    for entry in entries:
        found = check_entry_in_exact(entry, catalogue, cost_center=cost_center)
        problems += [problem for problem in found if problem not in problems]
    return problems


def _of_the_activation(activation: Activation) -> list[Problem]:
    """What has broken since the activation: it holds what comes, before Exact refuses it closing by closing."""
    return [Problem.from_document(document) for document in activation.problems]


def _codes(entries: tuple[Entry, ...]) -> set[str]:
    return {code for entry in entries for code in codes_in(entry)}
