"""Taking a closing over from the till's side, in the transaction that accepts it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from exact.postings import make_postings, next_revision
from exact.questions import ask_about_means
from exports.locked_till import LockedTill
from exports.models import Export, ExportState
from exports.nudge import nudge_lane_after_commit, nudge_learning
from exports.prepare import WHERE_CLOSINGS_GO, Destination, Prepared, prepare
from exports.states import move_export
from ledger.check import check_closing
from ledger.closing import Closing
from ledger.problem import Problem
from tenants.models import User


def accept(
    closing_id: UUID, *, till: LockedTill, closing: Closing, document: dict[str, Any], found: Iterable[Problem]
) -> Export:
    """Make the export of a new closing, with all that holds it back, and its postings when nothing does.

    `found` is what the till's side saw (numbers, tickets, perpetual total); the closing's own sums are checked here.
    Must run inside the transaction that stores the closing.
    """
    export = Export(
        id=closing_id,
        tenant_id=till.establishment.tenant_id,
        establishment=till.establishment,
        till_id=till.till_id,
        kind=closing.kind.value,
        number=closing.number,
        business_date=closing.business_date,
        closed_at=closing.closed_at,
        gross=closing.turnover,
        document=document,
        state_since=timezone.now(),
    )
    problems = [*found, *check_closing(closing)]
    prepared = prepare(export, closing, problems, till.destination)
    export.state = prepared.state
    export.problems = [problem.to_document() for problem in prepared.problems]
    export.save(force_insert=True)
    _hand_over(export, prepared, revision=1)
    return export


def reconsider(export_id: UUID, *, actor: User | None = None, why: str, accept_problems: bool = False) -> Export:
    """Look again at a closing that is held or waiting, after something was mended or the export was activated.

    `accept_problems`: a person takes what does not add up as it is. Does nothing to a closing in another state.
    """
    with transaction.atomic():
        export = Export.objects.select_for_update(of=("self",)).select_related(*WHERE_CLOSINGS_GO).get(pk=export_id)
        if export.state not in (ExportState.HELD, ExportState.WAITING):
            return export
        found = [Problem.from_document(problem) for problem in export.problems]
        if accept_problems:
            export.accepted_problems = sorted({*export.accepted_problems, *(it.code for it in found if it.blocking)})
        closing = Closing.from_document(export.document)
        prepared = prepare(export, closing, found_by_the_till(export, closing), Destination.of(export.establishment))
        move_export(
            export,
            prepared.state,
            actor=actor,
            why=why,
            problems=[problem.to_document() for problem in prepared.problems],
            accepted_problems=export.accepted_problems,
        )
        _hand_over(export, prepared, revision=next_revision(export.pk))
    return export


# What the till's side found when the closing came; it is not computed again from the closing alone.
CONTINUITY_CODES = frozenset({"number_gap", "perpetual_break", "tickets_overlap"})


def found_by_the_till(export: Export, closing: Closing) -> list[Problem]:
    """What is odd about a closing itself: between its neighbours, as found when it came, and within it."""
    found = [Problem.from_document(problem) for problem in export.problems]
    continuity = [problem for problem in found if problem.code in CONTINUITY_CODES]
    return [*continuity, *check_closing(closing)]


def _hand_over(export: Export, prepared: Prepared, *, revision: int) -> None:
    """Write the postings of a ready export, and wake its lane once this transaction is on disk."""
    if prepared.state is ExportState.READY and prepared.activation:
        division = prepared.activation.division
        make_postings(
            division=division,
            establishment_id=export.establishment_id,
            closing_id=export.pk,
            number=export.number,
            closed_at=export.closed_at,
            entries=prepared.entries,
            payment_condition=prepared.payment_condition,
            cost_center=prepared.cost_center,
            revision=revision,
        )
        nudge_lane_after_commit(division.pk)
        return
    ask_about_means(
        export.establishment, [problem.facts for problem in prepared.problems if problem.code == "means_unmapped"]
    )
    if any(problem.code == "third_party_unknown" for problem in prepared.problems):
        transaction.on_commit(nudge_learning, robust=True)
