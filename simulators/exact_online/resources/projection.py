"""A resource seen as SQL: where its rows are and which expression gives which property."""

from collections.abc import Mapping
from dataclasses import dataclass, field

CREATOR_JOINS = "LEFT JOIN user creator ON creator.id = t.creator LEFT JOIN user modifier ON modifier.id = t.modifier"
STAMPS = {
    "Created": "t.created",
    "Creator": "t.creator",
    "CreatorFullName": "creator.full_name",
    "Modified": "t.modified",
    "Modifier": "t.modifier",
    "ModifierFullName": "modifier.full_name",
    "Division": "t.division",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A navigation property: the rows of `resource` whose `foreign` property equals our key."""

    resource: str
    foreign: str


@dataclass(frozen=True, slots=True)
class Projection:
    """The rows `source` has within `scope`; a property without a column of its own lives in the JSON `extra`."""

    source: str
    scope: str
    columns: Mapping[str, str]
    extra: str | None = None
    links: Mapping[str, Link] = field(default_factory=dict)

    def column(self, name: str) -> str:
        """The SQL expression of a property. Names come from the model, never from a caller."""
        own = self.columns.get(name)
        if own is not None:
            return own
        return f"json_extract({self.extra}, '$.{name}')" if self.extra is not None else "NULL"


def with_timestamp(projection: Projection) -> Projection:
    """The same rows as the `sync/` resource shows them: without links, with their row version (rules 9)."""
    columns = {**projection.columns, "Timestamp": "t.rowversion"}
    return Projection(projection.source, projection.scope, columns, projection.extra)


def amount(column: str) -> str:
    """Cents as the amount a caller sees."""
    return f"({column} / 100.0)"


def document_amount(column: str) -> str:
    """A ledger amount in the sign of a sales document."""
    return f"(-{column} / 100.0)"


def cash_amount(column: str) -> str:
    """A ledger amount of a cash or bank line; which way its document counts is a reading (rules 6)."""
    return f"({column} * :cash_sign / 100.0)"
