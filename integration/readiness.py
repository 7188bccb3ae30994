"""Whether the database can store closings: checked within a limited time, for any number of callers at once."""

import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module

import psycopg
from django.apps import apps

from integration.looked_at import LookedAt
from postgres.brief_session import brief_session

# Each step of the look at the database, in seconds; and how long an asker waits for the whole of it.
STEP_S = 2.0
WAIT_S = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """`database` is up, down (as a standby is, for us) or silent; `migrations` are applied, missing or unknown.

    `missing` names the migrations that this code has and the database has not. More than this code knows is well: the
    next release is being rolled out.
    """

    database: str
    migrations: str = "unknown"
    missing: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether this process can answer requests."""
        return self.database == "up" and self.migrations == "applied"


def ask(seconds: float = WAIT_S) -> Readiness:
    """The readiness, after at most so many seconds; callers at the same time share one check."""
    try:
        return looked_at.ask(seconds)
    except TimeoutError:
        return Readiness(database="silent")


def look() -> Readiness:
    """Ask the database, in a session of its own."""
    try:
        with brief_session(STEP_S, application="readiness") as session:
            try:
                applied = {(app, name) for app, name in session.execute("SELECT app, name FROM django_migrations")}
            except psycopg.errors.UndefinedTable:
                applied = set()
    except psycopg.Error:
        return Readiness(database="down")
    missing = tuple(f"{app}.{name}" for app, name in sorted(known_migrations() - applied))
    return Readiness(database="up", migrations="missing" if missing else "applied", missing=missing)


@lru_cache(maxsize=1)
def known_migrations() -> frozenset[tuple[str, str]]:
    """All migrations of this code, as (app, name), by their files: none of them is loaded."""
    return frozenset(_find_migrations())


def _find_migrations() -> Iterator[tuple[str, str]]:
    for app in apps.get_app_configs():
        package = f"{app.name}.migrations"
        if any(it.name == "migrations" for it in pkgutil.iter_modules([app.path])):
            for module in pkgutil.iter_modules(import_module(package).__path__):
                if not module.ispkg and module.name[0] not in "_~":
                    yield app.label, module.name


looked_at = LookedAt(look)
