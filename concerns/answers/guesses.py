"""A limit on requests with wrong addresses. Guessing 256 bits is hopeless; the limit is against load."""

from typing import Any

import structlog
from django.http import HttpRequest
from redis.exceptions import RedisError
from rest_framework.throttling import SimpleRateThrottle

log = structlog.get_logger()


class _Misses(SimpleRateThrottle):
    """Counts wrong addresses by the asker's IP address. While Valkey is away nobody is refused."""

    scope = "answers"
    rate = "20/minute"

    def get_cache_key(self, request: Any, view: object) -> str:
        return f"answers:{self.get_ident(request)}"


def guesses_too_often(request: HttpRequest) -> bool:
    """Count a wrong address. Returns whether the asker has sent too many."""
    try:
        return not _Misses().allow_request(request, None)  # type: ignore[arg-type] # reads nothing but META
    except RedisError as error:
        log.warning("throttle_unavailable", error=type(error).__name__)
        return False
