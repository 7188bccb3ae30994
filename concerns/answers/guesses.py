"""How often an address may be guessed: 256 bits need no limit, a program that hammers the door does."""

from typing import Any

import structlog
from django.http import HttpRequest
from redis.exceptions import RedisError
from rest_framework.throttling import SimpleRateThrottle

log = structlog.get_logger()


class _Misses(SimpleRateThrottle):
    """Addresses that lead nowhere, by who asked for them. While Valkey is away nobody is refused."""

    scope = "answers"
    rate = "20/minute"

    def get_cache_key(self, request: Any, view: object) -> str:
        return f"answers:{self.get_ident(request)}"


def guesses_too_often(request: HttpRequest) -> bool:
    """Count an address that led nowhere. Returns whether there were too many of them."""
    try:
        return not _Misses().allow_request(request, None)  # type: ignore[arg-type] # reads nothing but META
    except RedisError as error:
        log.warning("throttle_unavailable", error=type(error).__name__)
        return False
