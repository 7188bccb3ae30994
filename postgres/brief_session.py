"""A session of its own with PostgreSQL for one short question, which ends in seconds whatever the network does.

For who asks how the database is: neither a pool that is used up, nor a long transaction, nor a session that hangs may
keep the answer back.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection

from postgres.session import Session


@contextmanager
def brief_session(seconds: float, *, application: str) -> Iterator[Session]:
    """A session, each part of which ends after so many seconds: connecting to a host, and whatever is asked, even of a
    server that is frozen. `application` is what `pg_stat_activity` calls it. Raises `psycopg.Error`.
    """
    parameters = connection.get_connection_params() | {
        "connect_timeout": max(2, math.ceil(seconds)),  # libpq takes a 1 for a 2
        "tcp_user_timeout": int(seconds * 1000),
        "application_name": application,
        "options": f"-c statement_timeout={int(seconds * 1000)}",
        "cursor_factory": psycopg.Cursor,
        "autocommit": True,
    }
    with Session.connect(**parameters) as session:
        session.answer_max_s = seconds
        yield session
