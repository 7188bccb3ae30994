"""Which kind of closing an establishment books: the question about it, its answer, and looking again after a change.

A trigger notes each change of the setting (`LevelChange`), wherever it was made. Closings that were archived because
another kind was booked, and those that wait, are then looked at again. Booked entries stay, and no closing that tells
the same sales is booked beside them.
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from exports.coverage.judge import LOOKED_AT_AGAIN, PARTLY, SUMS_DIFFER, WHICH
from exports.coverage.parts import REST_COUNTS
from exports.models import ClosingState, StoredClosing
from exports.models.coverage import ClosingKinds, LevelChange
from exports.nudge import nudge_release
from exports.way.accept import reconsider
from exports.words.reasons import Why
from tenants.models import BookedLevel, Establishment
from tenants.put_off import each

BATCH = 200
# The steps of a change. First the kinds that count no more, to make room for the one that counts now; then that one;
# then the first kinds once more, for the sales that no closing of the new kind tells.
LAST_STEP = 2
log = structlog.get_logger()


def open_questions(establishments: Iterable[Establishment] | QuerySet[Establishment]) -> QuerySet[ClosingKinds]:
    """The establishments for which a person must say which kind of closing counts, longest asked first."""
    rows = ClosingKinds.objects.filter(establishment__in=establishments, asked_at__isnull=False, answered_at=None)
    return rows.select_related("establishment__tenant").order_by("asked_at")


def waiting_for_the_answer(establishment: Establishment) -> QuerySet[StoredClosing]:
    """The closings that are held until the question is answered."""
    return StoredClosing.objects.filter(
        establishment=establishment, state=ClosingState.HELD, problems__contains=[{"code": WHICH}]
    )


def set_level(establishment_id: int, level: BookedLevel) -> None:
    """Set the kind of closing that an establishment books; those that waited for the answer are looked at again.

    The audit notes who set it.
    """
    with transaction.atomic():
        shop = Establishment.objects.select_for_update(of=("self",)).get(pk=establishment_id)
        shop.booked_level = level
        shop.save(update_fields=["booked_level"])
        transaction.on_commit(nudge_release, robust=True)


def look_again_after_changes() -> int:
    """Go on looking again at closings of establishments whose setting was changed, a few batches of each.

    Returns how many looks it took.
    """
    looked = 0
    for change in LevelChange.objects.filter(done_at=None).order_by("at")[:BATCH]:
        for _step in range(1 + LAST_STEP):
            looked += _look_again(change)
    return looked


def _look_again(change: LevelChange) -> int:
    """A batch of one establishment's closings."""
    rows = [*_select_left(change)[:BATCH]]
    failed = [pk for pk in (*change.failed, *rows) if not _look_at(pk)]
    change.failed = failed
    if len(rows) == BATCH:
        change.reached = rows[-1]
    elif change.step < LAST_STEP:
        change.step, change.reached = change.step + 1, None
    elif not failed:
        change.done_at = timezone.now()
    change.save(update_fields=["step", "reached", "failed", "done_at"])
    return len(rows)


def _look_at(pk: UUID) -> bool:
    """Look at one closing. If that fails the others go on, and it is tried again with the next batch."""
    try:
        reconsider(pk, why=Why.LEVEL_CHANGED)
    except Exception:
        log.exception("look_after_change_failed", closing=str(pk))
        return False
    return True


def _select_left(change: LevelChange) -> QuerySet[StoredClosing, UUID]:
    """The closings that a step of the change has not looked at yet, in the order they came."""
    archived = Q()
    for code in LOOKED_AT_AGAIN:
        archived |= Q(problems__contains=[{"code": code}])
    rows = StoredClosing.objects.filter(
        Q(state__in=[ClosingState.HELD, ClosingState.WAITING]) | Q(archived, state=ClosingState.ARCHIVED),
        establishment=change.establishment_id,
    )
    rows = rows.filter(kind=change.after) if change.step == 1 else rows.exclude(kind=change.after)
    if change.reached is not None:
        rows = rows.filter(pk__gt=change.reached)
    return rows.order_by("pk").values_list("pk", flat=True)


# How far the clocks of two machines may be apart: each notes by its own clock when something happened.
CLOCKS_APART = timedelta(minutes=15)
# Disputed closings beside which more or fewer closings count than when they were looked at: say a POSTE came whose
# tickets a GÉNÉRALE tells too. Closings that tell hours only share no tickets: there it takes an event in the same
# establishment since that look.
MOVED = f"""
SELECT held.id, held.put_off_count
FROM exports_storedclosing AS held
CROSS JOIN jsonb_array_elements(held.problems) AS problem
CROSS JOIN LATERAL (
    SELECT count(DISTINCT other.closing_id) AS others
    FROM exports_coveredtickets AS mine
    JOIN exports_coveredtickets AS other ON other.establishment_id = mine.establishment_id
        AND other.station = mine.station AND other.tickets && mine.tickets AND other.closing_id <> held.id
        AND (other.live OR {REST_COUNTS.format(row="other")})
        AND NOT EXISTS (SELECT FROM exports_remainder AS rest
            WHERE rest.closing_id = other.closing_id AND held.id = ANY (rest.over))
    WHERE mine.closing_id = held.id
) AS beside
WHERE held.state = 'held' AND (held.put_off_until IS NULL OR held.put_off_until <= now())
    AND problem->>'code' = ANY (%(codes)s) AND (problem->'facts'->>'count')::int <> beside.others
    AND (beside.others > 0 OR EXISTS (
        SELECT FROM exports_closingevent AS event JOIN exports_storedclosing AS moved ON moved.id = event.closing_id
        WHERE event.tenant_id = held.tenant_id AND event.at > held.state_since - make_interval(secs => %(apart)s)
            AND moved.establishment_id = held.establishment_id AND moved.id <> held.id))
ORDER BY row_number() OVER (PARTITION BY held.tenant_id ORDER BY held.state_since, held.id), held.state_since, held.id
LIMIT %(limit)s
"""  # noqa: S608


def look_again_at_disputes() -> int:
    """Look again at closings that others cover in part, if those may have changed since. Returns how many.

    Each customer gets a turn in each round.
    """
    with connection.cursor() as sql:
        sql.execute(MOVED, {"codes": [PARTLY, SUMS_DIFFER], "apart": CLOCKS_APART.total_seconds(), "limit": BATCH})
        found = sql.fetchall()
    return each(StoredClosing, found, partial(reconsider, why=Why.COVERED_IN_PART), loop="disputes")
