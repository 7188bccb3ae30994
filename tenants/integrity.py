"""SQL that makes the database check what every tenant-owned row claims: its tenant is its parent's tenant."""

from django.db.migrations import RunSQL


def same_tenant(table: str, column: str, parent: str) -> RunSQL:
    """A composite foreign key: (`column`, tenant_id) of `table` must exist as (id, tenant_id) of `parent`.

    `parent` needs a unique constraint on (id, tenant_id).
    """
    name = f"{table}_{column}_same_tenant"
    return RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} "
        f"FOREIGN KEY ({column}, tenant_id) REFERENCES {parent} (id, tenant_id) DEFERRABLE INITIALLY IMMEDIATE",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )
