"""Booking a closing after all: it was archived because others told its sales, and those were set aside since.

The others stay set aside (docs/decisions/0058). If a person has one of them looked at again, it is compared with this
closing, which counts by then.
"""

from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from exports.coverage.freed import DAYS_APART, STOOD_FOR, freed_of
from exports.coverage.rows import is_freed, lock_shop
from exports.models import StoredClosing
from exports.way.accept import reconsider
from exports.way.as_it_is import saying
from exports.way.carry_out import go_on
from exports.way.decide import Decision, Look, decide
from exports.way.levels import CLOCKS_APART
from exports.way.prepare import Destination, locked
from exports.way.set_aside import CannotSetAside
from exports.way.shown_digest import ShownOtherwise, digest_of
from exports.way.standing import Standing
from exports.words.reasons import Why, because
from ledger.closing import Closing
from tenants.models import User
from tenants.put_off import each

BATCH = 200
# Archived closings beside one that was set aside, or taken back, after they were looked at. The sweep finds them for
# this many days; later only a person can have them looked at again.
FOUND_FOR_DAYS = 30
FREED = """
SELECT DISTINCT part.id, part.put_off_count
FROM exports_setaside AS aside
JOIN exports_storedclosing AS whole ON whole.id = aside.closing_id
JOIN exports_storedclosing AS part ON part.establishment_id = whole.establishment_id
    AND part.business_date BETWEEN whole.business_date - %(days_apart)s AND whole.business_date + %(days_apart)s
WHERE COALESCE(aside.ended_at, aside.at) > now() - make_interval(days => %(days)s)
    AND COALESCE(aside.ended_at, aside.at) > part.state_since - make_interval(secs => %(apart)s)
    AND part.state = 'archived' AND (part.put_off_until IS NULL OR part.put_off_until <= now())
    AND EXISTS (SELECT FROM jsonb_array_elements(part.problems) problem WHERE problem->>'code' = ANY (%(codes)s))
UNION
SELECT rest.closing_id, held.put_off_count
FROM exports_setaside AS aside
JOIN exports_remainder AS rest ON aside.closing_id = ANY (rest.over)
JOIN exports_storedclosing AS held ON held.id = rest.closing_id
WHERE aside.ended_at IS NULL AND aside.at > held.state_since - make_interval(secs => %(apart)s)
    AND held.state IN ('held', 'waiting') AND (held.put_off_until IS NULL OR held.put_off_until <= now())
LIMIT %(limit)s
"""


def outlook(closing: StoredClosing) -> Decision:
    """What would become of a closing if it were booked after all. Load it with `WHERE_CLOSINGS_GO`; writes nothing.

    Raises `CannotSetAside` where another closing that counts tells the same sales, or it was booked after all already.
    """
    if not is_freed(closing):
        raise CannotSetAside("set_aside_not_freed")
    with saying(closing, _words_with_yes(closing)):
        standing = Standing.of(closing.pk)
        return decide(Look.at(closing, standing.entries, standing.divisions), Destination.of(closing.establishment))


def book_after_all(closing_id: UUID, *, actor: User | None, why: str, shown: str | None = None) -> StoredClosing:
    """Book the closing, or hold it for its problems. `shown`: the digest of the outlook that the person was shown.

    Raises `CannotSetAside` as `outlook` does, and `ShownOtherwise` when the outlook is another one by now.
    """
    with transaction.atomic():
        lock_shop(closing_id)
        closing = locked(closing_id)
        if shown is not None and digest_of(outlook(closing)) != shown:
            raise ShownOtherwise
        if not is_freed(closing):
            raise CannotSetAside("set_aside_not_freed")
        closing.accepted_problems = _words_with_yes(closing)
        go_on(closing, actor=actor, why=because(Why.BOOKED_AFTER_ALL, why))
    return closing


def _words_with_yes(closing: StoredClosing) -> list[str]:
    freed = freed_of(closing, Closing.from_document(closing.document))
    return sorted({*closing.accepted_problems, freed.word})


def look_again_at_freed() -> int:
    """Look again at archived closings whose sales were told by others that were set aside, or taken back, since.

    One that a person had booked after all is booked if it still can be; each other gets the note that nothing is
    booked in its place. Returns how many were looked at.
    """
    asked: dict[str, Any] = {
        "codes": sorted(STOOD_FOR),
        "apart": CLOCKS_APART.total_seconds(),
        "days": FOUND_FOR_DAYS,
        "days_apart": DAYS_APART.days,
        "limit": BATCH,
    }
    with connection.cursor() as sql:
        sql.execute(FREED, asked)
        found = sql.fetchall()
    return each(StoredClosing, found, partial(reconsider, why=Why.ANOTHER_SET_ASIDE), loop="freed")
