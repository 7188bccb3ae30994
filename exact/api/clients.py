"""HTTP clients for calls outside the lane, of people and of the nightly tasks, on the same budget of calls."""

from collections.abc import Iterator
from contextlib import contextmanager

from structlog.contextvars import bound_contextvars

from exact.api.budget import lane_budget
from exact.api.client import ExactClient, http_of_thread
from exact.api.connection import ConnectionTokens
from exact.models import Connection, Division, Lane


def user_client(connection: Connection, division: int | None = None) -> ExactClient:
    """A client for calls about the linked user: who it is, and which companies it may enter."""
    return ExactClient(
        base_url=connection.app.base_url,
        division=division,
        tokens=ConnectionTokens(connection, http_of_thread()),
        budget=lane_budget(Lane(), connection.app, for_people=True),
        http=http_of_thread(),
    )


@contextmanager
def division_client(division: Division, *, for_people: bool = True) -> Iterator[ExactClient]:
    """A client of one division that stores its call counts. `for_people`: it may use the share reserved for them."""
    lane, _ = Lane.objects.get_or_create(division=division, defaults={"tenant_id": division.tenant_id})
    budget = lane_budget(lane, division.app, for_people=for_people)
    try:
        with bound_contextvars(tenant=division.tenant_id, lane=division.pk):
            yield ExactClient(
                base_url=division.app.base_url,
                division=division.code,
                tokens=ConnectionTokens(division.connection, http_of_thread()),
                budget=budget,
                http=http_of_thread(),
            )
    finally:
        Lane.objects.filter(pk=lane.pk).update(
            minute=budget.minute, minute_calls=budget.minute_calls, day=budget.day, day_calls=budget.day_calls
        )
