"""A till linked the short way cannot be told from one linked through the front door."""

import json
import re
from typing import Any

from django.apps import apps
from django.db import connection

from clyo_ingest.keys import issue_key
from tenants.factories import TillFactory
from tests.conftest import Caller, SimulatedExact, empty

MIGRATED = {"django_migrations", "django_content_type", "auth_permission"}
# What each has of its own, beside ids and times.
OWN = {
    "tenants_establishment": {"code"},
    "clyo_ingest_tillkey": {"prefix", "digest"},
    "exact_exactapp": {"client_secret"},
    "exact_connection": {"access_token", "refresh_token", "user_email"},
    "exact_division": {"code"},
}
OF_CALLS = {"minute", "minute_calls", "day", "day_calls"}  # the short way makes none
ID_OR_TIME = re.compile(r"(.*_)?(id|at)")
NUMBERED = {"name", "label"}  # by the factories


def _read_all() -> dict[str, list[str]]:
    """The rows of all tables, without what each till has of its own: of that, whether it is there."""
    with connection.cursor() as sql:
        found = {}
        for table in {model._meta.db_table for model in apps.get_models(include_auto_created=True)} - MIGRATED:
            sql.execute(f'SELECT to_jsonb(one)::text FROM "{table}" one')
            found[table] = sorted(json.dumps(_compare_by(table, json.loads(text))) for (text,) in sql.fetchall())
    return found


def _compare_by(table: str, row: dict[str, Any]) -> dict[str, Any]:
    if table == "tenants_change":
        row |= {name: _compare_by(row["table_name"], row[name]) for name in ("before", "after")}
    return {name: _leave_out_own(table, name, value) for name, value in sorted(row.items())}


def _leave_out_own(table: str, name: str, value: Any) -> Any:
    if name in OF_CALLS:
        return None
    if name in OWN.get(table, ()) or ID_OR_TIME.fullmatch(name):
        return bool(value)
    return re.sub(r"\d+", "#", value) if name in NUMBERED else value


def test_the_short_way__leaves_the_rows_that_the_front_door_leaves(
    transactional_db: None, exact: SimulatedExact
) -> None:
    fresh, left = SimulatedExact(exact.http), []
    for _by_the_front_door_first in range(2):
        till = TillFactory()
        fresh.link_new(Caller(till, issue_key(till)))
        left.append(_read_all())
        empty(None)
    assert left[0]["clyo_ingest_push"]
    assert left[0] == left[1]
