"""Loops over rows of many customers: row by row, fair to every customer; a row that fails is put off.

A row that raises is logged with its id and left out for a while, longer each time, so that it is not first again in the
next round, and the others go on. Times are the database's.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import structlog
from django.db import models
from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import Now, RowNumber

log = structlog.get_logger()

FIRST = timedelta(minutes=1)
# Longer than a call to Exact takes, with all that a row needs.
FIRST_ALONE = timedelta(minutes=5)
LONGEST = timedelta(hours=1)
DOUBLINGS_MAX = 6
TIMES_MAX = 1000

Row = tuple[Any, int]
# Left out of the audit: they say how a loop fares, nothing about the row.
PUT_OFF_COLUMNS = ("put_off_until", "put_off_count")


class PutOff(models.Model):
    """The columns of a loop on a row: how many times in succession it failed, and until when it is left out."""

    put_off_until = models.DateTimeField(null=True, editable=False)
    put_off_count = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        abstract = True


def due() -> Q:
    """Rows that are not put off."""
    return Q(put_off_until=None) | Q(put_off_until__lte=Now())


def in_turn(rows: QuerySet[Any], *order: str, limit: int) -> list[Row]:
    """Rows that are due, as `each` takes them: every customer's first, then every customer's second, and so on.

    `order` says which of a customer's is first, then what was made first. One customer with thousands keeps nobody
    waiting.
    """
    names = (*order, "pk")
    place = Window(RowNumber(), partition_by=F("tenant_id"), order_by=[F(name).asc() for name in names])
    turns = rows.filter(due()).annotate(place=place).order_by("place", *names)
    return [*turns.values_list("pk", "put_off_count")[:limit]]


def each(model: type[PutOff], rows: Iterable[Row], do: Callable[[Any], object], *, loop: str) -> int:
    """Call `do` with each row's key. One that raises is logged and put off. Returns how many went well."""
    went_well = 0
    for key, times in rows:
        if _went_well(model, key, times, do, loop, ()):
            went_well += 1
            if times:
                _forget(model, key)
    return went_well


def each_alone(
    model: type[PutOff],
    rows: Iterable[Row],
    do: Callable[[Any], object],
    *,
    loop: str,
    expected: tuple[type[Exception], ...],
) -> int:
    """The same for rows that call other services: each row is put off before the call, and due again after a success.

    So no second worker takes it meanwhile, and a row during which the worker dies is not first again. `expected`:
    exceptions of the other service, which are no fault of ours.
    """
    went_well = 0
    for key, times in rows:
        if put_off(model, key, times, first=FIRST_ALONE) and _went_well(model, key, times, do, loop, expected):
            went_well += 1
            _forget(model, key)
    return went_well


def put_off(model: type[PutOff], key: Any, times: int, *, first: timedelta = FIRST) -> bool:
    """Leave a row alone for a while; `times` is how often it was before. Returns whether it was due, to one worker."""
    until = Now() + pause_after(times, first=first)
    rows = model._default_manager.filter(due(), pk=key)
    return rows.update(put_off_until=until, put_off_count=min(times + 1, TIMES_MAX)) == 1


def pause_after(times: int, *, first: timedelta = FIRST) -> timedelta:
    """How long a row is left alone that was put off `times` times before: twice as long each time, an hour at most."""
    doubled: timedelta = first * 2 ** min(times, DOUBLINGS_MAX)
    return min(doubled, LONGEST)


def _went_well(
    model: type[PutOff],
    key: Any,
    times: int,
    do: Callable[[Any], object],
    loop: str,
    expected: tuple[type[Exception], ...],
) -> bool:
    try:
        do(key)
    except Exception as error:
        # Any exception is this row's failure. If the database is away, storing it raises again, and the round ends.
        put_off(model, key, times)
        say = log.warning if isinstance(error, expected) else log.exception
        say("put_off", loop=loop, row=str(key), times=times + 1, error=type(error).__name__)
        return False
    return True


def _forget(model: type[PutOff], key: Any) -> None:
    model._default_manager.filter(pk=key).update(put_off_until=None, put_off_count=0)


def every(*steps: Callable[[], object]) -> None:
    """Run each step of a sweep, even if an earlier one fails."""
    for step in steps:
        try:
            step()
        except Exception as error:
            log.exception("step_failed", step=getattr(step, "__name__", repr(step)), error=type(error).__name__)
