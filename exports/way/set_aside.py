"""Setting a closing aside, so that it is not booked, by a person's word; and having it looked at again.

Its entries are taken out of Exact first (`exports.reposts.take_out`): the database refuses to set aside a closing that
has entries there.
"""

from functools import partial
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from exact.lane.states import UNDONE
from exact.models import Posting, PostingState
from exports.coverage.freed import archived_beside
from exports.coverage.judge import CORRECTION_WAITS
from exports.coverage.rows import lock_shop
from exports.coverage.versions import earlier_versions, later_versions, not_set_aside
from exports.models import ClosingState, SetAside, StoredClosing
from exports.nudge import nudge_release
from exports.way.accept import reconsider
from exports.way.came_again import came_again
from exports.way.carry_out import go_on, withdraw_unsent
from exports.way.levels import CLOCKS_APART
from exports.way.prepare import locked
from exports.way.shown_digest import ShownOtherwise, name_of
from exports.words.reasons import Why, because
from postgres.transactions import assert_in_transaction
from tenants.models import User
from tenants.put_off import due, each

BATCH = 200
SET_ASIDE_FROM = (ClosingState.HELD, ClosingState.WAITING)


class CannotSetAside(Exception):
    """Why a closing cannot be set aside, or looked at again; `code` names the sentence people read."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def set_aside(
    closing_id: UUID, *, actor: User, why: str, instead: UUID | None = None, shown: str | None = None
) -> StoredClosing:
    """Set a closing aside that is held or waits and has no entry in Exact. Pressed twice it does nothing more.

    `instead`: the id of the closing that counts in its place. `shown`: what a person was shown of it, as
    `digest_of_aside` names it. Raises `CannotSetAside`, and `ShownOtherwise` where it is another by now.
    """
    with transaction.atomic():
        lock_shop(closing_id)
        closing = locked(closing_id)
        if is_set_aside(closing_id):
            return closing
        refuse_what_changed(closing, shown)
        refuse_to_set_aside(closing, instead=instead)
        keep_aside(closing, actor=actor, why=why, instead=instead)
    return closing


def digest_of_aside(closing: StoredClosing) -> str:
    """The name of what a person is shown before setting a closing aside: how it stands, and what stands beside it."""
    return name_of([closing.state, closing.problems, [str(it.pk) for it in archived_beside(closing)]])


def refuse_what_changed(closing: StoredClosing, shown: str | None) -> None:
    """Raise `ShownOtherwise` if a person was `shown` something else of the closing than it is now."""
    if shown is not None and shown != digest_of_aside(closing):
        raise ShownOtherwise


def refuse_to_set_aside(closing: StoredClosing, *, instead: UUID | None = None) -> None:
    """Raise `CannotSetAside` for a closing that is on its way, or of which an entry is or may be in Exact.

    One that is archived already is set aside for another only, which corrects it.
    """
    archived = closing.state == ClosingState.ARCHIVED and instead is not None
    if closing.state not in SET_ASIDE_FROM and not archived:
        raise CannotSetAside("set_aside_not_held")
    open_ones = Posting.objects.filter(~UNDONE, closing_id=closing.pk)
    if open_ones.exclude(state=PostingState.PENDING).exists():
        raise CannotSetAside("set_aside_in_exact")


def keep_aside(closing: StoredClosing, *, actor: User, why: str, instead: UUID | None) -> None:
    """Store that a locked closing is set aside, and archive it; another closing that tells its tickets may then count.

    None of its entries is in Exact; unsent ones are withdrawn. Must run inside the transaction that locks it.
    """
    assert_in_transaction()
    said = because(Why.SET_ASIDE, why)
    withdraw_unsent(closing, actor=actor, why=said)
    SetAside.objects.create(
        tenant_id=closing.tenant_id, closing=closing, instead_id=instead, why=why, by=actor, at=timezone.now()
    )
    go_on(closing, actor=actor, why=said)
    transaction.on_commit(nudge_release, robust=True)


def take_back(closing_id: UUID, *, actor: User, why: str, shown: str) -> StoredClosing:
    """Look again at a closing that was set aside. Pressed twice it does nothing more.

    `shown` names the word that is taken back (its key). Raises `CannotSetAside`, and `ShownOtherwise` where another
    word holds by now.
    """
    with transaction.atomic():
        lock_shop(closing_id)
        closing = locked(closing_id)
        aside = SetAside.objects.select_for_update(of=("self",)).filter(closing=closing, ended_at=None).first()
        if aside is None:
            return closing
        if str(aside.pk) != shown:
            raise ShownOtherwise
        if counting_instead(aside) is not None or came_again(closing):
            raise CannotSetAside("set_aside_other_counts")
        aside.ended_at, aside.ended_by, aside.ended_why = timezone.now(), actor, why
        aside.save(update_fields=["ended_at", "ended_by", "ended_why"])
        go_on(closing, actor=actor, why=because(Why.LOOKED_AT_AGAIN, why))
    return closing


def counting_instead(aside: SetAside) -> StoredClosing | None:
    """The closing that counts in the place of one that was set aside; None if none does.

    While there is one, the other is not looked at again: both would be booked.
    """
    others = filter(None, [aside.instead_id, *later_versions(aside.closing_id)])
    return not_set_aside(others).order_by("created_at").first()


def is_set_aside(closing_id: UUID) -> bool:
    """Whether the closing is set aside now."""
    return SetAside.objects.filter(closing=closing_id, ended_at=None).exists()


def release_instead() -> int:
    """Look again at closings in whose favour others were set aside since they were looked at. Returns how many."""
    looked_at = (ClosingState.HELD, ClosingState.ARCHIVED)
    said = SetAside.objects.filter(ended_at=None, instead__state__in=looked_at)
    since = said.filter(at__gt=F("instead__state_since") - CLOCKS_APART).values("instead")
    freed = StoredClosing.objects.filter(due(), pk__in=since).order_by("pk")
    looked = partial(reconsider, why=Why.ANOTHER_SET_ASIDE)
    return each(StoredClosing, [*freed.values_list("pk", "put_off_count")[:BATCH]], looked, loop="set_aside")


def release_corrected() -> int:
    """Look again at corrected versions that wait although all earlier ones are set aside. Returns how many.

    The order that was to make way may have failed, and a person taken the earlier one out by another.
    """
    waiting = StoredClosing.objects.filter(
        due(), state=ClosingState.HELD, corrects__isnull=False, problems__contains=[{"code": CORRECTION_WAITS}]
    )
    # Those that still wait are passed over here, not in the query: they would fill every batch.
    free = (it for it in waiting.order_by("pk") if not not_set_aside(earlier_versions(it)).exists())
    rows = [*islice(free, BATCH)]
    looked = partial(reconsider, why=Why.ANOTHER_SET_ASIDE)
    return each(StoredClosing, [(it.pk, it.put_off_count) for it in rows], looked, loop="corrected")
