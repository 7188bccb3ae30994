"""Where Django looks for a back end's connection."""

from types import SimpleNamespace
from typing import Any

import psycopg
from django.db.backends.postgresql import base

from postgres.session import Session

# Django asks its driver, by this name, for connections and for the classes of errors.
DRIVER = SimpleNamespace(**(vars(psycopg) | {"connect": Session.connect}))


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, but for the class of its sessions, whether they stand alone or in a pool."""

    Database: Any = DRIVER

    @property
    def pool(self) -> Any:
        """The pool, if the settings have one, of our sessions too; they may ask for it later than this was made."""
        if options := self.settings_dict["OPTIONS"].get("pool"):
            options.setdefault("connection_class", Session)
        return super().pool
