"""What DATABASE_URL may say: one host or several, TLS; and what it may not."""

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from integration.database import IN_FORCE, database_at


def test_database_at__several_hosts() -> None:
    """The driver goes through them until one takes writes."""
    found = database_at("postgresql://clyo:p%2Fw@db-1,db-2,db-3:5432/clyo")
    said = conninfo_to_dict(make_conninfo(host=found["HOST"], port=found["PORT"]))
    assert (said["host"], said["port"], found["PASSWORD"]) == ("db-1,db-2,db-3", "5432", "p/w")
    assert found["OPTIONS"]["target_session_attrs"] == "read-write"


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        ("sslmode=verify-full", {"sslmode": "verify-full"}),
        ("load_balance_hosts=random&connect_timeout=2", {"load_balance_hosts": "random", "connect_timeout": 2}),
        ("options=-c%20synchronous_commit%3Doff", {"options": IN_FORCE}),
    ],
)
def test_database_at__what_the_address_says_holds_but_for_our_promises(said: str, holds: dict[str, object]) -> None:
    options = database_at(f"postgresql://clyo:secret@db/clyo?{said}")["OPTIONS"]
    assert {name: options[name] for name in holds} == holds
