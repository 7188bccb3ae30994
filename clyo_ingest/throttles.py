"""How fast a till may push, and how often a pairing code may be guessed."""

from typing import Any

import structlog
from django.core.cache import caches
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from clyo_ingest.errors import too_fast
from clyo_ingest.keys import KnownTill

log = structlog.get_logger()


class PushThrottle(SimpleRateThrottle):
    """A limit by till and web process: it stops a broken till, which needs no exact count and no call of Valkey."""

    scope = "push"
    counted = "push"
    cache = caches["process"]

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        known = request.auth
        return f"{self.counted}:{known.till_id}" if isinstance(known, KnownTill) else None


class AskThrottle(PushThrottle):
    """As fast as pushes, and counted apart: who asks again and again can still push."""

    counted = "ask"


class ActThrottle(PushThrottle):
    """The export opened, switched off or asked for by a person at the till: neither pushes nor polls stop it."""

    counted = "act"


def refuse_if_too_fast(request: Request, view: APIView, throttle: PushThrottle) -> None:
    """Raises `ApiError` 429, with the seconds to wait in `Retry-After`, when this till calls faster than it may."""
    if not throttle.allow_request(request, view):
        raise too_fast(throttle.wait())


class PairingThrottle(SimpleRateThrottle):
    """Per address: a code has 39 bits and lives a day, ten guesses a minute find none.

    All processes count together, in Valkey. While that is away nobody is refused.
    """

    scope = "pairing"

    def allow_request(self, request: Request, view: APIView) -> bool:
        try:
            return super().allow_request(request, view)
        except RedisError as error:
            log.warning("throttle_unavailable", error=type(error).__name__)
            return True

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        return f"pairing:{self.get_ident(request)}"
