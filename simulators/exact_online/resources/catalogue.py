"""Every resource that answers, and the demands some of them make on a query (rules 3.6)."""

from dataclasses import dataclass

from .entries import ENTRIES
from .master import MASTER
from .projection import Projection

PROJECTIONS: dict[str, Projection] = {**MASTER, **ENTRIES}


@dataclass(frozen=True, slots=True)
class QueryDemands:
    """What a GET must or may not say."""

    select_or_top_one: bool = False
    all_allowed: bool = True
    filter_only: frozenset[str] | None = None


_BULK = QueryDemands(select_or_top_one=True)
_SYNC = QueryDemands(select_or_top_one=True, all_allowed=False, filter_only=frozenset({"Timestamp"}))
_NONE = QueryDemands()


def demands_of(name: str) -> QueryDemands:
    """The demands of the resource with that name."""
    if name.startswith("bulk/") or name == "cashflow/Receivables":
        return _BULK
    return _SYNC if name.startswith("sync/") else _NONE
