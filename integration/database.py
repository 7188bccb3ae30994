"""How the service speaks with PostgreSQL: Django's settings for one address, whichever machine leads behind it."""

from typing import Any

import dj_database_url

# Defaults that the address may override, as it may set TLS (`?sslmode=verify-full`).
REACH = {
    "connect_timeout": 3,  # seconds, for each host where the address names several
    # Of several hosts the one that takes writes is used; a standby alone does not serve.
    "target_session_attrs": "read-write",
    # A machine that is gone closes no connection: these notice it within some ten seconds.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
# What the address may not override. A commit is done once it is on disk, and on the synchronous standby if there is
# one, whatever the server's own setting; PostgreSQL warns when the standby may lack it (`postgres.session`).
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
