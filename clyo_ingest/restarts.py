"""Restarts of a till, whose counters begin anew: stated by a person, or shown by a number that came a second time.

Later closings are a new sequence (an era): they are not compared with earlier ones, and numbers may come again. An
earlier closing is still recognised when it is sent again. Tickets are still compared, as they are the establishment's.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from clyo_ingest.document import ClosingDocument
from clyo_ingest.inbox import content_of, parsed
from clyo_ingest.models import Push, PushKind, ReceivedClosing, Restart
from clyo_ingest.receive import Received, receive
from ledger.closing import Closing as Facts
from tenants.models import Till, User

CONFLICT = "closing_conflict"


class CannotTake(Exception):
    """This push is no second closing of a number, or somebody took it already."""


def note_restart(till: Till, *, since: datetime, reason: str, why: str, by: User, push: Push | None = None) -> Restart:
    """Store that a till's counters began anew with the closings that end after `since`, by its own clock."""
    with transaction.atomic():
        locked = Till.objects.select_for_update(of=("self",), no_key=True).get(pk=till.pk)
        newest = locked.restarts.aggregate(newest=Max("era"))["newest"] or 0
        return Restart.objects.create(
            tenant_id=locked.tenant_id,
            till=locked,
            era=newest + 1,
            since=since,
            reason=reason,
            why=why,
            by=by,
            push=push,
        )


def may_be_taken(push: Push) -> bool:
    """Whether a push brought another closing under a number that was there, and is kept for support to see.

    One that met a closing of its device under a former company is not: that company's push beside it is
    (`clyo_ingest.former`).
    """
    own = push.closing is None or push.closing.till_id == push.till_id
    return own and push.kind == PushKind.CLOSING and push.answer_code == CONFLICT and not hasattr(push, "made")


def closing_of(push: Push) -> ClosingDocument:
    """The document of a push. Raises `ApiError` when it is no closing."""
    return parsed(ClosingDocument, content_of(push), code="closing_invalid")


def take_second(push: Push, *, reason: str, why: str, by: User) -> Received:
    """Take a refused second closing of a number as a closing of its own, with all checks of any other.

    It begins a new era of its till, or joins the one that another such closing began. The push keeps what the till was
    answered. Raises `CannotTake`.
    """
    if not may_be_taken(push):
        raise CannotTake

    def make_room(facts: Facts) -> None:
        newest = Restart.objects.filter(till=push.till_id).order_by("-era").first()
        since = min(facts.opened_at, facts.closed_at)
        place = {"till": push.till_id, "kind": facts.kind.value, "scope": facts.scope, "number": facts.number}
        if newest is None or ReceivedClosing.objects.filter(**place, era=newest.era).exists():
            note_restart(push.till, since=since, reason=reason, why=why, by=by, push=push)
        elif newest.since > facts.closed_at:
            newest.since = since
            newest.save(update_fields=["since"])

    return receive(push, closing_of(push), make_room=make_room)
