"""How fast a till may push, and how often a pairing code may be guessed. When the cache is down nobody is refused."""

from typing import Any

import structlog
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from clyo_ingest.errors import ApiError
from tenants.models import Till

log = structlog.get_logger()


class OpenWhenCacheIsDown(SimpleRateThrottle):
    """A limit that gives way rather than refuse a closing because Valkey is away."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        try:
            return super().allow_request(request, view)
        except RedisError as error:
            log.warning("throttle_unavailable", error=type(error).__name__)
            return True


class PushThrottle(OpenWhenCacheIsDown):
    """Per till."""

    scope = "push"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        till = request.auth
        return f"push:{till.pk}" if isinstance(till, Till) else None


def refuse_if_too_fast(request: Request, view: APIView) -> None:
    """Raises `ApiError` 429, with the seconds to wait in `Retry-After`, when this till pushes faster than it may."""
    throttle = PushThrottle()
    if not throttle.allow_request(request, view):
        raise ApiError(429, "throttled", headers={"Retry-After": str(int(throttle.wait() or 60) + 1)})


class PairingThrottle(OpenWhenCacheIsDown):
    """Per address: a code has 39 bits and lives a day, ten guesses a minute find none."""

    scope = "pairing"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        return f"pairing:{self.get_ident(request)}"
