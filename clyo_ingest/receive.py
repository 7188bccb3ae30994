"""Taking a closing: once, whatever the till does, with everything that is odd about it written down."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clyo_ingest.continuity import (
    Neighbours,
    bounds,
    check_sequence,
    check_tickets,
    neighbours,
    perpetual_reached,
)
from clyo_ingest.document import ClosingDocument, digest_of
from clyo_ingest.errors import RETRY_AFTER_S, ApiError
from clyo_ingest.models import Closing, CoveredTickets, Push
from exports.accept import accept
from exports.destination import forget_gap
from exports.models import Export
from ledger.closing import Closing as Facts
from tenants.models import Till

IDENTITY_TAKEN = "clyo_ingest_closing_identity"
TICKETS_TAKEN = "clyo_ingest_tickets_once"
TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The closing that stands, whether this push brought it, and the refusal if this push says something else."""

    closing: Closing
    new: bool
    conflict: ApiError | None = None


def receive(till: Till, push: Push, document: ClosingDocument) -> Received:
    """Store a closing and hand it over, in one transaction; or recognise one that is already here.

    Raises `ApiError` 409 when the same number came before with other content: the first stands, this push is kept.
    Two pushes of one closing at the same instant meet in the database's unique keys; the loser looks again.
    """
    content = document.canonical()
    digest = digest_of(content)
    facts = Facts.from_document(content)
    contested = False
    for _attempt in range(TRIES):
        try:
            with transaction.atomic(durable=True):
                received = _take(till, push, content, digest, facts, contested=contested)
        except IntegrityError as error:
            if constraint_of(error) not in (IDENTITY_TAKEN, TICKETS_TAKEN):
                raise
            contested = contested or constraint_of(error) == TICKETS_TAKEN
            continue
        if received.conflict is not None:
            raise received.conflict
        return received
    raise ApiError(503, "unavailable", headers={"Retry-After": str(RETRY_AFTER_S)})


def _take(till: Till, push: Push, content: dict[str, Any], digest: str, facts: Facts, *, contested: bool) -> Received:
    """`contested`: the database has just refused its tickets, because they are covered already."""
    # One closing of a till at a time: each must see the one before it.
    Till.objects.select_for_update(of=("self",), no_key=True).filter(pk=till.pk).values_list("pk").get()
    around = neighbours(till, facts)
    if around.same is not None:
        return _again(push, around.same, content, digest)
    establishment = till.establishment
    booked = not facts.training and facts.kind.value == establishment.booked_level
    overlaps = check_tickets(establishment, facts.tickets) if booked and contested else []
    found = [*check_sequence(facts, around), *overlaps]
    closing_id = uuid.uuid4()
    export = accept(closing_id, till=till, closing=facts, document=content, found=found)
    closing = _write(till, push, digest, facts, around, export)
    _write_tickets(closing, establishment.pk, facts, live=booked and not contested)
    _close_gap(facts, around)
    return Received(closing=closing, new=True)


def _again(push: Push, first: Closing, content: dict[str, Any], digest: str) -> Received:
    same = first.digest == digest
    Push.objects.filter(pk=push.pk).update(
        closing=first, answer_status=200 if same else 409, answer_code="" if same else "closing_conflict"
    )
    if same:
        return Received(closing=first, new=False)
    stands = first.export.document
    differing = [field for field in sorted(stands | content) if stands.get(field) != content.get(field)]
    message = _("This differs from the closing that was received first.")
    errors = [{"pointer": f"/{field}", "code": "differs", "message": message} for field in differing]
    return Received(closing=first, new=False, conflict=ApiError(409, "closing_conflict", errors=errors))


def _write(till: Till, push: Push, digest: str, facts: Facts, around: Neighbours, export: Export) -> Closing:
    closing = Closing(
        export=export,
        tenant_id=till.tenant_id,
        till=till,
        kind=facts.kind.value,
        scope=facts.scope,
        number=facts.number,
        digest=digest,
        push=push,
        perpetual_before=facts.totals.perpetual_before if facts.totals else None,
        perpetual_after=perpetual_reached(facts, around),
        received_at=timezone.now(),
    )
    closing.save(force_insert=True)
    return closing


def _write_tickets(closing: Closing, establishment_id: int, facts: Facts, *, live: bool) -> None:
    if facts.tickets:
        CoveredTickets.objects.bulk_create(
            CoveredTickets(
                tenant_id=closing.tenant_id,
                closing=closing,
                establishment_id=establishment_id,
                station=it.station,
                tickets=bounds(it),
                live=live,
            )
            for it in facts.tickets
        )


def _close_gap(facts: Facts, around: Neighbours) -> None:
    """The next closing's predecessor has arrived: its warning is over. What is still missing, this closing says."""
    after = around.after
    if after is not None and after.number == facts.number + 1:
        forget_gap(after.pk)


def constraint_of(error: IntegrityError) -> str:
    """The name of the database constraint that refused."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or ""
