"""A database that was restored to an earlier state: noticed, or said by an operator (docs/decisions/0033)."""

import structlog
from django.db import connection as database
from django.db.models import Max

from exact.models import Past

log = structlog.get_logger()


def notice() -> Past:
    """The newest row of `Past`; a new one if the database was restored since the last call."""
    known = Past.objects.aggregate(newest=Max("number"))["newest"]
    with database.cursor() as sql:
        sql.execute("SELECT number FROM exact_notice_past()")
        [(number,)] = sql.fetchall()
    past = Past.objects.get(pk=number)
    if number != known:
        log.warning("past_came_back", number=number, place=past.place)
    return past


def say_came_back(why: str) -> Past:
    """Note, for an operator, that the database was restored: the copy of a volume does not show it by itself.

    `why`: 200 characters are stored. From the next posting on lanes look everything up before sending it.
    """
    newest = notice()
    with database.cursor() as sql:
        sql.execute(
            "INSERT INTO exact_past (number, place, noticed_at, said) VALUES (%s, %s, clock_timestamp(), %s)",
            [newest.number + 1, newest.place, why[:200]],
        )
    return Past.objects.get(pk=newest.number + 1)


def last_return() -> Past | None:
    """When the database was last restored; None if it never was."""
    return Past.objects.filter(number__gt=1).order_by("-number").first()
