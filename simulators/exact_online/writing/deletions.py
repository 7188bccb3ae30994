"""Deletions as `sync/Deleted` tells them (rules 9)."""

from collections.abc import Iterable

from simulators.exact_online.books.company import Company
from simulators.exact_online.database import Database
from simulators.exact_online.identifiers import Identifiers

ACCOUNTS, ATTACHMENTS, DOCUMENTS, GL_ACCOUNTS = 2, 4, 6, 7  # entity types


def note_deletions(
    database: Database, identifiers: Identifiers, company: Company, user: str, entity_type: int, keys: Iterable[str]
) -> None:
    """One row per key that is gone."""
    rows = [
        {
            "id": identifiers.guid(),
            "division": company.division,
            "entity_type": entity_type,
            "entity_key": key,
            "deleted_by": user,
            "deleted_at": company.now,
            "rowversion": identifiers.next_rowversion(),
        }
        for key in keys
    ]
    database.insert_all("deletion", rows)
