"""Taking a closing over from the till's side, in the transaction that accepts it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from psycopg.types.json import Jsonb

from exact.postings import next_revision, postings_of
from exact.questions import ask_about_means
from exports.locked_till import LockedTill
from exports.models import Export, ExportState
from exports.nudge import nudge_lane_after_commit, nudge_learning
from exports.prepare import WHERE_CLOSINGS_GO, Destination, Prepared, prepare
from exports.states import move_export
from ledger.check import check_closing
from ledger.closing import Closing
from ledger.problem import Problem
from tenants.insertion import Insertion, insert
from tenants.models import User

# In plain SQL, to be written together with what the other rooms keep of a closing.
ROW = """
INSERT INTO exports_export (
    id, tenant_id, establishment_id, till_id, kind, number, business_date, closed_at, gross, document, state, problems,
    accepted_problems, created_at, state_since)
VALUES (
    %(closing)s, %(tenant)s, %(establishment)s, %(till)s, %(kind)s, %(number)s, %(business_date)s, %(closed_at)s,
    %(gross)s, %(document)s, %(export_state)s, %(problems)s, '[]', %(received_at)s, %(received_at)s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An export that stands once its `rows` are written, by the till's side together with its own."""

    export: Export
    rows: tuple[Insertion, ...]


def accept(
    *, till: LockedTill, closing: Closing, document: dict[str, Any], found: Iterable[Problem], received_at: datetime
) -> Accepted:
    """Make the export of a new closing, with all that holds it back, and its postings when nothing does.

    `found` is what the till's side saw (numbers, tickets, perpetual total); the closing's own sums are checked here.
    Must run inside the transaction that stores the closing.
    """
    export = Export(
        tenant_id=till.establishment.tenant_id,
        establishment=till.establishment,
        till_id=till.till_id,
        kind=closing.kind.value,
        number=closing.number,
        business_date=closing.business_date,
        closed_at=closing.closed_at,
        gross=closing.turnover,
        document=document,
        created_at=received_at,
        state_since=received_at,
    )
    problems = [*found, *check_closing(closing)]
    prepared = prepare(export, closing, problems, till.destination)
    export.state = prepared.state
    export.problems = [problem.to_document() for problem in prepared.problems]
    return Accepted(export=export, rows=(_row_of(export), *_handed_over(export, prepared, revision=1)))


def _row_of(export: Export) -> Insertion:
    columns: dict[str, Any] = {
        "closing": export.pk,
        "tenant": export.tenant_id,
        "establishment": export.establishment_id,
        "till": export.till_id,
        "kind": export.kind,
        "number": export.number,
        "business_date": export.business_date,
        "closed_at": export.closed_at,
        "gross": export.gross,
        "document": Jsonb(export.document),
        "export_state": export.state,
        "problems": Jsonb(export.problems),
        "received_at": export.created_at,
    }
    return Insertion(ROW, columns)


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
        insert(*_handed_over(export, prepared, revision=next_revision(export.pk)))
    return export


# What the till's side found when the closing came; it is not computed again from the closing alone.
CONTINUITY_CODES = frozenset({"number_gap", "perpetual_break", "tickets_overlap", "business_date_future"})


def found_by_the_till(export: Export, closing: Closing) -> list[Problem]:
    """What is odd about a closing itself: between its neighbours, as found when it came, and within it."""
    found = [Problem.from_document(problem) for problem in export.problems]
    continuity = [problem for problem in found if problem.code in CONTINUITY_CODES]
    return [*continuity, *check_closing(closing)]


def _handed_over(export: Export, prepared: Prepared, *, revision: int) -> list[Insertion]:
    """The postings of a ready export, to be written; their lane is woken once this transaction is on disk."""
    if prepared.state is ExportState.READY and prepared.activation:
        division = prepared.activation.division
        nudge_lane_after_commit(division.pk)
        made = postings_of(
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
        return [made]
    ask_about_means(
        export.establishment, [problem.facts for problem in prepared.problems if problem.code == "means_unmapped"]
    )
    if any(problem.code == "third_party_unknown" for problem in prepared.problems):
        transaction.on_commit(nudge_learning, robust=True)
    return []
