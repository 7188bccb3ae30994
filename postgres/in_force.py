"""The SQL in force: one file a function in `postgres/sql`, with the triggers that call it.

Each file begins with what it does, what calls it, and why it is written by hand and not said by a model: guards of
`postgres.guards` are preferred, and some of them call a function of here.

A migration names the file and the digest of its text (`Install`). When a file changes, a new migration names it with
the new digest; the older one then finds another text than its own and leaves the file to its successor. So the text
stands once, and a database made today is what one migrated from yesterday is. A test compares both with the files.
"""

import hashlib
from pathlib import Path
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

SQL = Path(__file__).parent / "sql"


def digest_of(name: str) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the file's text; "" when there is no such file any more."""
    path = SQL / f"{name}.sql"
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.exists() else ""


class Install(Operation):
    """Bring the functions and triggers of `postgres/sql/<name>.sql` into force, if its text is still this one."""

    reversible = False
    atomic = True

    def __init__(self, name: str, digest: str) -> None:
        self.name, self.digest = name, digest

    def deconstruct(self) -> Any:
        return type(self).__name__, [self.name, self.digest], {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models are the same before and after."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if digest_of(self.name) == self.digest:
            schema_editor.execute((SQL / f"{self.name}.sql").read_text(), params=None)

    def describe(self) -> str:
        return f"Bring postgres/sql/{self.name}.sql into force"
