"""When a consent ends: gone already, or by itself because Exact did not let us renew it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from exact.models import Connection, ConnectionState
from tenants.models import User
from tenants.scope import visible_to

# Exact forgets a refresh token nobody used for 30 days (rules.md §1.4, §1.6); it is renewed every 14, so 20 is late.
LAPSES_AFTER = timedelta(days=30)
KEEP_ALIVE_AFTER = timedelta(days=14)
WARN_AFTER = timedelta(days=20)
ROWS_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """A connection that is gone, or that ends on `ends_at` unless its consent is used before."""

    connection: Connection
    ends_at: datetime | None

    @property
    def days_left(self) -> int:
        return max(0, (self.ends_at - timezone.now()).days) if self.ends_at else 0


def lapses_at(connection: Connection) -> datetime | None:
    """When a consent will end by itself, once it is old enough to warn of: it could not be renewed for 20 days."""
    issued = connection.access_issued_at
    if connection.state != ConnectionState.ACTIVE or issued is None or timezone.now() - issued < WARN_AFTER:
        return None
    return issued + LAPSES_AFTER


def lost_or_late(now: datetime) -> Q:
    """Connections that must be made again, or that were not renewed for 20 days."""
    late = Q(state=ConnectionState.ACTIVE, access_issued_at__lt=now - WARN_AFTER)
    return Q(state=ConnectionState.RECONNECT_REQUIRED) | late


def lapsing_connections(user: User, now: datetime) -> list[Lapse]:
    """Connections that must be made again, then those that will lapse soon."""
    rows = visible_to(user, Connection.objects.filter(lost_or_late(now))).select_related("tenant")
    rows = rows.defer("access_token", "refresh_token")
    ordered: Iterable[Connection] = rows.order_by(F("state").desc(), "access_issued_at")[:ROWS_MAX]
    return [Lapse(connection=row, ends_at=lapses_at(row)) for row in ordered]
