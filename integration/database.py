"""How the service speaks with PostgreSQL: Django's settings for one address, whichever machine leads behind it."""

from typing import Any

import dj_database_url

# What the address may say otherwise, beside TLS (`?sslmode=verify-full`).
REACH = {
    "connect_timeout": 3,  # seconds, for each host where the address names several
    # Of several hosts the one that takes writes. A standby alone is no database for us.
    "target_session_attrs": "read-write",
    # A machine that is gone says nothing: it is missed within some ten seconds.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
# What it may not. What is acknowledged is on disk, and on the synchronous standby's if there is one, whatever the
# server's own setting; that it may not be there comes as a warning (`postgres.session`).
IN_FORCE = (
    "-c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000 -c lock_timeout=10000 "
    "-c synchronous_commit=on -c client_min_messages=warning"
)


def database_at(url: str) -> dict[str, Any]:
    """Django's settings for `postgresql://user:password@host/name`; or `@host,host,host:port/name`, tried in order."""
    found = dj_database_url.parse(url, engine="postgres.backend", conn_max_age=600, conn_health_checks=True)
    return {
        **found,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {
            **REACH,
            **found.get("OPTIONS", {}),
            "server_side_binding": True,  # what a connection asks again is prepared: decision 0015
            "prepare_threshold": 5,
            "options": IN_FORCE,
        },
    }
