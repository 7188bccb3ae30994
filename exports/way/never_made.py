"""Numbers that a till never made a closing of: a person says so, and they are missed no longer; and it is taken back.

Nothing is booked or unbooked by it. One of these numbers that comes all the same is booked like any other.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from exports.coverage.missing import Missing, missing_before
from exports.coverage.rows import lock_shop
from exports.models import NeverMade, StoredClosing
from exports.way.prepare import locked
from exports.way.shown_digest import ShownOtherwise, name_of
from tenants.models import User


def missed_before(closing: StoredClosing) -> list[Missing]:
    """The numbers that are missed before this closing now."""
    if all(problem["code"] != "number_gap" for problem in closing.problems):
        return []
    return missing_before(StoredClosing.objects.filter(pk=closing.pk))


def said_never_made(closing: StoredClosing) -> list[NeverMade]:
    """What people said of the numbers before this closing, and did not take back."""
    if all(problem["code"] != "number_gap" for problem in closing.problems):
        return []
    return [*NeverMade.objects.select_related("by").filter(closing=closing.pk, ended_at=None)]


def digest_of_missed(missed: list[Missing]) -> str:
    """The name of what a person is shown before saying that it was never made."""
    return name_of([[it.first, it.last] for it in missed])


def digest_of_said(said: list[NeverMade]) -> str:
    """The name of what a person is shown before taking it back."""
    return name_of([it.pk for it in said])


def say_never_made(closing_id: UUID, *, actor: User, why: str, shown: str) -> StoredClosing:
    """Store that the numbers missed before a closing were never made.

    Pressed twice it does nothing more. Raises `ShownOtherwise` where others are missed than `shown` names.
    """
    with transaction.atomic():
        lock_shop(closing_id)
        closing = locked(closing_id)
        missed = missed_before(closing)
        if not missed and said_never_made(closing):
            return closing
        if not missed or digest_of_missed(missed) != shown:
            raise ShownOtherwise
        for it in missed:
            NeverMade.objects.create(
                tenant_id=closing.tenant_id, closing=closing, first=it.first, last=it.last, why=why, by=actor
            )
    return closing


def miss_again(closing_id: UUID, *, actor: User, why: str, shown: str) -> StoredClosing:
    """Take back what was said of the numbers before a closing: they are missed again, unless they came.

    Pressed twice it does nothing more. Raises `ShownOtherwise` where something else was said than `shown` names.
    """
    with transaction.atomic():
        lock_shop(closing_id)
        closing = locked(closing_id)
        said = said_never_made(closing)
        if not said:
            return closing
        if digest_of_said(said) != shown:
            raise ShownOtherwise
        ended = {"ended_at": timezone.now(), "ended_by": actor, "ended_why": why}
        NeverMade.objects.filter(pk__in=[it.pk for it in said]).update(**ended)
    return closing
