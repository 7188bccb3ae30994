"""Every resource that answers, and the demands some of them make on a query (rules 3.6)."""

from dataclasses import dataclass, replace

from simulators.exact_online.readings import Readings

from .cashflow import CASHFLOW
from .documents import DOCUMENTS
from .entries import ENTRIES
from .features import FEATURES
from .master import MASTER
from .projection import Projection
from .sync_timestamp import PROJECTION as TIMESTAMP_PROJECTION
from .sync_timestamp import SYNC_TIMESTAMP
from .webhooks import WEBHOOKS

PROJECTIONS: dict[str, Projection] = {
    **MASTER,
    **ENTRIES,
    **DOCUMENTS,
    **CASHFLOW,
    **FEATURES,
    **WEBHOOKS,
    SYNC_TIMESTAMP: TIMESTAMP_PROJECTION,
}


# What the live message of crm/Accounts lists; in force only when switched on, as not every app is asked (rules 3.6).
MANDATORY_FILTERS = {"crm/Accounts": ["Code", "Name", "Email", "ID", "Created", "Modified", "VATNumber"]}


@dataclass(frozen=True, slots=True)
class QueryDemands:
    """What a GET must or may not say."""

    select_or_top_one: bool = False
    all_allowed: bool = True
    filter_only: frozenset[str] | None = None


_BULK = QueryDemands(select_or_top_one=True)
_SYNC = QueryDemands(select_or_top_one=True, all_allowed=False, filter_only=frozenset({"Timestamp"}))
_SYNC_OF_ALL = replace(_SYNC, all_allowed=True)
_NONE = QueryDemands()


def demands_of(name: str, readings: Readings) -> QueryDemands:
    """The demands of the resource with that name."""
    if name.startswith("sync/"):
        return _SYNC if readings.sync_select_all == "refused" else _SYNC_OF_ALL
    is_demanding = name == "cashflow/Receivables" and readings.receivables_select == "demanded"
    return _BULK if name.startswith("bulk/") or is_demanding else _NONE
