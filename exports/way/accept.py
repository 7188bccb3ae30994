"""Storing a new closing, in the transaction in which the till API accepts it; and looking at it again later."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from psycopg.types.json import Jsonb

from exports.coverage.judge import TAKEN_AT_A_WORD, Disputed, Verdict
from exports.coverage.rows import judge_again, lock_shop
from exports.models import ClosingState, StoredClosing
from exports.way.carry_out import carried_out, go_on
from exports.way.decide import GAP_WORD, STATES, WAIVABLE, Look, decide
from exports.way.locked_till import LockedTill
from exports.way.prepare import locked
from exports.way.states import may_come_back
from ledger.closing import Closing
from ledger.problem import Problem
from postgres.insertion import Insertion
from postgres.transactions import assert_in_transaction
from tenants.models import User

# In plain SQL, so that one statement writes it together with the rows that other rooms keep of a closing.
ROW = """
INSERT INTO exports_storedclosing (
    id, tenant_id, establishment_id, till_id, kind, number, business_date, closed_at, gross, offered, document, found,
    state, problems, accepted_problems, corrects_id, created_at, state_since)
VALUES (
    %(closing)s, %(tenant)s, %(establishment)s, %(till)s, %(kind)s, %(number)s, %(business_date)s, %(closed_at)s,
    %(gross)s, %(offered)s, %(document)s, %(found)s, %(export_state)s, %(problems)s, '[]',
    %(corrects)s, %(received_at)s, now())
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A new closing that is not in the database yet: `clyo_ingest` writes these `rows` together with its own."""

    closing: StoredClosing
    rows: tuple[Insertion, ...]


def accept(
    *,
    closing_id: UUID,
    till: LockedTill,
    closing: Closing,
    document: dict[str, Any],
    found: Iterable[Problem],
    verdict: Verdict | None,
    received_at: datetime,
    corrects: UUID | None = None,
) -> Accepted:
    """Make the rows of a new closing, with the problems that hold it back, and its postings when there are none.

    `found`: the problems that `clyo_ingest` saw (numbers, perpetual total), stored with the closing for every later
    look. `verdict`: whether the closing counts; None for a training. `corrects`: the closing whose corrected version
    this one is. Must run inside the transaction that stores the closing.
    """
    assert_in_transaction()
    noticed = tuple(found)
    stored = StoredClosing(
        id=closing_id,
        tenant_id=till.establishment.tenant_id,
        establishment=till.establishment,
        till_id=till.till_id,
        kind=closing.kind.value,
        number=closing.number,
        business_date=closing.business_date,
        closed_at=closing.closed_at,
        gross=closing.turnover,
        offered=closing.offered,
        document=document,
        corrects_id=corrects,
        found=[problem.to_document() for problem in noticed],
        created_at=received_at,
        state_since=received_at,
    )
    decision = decide(Look(stored=stored, closing=closing, found=noticed, verdict=verdict), till.destination)
    stored.state = STATES[type(decision)]
    stored.problems = [problem.to_document() for problem in decision.problems]
    return Accepted(closing=stored, rows=(_row_of(stored), *carried_out(stored, decision, revision=1)))


def _row_of(closing: StoredClosing) -> Insertion:
    columns: dict[str, Any] = {
        "closing": closing.pk,
        "tenant": closing.tenant_id,
        "establishment": closing.establishment_id,
        "till": closing.till_id,
        "kind": closing.kind,
        "number": closing.number,
        "business_date": closing.business_date,
        "closed_at": closing.closed_at,
        "gross": closing.gross,
        "offered": closing.offered,
        "document": Jsonb(closing.document),
        "found": Jsonb(closing.found),
        "export_state": closing.state,
        "problems": Jsonb(closing.problems),
        "corrects": closing.corrects_id,
        "received_at": closing.created_at,
    }
    return Insertion(ROW, columns)


def reconsider(
    closing_id: UUID, *, actor: User | None = None, why: str, accept_problems: bool = False, word: str = ""
) -> StoredClosing:
    """Decide again on a closing that is held or waiting, after something was mended or the establishment activated.

    `accept_problems`: a person accepts the problems of `WAIVABLE`, with which the entries are still right, and settles
    the closing's dispute if it is still the one that the last look found, or the one that `word` names.
    An archived closing is decided on too if `may_come_back` says so. Does nothing to a closing in another state.
    """
    with transaction.atomic():
        lock_shop(closing_id)
        closing = locked(closing_id)
        if closing.state not in (ClosingState.HELD, ClosingState.WAITING) and not may_come_back(closing):
            return closing
        if accept_problems:
            closing.accepted_problems = sorted({*closing.accepted_problems, *_read_words(closing, word)})
        go_on(closing, actor=actor, why=why)
    return closing


def _read_words(closing: StoredClosing, word: str) -> Iterator[str]:
    """The words to store for a person's yes: to the dispute that the last look found, or to the one `word` names."""
    if word == GAP_WORD:
        yield word
        return
    shown = [problem for problem in closing.problems if problem["blocking"]]
    yield from WAIVABLE.intersection(problem["code"] for problem in shown)
    if word:
        yield word
    elif disputes := [problem for problem in shown if problem["code"] in TAKEN_AT_A_WORD]:
        now = judge_again(closing, Closing.from_document(closing.document))
        if isinstance(now, Disputed) and now.word and [it.to_document() for it in now.problems] == disputes:
            yield now.word
