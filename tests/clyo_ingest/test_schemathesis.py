"""schemathesis, which knows only the served document, finds no answer that it does not tell."""

import os
from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import positive_data_acceptance
from structlog.contextvars import clear_contextvars

from clyo_ingest.throttles import PairingThrottle, PushThrottle
from integration.wsgi import plain_application
from tests.conftest import Caller, closing

pytestmark = pytest.mark.usefixtures("outside")  # making the calls up takes seconds
# How many calls of each operation beside those that try each bound: always the same few. For a long look, other ones
# each time, `SCHEMATHESIS_EXAMPLES=2000`.
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "5"))
ALWAYS_THE_SAME = "SCHEMATHESIS_EXAMPLES" not in os.environ

# Each field by itself is right: a slot said twice or half, amounts that are too much together, days that do not follow
# each other or have not come.
BETWEEN_FIELDS = {
    "slot_twice",
    "string_too_short",
    "period_reversed",
    "period_in_future",
    "period_too_long",
    "again_for_files_only",
    "sum_too_large",
}

schema = schemathesis.openapi.from_wsgi("/api/v1/schema", plain_application)
clear_contextvars()  # that answer is never closed, so its request is never over


@schema.hook
def map_case(_context: schemathesis.HookContext, case: schemathesis.Case) -> schemathesis.Case:
    """What nobody can make up: a cursor is one that was given, and a body that is said to be packed must be."""
    if _is_right(case):
        case.query.pop("cursor", None)
        case.headers.pop("Content-Encoding", None)
    return case


@schema.hook
def filter_case(_context: schemathesis.HookContext, case: schemathesis.Case) -> bool:
    """A packing that is said to be nothing is none: no fault that must be refused."""
    return bool(case.headers.get("Content-Encoding", "none").strip())


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """More calls than any till may make, in the test's own transaction."""
    for throttle in (PushThrottle, PairingThrottle):
        monkeypatch.setattr(throttle, "rate", "1000000/minute", raising=False)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def standing(till: Caller) -> dict[str, str]:
    """What there is to ask for: a closing, and an export that waits for a worker."""
    days = {"from": "2026-03-14", "to": "2026-03-14", "format": "fec"}
    return {
        "closing_id": till.post("closings", closing()).json()["id"],
        "export_id": till.post("exports", days).json()["id"],
    }


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=ALWAYS_THE_SAME,
    database=None,
    suppress_health_check=[*HealthCheck],
)
def test_every_call__is_answered_as_the_document_tells(
    case: schemathesis.Case, till: Caller, standing: dict[str, str], unhurried: None
) -> None:
    if _is_right(case):
        case.path_parameters |= {name: standing[name] for name in case.path_parameters}
    answer = case.call(headers=till.headers)
    excluded = [positive_data_acceptance] if _breaks_only_what_no_schema_says(answer) else []
    case.validate_response(answer, headers=till.headers, excluded_checks=excluded)


def _is_right(case: schemathesis.Case) -> bool:
    """Whether nothing in it was made wrong on purpose."""
    return case.meta is not None and case.meta.generation.mode.is_positive


def _breaks_only_what_no_schema_says(answer: schemathesis.Response) -> bool:
    """Whether it was refused for how its fields stand to each other, or for the day on which it was sent."""
    if answer.status_code != 422:
        return False
    return {fault["code"] for fault in answer.json()["errors"]} <= BETWEEN_FIELDS
