"""The role that the service connects as, as in production: it owns its database and is no superuser."""

from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

SUPERUSER, MAINTENANCE = "postgres", "postgres"
SERVICE = "clyo"
DEPLOYED = Path(__file__).resolve().parents[2] / "deploy" / "postgres"
# What tests and measurements set beyond what a service may: no trigger while a table is filled or emptied, plans told.
LOCAL_PARAMETERS = ("session_replication_role", "auto_explain.log_min_duration", "auto_explain.log_nested_statements")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseServer:
    """Where a local PostgreSQL listens; both roles have the same password."""

    address: str
    password: str

    @property
    def service_url(self) -> str:
        """The address of the service's database as its own role, with the password."""
        return f"postgresql://{SERVICE}:{self.password}@{self.address}/{SERVICE}"

    def superuser_url(self, database: str) -> str:
        """The address of any database as the superuser, with the password: for tests and measurements."""
        return f"postgresql://{SUPERUSER}:{self.password}@{self.address}/{database}"


def make_service(server: DatabaseServer) -> None:
    """Make the service's role and its database, and let `deploy/postgres` say what both need; twice changes nothing."""
    with psycopg.connect(server.superuser_url("template1"), autocommit=True) as session:
        session.execute((DEPLOYED / "operators.sql").read_text())
    with psycopg.connect(server.superuser_url(MAINTENANCE), autocommit=True) as session:
        if not session.execute("SELECT FROM pg_roles WHERE rolname = %s", [SERVICE]).fetchall():
            _make_role(session, server.password)
        if not session.execute("SELECT FROM pg_database WHERE datname = %s", [SERVICE]).fetchall():
            session.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(SERVICE)))
    with psycopg.connect(server.superuser_url(SERVICE), autocommit=True) as session:
        session.execute((DEPLOYED / "roles.sql").read_text())


def _make_role(session: "psycopg.Connection[tuple[object, ...]]", password: str) -> None:
    """CREATEDB is for the databases of tests, the right to a checkpoint for the bench."""
    role = sql.Identifier(SERVICE)
    session.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}").format(role, sql.Literal(password)))
    session.execute(sql.SQL("GRANT pg_checkpoint TO {}").format(role))
    for parameter in LOCAL_PARAMETERS:
        name = sql.SQL(".").join(map(sql.Identifier, parameter.split(".")))
        session.execute(sql.SQL("GRANT SET ON PARAMETER {} TO {}").format(name, role))
