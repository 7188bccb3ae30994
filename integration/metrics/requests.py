"""Requests and pushes, counted by their answer."""

from django.http import HttpRequest
from prometheus_client import Counter, Histogram

AREAS = ("api", "console", "activation", "health", "static", "exports")
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
PUSHES = {("POST", "/api/v1/closings"): "closing", ("PUT", "/api/v1/parameters"): "parameters"}
# The usual answers to a push, and those that alerts look for: their series exist from the start.
EXPECTED = (200, 201, 400, 401, 403, 409, 413, 422, 429, 500, 503)

REQUESTS = Counter("clyo_requests", "Requests, by area and answer.", ["area", "method", "status"])
ANSWERED = Counter("clyo_pushes", "Pushes of tills, by answer.", ["kind", "status"])
SECONDS = Histogram(
    "clyo_push_seconds",
    "How long a push took, from its first middleware to its answer.",
    ["kind"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
for _kind in PUSHES.values():
    for _status in EXPECTED:
        ANSWERED.labels(_kind, str(_status))


def count_request(request: HttpRequest, status: int, seconds: float) -> None:
    """Count a request that was answered with `status` after so many seconds."""
    method = request.method if request.method in METHODS else "other"
    area = request.path_info.split("/", 2)[1]
    REQUESTS.labels(area if area in AREAS else "other", method, str(status)).inc()
    if kind := PUSHES.get((method, request.path_info)):
        ANSWERED.labels(kind, str(status)).inc()
        SECONDS.labels(kind).observe(seconds)
