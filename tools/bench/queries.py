"""(h) How many queries a push and a posting make, and how PostgreSQL would answer each of them."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from psycopg.errors import Diagnostic

from exact.lane.lane import run_lane
from exact.models import Division
from exports.reposts.overtaken import look_on
from exports.tasks import sweep
from exports.way.ended_postings import settle
from postgres.viewer import begun_at_the_door
from tools.bench.place import Place

TELL_PLANS = """
    SET auto_explain.log_min_duration = 0; SET auto_explain.log_nested_statements = on;
    SET client_min_messages = log
"""
PLAN = re.compile(r"plan:\nQuery Text: (?P<sql>.*?)\n(?P<plan>[^\n]*\(cost=.*)", re.DOTALL)
CONTROL = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SET")
LANE_CLOSINGS = 5


def measure_queries(place: Place) -> None:
    """Counts of statements; savepoints and the like are not counted as queries."""
    push = _queries_as_served(lambda: _one_push(place))
    for _closing in range(LANE_CLOSINGS - 2):
        _one_push(place)
    lane = _queries(lambda: _one_lane(place))
    _finish_what_is_due()
    place.results["h"] = {
        "queries per push": len(push),
        "queries per posting": round(len(lane) / (2 * LANE_CLOSINGS), 1),
        "queries of an idle sweep": len(_queries(sweep)),
    }


def plans(place: Place) -> dict[str, str]:
    """Every statement of a push, a posting and a sweep, with the plan that PostgreSQL followed; also those inside of
    functions and triggers."""
    found: dict[str, str] = {}

    def keep(notice: Diagnostic) -> None:
        if followed := PLAN.search(notice.message_primary or ""):
            found[" ".join(followed["sql"].split())] = followed["plan"]

    with connection.cursor() as cursor:
        cursor.execute(TELL_PLANS)
    session = connection.connection
    session.add_notice_handler(keep)
    try:
        _one_push(place)
        _one_lane(place)
        sweep()
    finally:
        session.remove_notice_handler(keep)
        connection.close()
    return found


def _queries(act: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        act()
    return [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(CONTROL)]


def _queries_as_served(act: Callable[[], Any]) -> list[str]:
    """The statements of a request in a thread that answers requests and nothing else, when it comes a second time."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(begun_at_the_door(act)).result()
        found: list[str] = thread.submit(begun_at_the_door(lambda: _queries(act))).result()
    return found


def _one_push(place: Place) -> None:
    shop = place.shops[-1]
    body = place.bodies[shop.name].take(1)[0]
    answer = Client().post(
        "/api/v1/closings", body, content_type="application/json", headers={"Authorization": f"Bearer {shop.key}"}
    )
    assert answer.status_code == 201, answer.content


def _one_lane(place: Place) -> None:
    run_lane(Division.objects.get(code=place.shops[-1].division).pk, holder="bench", settled=settle)


def _finish_what_is_due() -> None:
    """Until a sweep finds nothing: settings that were just made are compared with what is booked, a batch at a time."""
    while look_on():
        pass
    sweep()
