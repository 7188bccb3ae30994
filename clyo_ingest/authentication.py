"""A till is known by its key, read anew on every call: a revocation or a suspension takes effect on the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from structlog.contextvars import bind_contextvars

from clyo_ingest.errors import KeyRefused
from clyo_ingest.keys import KnownTill, enter_by_key, note_use, why_ended
from tenants.models import Till

if TYPE_CHECKING:
    from rest_framework.views import APIView

KEY_MAX = 200


class TillKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <till key>`. `request.auth` says whose key it is."""

    def authenticate(self, request: Request) -> tuple[None, KnownTill]:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if not key.strip() or scheme.lower() != "bearer":
            raise KeyRefused("key_missing")
        plausible = len(key) <= KEY_MAX and key.isascii() and key.isprintable()
        known = enter_by_key(key.strip()) if plausible else None
        if known is None:
            raise KeyRefused(why_ended(key.strip()) if plausible else "key_unknown")
        bind_contextvars(till=known.till_id, tenant=known.tenant_id)
        note_use(known)
        return None, known

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class IsTill(BasePermission):
    """A known till that is not suspended, nor anything above it."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return not require_known(request).suspended


class IsKnownTill(BasePermission):
    """A known till, suspended or not: the view stores what it sent, then refuses."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(require_known(request))


def require_known(request: Any) -> KnownTill:
    """The till whose key came with the call, suspended or not. Raises the 401 when no valid key came."""
    if not isinstance(request.auth, KnownTill):
        raise AuthenticationFailed
    return request.auth


def require_till(request: Any) -> Till:
    """The calling till, read with its establishment, customer and reseller. Raises the 401 when there is none."""
    tills = Till.objects.select_related("establishment__tenant__reseller")
    return tills.get(pk=require_known(request).till_id)
