"""`python -m tools.release.migrations`: whether the code of the last release can run beside the migrations of today.

While a release is rolled out, the code of the one before it serves tills on the new schema. So what came after the last
release's tag only adds: nothing is dropped, renamed or demanded of who does not know it, and nothing locks a table for
longer than a statement takes (docs/decisions/0040). A migration may take away what no release uses any more: it says
`unused_since = "1.2.3"`, the first release without it. What a machine cannot judge (plain SQL, Python) says in
`judged`, in words, why it does no harm.
"""

import os
import re
import sys
from pathlib import Path
from typing import Any

import django
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

from integration.contraction import unused_since
from postgres.in_force import SQL, Install
from tools.release.tags import git, is_migration, migrations_of, releases

ROOT = Path(__file__).resolve().parents[2]
TAKES_AWAY = (
    migrations.RemoveField,
    migrations.DeleteModel,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterModelTable,
)
DROPS = re.compile(r"^\s*DROP\s", re.I | re.M)
NEED_WORDS = (migrations.RunSQL, migrations.RunPython, migrations.SeparateDatabaseAndState)


def main() -> int:
    """Judge every migration since the last release. Returns 1, with what was found, when one would do harm."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration.settings")
    django.setup()
    released = releases(ROOT)
    if not released:
        print("migrations: no release yet; whatever they do, nobody runs on what they change")
        return 0
    before = migrations_of(ROOT, released[-1])
    now = {it: git(ROOT, "hash-object", it).strip() for it in _migration_files()}
    faults = [
        f"{path}: is of release {released[-1]} and was changed" for path in before if now.get(path) != before[path]
    ]
    added = [path for path in now if path not in before]
    for path in added:
        faults += [f"{path}: {fault}" for fault in faults_of(_load(path), released)]
    print(f"migrations: {len(added)} since {released[-1]}, {len(faults)} faults", *faults, sep="\n")
    return 1 if faults else 0


def _migration_files() -> list[str]:
    listed = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    return [it for it in listed if is_migration(it) and (ROOT / it).exists()]


def _load(path: str) -> Any:
    app, _folder, name = Path(path).parts
    disk = MigrationLoader(None).disk_migrations
    assert disk is not None
    return disk[app, name.removesuffix(".py")]


def faults_of(migration: Any, released: list[str]) -> list[str]:
    """What of a migration would harm the release before it, in words; nothing when all is well."""
    since, judged = unused_since(migration), getattr(migration, "judged", "")
    faults = []
    if since is not None and since not in released:
        faults.append(f"unused_since names {since}, which is no release; there are {', '.join(released)}")
    known = since is not None
    made = {it.name_lower for it in migration.operations if isinstance(it, migrations.CreateModel)}
    for operation in migration.operations:
        faults += (
            _find_taken_away(operation, known) or _find_locks(operation, made) or _find_unjudged(operation, judged)
        )
    return faults


def _find_taken_away(operation: Any, known: bool) -> list[str]:
    what = operation.describe()
    if isinstance(operation, TAKES_AWAY) and not known:
        return [f"{what}: the last release needs it. Say in unused_since which release stopped using it."]
    if isinstance(operation, Install) and DROPS.search((SQL / f"{operation.name}.sql").read_text()) and not known:
        return [f"{what}: it drops something. Say in unused_since which release stopped using it."]
    if isinstance(operation, migrations.AddField) and _demands_a_value(operation.field):
        return [f"{what}: the last release does not fill it. Give it a db_default, or let it be null."]
    if isinstance(operation, migrations.AlterField) and not known and _demands_a_value(operation.field):
        return [f"{what}: it may be null for the last release. Give it a db_default, or say unused_since."]
    return []


def _demands_a_value(field: Any) -> bool:
    given = field.db_default is not models.NOT_PROVIDED or getattr(field, "generated", False)
    return not (field.null or given or field.many_to_many)


def _find_locks(operation: Any, made: set[str]) -> list[str]:
    if getattr(operation, "model_name_lower", None) in made:
        return []  # nobody has a row in it
    what = operation.describe()
    if isinstance(operation, AddIndexConcurrently | RemoveIndexConcurrently | AddConstraintNotValid):
        return []
    if isinstance(operation, migrations.AddIndex | migrations.RemoveIndex):
        return [f"{what}: it locks the table. Use AddIndexConcurrently or RemoveIndexConcurrently."]
    if isinstance(operation, migrations.AddConstraint):
        if isinstance(operation.constraint, models.CheckConstraint):
            return [f"{what}: it looks at every row under a lock. Use AddConstraintNotValid, then ValidateConstraint."]
        if isinstance(operation.constraint, models.UniqueConstraint):
            return [f"{what}: it builds an index under a lock. Build a unique index concurrently, then name it."]
    # An altered field had its index before, as often as not: that is told in `judged`.
    if isinstance(operation, migrations.AddField) and _makes_an_index(operation.field):
        return [f"{what}: its index is built under a lock. Give it db_index=False, and AddIndexConcurrently after it."]
    return []


def _makes_an_index(field: Any) -> bool:
    return bool(field.unique or field.db_index)


def _find_unjudged(operation: Any, judged: str) -> list[str]:
    alters_an_index = isinstance(operation, migrations.AlterField) and _makes_an_index(operation.field)
    if judged or not (alters_an_index or isinstance(operation, NEED_WORDS)):
        return []
    return [f"{operation.describe()}: a machine cannot judge it. Say in judged why it neither locks nor takes away."]


if __name__ == "__main__":
    sys.exit(main())
