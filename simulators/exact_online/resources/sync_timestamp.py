"""`read/sync/Sync/SyncTimestamp`: the row version a synchronisation starts from, by a date (rules 9).

Public sources say what it is given, not how the parameters are called or quoted; so both are read generously.
"""

import re
from collections.abc import Mapping
from urllib.parse import unquote

from simulators.exact_online.database import Database
from simulators.exact_online.errors import BadRequest
from simulators.exact_online.odata.literals import parse_datetime
from simulators.exact_online.odata.syntax import Scalar

from .projection import Projection

SYNC_TIMESTAMP = "read/sync/Sync/SyncTimestamp"
FIRST_TIMESTAMP = 1
DATE_PARAMETERS = ("modified", "modifieddate", "timestamp")
API_PARAMETERS = ("endpoint", "api")
PROJECTION = Projection(
    source="(SELECT 1)",
    scope="1",
    columns={"Modified": ":sync_modified", "API": ":sync_api", "TimeStampAsBigInt": ":sync_timestamp"},
)


def timestamp_values(
    database: Database, sources: Mapping[str, Projection], scope: Mapping[str, Scalar], pairs: list[tuple[str, str]]
) -> dict[str, Scalar]:
    """What the projection shows for the parameters of a call: everything changed since has a higher timestamp."""
    given = {name.lower(): value for name, value in pairs} | _from_filter(pairs)
    api = unquote(_parameter(given, API_PARAMETERS)).strip("'")
    name = _resource(api, sources)
    modified = _moment(_parameter(given, DATE_PARAMETERS))
    source = sources[name]
    changed = source.column("DeletedDate" if name == "sync/Deleted" else "Modified")
    statement = (
        f"SELECT max({source.column('Timestamp')}) FROM {source.source}"  # noqa: S608 - the model's own names
        f" WHERE {source.scope} AND {changed} < :sync_modified"
    )
    timestamp = database.value(statement, {**scope, "sync_modified": modified}) or FIRST_TIMESTAMP
    return {"sync_modified": modified, "sync_api": api, "sync_timestamp": timestamp}


def _from_filter(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """The same two, written as conditions: `Modified eq datetime'…' and API eq '…'`."""
    text = dict(pairs).get("$filter", "")
    return {name.lower(): value for name, value in re.findall(r"\b(Modified|API)\s+eq\s+((?:datetime)?'[^']*')", text)}


def _parameter(given: Mapping[str, str], names: tuple[str, ...]) -> str:
    for name in names:
        if given.get(name):
            return given[name].strip()
    raise BadRequest(f"Bad Request - Missing parameter: {names[0]}.")


def _resource(text: str, sources: Mapping[str, Projection]) -> str:
    """`Financial/TransactionLines`, with or without `sync/`, or its last part alone."""
    wanted = text.lower().removeprefix("sync/")
    for name in sources:
        path = name.lower().removeprefix("sync/")
        if name.startswith("sync/") and wanted in (path, path.rsplit("/", 1)[-1]):
            return name
    raise BadRequest(f"Bad Request - Unknown endpoint: '{text}'.")


def _moment(text: str) -> int:
    moment = parse_datetime(text.removeprefix("datetime").strip("'"))
    if moment is None:
        raise BadRequest(f"Unrecognized 'Edm.DateTime' literal '{text}'.")
    return moment
