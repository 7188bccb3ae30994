"""Calls to Exact, counted by how they ended, for the metrics."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Histogram

from exact.api.errors import (
    ExactError,
    Forbidden,
    NeedsReconnect,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unauthorized,
    Unavailable,
)

DONE = "done"
# The first that fits. `RefusedInDoubt` is an unknown outcome too.
OUTCOMES: dict[type[ExactError], str] = {
    OutcomeUnknown: "unknown",
    Unavailable: "unavailable",
    RateLimited: "rate_limited",
    Refused: "refused",
    Forbidden: "forbidden",
    Unauthorized: "unauthorized",
    NeedsReconnect: "reconnect_required",
}
# Calls to the token endpoint are counted apart, as a kind of their own.
TOKEN = "token"  # noqa: S105
METHODS = ("GET", "POST", "DELETE", TOKEN)

CALLS = Counter("clyo_exact_calls", "Calls to Exact, by how they ended.", ["method", "outcome"])
SECONDS = Histogram(
    "clyo_exact_call_seconds",
    "How long Exact took to answer, or not to.",
    ["method"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
# Each series exists from the start, so that its first failure shows as an increase.
for _method in METHODS:
    for _outcome in (DONE, "other", *OUTCOMES.values()):
        CALLS.labels(_method, _outcome)


@contextmanager
def counted(method: str) -> Iterator[None]:
    """Counts the call that is made inside, by what it raises."""
    began, outcome = time.monotonic(), DONE
    try:
        yield
    except ExactError as error:
        outcome = next((word for kind, word in OUTCOMES.items() if isinstance(error, kind)), "other")
        raise
    finally:
        CALLS.labels(method, outcome).inc()
        SECONDS.labels(method).observe(time.monotonic() - began)
