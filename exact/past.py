"""A database whose past came back: noticed, or said by an operator; what follows is looked up (docs/decisions/0033)."""

import structlog
from django.db import connection as database
from django.db.models import Max

from exact.models import Past

log = structlog.get_logger()


def notice() -> Past:
    """The newest beginning of this database; one more than before when its past has just come back."""
    known = Past.objects.aggregate(newest=Max("number"))["newest"]
    with database.cursor() as sql:
        sql.execute("SELECT number FROM exact_notice_past()")
        [(number,)] = sql.fetchall()
    past = Past.objects.get(pk=number)
    if number != known:
        log.warning("past_came_back", number=number, place=past.place)
    return past


def say_came_back(why: str) -> Past:
    """An operator says that the past came back, as the copy of a volume does not show it.

    `why`: 200 characters of it are kept. Lanes look everything up from the next posting on.
    """
    newest = notice()
    with database.cursor() as sql:
        sql.execute(
            "INSERT INTO exact_past (number, place, noticed_at, said) VALUES (%s, %s, clock_timestamp(), %s)",
            [newest.number + 1, newest.place, why[:200]],
        )
    return Past.objects.get(pk=newest.number + 1)


def last_return() -> Past | None:
    """When the past came back last; None where it never did."""
    return Past.objects.filter(number__gt=1).order_by("-number").first()
