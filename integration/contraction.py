"""What the database has taken away from older releases: the migrations in the way of going back to one.

A migration takes something away (a column, a table, a function) only when a release has come out that no longer uses
it, and names that release as `unused_since` (docs/decisions/0040). So every release from that one on runs on what is
left.
"""

from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

Version = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contraction:
    """A migration in force that took something away, and the first release that does not miss it."""

    migration: str
    unused_since: str


def version_of(text: str) -> Version:
    """The three numbers of "1.2.3". Raises `ValueError`."""
    parts = text.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError(f"{text} is no version: three numbers with dots between them")
    major, minor, patch = map(int, parts)
    return major, minor, patch


def unused_since(migration: Any) -> str | None:
    """The release a migration names, a version; None when it takes nothing away."""
    named: str | None = getattr(migration, "unused_since", None)
    return named


def in_the_way_of(release: str, database: BaseDatabaseWrapper) -> list[Contraction]:
    """The contractions in force that a release would miss something of; none when it may run. Raises `ValueError`."""
    wanted = version_of(release)
    loader = MigrationLoader(database)
    applied, disk = loader.applied_migrations or {}, loader.disk_migrations or {}
    named = ((key, unused_since(disk[key])) for key in applied.keys() & disk.keys())
    found = [Contraction(migration=".".join(key), unused_since=it) for key, it in named if it is not None]
    return sorted((it for it in found if version_of(it.unused_since) > wanted), key=lambda it: it.migration)
