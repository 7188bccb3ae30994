"""A till is known by its key, read anew on every call: a revocation or a suspension takes effect on the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from clyo_ingest.keys import find_key, note_use
from tenants.models import Till

if TYPE_CHECKING:
    from rest_framework.views import APIView

KEY_MAX = 200


class TillKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <till key>`. `request.user` stays None; `request.auth` is the till."""

    def authenticate(self, request: Request) -> tuple[None, Till] | None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if not key:
            return None
        row = find_key(key.strip()) if scheme.lower() == "bearer" and len(key) <= KEY_MAX else None
        if row is None:
            raise AuthenticationFailed
        note_use(row)
        return None, row.till

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class IsTill(BasePermission):
    """A known till that is not suspended, nor anything above it."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        till = require_till(request)
        return not till.suspended


class IsKnownTill(BasePermission):
    """A known till, suspended or not: the view stores what it sent, then refuses."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(require_till(request))


def require_till(request: Any) -> Till:
    """The till that calls. Raises the 401 when there is none."""
    if not isinstance(request.auth, Till):
        raise AuthenticationFailed
    return request.auth
