"""Where a request comes from, behind the proxies that may be believed."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The caller's IP address: as the outermost believed proxy saw it, else the other end of the connection."""
    direct: str = request.META.get("REMOTE_ADDR", "")
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    believed = settings.TRUSTED_PROXIES
    return seen[-believed] if believed and len(seen) >= believed else direct


def name_of(request: HttpRequest | None, credentials: Mapping[str, Any] | None = None) -> str:
    """The e-mail address for which a log-in is tried, in lower case: addresses that differ in case are one person."""
    given = (credentials or {}).get("username") or (request.POST.get("username") if request else "")
    return str(given or "").strip().lower()
