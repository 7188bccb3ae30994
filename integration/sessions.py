"""Sessions as Django keeps them, read by a query that is written down: each request of the console reads one."""

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

READ = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """Django's own, which composes its query anew each time."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and its key is no key any more, when it has ended."""
        with connection.cursor() as sql:
            sql.execute(READ, [self.session_key, timezone.now()])
            row = sql.fetchone()
        if row is None:
            self._session_key = None
            return {}
        found: dict[str, Any] = self.decode(row[0])
        return found
