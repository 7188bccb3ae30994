"""Receiving a closing: stored once, however often the till sends it, together with its problems."""

import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from uuid_utils.compat import uuid7

from clyo_ingest.continuity import (
    Neighbour,
    Neighbours,
    check_coverage,
    check_sequence,
    neighbours,
    perpetual_reached,
)
from clyo_ingest.document import ClosingDocument, digest_of
from clyo_ingest.errors import RETRY_AFTER_S, ApiError
from clyo_ingest.models import Push, ReceivedClosing
from clyo_ingest.problem_bodies import Fault
from clyo_ingest.sameness import differing, same_closing
from clyo_ingest.succession import Told
from exports.coverage.anew import tickets_of
from exports.coverage.judge import CORRECTION_WAITS, Disputed, Place, judge, rests_on_others
from exports.coverage.rows import ONCE, asks, is_new_kind, rows_of, settle_kinds
from exports.models import StoredClosing
from exports.way.accept import accept
from exports.way.destination import forget_gap
from exports.way.locked_till import LockedTill, lock_till
from ledger.check import check_arrival
from ledger.closing import Closing as Facts
from ledger.problem import Problem
from postgres.insertion import Insertion, insert

IDENTITY_TAKEN = "clyo_ingest_closing_identity"
TRIES = 4


# In plain SQL, and written together with the stored closing: every closing ends with it.
CLOSING = """
INSERT INTO clyo_ingest_receivedclosing (
    stored_id, tenant_id, till_id, kind, scope, number, era, version, digest, push_id, perpetual_before,
    perpetual_after, training, business_date, opened_at, closed_at, float_open, float_left, signature, signature_before,
    received_at)
VALUES (
    %(closing)s, %(tenant)s, %(till)s, %(kind)s, %(scope)s, %(number)s, %(era)s, %(version)s, %(digest)s, %(push)s,
    %(perpetual_before)s, %(perpetual_after)s, %(training)s, %(business_date)s, %(opened_at)s, %(closed_at)s,
    %(float_open)s, %(float_left)s, %(signature)s, %(signature_before)s, %(received_at)s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """How a closing is stored. `contested`: the database has just refused its tickets, because others cover them.

    `whole_shop`: while the whole establishment is locked, as the closing is of a kind that is new there, or its sums
    are compared with those of others.
    """

    contested: bool = False
    whole_shop: bool = False
    correcting: bool = False
    by_its_key: bool = False


class WholeShopNeeded(Exception):
    """Store it again with the whole shop locked: the verdict depends on what other tills push at this moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The stored closing, whether this push brought it, and the refusal if this push has other content."""

    stored: StoredClosing
    scope: str
    new: bool
    conflict: ApiError | None = None


def receive(
    push: Push,
    document: ClosingDocument,
    *,
    make_room: Callable[[Facts], None] | None = None,
    correcting: bool = False,
    by_its_key: bool = False,
) -> Received:
    """Store a closing and decide on it, in one transaction; or recognise one that was received before.

    `make_room`: a person takes it although its number is there (`clyo_ingest.restarts`). `correcting`: it is the
    corrected version of the closing with its number (`clyo_ingest.corrections`), held until that one is set aside.
    `by_its_key`: its till pushes it now: refused (403) if, while it waited for the lock, its establishment was
    suspended or the till was put away before this closing was made.
    Raises `ApiError` 409 when the same number came before with other content: the first closing is kept, and this push
    is kept raw. Of two pushes of one closing at the same instant the unique keys let one in; the other looks again.
    """
    content = document.canonical()
    digest = digest_of(content)
    facts = Facts.from_document(content)
    attempt = Attempt(correcting=correcting, by_its_key=by_its_key)
    for _try in range(TRIES):
        try:
            with transaction.atomic(durable=True):
                received = _take(push, content, digest, facts, attempt, make_room)
        except WholeShopNeeded:
            attempt = replace(attempt, whole_shop=True)
            continue
        except IntegrityError as error:
            if constraint_of(error) not in (IDENTITY_TAKEN, *ONCE):
                raise
            attempt = replace(attempt, contested=attempt.contested or constraint_of(error) in ONCE)
            continue
        if received.conflict is not None:
            raise received.conflict
        return received
    raise ApiError(503, "unavailable", headers={"Retry-After": str(RETRY_AFTER_S)})


def lasting_id(push: Push, facts: Facts, era: int, version: int = 0) -> uuid.UUID:
    """A closing's id: it begins with this moment (docs/decisions/0014) and ends with a digest of its identity.

    So the closing has the same ending in any database, and the same reference in Exact: pushed again after a restore
    that lost it, its entry is found there and not booked twice (docs/decisions/0033).
    """
    identity = f"{push.till_id}/{facts.kind.value}/{facts.scope}/{era}/{facts.number}"
    identity += f"/{version}" if version else ""
    ending = bytearray(sha256(identity.encode()).digest()[:8])
    ending[0] = ending[0] & 0x3F | 0x80  # the variant of RFC 9562
    return uuid.UUID(bytes=uuid7().bytes[:8] + bytes(ending))


def _take(
    push: Push,
    content: dict[str, Any],
    digest: str,
    facts: Facts,
    attempt: Attempt,
    make_room: Callable[[Facts], None] | None,
) -> Received:
    till = lock_till(push.till_id, whole_shop=attempt.whole_shop)
    establishment = till.establishment
    if attempt.by_its_key and establishment.suspended_at is not None:
        raise ApiError(403, "suspended")
    around, repeated = _look_around(till, digest, facts, make_room)
    corrected = around.same if attempt.correcting and repeated is not None and repeated.digest != digest else None
    if repeated is not None and corrected is None:
        return _answer_repeat(push, repeated.closing_id, content, digest)
    _refuse_after_its_end(till, facts, attempt, by_a_person=make_room is not None or attempt.correcting)
    told = Told.of(facts, content, around.before.told if around.before else None)
    place = Place(
        establishment_id=establishment.pk, till_id=till.till_id, practice=till.practice, contested=attempt.contested
    )
    verdict = None if facts.training else _wait_for(corrected) if corrected else judge(facts, place)
    unknown = is_new_kind(facts, verdict, till.practice)
    if (unknown or rests_on_others(verdict)) and not attempt.whole_shop:
        raise WholeShopNeeded
    received_at = timezone.now()
    found = [
        *check_sequence(facts, around, told),
        *check_coverage(establishment.pk, facts, around),
        *check_arrival(facts, received_at=received_at, zone=establishment.zone),
    ]
    version = corrected.version + 1 if corrected else 0
    accepted = accept(
        closing_id=lasting_id(push, facts, around.era, version),
        till=till,
        closing=facts,
        document=content,
        found=found,
        verdict=verdict,
        received_at=received_at,
        corrects=corrected.closing_id if corrected else None,
    )
    closing = accepted.closing
    kept = _insert_closing(push, closing, digest, facts, around, told, version)
    insert(*accepted.rows, kept, *rows_of(closing, facts, verdict, till.practice))
    if unknown or asks(verdict):
        settle_kinds(closing, facts, verdict, till.practice)
    _close_gap(facts, around)
    return Received(stored=closing, scope=facts.scope, new=True)


def _refuse_after_its_end(till: LockedTill, facts: Facts, attempt: Attempt, *, by_a_person: bool) -> None:
    """Raise `ApiError` 403 for what was closed once the establishment was another company's, or the till put away."""
    ended_on = till.establishment.ended_on
    if ended_on and facts.business_date >= ended_on and not by_a_person:
        raise ApiError(403, "taken_over")
    if attempt.by_its_key and till.ended_at is not None and facts.closed_at > till.ended_at:
        raise ApiError(403, "suspended")


def _look_around(
    till: LockedTill, digest: str, facts: Facts, make_room: Callable[[Facts], None] | None
) -> tuple[Neighbours, Neighbour | None]:
    """The closing's neighbours, and the one received before under its number; none if a person has it taken as new."""
    tickets = tickets_of(facts, till.till_id, till.practice.anew)
    place = (till.till_id, till.establishment.pk, facts, tickets)
    around = neighbours(*place)
    repeated = around.repeated(digest)
    if repeated is None or make_room is None or repeated.digest == digest:
        return around, repeated
    make_room(facts)
    around = neighbours(*place)
    return around, around.same


def _answer_repeat(push: Push, closing_id: uuid.UUID, content: dict[str, Any], digest: str) -> Received:
    first = ReceivedClosing.objects.select_related("stored").get(pk=closing_id)
    same = first.digest == digest or same_closing(first.stored.document, content)
    # A push that was answered before keeps that answer: support has just taken another push of the same closing.
    Push.objects.filter(pk=push.pk, answer_status=None).update(
        closing=first, answer_status=200 if same else 409, answer_code="" if same else "closing_conflict"
    )
    received = Received(stored=first.stored, scope=first.scope, new=False)
    if same:
        return received
    return replace(received, conflict=conflict_with(first, content))


def conflict_with(first: ReceivedClosing, content: dict[str, Any]) -> ApiError:
    """The refusal of other content under a number that came before: where it differs, and the first closing's id."""
    message = _("This differs from the closing that was received first. Check it on the till.")
    pointers = differing(first.stored.document, content)
    return ApiError(
        409,
        "closing_conflict",
        detail=_(
            "The closing that was received first stands; this one is kept for support. If a device that counts from 1 "
            "took the place of this till, have your reseller say so in the console: “Replace” beside the till."
        ),
        errors=[Fault(pointer=pointer, code="differs", message=message) for pointer in pointers],
        closing_id=first.pk,
    )


def _wait_for(corrected: Neighbour) -> Disputed:
    """The verdict on a corrected version: it waits until the version it corrects is set aside."""
    return Disputed(problems=(Problem(code=CORRECTION_WAITS, facts={"number": str(corrected.number)}),))


def _insert_closing(
    push: Push, closing: StoredClosing, digest: str, facts: Facts, around: Neighbours, told: Told, version: int
) -> Insertion:
    columns = {
        "closing": closing.pk,
        "tenant": push.tenant_id,
        "till": push.till_id,
        "kind": facts.kind.value,
        "scope": facts.scope,
        "number": facts.number,
        "era": around.era,
        "version": version,
        "digest": digest,
        "push": push.pk,
        "perpetual_before": facts.totals.perpetual_before if facts.totals else None,
        "perpetual_after": perpetual_reached(facts, around),
        **asdict(told),
        "received_at": closing.created_at,
    }
    return Insertion(CLOSING, columns)


def _close_gap(facts: Facts, around: Neighbours) -> None:
    """Remove the next closing's warning of missing numbers; this closing has the warning of those still missing."""
    after = around.after
    if after is not None and after.number == facts.number + 1:
        forget_gap(after.closing_id)


def constraint_of(error: IntegrityError) -> str:
    """The name of the database constraint that refused."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or ""
